/** `atoll group …`: members who may do things together. Groups may be in groups. */
import type { CommandContext } from '../command.ts';
import { findGroup, findSubject } from '../find-member.ts';
import { findSpace } from '../find-space.ts';

/** Makes a group. */
export async function createGroup({ line, open, out }: CommandContext): Promise<void> {
  const space = await findSpace(await open(), line.operand(0));
  const { id, name } = await space.rights.createTeam(line.operand(1));
  out.result({ group: id, name }, `There is a group ${name} now.`);
}

/** Lists groups with their members. */
export async function listGroups({ line, open, out }: CommandContext): Promise<void> {
  const space = await findSpace(await open(), line.operand(0));
  const groups = space.rights.teams.get();
  out.rows(
    groups.map(({ id, members, name, people, role }) => ({
      ...{ group: id, name, role: role ?? null, people },
      members: members.map((one) => ({
        ...{ kind: one.kind === 'team' ? 'group' : 'member', id: one.id },
        ...{ name: one.displayName, leads: one.leads },
      })),
    })),
    groups.map(({ id, members, name, role }) => [
      name,
      role ?? '',
      members
        .map(({ displayName, leads }) => (leads ? `${displayName} (leads)` : displayName))
        .join(', '),
      id,
    ]),
  );
}

/** Puts somebody into a group. */
export async function addToGroup({ line, open, out }: CommandContext): Promise<void> {
  const space = await findSpace(await open(), line.operand(0));
  const group = findGroup(space, line.operand(1));
  const subject = findSubject(space, line.operand(2));
  await space.rights.addToTeam(group.id, subject, { leads: line.has('lead') });
  out.result(
    { group: group.id, added: subject.member ?? subject.team },
    `${subject.name} is in ${group.name}.`,
  );
}

/** Gives a group another name. */
export async function renameGroup({ line, open, out }: CommandContext): Promise<void> {
  const space = await findSpace(await open(), line.operand(0));
  const group = findGroup(space, line.operand(1));
  const name = line.operand(2);
  await space.rights.renameTeam(group.id, name);
  out.result({ group: group.id, name: name.trim() }, `${group.name} is called ${name.trim()} now.`);
}

/** Takes somebody out of a group, or ends it. */
export async function removeFromGroup({ line, open, out }: CommandContext): Promise<void> {
  const space = await findSpace(await open(), line.operand(0));
  const group = findGroup(space, line.operand(1));
  const [given] = line.operands.slice(2);
  if (given === undefined) {
    await space.rights.endTeam(group.id);
    out.result({ group: group.id, ended: true }, `${group.name} is no more.`);
    return;
  }
  const subject = findSubject(space, given);
  await space.rights.removeFromTeam(group.id, subject);
  out.result(
    { group: group.id, removed: subject.member ?? subject.team },
    `${subject.name} is not in ${group.name} any more.`,
  );
}
