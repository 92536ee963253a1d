/** `atoll export`: the objects of one type, or of all, as records of a file. */
import type { AnyObject, Space } from '@atoll/client';
import { toJsonSchema, type TypeData } from '@atoll/schema';
import type { CommandContext } from '../command.ts';
import { usage } from '../command-line.ts';
import { findSpace, findType, isOwnType } from '../find-space.ts';
import type { FileRecord } from '../json-lines.ts';
import { grouped } from '../progress-bar.ts';
import { TYPE_OF, recordFile, writeRecords } from '../record-files.ts';
import { richForm, withRich } from '../rich-values.ts';

/** Writes every object of a type; without a type everything, and the types themselves. */
export async function exportRecords({ line, open, out }: CommandContext): Promise<void> {
  const name = line.value('type');
  const { body, format } = { body: line.value('body'), format: line.value('format') };
  const file = await recordFile(line.operand(1), { body, format });
  const isData = file.format === 'jsonl' || file.format === 'json';
  if (name === undefined && !isData) {
    throw usage('--type TYPE is missing; only JSON Lines and JSON hold objects of several types');
  }
  const space = await findSpace(await open(), line.operand(0));
  const types =
    name === undefined
      ? space.db.types().filter((each) => !isOwnType(each.name))
      : [findType(space.db, name).data()];
  const found = await Promise.all(
    types.map(async (type) => {
      const form = await richForm(type, file.format === 'md');
      const records = inOrder(space, type).map((object) => withRich(form, object, plain(object)));
      return { type, records };
    }),
  );
  const objects = found.flatMap(({ records, type }) =>
    name === undefined ? records.map((each) => ({ [TYPE_OF]: type.name, ...each })) : records,
  );
  const schemas = name === undefined ? types.map((type) => toJsonSchema(type) as FileRecord) : [];
  const fieldOf = (column: string): TypeData['fields'][string] | undefined =>
    types[0]?.fields[column];
  await writeRecords(file, [...schemas, ...objects], fieldOf);
  out.result(
    { objects: objects.length, format: file.format },
    `${grouped(objects.length)} objects written to ${file.path}`,
  );
}

/** Objects as they were created; those of a tree as they stand in it, so that siblings keep their order. */
function inOrder({ db }: Space, type: TypeData): readonly AnyObject[] {
  const objects = db.query(type.name).run() as readonly AnyObject[];
  const tree = Object.values(type.fields).find((field) => field.kind === 'tree');
  if (tree?.kind !== 'tree') return objects;
  const places = new Map<string, number>();
  for (const { object } of db.trees.subtree(null, tree.tree)) places.set(object.id, places.size);
  const placeOf = ({ id }: AnyObject): number => places.get(id) ?? places.size;
  return [...objects].sort((a, b) => placeOf(a) - placeOf(b));
}

function plain(object: AnyObject): FileRecord {
  return JSON.parse(JSON.stringify(object)) as FileRecord;
}
