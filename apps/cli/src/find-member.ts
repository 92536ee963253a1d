/** A member, a group or a removal by what a person typed: an id, the beginning of one, or a name. */
import { isCalled } from '@atoll/client';
import type { Named, Removal, RightsSubject, Space, Team } from '@atoll/client';
import { CliError } from './cli-error.ts';

/** Shortest beginning of an id that is taken for one. */
const PREFIX_MIN = 4;

/** A member. @throws CliError `CLI_MEMBER_UNKNOWN`, `CLI_MEMBER_AMBIGUOUS`. */
export function findMember(space: Space, given: string): Named {
  return oneOf(space.members.get(), given, 'member');
}

/** A group. @throws as {@link findMember}. */
export function findGroup(space: Space, given: string): Team {
  const groups = space.rights.teams.get().map((team) => ({ ...team, displayName: team.name }));
  return oneOf(groups, given, 'group');
}

/** A member or a group. @throws as {@link findMember}. */
export function findSubject(
  space: Space,
  given: string,
): RightsSubject & { readonly name: string } {
  const members = space.members.get().map(({ displayName, id }) => ({ displayName, id }));
  const groups = space.rights.teams.get().map(({ id, name }) => ({ displayName: name, id }));
  const { displayName: name, id } = oneOf([...members, ...groups], given, 'member or group');
  return groups.some((group) => group.id === id) ? { team: id, name } : { member: id, name };
}

/** The latest removal of somebody, or that of this id. @throws as {@link findMember}. */
export function findRemoval(space: Space, given: string): Removal {
  const removals = space.rights.removals.get();
  const byId = removals.find(({ id }) => given.length >= PREFIX_MIN && id.startsWith(given));
  if (byId !== undefined) return byId;
  const removed = new Map(removals.flatMap(({ who }) => who.map((one) => [one.id, one])));
  const { id } = oneOf([...removed.values()], given, 'removed member');
  return removals.find(({ who }) => who.some((one) => one.id === id)) as Removal;
}

/** The one of a list that was meant. @throws as {@link findMember}. */
export function oneOf<T extends Named>(all: readonly T[], given: string, what: string): T {
  const exact = all.find(({ id }) => id === given);
  if (exact !== undefined) return exact;
  const begun = all.filter(({ id }) => given.length >= PREFIX_MIN && id.startsWith(given));
  const named = all.filter(({ displayName }) => isCalled(displayName, given));
  const fits = [...new Set([...named, ...begun])];
  const [first] = fits;
  if (first === undefined) {
    throw new CliError('CLI_MEMBER_UNKNOWN', `no ${what} of this space is "${given}"`);
  }
  if (fits.length === 1) return first;
  const ids = fits.map(({ id }) => id.slice(0, 8)).join(', ');
  throw new CliError('CLI_MEMBER_AMBIGUOUS', `"${given}" may be ${ids}: give one of these`);
}
