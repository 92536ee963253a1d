/**
 * Puts records of files into a space: adds objects, or changes what differs in those with the same key.
 * Records of one file may name each other by the ids that they had where they come from: the objects that
 * are made from them name each other too.
 */
import type { AnyObject, Database } from '@atoll/client';
import type { FieldData, FieldsData, TypeData, TypeDefinition } from '@atoll/schema';
import { CliError } from './cli-error.ts';
import { assignField, valueFromJson } from './field-values.ts';
import { idOf, type FileRecord } from './json-lines.ts';
import { comparable, jsonOfField, withIds } from './plain-values.ts';
import { putRich, type RichForm } from './rich-values.ts';

/** `--key id`: the objects themselves. */
export const BY_ID = 'id';

/** What an import did. */
export interface Counts {
  added: number;
  changed: number;
  /** Places in trees below what is neither in the file nor in the space. */
  unplaced: number;
}

/** A type of the file, and how its texts stand there. */
export interface RecordType {
  readonly type: TypeDefinition;
  readonly rich: RichForm;
}

interface Later {
  readonly id: string;
  readonly name: string;
  readonly field: FieldData;
  readonly json: unknown;
}

/** Writes the records of one file. */
export class RecordWriter {
  readonly counts: Counts = { added: 0, changed: 0, unplaced: 0 };
  /** Fields of custom data models: their content is not made from data. */
  readonly left: Set<string> = new Set();
  readonly #db: Database;
  readonly #key: string | undefined;
  /** The zone that new objects are in. */
  readonly #place: { readonly zone?: string };
  /** Ids in the file of records that have one. */
  readonly #inFile: ReadonlySet<string>;
  /** Objects here by the ids that the file has for them. */
  readonly #here = new Map<string, string>();
  /** Ids of what was there before, by type and key, oldest first. */
  readonly #byKey = new Map<string, Map<string, string[]>>();
  readonly #later: Later[] = [];

  constructor(
    db: Database,
    records: readonly FileRecord[],
    how: { readonly key: string | undefined; readonly zone?: string },
  ) {
    const { key, ...place } = how;
    this.#db = db;
    this.#key = key;
    this.#place = place;
    this.#inFile = new Set(records.flatMap((record) => idOf(record) ?? []));
  }

  /** Puts one record into the space. @throws CliError `CLI_FILE` with its number. */
  put({ rich, type }: RecordType, record: FileRecord, number: number): void {
    try {
      this.#put(type, rich, record);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : 'it does not fit';
      throw new CliError('CLI_FILE', `record ${number}: ${why}`, { cause });
    }
  }

  /** Records were put that name others which came later, and it is to be written which these are. */
  get isUnfinished(): boolean {
    return this.#later.length > 0;
  }

  /** Writes so many of the names of records that came later. To be called after the last record. */
  finish(count: number): void {
    for (const { field, id, json, name } of this.#later.splice(0, count)) {
      const object = this.#db.get(id);
      if (object === undefined) continue;
      const value = valueFromJson(name, field, this.#renamed(field, json));
      update(object, { [name]: field }, { [name]: value });
    }
  }

  #put(type: TypeDefinition, rich: RichForm, record: FileRecord): void {
    const data = type.data();
    const known = this.#known(data, record);
    const { input, later } = this.#inputOf(data, record);
    const id = known ?? this.#db.add(type, input, this.#place).id;
    const named = idOf(record);
    if (named !== undefined) this.#here.set(named, id);
    this.#later.push(...later.map((each) => ({ ...each, id })));
    const object = this.#db.get(id);
    if (object === undefined) return;
    const isChanged = known !== undefined && update(object, data.fields, input);
    const isRewritten = putRich(rich, object, record);
    if (known === undefined) this.counts.added++;
    else if (isChanged || isRewritten) this.counts.changed++;
  }

  /** The object that the record is, if it is here. Records of one file with the same key are several. */
  #known(data: TypeData, record: FileRecord): string | undefined {
    if (this.#key === undefined) return undefined;
    if (this.#key === BY_ID) {
      const object = this.#db.get(idOf(record) ?? '');
      return object?.$type === data.name ? object.id : undefined;
    }
    let ids = this.#byKey.get(data.name);
    if (ids === undefined) this.#byKey.set(data.name, (ids = idsByKey(this.#db, data, this.#key)));
    return ids.get(JSON.stringify(record[this.#key]))?.shift();
  }

  #inputOf(
    data: TypeData,
    record: FileRecord,
  ): { readonly input: Record<string, unknown>; readonly later: Omit<Later, 'id'>[] } {
    const input: Record<string, unknown> = {};
    const later: Omit<Later, 'id'>[] = [];
    for (const [name, json] of Object.entries(record)) {
      const field = Object.hasOwn(data.fields, name) ? data.fields[name] : undefined;
      if (json === undefined || field === undefined || field.kind === 'rich') continue;
      if (field.kind === 'model') {
        this.left.add(`${data.name}.${name}`);
        continue;
      }
      const isEarly = this.#namesLater(field, json);
      if (isEarly) later.push({ name, field, json });
      if (field.kind === 'tree' && (isEarly || !this.#isPlace(json))) continue;
      const value = valueFromJson(name, field, this.#renamed(field, json));
      if (value !== undefined) input[name] = value;
    }
    return { input, later };
  }

  #renamed(field: FieldData, json: unknown): unknown {
    return withIds(field, json, (id) => this.#here.get(id) ?? id);
  }

  /** True where a record is named that is not here yet. */
  #namesLater(field: FieldData, json: unknown): boolean {
    let isEarly = false;
    withIds(field, json, (id) => {
      isEarly ||= this.#inFile.has(id) && !this.#here.has(id);
      return id;
    });
    return isEarly;
  }

  /** A parent must be there: below what is not, an object would be nowhere. */
  #isPlace(json: unknown): boolean {
    if (typeof json !== 'string' || this.#here.has(json)) return true;
    if (idOf({ id: json }) === undefined || this.#db.getDeleted(json) !== undefined) return true;
    this.counts.unplaced++;
    return false;
  }
}

function idsByKey(db: Database, { name }: TypeData, key: string): Map<string, string[]> {
  const ids = new Map<string, string[]>();
  for (const object of db.query(name).run()) {
    const value = JSON.stringify((object as AnyObject).toJSON()[key]);
    const known = ids.get(value);
    if (known === undefined) ids.set(value, [object.id]);
    else known.push(object.id);
  }
  return ids;
}

/** Writes the fields that differ; tells whether there were any. */
function update(
  object: AnyObject,
  fields: FieldsData,
  input: Readonly<Record<string, unknown>>,
): boolean {
  const plain = JSON.parse(JSON.stringify(object)) as FileRecord;
  let changed = false;
  for (const [name, value] of Object.entries(input)) {
    const field = fields[name];
    if (field === undefined) continue;
    const wanted = jsonOfField(field, value);
    const json = JSON.parse(JSON.stringify(wanted ?? null)) as unknown;
    if (comparable(field.kind, plain[name]) === comparable(field.kind, json)) continue;
    assignField(object, name, field, value);
    changed = true;
  }
  return changed;
}
