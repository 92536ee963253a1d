/** Hooks over members and rights: what somebody can do, and who can see a space, as of the last change. */
import type {
  PersonRights,
  PlaceRights,
  RemovalPlan,
  RightsPlace,
  Space,
  Zone,
} from '@atoll/client';
import { useEffect, useState } from 'react';
import { useMembers } from './use-client-state.ts';
import { useLive } from './use-live.ts';

/** What somebody can do in a space; `undefined` until it is known, and for who is no member. */
export function usePersonRights(space: Space, member: string): PersonRights | undefined {
  return useAsked(space, member, () => space.rights.whatCan(member));
}

/** Everybody who can see what is in a space, the greatest role first; `undefined` until it is known. */
export function useWhoCanSee(space: Space): readonly PersonRights[] | undefined {
  return useAsked(space, '', () => space.rights.whoCanSee());
}

/** Who sees a part of a space and what each may do there; `undefined` until it is known, and for what is not there. */
export function useWhoCan(space: Space, place: RightsPlace): readonly PlaceRights[] | undefined {
  const { field, key, object } = place;
  return useAsked(space, JSON.stringify([object, field, key]), () => space.rights.whoCan(place));
}

/** What removing somebody would do; `undefined` until it is known, and for who may not. */
export function useRemovalPlan(space: Space, member: string): RemovalPlan | undefined {
  return useAsked(space, member, () => space.rights.planRemoval(member));
}

/** The private parts of a space, those too that are not read here. */
export function useZones(space: Space): readonly Zone[] {
  return useLive(space.zones.list);
}

/** The private part that an object is in; `undefined` for what all members read. */
export function useZoneOf(space: Space, object: string): Zone | undefined {
  useLive(space.zones.list);
  return space.zones.of(object);
}

/** Asks again when members, teams or rights over parts have changed. What is refused is not known. */
function useAsked<T>(space: Space, of: string, ask: () => Promise<T>): T | undefined {
  const members = useMembers(space);
  const teams = useLive(space.rights.teams);
  const parts = useLive(space.rights.parts);
  const [known, setKnown] = useState<{ readonly of: string; readonly value: T | undefined }>();
  useEffect(() => {
    let isWanted = true;
    const tell = (value: T | undefined): void => {
      if (isWanted) setKnown({ of, value });
    };
    ask().then(tell, () => tell(undefined));
    return () => {
      isWanted = false;
    };
    // `ask` is another function at each call; what it asks for follows from these.
  }, [space, of, members, teams, parts]);
  return known?.of === of ? known.value : undefined;
}
