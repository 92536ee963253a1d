/** `atoll grant` and `atoll revoke`: giving a role without ever lowering one, and taking everything away. */
import type { RightsChange, Role, Space } from '@atoll/client';
import type { CommandContext } from '../command.ts';
import { findSubject } from '../find-member.ts';
import { findSpace } from '../find-space.ts';
import { changeData, changeLine, roleOf } from './member.ts';

const ROLES: readonly Role[] = ['reader', 'commenter', 'writer', 'admin', 'owner'];

/** Gives a role to whom has less. */
export async function grant({ line, open, out }: CommandContext): Promise<void> {
  const role = roleOf(line.operand(2));
  const untilEpoch = line.count('until-epoch');
  const space = await findSpace(await open(), line.operand(0));
  const subject = findSubject(space, line.operand(1));
  const has = roleNow(space, subject);
  const isLess = has === undefined || ROLES.indexOf(has) < ROLES.indexOf(role);
  const change: RightsChange = isLess
    ? await space.rights.setRole(subject, role, untilEpoch === undefined ? {} : { untilEpoch })
    : { role: has, stays: [] };
  out.result(changeData(subject, change), changeLine(subject.name, change));
}

/** Takes everything away. */
export async function revoke({ line, open, out }: CommandContext): Promise<void> {
  const space = await findSpace(await open(), line.operand(0));
  const subject = findSubject(space, line.operand(1));
  const { rights } = space;
  const change =
    subject.team === undefined
      ? await rights.remove(subject.member)
      : await rights.clearRole(subject.team);
  out.result(changeData(subject, change), changeLine(subject.name, change));
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
