/** `atoll relate | relations`: typed edges between two objects, and those of one object. */
import type { AnyObject } from '@atoll/client';
import { toJsonForm } from '@atoll/schema';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../command.ts';
import { usage } from '../command-line.ts';
import { newField, parseAssignment, valueFromText } from '../field-values.ts';
import { findObject, findSpace } from '../find-space.ts';
import { placeOf, zoneFor } from '../find-zone.ts';
import { growType, knownType } from '../grow-type.ts';

const END = { kind: 'ref' } as const;

/** Makes a relation from one object to another; a new type joins the types of these two. */
export async function relate({ line, open, out }: CommandContext): Promise<void> {
  const [spaceName = '', typeName = '', from = '', to = '', ...rest] = line.operands;
  const assignments = rest.map(parseAssignment);
  const space = await findSpace(await open(), spaceName);
  const place = zoneFor(space, line.value('zone'));
  const [source, target] = [findObject(space.db, from), findObject(space.db, to)];
  const known = knownType(space.db, typeName);
  if (known !== undefined && known.relation === undefined) {
    throw new CliError('CLI_FIELD', `${typeName} is a type of objects, not of relations`);
  }
  const extra = assignments.map((each) => {
    if (each.sign !== undefined) throw usage(`a new relation has no ${each.field} to change`);
    return [each.field, newField(each)] as const;
  });
  const type = growType(
    space.db,
    typeName,
    { source: END, target: END, ...Object.fromEntries(extra) },
    { source: source.$type, target: target.$type },
  );
  const { fields } = type.data();
  const input: Record<string, unknown> = { source, target };
  for (const { field, text } of assignments) {
    const data = fields[field];
    if (data !== undefined) input[field] = valueFromText(field, data, text);
  }
  const relation = space.db.add(type, input, place);
  await space.flush();
  out.result({ id: relation.id, ...place }, relation.id);
}

/** Lists the relations of an object with what is at their other end. */
export async function relations({ line, open, out }: CommandContext): Promise<void> {
  const [spaceName = '', id = '', typeName] = line.operands;
  const space = await findSpace(await open(), spaceName);
  const object = findObject(space.db, id);
  const found = space.db.relations(object, typeName === undefined ? {} : { type: typeName });
  for (const relation of found) {
    const [source, target] = [idAt(relation, 'source'), idAt(relation, 'target')];
    const told = `${relation.id}  ${relation.$type}  ${source} → ${target}`;
    const place = placeOf(space, relation.id);
    out.result({ id: relation.id, type: relation.$type, source, target, ...place }, told);
  }
  if (found.length === 0) out.note('There are no relations.');
}

function idAt(relation: AnyObject, end: 'source' | 'target'): string {
  return String(toJsonForm(END, relation[end]));
}
