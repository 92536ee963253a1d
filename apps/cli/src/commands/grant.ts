/**
 * `atoll grant` and `atoll revoke`: giving a role without ever lowering one, and taking everything away; with
 * `--object`, a right over a single thing and what lies below it.
 */
import type { RightsChange, RightsPlace, Role, Space } from '@atoll/client';
import type { CommandContext } from '../command.ts';
import { usage, type CommandLine } from '../command-line.ts';
import { findSubject } from '../find-member.ts';
import { findObject, findSpace } from '../find-space.ts';
import { changeData, changeLine, limitsOf, partRoleOf, requireSeen, roleOf } from './member.ts';

const ROLES: readonly Role[] = ['reader', 'commenter', 'writer', 'admin', 'owner'];

/** Gives a role to whom has less. */
export async function grant({ line, open, out }: CommandContext): Promise<void> {
  const role = roleOf(line.operand(2));
  const space = await findSpace(await open(), line.operand(0));
  const subject = findSubject(space, line.operand(1));
  const limits = limitsOf(space, line);
  const place = placeIn(space, line);
  if (place !== undefined) {
    const change = await space.rights.give(place, subject, partRoleOf(role), limits);
    out.result(partData(subject, place, change), partLine(subject.name, change));
    return;
  }
  const has = roleNow(space, subject);
  const isLess = has === undefined || ROLES.indexOf(has) < ROLES.indexOf(role);
  if (isLess) await requireSeen(space, subject, { line, role });
  const change: RightsChange = isLess
    ? await space.rights.setRole(subject, role, limits)
    : { role: has, stays: [] };
  out.result(changeData(subject, change), changeLine(subject.name, change));
}

/** Takes everything away, or what was given over a single thing. */
export async function revoke({ line, open, out }: CommandContext): Promise<void> {
  const space = await findSpace(await open(), line.operand(0));
  const subject = findSubject(space, line.operand(1));
  const { rights } = space;
  const place = placeIn(space, line);
  if (place !== undefined) {
    const change = await rights.takeBack(place, subject);
    out.result(partData(subject, place, change), partLine(subject.name, change));
    return;
  }
  const change =
    subject.team === undefined
      ? await rights.remove(subject.member)
      : await rights.clearRole(subject.team);
  out.result(changeData(subject, change), changeLine(subject.name, change));
}

/** What the options name; `undefined` for the whole space. @throws CliError `CLI_USAGE`, `CLI_OBJECT_UNKNOWN`. */
export function placeIn(
  space: Space,
  line: CommandLine,
  object: string | undefined = line.value('object'),
): RightsPlace | undefined {
  const field = line.value('field');
  const key = line.value('key');
  if (object === undefined) {
    if ((field ?? key) === undefined) return undefined;
    throw usage('--field and --key are of an object: name it with --object');
  }
  const { $type, id } = findObject(space.db, object);
  if (field === undefined) {
    if (key === undefined) return { object: id };
    throw usage('--key is a key or a position in a field: name it with --field');
  }
  const place = { object: id, field };
  return key === undefined ? place : { ...place, key: keyIn(space, { type: $type, field }, key) };
}

/** A position in a list, or a key. */
function keyIn(
  space: Space,
  { field, type }: { readonly type: string; readonly field: string },
  key: string,
): string | number {
  const kind = space.db.types().find(({ name }) => name === type)?.fields[field]?.kind;
  return kind === 'list' && /^\d+$/u.test(key) ? Number(key) : key;
}

function partData(
  subject: { readonly member?: string; readonly team?: string },
  { field, key, object }: RightsPlace,
  change: RightsChange,
): Readonly<Record<string, unknown>> {
  return {
    ...changeData(subject, change),
    ...{ object, ...(field === undefined ? {} : { field }), ...(key === undefined ? {} : { key }) },
  };
}

function partLine(name: string, { role, stays }: RightsChange): string {
  const by = stays.map(({ displayName }) => displayName).join(', ');
  if (role === undefined) return `${name} has no right over just this any more.`;
  const still = stays.length > 0 ? `still ${role} over just this: ${by} gave that.` : undefined;
  return `${name} is ${still ?? `${role} over just this.`}`;
}

function roleNow(
  space: Space,
  subject: { readonly member?: string; readonly team?: string },
): Role | undefined {
  if (subject.team === undefined) {
    return space.members.get().find(({ id }) => id === subject.member)?.role;
  }
  return space.rights.teams.get().find(({ id }) => id === subject.team)?.role;
}
