/** `atoll conflicts | resolve`: values that were written at once, and the choice of one. */
import type { Conflict, Database, Space } from '@atoll/client';
import { isScalar } from '@atoll/schema';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../command.ts';
import { parseCount } from '../command-line.ts';
import { findObject, findSpace, findType, requireWriter } from '../find-space.ts';

/** Prints the values of a field, or of all fields of an object that have several; the shown one first. */
export async function conflicts({ line, open, out }: CommandContext): Promise<void> {
  const [spaceName = '', id = '', field] = line.operands;
  const space = await findSpace(await open(), spaceName);
  const found =
    field === undefined ? all(space.db, id) : [[field, listed(space.db, id, field)] as const];
  let count = 0;
  for (const [name, values] of found) {
    if (values.length < 2) continue;
    values.forEach((each, at) => {
      count++;
      const value = plain(each.value);
      const told = `${name} ${at}  ${JSON.stringify(value)}  ${nameOf(space, each.author)}`;
      out.result({ field: name, choice: at, value, author: each.author, at: when(each) }, told);
    });
  }
  if (count === 0) out.note('No field has several values.');
}

/** Makes one of them the value. */
export async function resolve({ line, open, out }: CommandContext): Promise<void> {
  const [spaceName = '', id = '', field = '', given = ''] = line.operands;
  const choice = parseCount(given, 'CHOICE');
  const space = await findSpace(await open(), spaceName);
  requireWriter(space, id);
  const values = listed(space.db, id, field);
  const chosen = values[choice];
  if (chosen === undefined) {
    throw new CliError('CLI_FIELD', `field ${field} has no value ${choice}; see atoll conflicts`);
  }
  space.db.resolve(findObject(space.db, id), field, chosen);
  await space.flush();
  const value = plain(chosen.value);
  out.result({ id, field, value }, `${field} is ${JSON.stringify(value)} now.`);
}

function all(db: Database, id: string): (readonly [string, readonly Conflict[]])[] {
  const object = findObject(db, id);
  const fields = Object.entries(findType(db, object.$type).data().fields);
  return fields
    .filter(([, data]) => isScalar(data))
    .map(([name]) => [name, db.conflicts(object, name)] as const);
}

function listed(db: Database, id: string, field: string): readonly Conflict[] {
  const object = findObject(db, id);
  const data = findType(db, object.$type).data().fields[field];
  if (data !== undefined && isScalar(data)) return db.conflicts(object, field);
  const why =
    data === undefined ? 'no such field' : `merged as a ${data.kind}, so nothing is to be chosen`;
  throw new CliError('CLI_FIELD', `field ${field}: ${why}`);
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null || !('$id' in value)) return value ?? null;
  return value.$id;
}

function when({ timeMs }: Conflict): string {
  return new Date(timeMs).toISOString();
}

function nameOf(space: Space, identity: string): string {
  const member = space.members.get().find((each) => each.id === identity);
  return member?.displayName ?? identity.slice(0, 8);
}
