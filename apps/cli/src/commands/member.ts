/** `atoll member …`: who is in a space, what they may do and why, other roles, removals and the way back. */
import type {
  ConditionShown,
  PartRole,
  PersonRights,
  Removal,
  RightsChange,
  RightsCondition,
  RightsLimits,
  RightsReason,
  Role,
  Space,
} from '@atoll/client';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../command.ts';
import { parseCount, usage, type CommandLine } from '../command-line.ts';
import { findMember, findRemoval, findSubject } from '../find-member.ts';
import { findObject, findSpace } from '../find-space.ts';

/** Characters by which one object is named beside others. */
export const SINGLE = 12;
const ROLES: readonly Role[] = ['reader', 'commenter', 'writer', 'admin', 'owner'];
const PART_ROLES: readonly PartRole[] = ['writer', 'admin'];

/** Members of a space. */
export async function listMembers({ line, open, out }: CommandContext): Promise<void> {
  const space = await findSpace(await open(), line.operand(0));
  const members = space.members.get();
  out.rows(
    members.map(({ displayName, id, letInBy, me, role }) => ({
      ...{ identity: id, name: displayName, role, me },
      ...(letInBy === undefined ? {} : { letInBy }),
    })),
    members.map(({ displayName, id, letInBy, me, role }) => [
      displayName,
      role,
      letInBy === undefined ? '' : `let in by ${nameOf(space, letInBy)}`,
      id,
      me ? 'you' : '',
    ]),
  );
}

/** What one member can do. */
export async function showMember({ line, open, out }: CommandContext): Promise<void> {
  const space = await findSpace(await open(), line.operand(0));
  const { id } = findMember(space, line.operand(1));
  const rights = await space.rights.whatCan(id);
  const { comments, controls, displayName, owns, reads, reasons, role, withHistory, writes } =
    rights;
  out.result(
    {
      ...{ identity: id, name: displayName, role: role ?? null, reads, withHistory },
      ...{ comments, writes, controls, owns },
      reasons: reasons.map(reasonData),
    },
    `${displayName}: ${role ?? 'no member'}`,
    `may      ${mayLine(rights)}`,
    ...reasons.map((reason) => `because  ${reasonLine(reason)}`),
  );
}

/** Another role. */
export async function setRole({ line, open, out }: CommandContext): Promise<void> {
  const role = roleOf(line.operand(2));
  const space = await findSpace(await open(), line.operand(0));
  const subject = findSubject(space, line.operand(1));
  await requireSeen(space, subject, { line, role });
  const change = await space.rights.setRole(subject, role, limitsOf(space, line));
  out.result(changeData(subject, change), changeLine(subject.name, change));
}

/** Removes somebody, or says what that would do. */
export async function removeMember({ line, open, out }: CommandContext): Promise<void> {
  const space = await findSpace(await open(), line.operand(0));
  const { displayName, id } = findMember(space, line.operand(1));
  const plan = await space.rights.planRemoval(id);
  if (line.has('dry-run')) {
    const { isPossible, letIn, stays, teams } = plan;
    out.result(
      {
        ...{ identity: id, possible: isPossible, stays: stays?.role ?? null, groups: teams },
        invited: letIn.map((one) => ({ identity: one.id, name: one.displayName })),
      },
      isPossible ? `${displayName} can be removed.` : `${displayName} cannot be removed by you.`,
      ...(stays === undefined
        ? []
        : [`stays    ${stays.role}, by ${stays.from.map((one) => one.displayName).join(', ')}`]),
      ...letIn.map((one) => `let in   ${one.displayName}, by ${one.by.displayName}`),
      ...teams.map((team) => `leaves   ${team}`),
    );
    return;
  }
  const letIn = line.has('with-invited') ? 'remove' : 'keep';
  const change = await space.rights.remove(id, { letIn, purge: line.has('purge') });
  out.result(changeData({ member: id }, change), changeLine(displayName, change));
}

/** Who was removed, the latest first. */
export async function listRemovals({ line, open, out }: CommandContext): Promise<void> {
  const space = await findSpace(await open(), line.operand(0));
  const removals = space.rights.removals.get();
  out.rows(removals.map(removalData), removals.map(removalCells));
}

/** Takes a removal back. */
export async function restoreMember({ line, open, out }: CommandContext): Promise<void> {
  const space = await findSpace(await open(), line.operand(0));
  const removal = findRemoval(space, line.operand(1));
  await space.rights.restore(removal.id);
  const names = removal.who.map(({ displayName }) => displayName).join(', ');
  out.result({ removal: removal.id, restored: true }, `${names} is back.`);
}

/** Gives the space to somebody else. */
export async function handOver({ line, open, out }: CommandContext): Promise<void> {
  const space = await findSpace(await open(), line.operand(0));
  const { displayName, id } = findMember(space, line.operand(1));
  await requireSeen(space, { member: id }, { line, role: 'owner' });
  await space.rights.handOver(id);
  const root = space.rights.root.get()?.who.id ?? null;
  out.result(
    { root, next: id },
    `The space is ${displayName}'s from its next epoch on (atoll space epoch SPACE --seal).`,
  );
}

/** Agrees to a purge. */
export async function agreeToPurge({ line, open, out }: CommandContext): Promise<void> {
  const space = await findSpace(await open(), line.operand(0));
  const removal = findRemoval(space, line.operand(1));
  await space.rights.agree(removal.id);
  out.result({ removal: removal.id, agreed: true }, 'What was written does not count any more.');
}

/** Whom a role would show what was there before him is not given it unasked. @throws CliError `CLI_SHOWS_HISTORY`. */
export async function requireSeen(
  space: Space,
  { member }: { readonly member?: string | undefined },
  { line, role }: { readonly line: CommandLine; readonly role: Role },
): Promise<void> {
  if (member === undefined || (role !== 'admin' && role !== 'owner')) return;
  const { displayName, withHistory } = await space.rights.whatCan(member);
  if (!withHistory) requireShown(line, displayName, role);
}

/** Goes on only where it is meant. @throws CliError `CLI_SHOWS_HISTORY`. */
export function requireShown(line: CommandLine, name: string, role: Role): void {
  if (line.has('with-history')) return;
  const what = `${name} reads nothing from before; as ${role} he reads all of the space, and nobody takes that back`;
  throw new CliError('CLI_SHOWS_HISTORY', `${what}. If that is meant, say --with-history`);
}

/** A role by its name. @throws CliError `CLI_USAGE`. */
export function roleOf(given: string): Role {
  const role = ROLES.find((each) => each === given);
  if (role === undefined) throw usage(`ROLE is one of ${ROLES.join(', ')}`);
  return role;
}

/**
 * What limits a right: the epoch of `--until-epoch`, by its number or as the `next` one, and who must have what
 * (`--while`). @throws CliError `CLI_USAGE`, `CLI_OBJECT_UNKNOWN`, as `findSubject`.
 */
export function limitsOf(space: Space, line: CommandLine): RightsLimits {
  const onlyWhile = conditionOf(space, line);
  const given = line.value('until-epoch');
  const limits = onlyWhile === undefined ? {} : { onlyWhile };
  if (given === undefined) return limits;
  const next = space.epochs.status.get().number + 1;
  return { ...limits, untilEpoch: given === 'next' ? next : parseCount(given, '--until-epoch') };
}

function conditionOf(space: Space, line: CommandLine): RightsCondition | undefined {
  const who = line.value('while');
  const object = line.value('while-object');
  if (who === undefined) {
    if ((line.value('while-role') ?? object) === undefined) return undefined;
    throw usage(
      '--while-role and --while-object say what somebody must have: name him with --while',
    );
  }
  const { name: _, ...subject } = findSubject(space, who);
  if (object === undefined)
    return { who: subject, role: roleOf(line.value('while-role') ?? 'reader') };
  const role = partRoleOf(roleOf(line.value('while-role') ?? 'writer'));
  return { who: subject, role, place: { object: findObject(space.db, object).id } };
}

/** A role over a single thing. @throws CliError `CLI_USAGE`. */
export function partRoleOf(role: Role): PartRole {
  const found = PART_ROLES.find((each) => each === role);
  if (found === undefined) throw usage(`over a single thing, ROLE is ${PART_ROLES.join(' or ')}`);
  return found;
}

/** What came of a change, as JSON. */
export function changeData(
  subject: { readonly member?: string; readonly team?: string },
  { role, stays }: RightsChange,
): Readonly<Record<string, unknown>> {
  const who = subject.team === undefined ? { identity: subject.member } : { group: subject.team };
  return { ...who, role: role ?? null, stays: stays.map(({ id }) => id) };
}

/** The same for people. */
export function changeLine(name: string, { role, stays }: RightsChange): string {
  const by = stays.map(({ displayName }) => displayName).join(', ');
  if (stays.length > 0) return `${name} is still ${String(role)}: ${by} gave that.`;
  return role === undefined ? `${name} has no role any more.` : `${name} is ${role}.`;
}

function nameOf(space: Space, id: string): string {
  const member = space.members.get().find((each) => each.id === id);
  return member?.displayName ?? id.slice(0, 8);
}

function mayLine({ comments, controls, owns, reads, withHistory, writes }: PersonRights): string {
  const may = [
    ...(reads ? [withHistory ? 'read' : 'read what was written since'] : []),
    ...(comments ? ['comment'] : []),
    ...(writes ? ['write'] : []),
    ...(controls ? ['invite and remove people'] : []),
    ...(owns ? ['make others admins'] : []),
  ];
  return may.length === 0 ? 'nothing' : may.join(', ');
}

/** Why, as JSON. */
export function reasonData(reason: RightsReason): Readonly<Record<string, unknown>> {
  const { from, grant, onlyWhile, role, sinceMs, through, untilEpoch } = reason;
  return {
    ...{ grant, role, from: from?.id ?? null },
    ...(onlyWhile === undefined ? {} : { onlyWhile: conditionData(onlyWhile) }),
    since: sinceMs === undefined ? null : new Date(sinceMs).toISOString(),
    through: through.map(({ id }) => id),
    ...(untilEpoch === undefined ? {} : { untilEpoch }),
  };
}

function reasonLine(reason: RightsReason): string {
  const { from, onlyWhile, role, sinceMs, through, untilEpoch } = reason;
  const since = sinceMs === undefined ? '' : ` on ${new Date(sinceMs).toISOString().slice(0, 10)}`;
  const by = from === undefined ? 'founded the space' : `${role}, by ${from.displayName}${since}`;
  const groups = through.map(({ name }) => name).join(' > ');
  const until = untilEpoch === undefined ? '' : `, until epoch ${untilEpoch}`;
  const condition = onlyWhile === undefined ? '' : `, ${conditionWords(onlyWhile)}`;
  return `${by}${groups === '' ? '' : `, through ${groups}`}${until}${condition}`;
}

/** The condition of a right, as JSON. */
export function conditionData(of: ConditionShown): Readonly<Record<string, unknown>> {
  const { displayName: name, field, id, kind, object, role } = of;
  return {
    ...(kind === 'team' ? { group: id } : { identity: id }),
    ...{ name, role },
    ...(object === undefined ? {} : { object }),
    ...(field === undefined ? {} : { field }),
  };
}

/** The same for people. */
export function conditionWords({ displayName, object, role }: ConditionShown): string {
  const over = object === undefined ? '' : ` over object ${object.slice(0, SINGLE)}`;
  return `while ${displayName} is ${role}${over}`;
}

function removalData(removal: Removal): Readonly<Record<string, unknown>> {
  const { atMs, by, id, kind, mayAgree, mayRestore, purge, role, who } = removal;
  return {
    ...{ removal: id, kind, role, by: by.id, at: new Date(atMs).toISOString() },
    who: who.map((one) => ({ identity: one.id, name: one.displayName })),
    ...(purge === undefined ? {} : { purge }),
    ...{ mayRestore, mayAgree },
  };
}

function removalCells({ atMs, by, id, kind, purge, role, who }: Removal): readonly string[] {
  const names = who.map(({ displayName }) => displayName).join(', ');
  const did = kind === 'left' ? 'left' : `removed by ${by.displayName}`;
  const day = new Date(atMs).toISOString().slice(0, 10);
  return [names, role, did, day, purge === undefined ? '' : `purge ${purge}`, id.slice(0, 8)];
}
