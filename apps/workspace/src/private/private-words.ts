/** Who reads a private thing, in words; whoever looks comes first, as "you". */
import type { Member, Role, Space, Zone } from '@atoll/client';
import { useLive, useMembers, useZoneOf, useZones } from '@atoll/react';
import { useCallback, useMemo } from 'react';
import { useNavigation } from '../app/navigation.tsx';
import { PRIVATE } from '../copy/private.ts';
import { NOTES } from '../copy/workspace.ts';
import { mayComment, mayWrite } from '../data/may.ts';

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

/** Names of those who change an open one, teams among them. */
export function writerNames(
  { members: given }: Pick<Zone, 'members'>,
  members: readonly Pick<Member, 'id' | 'me'>[],
): readonly string[] {
  const me = members.find((one) => one.me)?.id;
  const writers = given.filter(({ role }) => role !== 'reader');
  const others = writers.filter(({ id }) => id !== me).map(({ displayName }) => displayName);
  const names = [...(writers.some(({ id }) => id === me) ? [PRIVATE.you] : []), ...others.sort()];
  return names.length === 0 ? [PRIVATE.nobody] : names;
}

/** "Only you and Ben can read this", or that all read it and who changes it. */
export function zoneWords(
  zone: Pick<Zone, 'isOpen' | 'members' | 'readers'>,
  members: readonly Pick<Member, 'id' | 'displayName' | 'me'>[],
): string {
  return zone.isOpen
    ? PRIVATE.open(writerNames(zone, members))
    : PRIVATE.only(readerNames(zone, members));
}

/** What is to be said of a thing in a list: words, and a lock where few read it. */
export interface Privacy {
  readonly words: string;
  readonly isOpen: boolean;
}

/** The same of any object; nothing for what all members read and write. Stays the same until it changes. */
export function usePrivacy(space: Space): (object: string) => Privacy | undefined {
  const zones = useZones(space);
  const members = useMembers(space);
  const said = JSON.stringify(
    zones.map((zone) => [zone.id, { words: zoneWords(zone, members), isOpen: zone.isOpen }]),
  );
  const words = useMemo(() => {
    return new Map(JSON.parse(said) as readonly (readonly [string, Privacy])[]);
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

/** The same of one object, once. */
export function privacyOf(space: Space, object: string): Privacy | undefined {
  const zone = space.zones.of(object);
  if (zone === undefined) return undefined;
  return { words: zoneWords(zone, space.members.get()), isOpen: zone.isOpen };
}

/** Whether one may change an object now: by a role, or by a right over it. In the past nothing changes. */
export function useMayChange(space: Space, object: string): boolean {
  // Who is given such a right, or loses it, is shown that at once.
  useLive(space.rights.parts);
  const mayAdd = useMayAddTo(space, object);
  const { place } = useNavigation();
  if (place.at === 'space' && place.was !== undefined) return false;
  return mayAdd || space.rights.mayChange(object);
}

/** Whether one may make things that belong to an object: a private one has roles of its own. */
export function useMayAddTo(space: Space, object: string): boolean {
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

/** Whether one may say something about a thing: of what few read, who changes it may. */
export function mayCommentOn(zone: Zone | undefined, role: Role): boolean {
  if (zone === undefined) return mayComment(role);
  return writesIn(zone) || (zone.isOpen && mayComment(role));
}

/** What stands in an empty note: who will see what is typed. */
export function placeholderOf(space: Space, note: string): string {
  const zone = space.zones.of(note);
  if (zone === undefined || zone.isOpen) return NOTES.placeholder;
  return PRIVATE.placeholder(readerNames(zone, space.members.get()));
}

/** Where a comment on an object is put: with it, but on what all read and one does not change among what is shared. */
export function placeOfComment(space: Space, object: string): { readonly zone?: string } {
  const zone = space.zones.of(object);
  return zone?.isOpen === true && !writesIn(zone) ? {} : placeWith(space, object);
}

/** Where what belongs to an object is put: with it. For `add` of a database and `put` of files. */
export function placeWith(space: Space, object: string): { readonly zone?: string } {
  const zone = space.zones.of(object);
  return zone === undefined ? {} : { zone: zone.id };
}
