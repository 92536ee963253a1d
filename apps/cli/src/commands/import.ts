/** `atoll import`: records of a file as objects, of one type or of those that they name. */
import { basename } from 'node:path';
import type { Space } from '@atoll/client';
import { inferType, type TypeData } from '@atoll/schema';
import { TYPE_OF } from '@atoll/text-formats';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../command.ts';
import { usage } from '../command-line.ts';
import { findSpace } from '../find-space.ts';
import { zoneFor } from '../find-zone.ts';
import { growType } from '../grow-type.ts';
import { idOf, type FileRecord } from '../json-lines.ts';
import { grouped, progressBar } from '../progress-bar.ts';
import { readRecords, recordFile, type RecordFile } from '../record-files.ts';
import { BY_ID, RecordWriter, type RecordType } from '../record-writer.ts';
import { richForm } from '../rich-values.ts';
import { readTypeFile, typeOf } from '../type-file.ts';

/** Objects of one transaction: large enough to be cheap, small enough for one block's limits. */
const OBJECTS_A_TRANSACTION = 300;
/** Transactions between two waits for the disk. */
const TRANSACTIONS_A_FLUSH = 4;

type Refs = Readonly<Record<string, { readonly type: string; readonly by: string }>>;

/** What is imported, and how. */
interface Import {
  readonly space: Space;
  /** The zone that new objects are in. */
  readonly place: { readonly zone?: string };
  readonly file: RecordFile;
  /** The type of all records; absent where each names its own. */
  readonly type: string | undefined;
  readonly key: string | undefined;
  readonly refs: Refs;
  /** Types that the file, or a schema beside it, says. */
  readonly types: ReadonlyMap<string, TypeData>;
  readonly records: readonly FileRecord[];
}

/** Imports a file. The same file again changes nothing, if a key was named. */
export async function importFile(context: CommandContext): Promise<void> {
  const { line, open, out } = context;
  const name = line.value('type');
  const refs = parseRefs(line.list('ref'));
  const format = { format: line.value('format'), body: line.value('body') };
  const file = await recordFile(line.operand(1), format);
  if (name === undefined && file.format === 'csv') throw usage('--type TYPE is missing');
  const schema = line.value('schema');
  const given = schema === undefined ? undefined : await readTypeFile(schema, name);
  const client = await open();
  const space = await findSpace(client, line.operand(0));
  const place = zoneFor(space, line.value('zone'));
  const known = name === undefined ? undefined : (given ?? space.db.definitionOf(name)?.data());
  const all = await readRecords(file, (column) => known?.fields[column]);
  const records = all.filter((record) => !isSchema(record));
  const types = typesOf(all.filter(isSchema), given);
  const { left, unplaced, ...counts } = await writeAll(context, {
    space,
    place,
    file,
    type: name,
    key: line.value('key'),
    refs,
    types,
    records,
  });
  const unresolved = countUnresolved(space, records, refs);
  const { added, changed } = counts;
  out.result(
    { objects: records.length, refs: counts.refs, unresolved, added, changed },
    `${grouped(records.length)} objects (${grouped(added)} new, ${grouped(changed)} changed)`,
    `${grouped(counts.refs)} refs, ${grouped(unresolved)} of them to what is not here`,
  );
  if (unplaced > 0) out.note(`${grouped(unplaced)} objects stand below none: theirs is not here.`);
  if (left.size > 0) out.note(`Left out, since it is not made from data: ${[...left].join(', ')}`);
}

async function writeAll(
  { line, out, signal }: CommandContext,
  given: Import,
): Promise<{
  readonly added: number;
  readonly changed: number;
  readonly refs: number;
  readonly unplaced: number;
  readonly left: ReadonlySet<string>;
}> {
  const { place, records, space } = given;
  const typeOf = recordTypes(given);
  const writer = new RecordWriter(space.db, records, { key: given.key, ...place });
  let refs = 0;
  const put = (record: FileRecord, number: number): void => {
    for (const field of Object.keys(given.refs)) refs += refCount(record[field]);
    writer.put(typeOf(record, number), record, number);
  };
  // One undo takes the whole file back.
  const gesture = space.undo.gesture({ label: `Imported ${basename(line.operand(1))}` });
  const batches = Math.ceil(records.length / OBJECTS_A_TRANSACTION);
  for (let batch = 0; batch < batches; batch++) {
    signal.throwIfAborted();
    const start = batch * OBJECTS_A_TRANSACTION;
    const some = records.slice(start, start + OBJECTS_A_TRANSACTION);
    const putAll = (): void => some.forEach((record, at) => put(record, start + at + 1));
    gesture(() => space.db.transaction(putAll));
    if (batch % TRANSACTIONS_A_FLUSH === TRANSACTIONS_A_FLUSH - 1) await space.flush();
    out.progress(progressBar(start + some.length, records.length, 'objects'));
  }
  while (writer.isUnfinished) {
    gesture(() => space.db.transaction(() => writer.finish(OBJECTS_A_TRANSACTION)));
  }
  await space.flush();
  out.progress('');
  return { ...writer.counts, refs, left: writer.left };
}

/** The types of the records, with the fields that they bring. @throws CliError. */
function recordTypes(given: Import): (record: FileRecord, number: number) => RecordType {
  const { file, key, records, refs, space, types } = given;
  const nameOf = (record: FileRecord): unknown => given.type ?? record[TYPE_OF];
  const byType = new Map<string, FileRecord[]>();
  records.forEach((record, at) => {
    const name = nameOf(record);
    if (typeof name !== 'string') {
      throw usage(`--type TYPE is missing: record ${at + 1} does not say its type`);
    }
    const some = byType.get(name);
    if (some === undefined) byType.set(name, [withoutMarks(record)]);
    else some.push(withoutMarks(record));
  });
  const found = new Map<string, RecordType>();
  for (const [name, some] of byType) {
    const said = types.get(name);
    const inferred = inferType(some, { name, refs }).fields;
    const fields = { ...said?.fields, ...missing(said, withBody(given, inferred, some)) };
    if (key !== undefined && key !== BY_ID && fields[key] === undefined) {
      throw new CliError('CLI_FIELD', `no record has the key field "${key}"`);
    }
    const type = growType(space.db, name, fields, said?.relation);
    space.db.register(type);
    found.set(name, { type, rich: richForm(type.data(), file.format === 'md') });
  }
  return (record) => found.get(nameOf(record) as string) as RecordType;
}

/** What stands below the front matter is a rich text; where nothing does, there is no such field. */
function withBody(
  { file }: Import,
  { [file.body]: body, ...fields }: TypeData['fields'],
  records: readonly FileRecord[],
): TypeData['fields'] {
  if (file.format !== 'md') return body === undefined ? fields : { ...fields, [file.body]: body };
  const isThere = records.some((record) => record[file.body] !== '');
  return isThere ? { ...fields, [file.body]: { kind: 'rich' } } : fields;
}

function missing(known: TypeData | undefined, wanted: TypeData['fields']): TypeData['fields'] {
  const fresh = Object.entries(wanted).filter(([field]) => known?.fields[field] === undefined);
  return Object.fromEntries(fresh);
}

/** `depends=Package.name`: the field `depends` names packages by their `name`. @throws CliError. */
export function parseRefs(given: readonly string[]): Refs {
  const entries = given.map((text) => {
    const match = /^([^=]+)=(.+)\.([^.]+)$/.exec(text);
    if (match === null) throw usage(`--ref "${text}" is not FIELD=TYPE.KEY`);
    const [, field = '', type = '', by = ''] = match;
    return [field, { type, by }] as const;
  });
  return Object.fromEntries(entries);
}

/** The types that a file says, and the one that was given. */
function typesOf(
  schemas: readonly FileRecord[],
  given: TypeData | undefined,
): ReadonlyMap<string, TypeData> {
  const said = schemas.map((schema) => typeOf(() => schema, 'a schema of the file'));
  return new Map(
    [...said, ...(given === undefined ? [] : [given])].map((type) => [type.name, type]),
  );
}

/** A type among the records, as `atoll export` writes it in front of them. */
function isSchema(record: FileRecord): boolean {
  return typeof record['$schema'] === 'string' && record[TYPE_OF] === undefined;
}

/** A record without what it says of itself: the space gives its own ids. */
function withoutMarks(record: FileRecord): FileRecord {
  const { [TYPE_OF]: _, ...fields } = record;
  if (idOf(fields) === undefined) return fields;
  const { id: _id, ...rest } = fields;
  return rest;
}

function refCount(value: unknown): number {
  if (Array.isArray(value)) return new Set(value).size;
  return typeof value === 'string' ? 1 : 0;
}

/** Refs of the file that name nothing in the space, after the import. */
function countUnresolved({ db }: Space, records: readonly FileRecord[], refs: Refs): number {
  let unresolved = 0;
  for (const [field, { by, type }] of Object.entries(refs)) {
    const isThere = new Map<string, boolean>();
    for (const record of records) {
      const value = record[field];
      for (const key of new Set(Array.isArray(value) ? value : [value])) {
        if (typeof key !== 'string') continue;
        let there = isThere.get(key);
        if (there === undefined) {
          there = db.findByKey(type, by, key) !== undefined;
          isThere.set(key, there);
        }
        if (!there) unresolved++;
      }
    }
  }
  return unresolved;
}
