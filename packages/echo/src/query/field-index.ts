/**
 * Equality indexes, made when first asked for: value → rows. Postings are only added to; a row that has
 * changed since may stand under a value that it no longer has, so only such rows are looked at again.
 */
import { encodeValue, type Value } from '@atoll/codec';
import type { Leaf } from '@atoll/schema';
import { itemKey } from '../object-state.ts';
import { hasValue, shownRegister, shownSet, type ReadView } from '../shown.ts';

/** Rows of one value: most values have one. */
type Posting = number | number[] | Set<number>;

/** Arrays longer than this become sets, so that adding stays cheap. */
const ARRAY_MAX = 16;
const NONE: readonly number[] = [];

/** A field of the objects of one type's name. */
export interface IndexedField {
  readonly field: number;
  readonly leaf: Leaf;
}

class FieldIndex {
  readonly of: IndexedField;
  readonly #postings = new Map<string, Posting>();
  /** Rows that changed after they were noted. */
  readonly #changed = new Set<number>();

  constructor(of: IndexedField) {
    this.of = of;
  }

  note(fold: ReadView, row: number): void {
    const { field, leaf } = this.of;
    if (leaf.data.kind === 'set') {
      for (const value of shownSet(fold, row, field)) this.#add(value, row);
      return;
    }
    const value = shownRegister(fold, row, field, leaf);
    if (value !== undefined) this.#add(value, row);
  }

  noteAgain(fold: ReadView, row: number): void {
    this.#changed.add(row);
    this.note(fold, row);
  }

  rows(fold: ReadView, of: IndexedField, value: Value): Iterable<number> {
    const posting = this.#postings.get(itemKey(value, encodeValue));
    if (posting === undefined) return NONE;
    const rows = typeof posting === 'number' ? [posting] : posting;
    // Another version of the type may have another default.
    const isSameLeaf = of.leaf === this.of.leaf;
    if (isSameLeaf && this.#changed.size === 0) return rows;
    const isSure = (row: number): boolean => isSameLeaf && !this.#changed.has(row);
    return [...rows].filter((row) => isSure(row) || hasValue(fold, row, of, value));
  }

  #add(value: Value, row: number): void {
    const key = itemKey(value, encodeValue);
    const posting = this.#postings.get(key);
    if (posting === undefined) this.#postings.set(key, row);
    else if (typeof posting === 'number') {
      if (posting !== row) this.#postings.set(key, [posting, row]);
    } else if (posting instanceof Set) posting.add(row);
    else if (!posting.includes(row)) {
      if (posting.length < ARRAY_MAX) posting.push(row);
      else this.#postings.set(key, new Set([...posting, row]));
    }
  }
}

/** Rows by type and by value. */
export class FieldIndexes {
  readonly #fold: ReadView;
  readonly #rowsByType = new Map<string, number[]>();
  readonly #indexesByType = new Map<string, Map<number, FieldIndex>>();
  #seen = 0;

  constructor(fold: ReadView) {
    this.#fold = fold;
  }

  /** Rows of a type in order of arrival, void and deleted ones included. */
  rowsOfType(name: string): readonly number[] {
    this.#notice();
    return this.#rowsByType.get(name) ?? NONE;
  }

  /** Rows that have this value, void and deleted ones included; each once. */
  rowsWith(name: string, of: IndexedField, value: Value): Iterable<number> {
    this.#notice();
    let indexes = this.#indexesByType.get(name);
    if (indexes === undefined) this.#indexesByType.set(name, (indexes = new Map()));
    let index = indexes.get(of.field);
    if (index === undefined) {
      index = new FieldIndex(of);
      for (const row of this.rowsOfType(name)) index.note(this.#fold, row);
      indexes.set(of.field, index);
    }
    return index.rows(this.#fold, of, value);
  }

  /** Keeps the indexes true after a change; `field` absent: anything may have changed. */
  changed(row: number, field: number | undefined): void {
    if (row >= this.#seen) return;
    const indexes = this.#indexesByType.get(this.#fold.typeOf(row).compiled.name);
    if (indexes === undefined) return;
    if (field !== undefined) indexes.get(field)?.noteAgain(this.#fold, row);
    else for (const index of indexes.values()) index.noteAgain(this.#fold, row);
  }

  /** Takes in rows that are new since the last time. */
  #notice(): void {
    const { count } = this.#fold.rows;
    while (this.#seen < count) {
      const row = this.#seen++;
      const { name } = this.#fold.typeOf(row).compiled;
      const rows = this.#rowsByType.get(name);
      if (rows === undefined) this.#rowsByType.set(name, [row]);
      else rows.push(row);
      for (const index of this.#indexesByType.get(name)?.values() ?? []) {
        index.note(this.#fold, row);
      }
    }
  }
}
