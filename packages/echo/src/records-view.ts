/**
 * A map of records as applications hold it. Each field of each entry is an entry of a column, a map of
 * registers; which entries there are, the map of the field itself says. So what somebody writes into an
 * entry that another removes at the same time is kept, but hidden.
 */
import type { Value } from '@atoll/codec';
import { isGiven, toJsonForm, type Leaf, type RecordsField } from '@atoll/schema';
import { FieldView, requireKey } from './collections.ts';
import { EchoError } from './echo-error.ts';
import type { FieldRef } from './mutations.ts';
import type { ObjectHost } from './object-host.ts';
import { shownEntry, shownMap } from './shown.ts';
import { shownValue, storedValue } from './stored-value.ts';
import type { KnownType } from './type-registry.ts';

/** Path of a column inside an entry. */
function pathInEntry(entries: Leaf, column: Leaf): readonly string[] {
  return column.path.slice(entries.path.length + 1);
}

/** Columns of the map of records whose entries a leaf lists, in order. */
function columnsOf(type: KnownType, entries: Leaf): readonly Leaf[] {
  const { leaves } = type.compiled;
  const columns: Leaf[] = [];
  for (let at = entries.index + 1; leaves[at]?.records === 'column'; at++) {
    columns.push(leaves[at] as Leaf);
  }
  return columns;
}

/** Keys of the entries that are there, ascending. */
function entryKeys(host: ObjectHost, row: number, field: number): string[] {
  const shown = shownMap(host.fold, row, field);
  return [...shown.keys()].filter((key) => shown.get(key) === true).sort();
}

/** What a column shows for an entry, its default included. */
function shownColumn(
  host: ObjectHost,
  row: number,
  column: { readonly field: number; readonly leaf: Leaf },
  key: string,
): unknown {
  const { data, column: field } = column.leaf;
  if (data.kind !== 'map') return undefined;
  const value = shownEntry(host.fold, row, column.field, key);
  return shownValue(data.of, value === undefined ? field?.default : value, host);
}

/** What a record writes into its columns. @throws EchoError `ECHO_VALUE`. */
export function storedColumns(
  host: ObjectHost,
  at: { readonly type: KnownType; readonly entries: Leaf },
  key: string,
  record: unknown,
): ReadonlyMap<Leaf, Value> {
  const { type, entries } = at;
  const where = `${entries.name}.${key}`;
  requireKey(key, entries.name);
  if (typeof record !== 'object' || record === null || Array.isArray(record)) {
    throw new EchoError('ECHO_VALUE', `${where}: an object is expected`);
  }
  const values = new Map<Leaf, Value>();
  for (const leaf of columnsOf(type, entries)) {
    const path = pathInEntry(entries, leaf);
    const field = leaf.column;
    if (field === undefined || leaf.data.kind !== 'map') continue;
    const given = partOf(record, path);
    const name = `${where}.${path.join('.')}`;
    if (isGiven(given, field)) values.set(leaf, storedValue(leaf.data.of, given, host, name));
    else if (field.optional !== true && field.default === undefined) {
      throw new EchoError('ECHO_VALUE', `${name}: a value is missing`);
    }
  }
  return values;
}

/** The entries in their JSON form. */
export function plainEntries(host: ObjectHost, ref: FieldRef): Record<string, unknown> {
  const { row, type, leaf } = ref;
  const columns = columnsOf(type, leaf);
  const entries = entryKeys(host, row, type.fields[leaf.index] as number).map((key) => {
    const plain: Record<string, unknown> = {};
    for (const column of columns) {
      const at = { field: type.fields[column.index] as number, leaf: column };
      const shown = shownColumn(host, row, at, key);
      if (shown === undefined || column.column === undefined) continue;
      const path = pathInEntry(leaf, column);
      let into = plain;
      for (const name of path.slice(0, -1)) {
        into = (into[name] ??= {}) as Record<string, unknown>;
      }
      into[path.at(-1) as string] = toJsonForm(column.column, shown);
    }
    return [key, plain] as const;
  });
  return Object.fromEntries(entries);
}

function partOf(record: object, path: readonly string[]): unknown {
  let part: unknown = record;
  for (const name of path) {
    if (typeof part !== 'object' || part === null) return undefined;
    part = (part as Record<string, unknown>)[name];
  }
  return part;
}

/** See {@link RecordsField}. */
export class RecordsView extends FieldView implements RecordsField<unknown, unknown> {
  readonly #columns: readonly Leaf[];
  readonly #entries = new Map<string, object>();

  constructor(host: ObjectHost, ref: FieldRef) {
    super(host, ref);
    this.#columns = columnsOf(ref.type, ref.leaf);
  }

  /** Entries. */
  get size(): number {
    return this.keys().length;
  }

  /** The record of a key; reads and writes through. */
  get(key: string): unknown {
    if (!this.has(key)) return undefined;
    let entry = this.#entries.get(key);
    if (entry === undefined) this.#entries.set(key, (entry = this.#entry(key)));
    return entry;
  }

  /** True if there is an entry. */
  has(key: string): boolean {
    return shownEntry(this.host.fold, this.ref.row, this.field, key) === true;
  }

  /** Writes all fields of an entry. @throws EchoError `ECHO_VALUE`. */
  set(key: string, record: unknown): void {
    const { host, ref } = this;
    const values = storedColumns(host, { type: ref.type, entries: ref.leaf }, key, record);
    if (!this.has(key)) host.mutations.set(ref, true, { key });
    for (const leaf of this.#columns) {
      const value = values.get(leaf);
      const column = { ...ref, leaf };
      const isThere = shownEntry(host.fold, ref.row, this.#fieldOf(leaf), key) !== undefined;
      if (value !== undefined || isThere) host.mutations.set(column, value, { key });
    }
  }

  /** Removes an entry. */
  delete(key: string): void {
    if (this.has(key)) this.host.mutations.set(this.ref, undefined, { key });
  }

  /** Keys in ascending order. */
  keys(): string[] {
    return entryKeys(this.host, this.ref.row, this.field);
  }

  /** The records by key. */
  toObject(): Record<string, unknown> {
    return Object.fromEntries(this);
  }

  /** Plain data. */
  toJSON(): Record<string, unknown> {
    return plainEntries(this.host, this.ref);
  }

  /** Iterates over the entries in ascending order of keys. */
  *[Symbol.iterator](): Iterator<[string, unknown]> {
    for (const key of this.keys()) yield [key, this.get(key)];
  }

  #fieldOf(leaf: Leaf): number {
    return this.ref.type.fields[leaf.index] as number;
  }

  /** An object with an accessor for each column, in records as the type has them. */
  #entry(key: string): object {
    const entry: Record<string, unknown> = {};
    for (const leaf of this.#columns) {
      const path = pathInEntry(this.ref.leaf, leaf);
      let into = entry;
      for (const name of path.slice(0, -1)) {
        into = (into[name] ??= {}) as Record<string, unknown>;
      }
      Object.defineProperty(into, path.at(-1) as string, {
        enumerable: true,
        get: () => shownColumn(this.host, this.ref.row, { field: this.#fieldOf(leaf), leaf }, key),
        set: (value: unknown) => this.#write(leaf, key, value),
      });
    }
    return entry;
  }

  #write(leaf: Leaf, key: string, value: unknown): void {
    const { host, ref } = this;
    const field = leaf.column;
    if (field === undefined || leaf.data.kind !== 'map') return;
    if (!this.has(key)) {
      throw new EchoError('ECHO_VALUE', `${ref.leaf.name} has no entry ${key}`);
    }
    const name = `${ref.leaf.name}.${key}.${pathInEntry(ref.leaf, leaf).join('.')}`;
    const stored = isGiven(value, field) ? storedValue(leaf.data.of, value, host, name) : undefined;
    host.mutations.set({ ...ref, leaf }, stored, { key });
  }
}
