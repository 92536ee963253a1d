/** `atoll zone …`: private parts of a space, who reads them, and what cannot be read here. */
import type { Space, Zone, ZoneRole } from '@atoll/client';
import type { CommandContext } from '../command.ts';
import { usage } from '../command-line.ts';
import { findSubject } from '../find-member.ts';
import { findSpace } from '../find-space.ts';
import { findZone } from '../find-zone.ts';

const ROLES: readonly ZoneRole[] = ['reader', 'writer', 'owner'];

/** Begins a zone. */
export async function createZone({ line, open, out }: CommandContext): Promise<void> {
  const space = await findSpace(await open(), line.operand(0));
  const wanted = { name: line.operand(1).trim(), open: line.has('open') };
  const { id, isOpen, name } = await space.zones.create(wanted);
  out.result({ zone: id, name, open: isOpen }, id);
}

/** Lists zones, those too that are not read here. */
export async function listZones({ line, open, out }: CommandContext): Promise<void> {
  const space = await findSpace(await open(), line.operand(0));
  const zones = space.zones.list.get();
  out.rows(
    zones.map(({ founder, id, isOpen, myRole, name, readers, sealed }) => ({
      ...{ zone: id, name: name ?? null, open: isOpen, role: myRole ?? null, founder: founder.id },
      ...{ readers, sealed },
    })),
    zones.map((zone) => [
      zone.name ?? '(you do not read it)',
      zone.myRole ?? '',
      zone.isOpen ? 'read by everybody' : `read by ${readersLine(space, zone)}`,
      zone.id,
      sealedLine(zone),
    ]),
  );
}

/** Who was let into a zone. */
export async function listZoneMembers({ line, open, out }: CommandContext): Promise<void> {
  const space = await findSpace(await open(), line.operand(0));
  const { members } = findZone(space, line.operand(1));
  out.rows(
    members.map(({ displayName, id, kind, role, withHistory }) => ({
      ...(kind === 'team' ? { group: id } : { identity: id }),
      ...{ name: displayName, role, history: withHistory },
    })),
    members.map(({ displayName, id, kind, role, withHistory }) => [
      displayName,
      role,
      withHistory ? '' : 'from then on',
      id,
      kind === 'team' ? 'group' : '',
    ]),
  );
}

/** Lets somebody read a zone, or gives another role there. */
export async function grantZone({ line, open, out }: CommandContext): Promise<void> {
  const role = zoneRoleOf(line.value('role') ?? 'writer');
  const space = await findSpace(await open(), line.operand(0));
  const zone = findZone(space, line.operand(1));
  const { name, ...subject } = findSubject(space, line.operand(2));
  const { id } = zone;
  await space.zones.grant(id, subject, { role, ...historyOf(line) });
  const said = `${name} is ${role} of ${called(zone)}`;
  const members = space.zones.list.get().find((one) => one.id === id)?.members;
  const of = subject.team ?? subject.member;
  const withHistory = members?.find((one) => one.id === of)?.withHistory !== false;
  out.result(
    { zone: zone.id, ...subjectData(subject), role, history: withHistory },
    withHistory || zone.isOpen ? `${said}.` : `${said}, and reads what is written from now on.`,
  );
}

/** Puts somebody out of a zone. */
export async function revokeZone({ line, open, out }: CommandContext): Promise<void> {
  const space = await findSpace(await open(), line.operand(0));
  const zone = findZone(space, line.operand(1));
  const { name, ...subject } = findSubject(space, line.operand(2));
  await space.zones.revoke(zone.id, subject);
  out.result(
    { zone: zone.id, ...subjectData(subject), role: null },
    zone.isOpen
      ? `${name} reads ${called(zone)} as everybody does, and changes nothing there any more.`
      : `${name} reads nothing that is written in ${called(zone)} from now on.`,
  );
}

/** Gives a zone another name. */
export async function renameZone({ line, open, out }: CommandContext): Promise<void> {
  const space = await findSpace(await open(), line.operand(0));
  const zone = findZone(space, line.operand(1));
  const name = line.operand(2).trim();
  await space.zones.rename(zone.id, name);
  out.result({ zone: zone.id, name }, `${called(zone)} is called ${name} now.`);
}

/** What is said of history: nothing leaves it as it is for who is in already. */
function historyOf(line: CommandContext['line']): { readonly withHistory?: boolean } {
  const isWith = line.has('with-history');
  const isWithout = line.has('without-history');
  if (isWith && isWithout) throw usage('it is either --with-history or --without-history');
  return isWith || isWithout ? { withHistory: isWith } : {};
}

function zoneRoleOf(given: string): ZoneRole {
  const role = ROLES.find((each) => each === given);
  if (role === undefined) throw usage(`--role is one of ${ROLES.join(', ')}`);
  return role;
}

function subjectData(subject: {
  readonly member?: string;
  readonly team?: string;
}): Readonly<Record<string, unknown>> {
  return subject.team === undefined ? { identity: subject.member } : { group: subject.team };
}

function called({ id, name }: Zone): string {
  return name ?? id.slice(0, 8);
}

function readersLine(space: Space, { readers }: Zone): string {
  const members = space.members.get();
  const names = readers.map(
    (id) => members.find((one) => one.id === id)?.displayName ?? id.slice(0, 8),
  );
  return names.length === 0 ? 'nobody' : names.join(', ');
}

function sealedLine({ myRole, sealed }: Zone): string {
  if (sealed.sections === 0) return '';
  const changes = sealed.sections === 1 ? '1 change' : `${sealed.sections} changes`;
  const why = myRole === undefined ? 'that you cannot read' : 'from before you were let in';
  return `${changes} ${why}`;
}
