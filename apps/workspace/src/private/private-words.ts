/** Who reads a private thing, in words; whoever looks comes first, as "you". */
import type { Member, Space, Zone } from '@atoll/client';
import { useLive, useMembers, useZoneOf, useZones } from '@atoll/react';
import { useCallback, useMemo } from 'react';
import { useNavigation } from '../app/navigation.tsx';
import { PRIVATE } from '../copy/private.ts';
import { NOTES } from '../copy/workspace.ts';
import { mayWrite } from '../data/may.ts';

/** Names of those who read it. */
export function readerNames(
  { readers }: Pick<Zone, 'readers'>,
  members: readonly Pick<Member, 'id' | 'displayName' | 'me'>[],
): readonly string[] {
  const found = members.filter(({ id }) => readers.includes(id));
  const others = found.filter(({ me }) => !me).map(({ displayName }) => displayName);
  const names = [...(found.some(({ me }) => me) ? [PRIVATE.you] : []), ...others.sort()];
  return names.length === 0 ? [PRIVATE.nobody] : names;
}

/** "Only you and Ben can read this" of any object; nothing for what all members read. Stays the same until it changes. */
export function usePrivacy(space: Space): (object: string) => string | undefined {
  const zones = useZones(space);
  const members = useMembers(space);
  const said = JSON.stringify(zones.map((zone) => [zone.id, readerNames(zone, members)]));
  const words = useMemo(() => {
    const all = JSON.parse(said) as readonly (readonly [string, readonly string[]])[];
    return new Map(all.map(([id, names]) => [id, PRIVATE.only(names)]));
  }, [said]);
  return useCallback(
    (object) => {
      if (words.size === 0) return undefined;
      const zone = space.zones.of(object);
      return zone === undefined ? undefined : words.get(zone.id);
    },
    [space, words],
  );
}

/** Whether one may change an object now: a private one has roles of its own, and in the past nothing changes. */
export function useMayChange(space: Space, object: string): boolean {
  const role = useLive(space.myRole);
  const zone = useZoneOf(space, object);
  const { place } = useNavigation();
  if (place.at === 'space' && place.was !== undefined) return false;
  return zone === undefined ? mayWrite(role) : writesIn(zone);
}

/** True for who changes things there. */
export function writesIn({ myRole }: Zone): boolean {
  return myRole === 'writer' || myRole === 'owner';
}

/** What stands in an empty note: who will see what is typed. */
export function placeholderOf(space: Space, note: string): string {
  const zone = space.zones.of(note);
  if (zone === undefined) return NOTES.placeholder;
  return PRIVATE.placeholder(readerNames(zone, space.members.get()));
}

/** Where what belongs to an object is put: with it. For `add` of a database and `put` of files. */
export function placeWith(space: Space, object: string): { readonly zone?: string } {
  const zone = space.zones.of(object);
  return zone === undefined ? {} : { zone: zone.id };
}
