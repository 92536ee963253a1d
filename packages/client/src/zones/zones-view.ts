/** What a space says of its zones, in the words of applications: plain data, worked out when asked. */
import { zoneOfObject, type Space } from '@atoll/echo';
import { suffices, zoneKey, zonePath, pathKey, type Credential, type Level } from '@atoll/halo';
import type { CredentialId, IdentityId, ZoneId } from '@atoll/kernel';
import type { Zone, ZoneMember, ZoneRole } from '../zones-api.ts';
import { ownersOf } from './zone-owners.ts';
import { ZoneProperties } from './zone-properties.ts';
import { namedIn, teamName } from '../names-in-space.ts';
import { shownName } from '../shown-name.ts';

/** Zones that were founded rightfully, by name; those without one last. */
export function zonesOf(space: Space): readonly Zone[] {
  const { credentials } = space.authority;
  const names = namesIn(space);
  const all = credentials.zones.all
    .filter(([, credential]) => credentials.counts(credential))
    .map(([zone, credential]) => zoneIn(space, { zone, credential, name: names.get(zone) }));
  return all.sort((a, b) => compareNames(a.name, b.name) || (a.id < b.id ? -1 : 1));
}

function zoneIn(
  space: Space,
  of: {
    readonly zone: ZoneId;
    readonly credential: CredentialId;
    readonly name?: string | undefined;
  },
): Zone {
  const { credential, name, zone } = of;
  const { authority, counters, identity } = space;
  const readers = authority.readersOfZone(zone);
  const role = readers.includes(identity) ? roleIn(space, identity, zone) : undefined;
  // Who is just coming back writes nowhere in the space yet.
  const myRole = role !== undefined && space.devices.isStopped ? 'reader' : role;
  const founder = authority.credentials.get(credential)?.issuer ?? ('' as IdentityId);
  return {
    id: zone,
    ...(name === undefined ? {} : { name }),
    isOpen: authority.credentials.zones.isOpen(zone),
    founder: namedIn(space, founder),
    members: membersOf(space, zone),
    readers,
    ...(myRole === undefined ? {} : { myRole }),
    isFrozen: ownersOf(space, zone).length === 0,
    sealed: counters.sealed.of(zone),
  };
}

/** Who was let in by name, the greatest right of each. */
function membersOf(space: Space, zone: ZoneId): readonly ZoneMember[] {
  const { authority } = space;
  const found = new Map<string, ZoneMember>();
  for (const given of authority.credentials.people.givenAt(pathKey(zonePath(zone)))) {
    const named = subjectOf(space, given);
    const role = roleOf(given.level);
    if (named === undefined || isGreater(found.get(named.id)?.role, role)) continue;
    found.set(named.id, { ...named, role, withHistory: given.grant?.withoutHistory !== true });
  }
  return [...found.values()].sort((a, b) => (a.displayName < b.displayName ? -1 : 1));
}

function subjectOf(
  space: Space,
  { subject }: Credential,
): Pick<ZoneMember, 'id' | 'displayName' | 'kind'> | undefined {
  switch (subject.to) {
    case 'identity':
      return { ...namedIn(space, subject.identity), kind: 'member' };
    case 'group': {
      const displayName = teamName(space.authority, subject.group);
      return { id: subject.group, displayName, kind: 'team' };
    }
    case 'anyone':
      return undefined;
  }
}

function roleIn({ authority }: Space, identity: IdentityId, zone: ZoneId): ZoneRole {
  const has = (level: Level): boolean =>
    authority.credentials.people.rightFor(identity, level, zoneKey(zone)) !== undefined;
  return has('control') ? 'owner' : has('write') ? 'writer' : 'reader';
}

function roleOf(level: Level): ZoneRole {
  if (suffices(level, 'control')) return 'owner';
  return suffices(level, 'write') ? 'writer' : 'reader';
}

const ROLES: readonly ZoneRole[] = ['reader', 'writer', 'owner'];

function isGreater(known: ZoneRole | undefined, role: ZoneRole): boolean {
  return known !== undefined && ROLES.indexOf(known) > ROLES.indexOf(role);
}

/** Of several the oldest counts. */
function namesIn({ database }: Space): ReadonlyMap<ZoneId, string> {
  const names = new Map<ZoneId, string>();
  if (database.fold.zoned.size === 0) return names;
  for (const { id, name } of database.query(ZoneProperties).run()) {
    const zone = zoneOfObject(database, id);
    if (zone !== undefined && !names.has(zone)) names.set(zone, shownName(name));
  }
  return names;
}

function compareNames(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === undefined || b === undefined) return a === undefined ? 1 : -1;
  return a < b ? -1 : 1;
}
