/**
 * Rows of one type in the order of one field, as columns that never change: made in memory, or read from
 * the pages of a snapshot (`index-page.ts`).
 */
import { compareValues, type Shown } from './value-order.ts';

/** Says of a key whether it comes before a place in the order. */
export type IsBefore = (key: Shown) => boolean;

/** One row under its key. */
export interface Entry {
  readonly row: number;
  readonly key: Shown;
}

/** Rows in order, those with equal keys by their numbers. */
export interface SortedColumns {
  readonly length: number;
  row(at: number): number;
  key(at: number): Shown;
  /** How many places come before the first one that `isBefore` does not hold for. */
  rank(isBefore: IsBefore): number;
}

/** Order of entries: no two rows are equal. */
export function compareEntries(a: Entry, b: Entry): number {
  return compareValues(a.key, b.key) || a.row - b.row;
}

/** How many of `length` places come before the first one that `isBefore` does not hold for. */
export function firstPlace(length: number, isBefore: (at: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Columns in memory. */
export class MemoryColumns implements SortedColumns {
  readonly #rows: Int32Array;
  readonly #keys: readonly Shown[];

  constructor(rows: Int32Array, keys: readonly Shown[]) {
    this.#rows = rows;
    this.#keys = keys;
  }

  /** See {@link SortedColumns}. */
  get length(): number {
    return this.#keys.length;
  }

  /** See {@link SortedColumns}. */
  row(at: number): number {
    return this.#rows[at] as number;
  }

  /** See {@link SortedColumns}. */
  key(at: number): Shown {
    return this.#keys[at];
  }

  /** See {@link SortedColumns}. */
  rank(isBefore: IsBefore): number {
    return firstPlace(this.#keys.length, (at) => isBefore(this.#keys[at]));
  }
}
