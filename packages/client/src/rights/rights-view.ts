/** What a space's grants and revocations come to, in the words of applications: plain data, worked out when asked. */
import type { Space } from '@atoll/echo';
import {
  groupPath,
  pathKey,
  roleOfLevel,
  roleLevelOfRight,
  suffices,
  type Credential,
  type GrantPremise,
  type GrantSubject,
  type GroupId,
  type HeldRight,
  type RevocationShown,
} from '@atoll/halo';
import type { IdentityId } from '@atoll/kernel';
import type { Role } from '../api.ts';
import type {
  ConditionShown,
  OwnRemoval,
  PersonRights,
  Removal,
  RightsReason,
  SpaceRoot,
  Team,
  TeamMember,
} from '../members-api.ts';
import { namedIn, teamName } from '../names-in-space.ts';

const ROLES: readonly Role[] = ['reader', 'commenter', 'writer', 'admin', 'owner'];

/** The greater of two roles. */
export function greaterRole(a: Role | undefined, b: Role): Role {
  return a !== undefined && ROLES.indexOf(a) >= ROLES.indexOf(b) ? a : b;
}

/** The greatest role that any of these gives. */
export function greatestRole(credentials: readonly Credential[]): Role | undefined {
  return credentials.reduce<Role | undefined>((most, credential) => {
    const role = roleOfGrant(credential);
    return role === undefined ? most : greaterRole(most, role);
  }, undefined);
}

/** The role that a grant gives; `undefined` for one over a part of the space. */
export function roleOfGrant({ level, path }: Pick<Credential, 'level' | 'path'>): Role | undefined {
  const given = roleLevelOfRight(level, path);
  return given === undefined ? undefined : roleOfLevel(given);
}

/** What somebody can do, and why. */
export function personRights(space: Space, id: IdentityId): PersonRights {
  const { authority } = space;
  const role = authority.roleOf(id);
  const level = authority.levelOf(id);
  const has = (needed: 'read' | 'write' | 'control' | 'own'): boolean =>
    level !== undefined && suffices(level, needed);
  const rights = authority.credentials.people.rightsOf({ to: 'identity', identity: id });
  return {
    ...namedIn(space, id),
    ...(role === undefined ? {} : { role }),
    reads: has('read'),
    withHistory: authority.isGivenAll(id),
    comments: role !== undefined && role !== 'reader',
    writes: has('write'),
    controls: has('control'),
    owns: has('own'),
    reasons: rights.flatMap((right) => {
      const given = roleOfGrant(right.credential);
      return given === undefined ? [] : [reasonOf(space, right, given)];
    }),
  };
}

/** Everybody who has any right, the greatest first, then by name. */
export function everybodysRights(space: Space): readonly PersonRights[] {
  const all = space.authority.members().map(({ identity }) => personRights(space, identity));
  const order = ({ role = 'reader' }: PersonRights): number => -ROLES.indexOf(role);
  return all.sort((a, b) => order(a) - order(b) || (a.displayName < b.displayName ? -1 : 1));
}

/** One grant, as a reason. */
export function reasonOf(space: Space, right: HeldRight, role: Role): RightsReason {
  const { block, credential, premise, through, until } = right;
  const { authority, index } = space;
  const teams = [credential, ...through.slice(0, -1)].slice(0, through.length);
  return {
    grant: credential.id,
    role,
    ...(credential.parent === undefined ? {} : { from: namedIn(space, credential.issuer) }),
    ...(block === undefined ? {} : { sinceMs: index.timeMsOf(block) }),
    through: teams.flatMap(({ subject }) =>
      subject.to === 'group'
        ? [{ id: subject.group, name: teamName(authority, subject.group) }]
        : [],
    ),
    ...(until === undefined ? {} : { untilEpoch: until }),
    ...onlyWhileOf(space, premise),
  };
}

/** The condition of a grant, as a field of what shows it. */
export function onlyWhileOf(
  space: Space,
  premise: GrantPremise | undefined,
): { readonly onlyWhile?: ConditionShown } {
  const who = premise && subjectNamed(space, premise.subject);
  if (premise === undefined || who === undefined) return {};
  const path = pathKey(premise.path);
  const { field, object } = space.rights.placeOf(path) ?? {};
  return {
    onlyWhile: {
      ...who,
      role: roleOfLevel(roleLevelOfRight(premise.level, path) ?? premise.level),
      ...(object === undefined ? {} : { object }),
      ...(field === undefined ? {} : { field }),
    },
  };
}

/** Teams by name. */
export function teamsOf(space: Space): readonly Team[] {
  const { authority } = space;
  const teams = authority.groups().map((group) => teamOf(space, group));
  return teams.sort((a, b) =>
    a.name === b.name ? (a.id < b.id ? -1 : 1) : a.name < b.name ? -1 : 1,
  );
}

/** One team. */
export function teamOf(space: Space, group: GroupId): Team {
  const { authority, identity } = space;
  const { people } = authority.credentials;
  const role = greatestRole(people.givenTo({ to: 'group', group }));
  return {
    id: group,
    name: teamName(authority, group),
    ...(role === undefined ? {} : { role }),
    members: membersOf(space, group),
    people: [...peopleIn(space, group)].sort(),
    mayLead: people.rightFor(identity, 'control', groupPath(group)) !== undefined,
  };
}

function membersOf(space: Space, group: GroupId): readonly TeamMember[] {
  const found = new Map<string, TeamMember>();
  for (const { level, subject } of space.authority.credentials.people.givenAt(groupPath(group))) {
    const member = subjectNamed(space, subject);
    if (member === undefined) continue;
    const leads = suffices(level, 'control') || found.get(member.id)?.leads === true;
    found.set(member.id, { ...member, leads });
  }
  return [...found.values()].sort((a, b) => (a.displayName < b.displayName ? -1 : 1));
}

/** Whom a grant is to; `undefined` for everybody. */
export function subjectNamed(
  space: Space,
  subject: GrantSubject,
): Omit<TeamMember, 'leads'> | undefined {
  switch (subject.to) {
    case 'identity':
      return { kind: 'member', ...namedIn(space, subject.identity) };
    case 'group': {
      const displayName = teamName(space.authority, subject.group);
      return { kind: 'team', id: subject.group, displayName };
    }
    case 'anyone':
      return undefined;
  }
}

/** People in a team and in the teams within it. */
function peopleIn(space: Space, group: GroupId): ReadonlySet<IdentityId> {
  const people = new Set<IdentityId>();
  const seen = new Set<GroupId>([group]);
  for (const at of seen) {
    for (const { subject } of space.authority.credentials.people.givenAt(groupPath(at))) {
      if (subject.to === 'identity') people.add(subject.identity);
      // A set goes on with what is added while it is walked through.
      else if (subject.to === 'group') seen.add(subject.group);
    }
  }
  return people;
}

/** Removals that count, the latest first. */
export function removalsOf(space: Space): readonly Removal[] {
  const byBlock = new Map<number, [RevocationShown, ...RevocationShown[]]>();
  for (const shown of space.authority.credentials.people.revocations()) {
    if (shown.effect === 'none' || !isRemoval(shown) || isOfLink(space, shown)) continue;
    const together = byBlock.get(shown.block);
    if (together === undefined) byBlock.set(shown.block, [shown]);
    else together.push(shown);
  }
  return [...byBlock]
    .map(([block, together]) => removalOf(space, block, together))
    .sort((a, b) => b.atMs - a.atMs || (a.id < b.id ? -1 : 1));
}

/** The end of a public link removes nobody. */
function isOfLink({ authority }: Space, { subject }: RevocationShown): boolean {
  return subject.to === 'identity' && authority.identities.isLink(subject.identity);
}

function removalOf(
  space: Space,
  block: number,
  together: readonly [RevocationShown, ...RevocationShown[]],
): Removal {
  const { authority, identity, index } = space;
  const { people } = authority.credentials;
  // Whom somebody had let in may go with him.
  const first = together.find(({ under }) => under === undefined) ?? together[0];
  const own = people.rightFor(identity, 'control')?.exercised;
  const mayBear = own !== undefined && together.every((one) => people.canTakeBack(one, own));
  const purge = together.find(({ isPurge }) => isPurge);
  const isAsked = purge !== undefined && purge.effect !== 'purges';
  return {
    id: index.branches.hashOf(block),
    kind:
      first.subject.to === 'identity' && first.subject.identity === first.by ? 'left' : 'removed',
    who: together.flatMap(({ subject }) =>
      subject.to === 'identity' ? [namedIn(space, subject.identity)] : [],
    ),
    by: namedIn(space, first.by),
    atMs: index.timeMsOf(block),
    role: together.flatMap(({ ends }) => ends).reduce<Role>(roleWith, 'reader'),
    ...(purge === undefined ? {} : { purge: isAsked ? 'asked' : 'agreed' }),
    mayRestore: mayBear,
    mayAgree: isAsked && mayBear && first.by !== identity,
  };
}

function roleWith(role: Role, credential: Credential): Role {
  return greaterRole(role, roleOfGrant(credential) ?? 'reader');
}

/** True for one that takes all away: not a lower role, which comes with a grant, and not a team that is left. */
function isRemoval({ ends, givesAgain, path, subject }: RevocationShown): boolean {
  return path === '' && subject.to === 'identity' && ends.length > 0 && !givesAgain;
}

/** Who is above all others. */
export function spaceRoot(space: Space): SpaceRoot | undefined {
  const { root } = space.authority.credentials;
  const subject = root?.credential.subject;
  if (subject?.to !== 'identity') return undefined;
  const next = root?.next?.subject;
  return {
    who: namedIn(space, subject.identity),
    mine: subject.identity === space.identity,
    ...(next?.to === 'identity' ? { next: namedIn(space, next.identity) } : {}),
  };
}

/** Why this identity is not in the space any more, if it was or seemed to be. */
export function ownRemoval(space: Space): OwnRemoval | undefined {
  const { authority, identity, index } = space;
  const { credentials, identities } = authority;
  const surplus = credentials.surplusOf(identity);
  if (surplus !== undefined) {
    const by = namedIn(space, surplus.author);
    return { reason: 'used-up', by, atMs: index.timeMsOf(surplus.block) };
  }
  if (!credentials.wasRemoved(identity) || identities.isLink(identity)) return undefined;
  const own = removalsOf(space).filter(({ who }) => who.some(({ id }) => id === identity));
  const removal = own.find(({ kind }) => kind === 'removed');
  if (removal !== undefined) return { reason: 'removed', by: removal.by, atMs: removal.atMs };
  return own.length > 0 ? undefined : { reason: 'ended' };
}
