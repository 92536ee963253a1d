/**
 * Relations from either end, and the values that should be unique: both are views. A relation whose source
 * or target is deleted is hidden with it, and returns with it.
 */
import type { Ref } from '@atoll/schema';
import type { AnyObject, Database } from './database.ts';
import { EchoError } from './echo-error.ts';
import { shownRegister } from './shown.ts';
import { encodeValue, type Value } from '@atoll/codec';
import { itemKey } from './object-state.ts';

/** Which end of its relations an object is. */
export type RelationEnd = 'source' | 'target' | 'either';

/** Which relations of an object are asked for: by default all, whichever end it is. */
export interface RelationOptions {
  readonly type?: { readonly name: string } | string;
  readonly end?: RelationEnd;
}

/** Relations of an object, of one type or all; each once. */
export function relationsOf(
  database: Database,
  object: Ref<unknown>,
  options: RelationOptions,
): AnyObject[] {
  const { end = 'either' } = options;
  const type = typeof options.type === 'object' ? options.type.name : options.type;
  const ends = end === 'either' ? (['source', 'target'] as const) : [end];
  const found = new Set<AnyObject>();
  for (const data of database.types()) {
    if (data.relation === undefined || (type !== undefined && data.name !== type)) continue;
    for (const field of ends) {
      for (const relation of database.refsTo(object, data.name, field)) {
        if (isHeld(relation)) found.add(relation);
      }
    }
  }
  return [...found];
}

const GONE: ReadonlySet<unknown> = new Set(['deleted', 'hidden', 'collected']);

/** False if an end of a relation is deleted or hidden. */
function isHeld(relation: AnyObject): boolean {
  return [relation['source'], relation['target']].every(
    (end) => !GONE.has((end as Ref<unknown> | undefined)?.$state),
  );
}

/** Objects that have a value which should be unique. */
export interface Duplicates {
  readonly value: unknown;
  /** The one that was created first: it owns the value. */
  readonly owner: AnyObject;
  /** The others, in order of their creation. */
  readonly others: readonly AnyObject[];
}

/** Values of a field that several objects of a type have. @throws EchoError `ECHO_FIELD`. */
export function duplicatesOf(database: Database, type: string, field: string): Duplicates[] {
  const { fold, source } = database;
  const reader = database.readerOf(type);
  const leaf = reader?.compiled.leafByName.get(field);
  if (reader === undefined || leaf === undefined || !('unique' in leaf.data)) {
    throw new EchoError('ECHO_FIELD', `${type} has no unique field ${field}`);
  }
  const no = reader.fields[leaf.index] as number;
  const rowsByValue = new Map<string, number[]>();
  const versions = new Set(fold.types.byName(type).map((version) => version.no));
  for (let row = 0; row < fold.rows.count; row++) {
    if (!versions.has(fold.rows.type(row)) || !source.isLive(row)) continue;
    const value: Value | undefined = shownRegister(fold, row, no, leaf);
    if (value === undefined || value === null) continue;
    const key = itemKey(value, encodeValue);
    const rows = rowsByValue.get(key);
    if (rows === undefined) rowsByValue.set(key, [row]);
    else rows.push(row);
  }
  const groups = [...rowsByValue.values()].filter((rows) => rows.length > 1);
  return groups.map((rows) => {
    const objects = rows
      .sort((a, b) => compareCreations(database, a, b))
      .map((row) => database.handle(row) as AnyObject);
    const [owner, ...others] = objects as [AnyObject, ...AnyObject[]];
    return { value: (owner as { readonly [name: string]: unknown })[field], owner, others };
  });
}

/** Order of creations: (lamport, hash), then op. */
function compareCreations({ fold }: Database, a: number, b: number): number {
  const { rows, blocks } = fold;
  return blocks.compare(rows.block(a), rows.block(b)) || rows.op(a) - rows.op(b);
}
