/** `atoll add | set | delete | restore`: objects one by one. */
import type { AnyObject, Space } from '@atoll/client';
import type { BlobRef, FieldData, FieldsData } from '@atoll/schema';
import { pathOfBlob, putFile } from '../blob-files.ts';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../command.ts';
import { usage } from '../command-line.ts';
import { fieldOf } from '../conditions.ts';
import {
  assignField,
  changeField,
  newField,
  parseAssignment,
  valueFromText,
  type Assignment,
} from '../field-values.ts';
import { findObject, findSpace, requireWriter } from '../find-space.ts';
import { placeOf, zoneFor } from '../find-zone.ts';
import { growType } from '../grow-type.ts';
import { readTypeFile } from '../type-file.ts';

/** Adds an object. */
export async function add({ line, open, out, signal }: CommandContext): Promise<void> {
  const [spaceName = '', typeName = '', ...rest] = line.operands;
  const assignments = rest.map(parseAssignment);
  const client = await open();
  const space = await findSpace(client, spaceName);
  const place = zoneFor(space, line.value('zone'));
  const signed = assignments.find(({ sign }) => sign !== undefined);
  if (signed !== undefined) throw usage(`a new object has no ${signed.field} to change; use =`);
  const schema = line.value('schema');
  const said = schema === undefined ? undefined : await readTypeFile(schema, typeName);
  const given = said?.fields ?? {};
  const fresh = missing(given, newFields(assignments));
  const type = growType(space.db, typeName, { ...given, ...fresh }, said?.relation);
  const { fields } = type.data();
  const input: Record<string, unknown> = {};
  for (const { field, text } of assignments) {
    const data = fields[field];
    if (data === undefined) continue;
    const path = pathOfBlob(data, text);
    input[field] =
      path === undefined
        ? valueFromText(field, data, text)
        : await putFile(space, path, { signal, ...place });
  }
  const object = space.db.add(type, input, place);
  await space.flush();
  out.result({ id: object.id, ...place }, object.id);
}

/** Changes fields of an object. */
export async function set({ line, open, out, signal }: CommandContext): Promise<void> {
  const [spaceName = '', id = '', ...rest] = line.operands;
  const assignments = rest.map(parseAssignment);
  const client = await open();
  const space = await findSpace(client, spaceName);
  const object = findObject(space.db, id);
  requireWriter(space, object.id);
  const type = growType(space.db, object.$type, newFields(assignments));
  space.db.register(type);
  const data = type.data();
  const place = placeOf(space, object.id);
  const refs = new Map<string, BlobRef>();
  for (const { field, text } of assignments) {
    const path = pathOfBlob(fieldOf(data, field), text);
    if (path !== undefined) refs.set(field, await putFile(space, path, { signal, ...place }));
  }
  space.db.transaction(() => {
    for (const assignment of assignments) {
      const { field, sign, text } = assignment;
      if (sign !== undefined) {
        changeField(object, fieldOf(data, field), assignment);
        continue;
      }
      const isRemoval = text === '' && isRegister(fieldOf(data, field));
      const value = isRemoval
        ? undefined
        : (refs.get(field) ?? valueFromText(field, fieldOf(data, field), text));
      assignField(object, field, fieldOf(data, field), value);
    }
  });
  await space.flush();
  out.result({ id: object.id }, object.id);
}

/** Deletes an object. */
export async function remove(context: CommandContext): Promise<void> {
  await changeLife(context, (space, object) => space.db.delete(object));
}

/** Brings a deleted object back. */
export async function restore(context: CommandContext): Promise<void> {
  await changeLife(context, (space, object) => space.db.restore(object));
}

async function changeLife(
  { line, open, out }: CommandContext,
  change: (space: Space, object: AnyObject) => void,
): Promise<void> {
  const client = await open();
  const space = await findSpace(client, line.operand(0));
  const object = space.db.getDeleted(line.operand(1));
  if (object === undefined) {
    throw new CliError('CLI_OBJECT_UNKNOWN', `there is no object ${line.operand(1)}`);
  }
  requireWriter(space, object.id);
  change(space, object);
  await space.flush();
  out.result({ id: object.id }, object.id);
}

function missing(known: FieldsData, wanted: FieldsData): FieldsData {
  const fresh = Object.entries(wanted).filter(([field]) => known[field] === undefined);
  return Object.fromEntries(fresh);
}

function newFields(assignments: readonly Assignment[]): Record<string, FieldData> {
  return Object.fromEntries(assignments.map((each) => [each.field, newField(each)]));
}

/** True for what can have no value; sets, texts and counters become empty instead. */
function isRegister({ kind }: FieldData): boolean {
  return !['set', 'list', 'map', 'text', 'counter', 'record'].includes(kind);
}
