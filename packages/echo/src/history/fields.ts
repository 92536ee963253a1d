/** The fields of an object in one state, as the present's version of its type reads them. */
import { encodeValue, type Value } from '@atoll/codec';
import {
  isScalar,
  toJsonForm,
  type ElementData,
  type Json,
  type Leaf,
  type RichDocument,
} from '@atoll/schema';
import type { Database } from '../database.ts';
import type { FieldRef } from '../mutations.ts';
import { itemKey } from '../object-state.ts';
import { RichTextView } from '../rich-text/rich-text-view.ts';
import { EMPTY_DOCUMENT } from '../rich-text/delta.ts';
import { shownCount, shownMap, shownRegister, shownSet } from '../shown.ts';
import { shownValue } from '../stored-value.ts';
import type { KnownType } from '../type-registry.ts';

/** Beyond this many branches in one object, or elements of one of them, a key would not be exact. */
const KEY_BASE = 2 ** 32;

/** Visible text of one writer with consecutive element ids. */
export interface TextRun {
  readonly agent: number;
  readonly counter: number;
  readonly text: string;
}

/** An element of a list. */
export interface ListItem {
  /** Equal in two states of one log for the same element. */
  readonly key: number;
  readonly agent: number;
  readonly value: Value | undefined;
}

/** The version of a type through which an object is read now, known in this database. */
export function readerIn(db: Database, row: number, present: Database): KnownType {
  const { name } = db.fold.typeOf(row).compiled;
  const reader = present.readerOf(name);
  if (reader === undefined) return db.fold.typeOf(row);
  return db.fold.types.byHash(reader.compiled.hash) ?? db.fold.types.ofData(reader.compiled.data);
}

/** A field of an object by leaf. */
export function fieldRef(db: Database, row: number, type: KnownType, leaf: Leaf): FieldRef {
  return { row, type: db.fold.types.byHash(type.compiled.hash) ?? type, leaf };
}

/** Local number of a field. */
export function fieldNo({ type, leaf }: FieldRef): number {
  return type.fields[leaf.index] as number;
}

/**
 * What a register shows, as it is stored. Of a place in a tree where the object stands: under none if its
 * wish is not granted, since wishes that are written anew are granted in another order.
 */
export function storedIn(db: Database, ref: FieldRef): Value | undefined {
  const stored = shownRegister(db.fold, ref.row, fieldNo(ref), ref.leaf);
  if (!isSkipped(db, ref) || !Array.isArray(stored)) return stored;
  const [, ...position] = stored as readonly Value[];
  return [null, ...position];
}

/** Id of what an object was put under in a tree, granted or not; `undefined` for nothing. */
export function wishIn(db: Database, ref: FieldRef): Uint8Array | undefined {
  const stored = shownRegister(db.fold, ref.row, fieldNo(ref), ref.leaf);
  const [parent] = Array.isArray(stored) ? (stored as readonly Value[]) : [];
  return parent instanceof Uint8Array ? parent : undefined;
}

/** True for a place in a tree that the object does not have: it would be above itself. */
export function isSkipped(db: Database, { row, leaf: { data } }: FieldRef): boolean {
  return data.kind === 'tree' && db.trees.structure(data.tree).skipped.has(row);
}

/** What a set shows, by key. */
export function setIn(db: Database, ref: FieldRef): Map<string, Value> {
  const items = shownSet(db.fold, ref.row, fieldNo(ref));
  return new Map(items.map((value) => [keyOfValue(value), value]));
}

/** What a map shows. */
export function mapIn(db: Database, ref: FieldRef): Map<string, Value> {
  return shownMap(db.fold, ref.row, fieldNo(ref));
}

/** What a counter shows. */
export function countOf(db: Database, ref: FieldRef): number {
  return shownCount(db.fold, ref.row, fieldNo(ref));
}

/** The visible runs of a text. */
export function runsIn(db: Database, ref: FieldRef): TextRun[] {
  const state = db.sequences.text(ref.row, fieldNo(ref));
  if (state === undefined) return [];
  const { sequence } = state.text;
  const { ids } = sequence;
  const all = state.text.toString();
  const runs: TextRun[] = [];
  let at = 0;
  sequence.forEachVisible(0, all.length, (first, count) => {
    for (let unit = first; unit < first + count;) {
      const size = Math.min(first + count, ids.end(ids.runOf(unit))) - unit;
      const text = all.slice(at, at + size);
      runs.push({ agent: ids.agentOf(unit), counter: ids.counterOf(unit), text });
      at += size;
      unit += size;
    }
  });
  return runs;
}

/** Blocks and marks of a rich text. */
export function documentIn(db: Database, ref: FieldRef): RichDocument {
  const state = db.sequences.text(ref.row, fieldNo(ref));
  return state?.rich === undefined ? EMPTY_DOCUMENT : new RichTextView(db, ref).toDocument();
}

/** The visible elements of a list, in order. */
export function itemsIn(db: Database, ref: FieldRef): ListItem[] {
  const state = db.sequences.list(ref.row, fieldNo(ref));
  if (state === undefined) return [];
  return state.list.elements().map((element) => ({
    key: elementNumber(element),
    agent: element.agent,
    value: db.sequences.itemValue(state, element),
  }));
}

/** An element's id as one number. */
export function elementNumber(element: {
  readonly agent: number;
  readonly counter: number;
}): number {
  return element.agent * KEY_BASE + element.counter;
}

/** The element of {@link elementNumber}. */
export function elementOfNumber(key: number): { readonly agent: number; readonly counter: number } {
  return { agent: Math.floor(key / KEY_BASE), counter: key % KEY_BASE };
}

/** Equal for equal values. */
export function keyOfValue(value: Value | undefined): string {
  return value === undefined ? '' : itemKey(value, encodeValue);
}

/** A stored value as JSON, refs as ids. */
export function jsonOf(db: Database, of: ElementData, value: Value | undefined): Json | undefined {
  return toJsonForm(of, shownValue(of, value, db));
}

/** What the elements of a field are. */
export function elementData({ data }: Leaf): ElementData | undefined {
  if (isScalar(data)) return data;
  return 'of' in data ? data.of : undefined;
}
