/** `atoll import`: records of a file as objects of one type. */
import { basename } from 'node:path';
import type { AnyObject, Database, Space } from '@atoll/client';
import {
  inferType,
  type FieldData,
  type RichTextField,
  type TypeData,
  type TypeDefinition,
} from '@atoll/schema';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../command.ts';
import { usage } from '../command-line.ts';
import { assignField, valueFromJson } from '../field-values.ts';
import { findSpace, requireWriter } from '../find-space.ts';
import { growType } from '../grow-type.ts';
import type { FileRecord } from '../json-lines.ts';
import { grouped, progressBar } from '../progress-bar.ts';
import { readRecords, recordFile } from '../record-files.ts';

/** Objects of one transaction: large enough to be cheap, small enough for one block's limits. */
const OBJECTS_A_TRANSACTION = 300;
/** Transactions between two waits for the disk. */
const TRANSACTIONS_A_FLUSH = 4;

/** Kinds whose cells in a table are text, whatever they look like. */
const TEXT_KINDS: ReadonlySet<string> = new Set([
  'string',
  'text',
  'rich',
  'enum',
  'day',
  'bigint',
]);

type Refs = Readonly<Record<string, { readonly type: string; readonly by: string }>>;

/** What an import did. */
interface Counts {
  added: number;
  changed: number;
  refs: number;
}

/** Imports a file. The same file again changes nothing, if a key was named. */
export async function importFile({ line, open, out, signal }: CommandContext): Promise<void> {
  const name = line.value('type') ?? '';
  if (name === '') throw usage('--type TYPE is missing');
  const key = line.value('key');
  const refs = parseRefs(line.list('ref'));
  const format = { format: line.value('format'), body: line.value('body') };
  const file = await recordFile(line.operand(1), format);
  const client = await open();
  const space = await findSpace(client, line.operand(0));
  requireWriter(space);
  const before = space.db.definitionOf(name)?.data().fields ?? {};
  const isText = (column: string): boolean => TEXT_KINDS.has(before[column]?.kind ?? '');
  const records = (await readRecords(file, isText)).map(withoutOwnId);
  const inferred = inferType(records, { name, refs });
  if (key !== undefined && inferred.fields[key] === undefined) {
    throw new CliError('CLI_FIELD', `no record has the key field "${key}"`);
  }
  const isMarkdown = file.format === 'md';
  const body = isMarkdown && before[file.body] === undefined ? { [file.body]: RICH } : {};
  const type = growType(space.db, name, { ...inferred.fields, ...body });
  const rich = isMarkdown ? await markdownReader(type.data()) : undefined;
  const counts: Counts = { added: 0, changed: 0, refs: 0 };
  const put = writerOf(space.db, type, { key, refs, counts, rich });
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
  await space.flush();
  out.progress('');
  const unresolved = countUnresolved(space, records, refs);
  const { added, changed } = counts;
  out.result(
    { objects: records.length, refs: counts.refs, unresolved, added, changed },
    `${grouped(records.length)} objects (${grouped(added)} new, ${grouped(changed)} changed)`,
    `${grouped(counts.refs)} refs, ${grouped(unresolved)} of them to what is not here`,
  );
}

/** Markdown into rich texts. */
interface RichReader {
  /** A record without the fields that are rich. */
  without(record: FileRecord): FileRecord;
  /** Puts a record's rich fields into its object; tells whether anything changed. */
  write(object: AnyObject | undefined, record: FileRecord): boolean;
}

const RICH: FieldData = { kind: 'rich' };

async function markdownReader(type: TypeData): Promise<RichReader> {
  const { documentOfMarkdown, markdownOf } = await import('@atoll/text-formats');
  const names = Object.entries(type.fields).flatMap(([name, { kind }]) =>
    kind === 'rich' ? [name] : [],
  );
  return {
    without: (record) =>
      Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name))),
    write: (object, record) => {
      let changed = false;
      for (const name of names) {
        const text = record[name];
        if (object === undefined || typeof text !== 'string') continue;
        const field = object[name] as RichTextField;
        const wanted = documentOfMarkdown(text);
        if (markdownOf(field.toDocument()) === markdownOf(wanted)) continue;
        field.setDocument(wanted);
        changed = true;
      }
      return changed;
    },
  };
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

/** Puts one record into the space: adds it, or changes what differs in the object with its key. */
function writerOf(
  db: Database,
  type: TypeDefinition,
  options: {
    readonly key: string | undefined;
    readonly refs: Refs;
    readonly counts: Counts;
    readonly rich: RichReader | undefined;
  },
): (record: FileRecord, number: number) => void {
  const { counts, key, refs, rich } = options;
  const data = type.data();
  db.register(type);
  const before = key === undefined ? new Map<string, string[]>() : idsByKey(db, data.name, key);
  return (record, number) => {
    const input = inputOf(data, rich === undefined ? record : rich.without(record), number);
    for (const field of Object.keys(refs)) counts.refs += refCount(record[field]);
    const value = key === undefined ? undefined : record[key];
    const id = before.get(JSON.stringify(value))?.shift();
    if (id !== undefined) {
      const changed = update(db, data, id, input);
      if (rich?.write(db.get(id), record) === true || changed) counts.changed++;
      return;
    }
    try {
      const { id: added } = db.add(type, input);
      rich?.write(db.get(added), record);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : 'it does not fit';
      throw new CliError('CLI_FILE', `record ${number}: ${why}`, { cause });
    }
    counts.added++;
  };
}

/**
 * Ids of what was there before, by key, oldest first. Records of one file with the same key are different
 * things: the second one meets the second object.
 */
function idsByKey(db: Database, type: string, key: string): Map<string, string[]> {
  const ids = new Map<string, string[]>();
  for (const object of db.query(type).run()) {
    const value = JSON.stringify(object[key]);
    const known = ids.get(value);
    if (known === undefined) ids.set(value, [object.id]);
    else known.push(object.id);
  }
  return ids;
}

/** An exported record names the object that it came from; the space gives its own ids. */
function withoutOwnId(record: FileRecord): FileRecord {
  const { id, ...rest } = record;
  return typeof id === 'string' && /^[0-9a-f]{32}$/.test(id) ? rest : record;
}

function inputOf(data: TypeData, record: FileRecord, number: number): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(record)) {
    const field = data.fields[name];
    if (value === null || value === undefined || field === undefined) continue;
    try {
      input[name] = valueFromJson(name, field, value);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : 'it does not fit';
      throw new CliError('CLI_FILE', `record ${number}: ${why}`, { cause });
    }
  }
  return input;
}

/** Writes the fields that differ; tells whether there were any. */
function update(
  db: Database,
  data: TypeData,
  id: string,
  input: Readonly<Record<string, unknown>>,
): boolean {
  const object = db.get(id);
  if (object === undefined) return false;
  const plain = object.toJSON();
  let changed = false;
  for (const [name, value] of Object.entries(input)) {
    const field = data.fields[name];
    if (field === undefined || isSame(field.kind, plain[name], value)) continue;
    assignField(object, name, field, value);
    changed = true;
  }
  return changed;
}

function isSame(kind: string, before: unknown, after: unknown): boolean {
  return comparable(kind, before) === comparable(kind, after);
}

function comparable(kind: string, value: unknown): string | undefined {
  if (kind !== 'set' || !Array.isArray(value)) return JSON.stringify(value);
  return JSON.stringify([...new Set(value.map((item) => JSON.stringify(item)))].sort());
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
