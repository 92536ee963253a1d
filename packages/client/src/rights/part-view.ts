/** Rights over parts of a space, in the words of applications: plain data, worked out when asked. */
import type { ReachKind, ReachingRight, Space } from '@atoll/echo';
import {
  isInZones,
  levelNumberOf,
  pathKey,
  roleLevelOfRight,
  roleOfLevel,
  suffices,
  zoneKey,
  type AccessPath,
  type Credential,
  type HeldRight,
  type IsAbout,
} from '@atoll/halo';
import type { IdentityId, ZoneId } from '@atoll/kernel';
import type { PartRight, PartRole, PlaceReason, PlaceRights } from '../members-api.ts';
import { onlyWhileOf, reasonOf, subjectNamed } from './rights-view.ts';
import { namedIn } from '../names-in-space.ts';

const OVER: Readonly<Record<Exclude<ReachKind, 'whole'>, PlaceReason['over']>> = {
  type: 'type',
  above: 'above',
  here: 'just-this',
  within: 'part',
};

/** What a right over a part comes to. */
function partRoleOf({ level }: Pick<Credential, 'level'>): PartRole | undefined {
  if (suffices(level, 'control')) return 'admin';
  return level === 'write' ? 'writer' : undefined;
}

/** Rights over parts of a space that are in force, the latest last. */
export function partsOf(space: Space): readonly PartRight[] {
  const { credentials } = space.authority;
  if (!credentials.isSplit) return [];
  const parts = credentials.people.givenBelow().flatMap((one) => partOf(space, one) ?? []);
  return parts.sort((a, b) => a.sinceMs - b.sinceMs || (a.grant < b.grant ? -1 : 1));
}

function partOf(space: Space, credential: Credential): PartRight | undefined {
  const { authority, identity, index, rights } = space;
  const { people } = authority.credentials;
  const { grant, id, issuer, path, subject } = credential;
  const role = partRoleOf(credential);
  const place = rights.placeOf(path);
  const to = subjectNamed(space, subject);
  const block = people.blockOf(id);
  if (role === undefined || place === undefined || to === undefined || block === undefined)
    return undefined;
  const own = people.rightFor(identity, 'control', path);
  const ends = own === undefined ? [] : people.plan({ subject, path, by: own.exercised }).ends;
  return {
    ...{ grant: id, to, role },
    ...place,
    from: namedIn(space, issuer),
    sinceMs: index.timeMsOf(block),
    ...(grant === undefined || grant.until === 0 ? {} : { untilEpoch: grant.until }),
    ...onlyWhileOf(space, grant?.premise),
    mayTakeBack: to.id !== identity && ends.some((one) => one.id === id),
  };
}

/** Who sees a place, and what each may do there; who may do the most first, then by name. */
export function whoCanAt(space: Space, path: AccessPath): readonly PlaceRights[] {
  const { authority, rights } = space;
  const zone = zoneOf(space, path);
  const members = authority.credentials.members();
  const seers =
    zone === undefined
      ? members.filter((identity) => !authority.identities.isLink(identity))
      : authority.readersOfZone(zone);
  // What is in an open zone is read by whoever reads the space.
  const isOpen = zone !== undefined && authority.credentials.zones.isOpen(zone);
  const closed = isOpen ? undefined : zone;
  const at = rights.at(path);
  const all = seers.map((identity): PlaceRights => {
    const reaching = at.reaching(identity);
    const over = (one: ReachingRight): PlaceReason => reasonAt(space, one.right, one.reach);
    return {
      ...namedIn(space, identity),
      changes: reaching.some(({ reach }) => reach !== 'within'),
      gives: reaching.some(({ right }) => at.gives(right.credential)),
      reasons:
        reaching.length > 0
          ? reaching.map(over)
          : seesBy(space, identity, closed).map((right) => reasonAt(space, right, 'whole')),
    };
  });
  const order = ({ changes, gives, reasons }: PlaceRights): number =>
    (gives ? 0 : 4) + (changes ? 0 : 2) + (reasons.some(({ over }) => over === 'part') ? 0 : 1);
  return all.sort((a, b) => order(a) - order(b) || (a.displayName < b.displayName ? -1 : 1));
}

/** The rights by which somebody sees what he may not change: the greatest roles, or any place in a team. */
function seesBy(
  space: Space,
  identity: IdentityId,
  zone: ZoneId | undefined,
): readonly HeldRight[] {
  const isHere: IsAbout = ({ path }) =>
    zone === undefined ? !isInZones(path) : path === zoneKey(zone);
  const isRole: IsAbout = ({ level, path }) =>
    zone !== undefined || roleLevelOfRight(level, path) !== undefined;
  const roles = space.rights.of(identity, (right) => isHere(right) && isRole(right));
  return roles.length > 0 ? roles : space.rights.of(identity, isHere).slice(0, 1);
}

function zoneOf(space: Space, path: AccessPath): ZoneId | undefined {
  const key = pathKey(path);
  const { zones } = space.authority.credentials;
  return zones.all.map(([zone]) => zone).find((zone) => key.startsWith(zoneKey(zone)));
}

function reasonAt(space: Space, right: HeldRight, reach: ReachKind): PlaceReason {
  const { level, path } = right.credential;
  const role = roleOfLevel(roleLevelOfRight(level, path) ?? level);
  const whole = isInZones(path) ? 'zone' : 'space';
  const { field, object } = space.rights.placeOf(path) ?? {};
  return {
    ...reasonOf(space, right, role),
    over: reach === 'whole' ? whole : OVER[reach],
    ...(object === undefined ? {} : { object }),
    ...(field === undefined ? {} : { field }),
  };
}

/** The greatest that any of these gives. */
export function greatestPart(credentials: readonly Credential[]): PartRole | undefined {
  const [most] = [...credentials].sort((a, b) => levelNumberOf(b.level) - levelNumberOf(a.level));
  return most === undefined ? undefined : partRoleOf(most);
}
