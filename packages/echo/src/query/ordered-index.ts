/**
 * Ordered index of one field that its type declares: all rows of the type by what the field shows, rows
 * without a value first. Answers ranges and prefixes, and gives rows in order, so that the first few of
 * very many need not be sorted for.
 */
import type { FieldReader, QueryField, RowSource } from './row-source.ts';
import { SortedList } from './sorted-list.ts';
import { compareValues, type Shown } from './value-order.ts';

/** One row under its key. */
interface Entry {
  readonly row: number;
  readonly key: Shown;
}

/** When more than one in so many rows changed, sorting anew is cheaper than moving each. */
const REFILL_SHARE = 4;

/** Bounds of a range; `undefined` as a bound is no bound. */
export interface Range {
  readonly from?: Shown;
  /** Leaves out rows that are equal to `from`. */
  readonly fromOpen?: boolean;
  readonly to?: Shown;
  /** Leaves out rows that are equal to `to`. */
  readonly toOpen?: boolean;
  /** Only texts that begin so. */
  readonly prefix?: string;
}

/** Rows by value, in order. */
export class OrderedIndex {
  readonly of: QueryField;
  readonly #read: FieldReader;
  readonly #entries = new SortedList<Entry>((a, b) => compareValues(a.key, b.key) || a.row - b.row);
  readonly #entryByRow = new Map<number, Entry>();
  readonly #waiting = new Set<number>();

  constructor(rows: RowSource, of: QueryField) {
    this.of = of;
    this.#read = rows.reader(of);
  }

  /** Takes in a row that is new or may have changed, before the next answer. */
  note(row: number): void {
    this.#waiting.add(row);
  }

  /** No longer has a row. */
  drop(row: number): void {
    this.#waiting.delete(row);
    const known = this.#entryByRow.get(row);
    if (known === undefined) return;
    this.#entries.delete(known);
    this.#entryByRow.delete(row);
  }

  /** Rows in the range, void and deleted ones included. */
  rows(range: Range): number[] {
    const [start, end] = this.#ranks(range);
    return this.#entries.slice(start, end).map(({ row }) => row);
  }

  /** How many rows are in the range. */
  size(range: Range): number {
    const [start, end] = this.#ranks(range);
    return Math.max(0, end - start);
  }

  /** Groups of rows with one value, in ascending or descending order, from a value on. */
  *runs(direction: 1 | -1, from?: { readonly key: Shown }): Generator<readonly number[]> {
    this.#refresh();
    let rank = direction === 1 ? 0 : this.#entries.size - 1;
    if (from !== undefined) {
      const { key } = from;
      rank =
        direction === 1
          ? this.#entries.rank((entry) => compareValues(entry.key, key) < 0)
          : this.#entries.rank((entry) => compareValues(entry.key, key) <= 0) - 1;
    }
    if (rank < 0) return;
    let run: number[] = [];
    let key: Shown;
    for (const entry of this.#entries.walk(rank, direction)) {
      if (run.length > 0 && compareValues(entry.key, key) !== 0) {
        yield run;
        run = [];
      }
      key = entry.key;
      run.push(entry.row);
    }
    if (run.length > 0) yield run;
  }

  #ranks(range: Range): readonly [number, number] {
    this.#refresh();
    const { from, fromOpen = false, to, toOpen = false, prefix } = range;
    let start = 0;
    let end = this.#entries.size;
    if (from !== undefined) {
      start = this.#entries.rank(({ key }) => {
        const order = compareValues(key, from);
        return fromOpen ? order <= 0 : order < 0;
      });
    }
    if (to !== undefined) {
      end = this.#entries.rank(({ key }) => {
        const order = compareValues(key, to);
        return toOpen ? order < 0 : order <= 0;
      });
    }
    if (prefix !== undefined) {
      start = Math.max(
        start,
        this.#entries.rank(({ key }) => compareValues(key, prefix) < 0),
      );
      const past = this.#entries.rank(
        ({ key }) =>
          compareValues(key, prefix) < 0 || (typeof key === 'string' && key.startsWith(prefix)),
      );
      end = Math.min(end, past);
    }
    return [start, end];
  }

  #refresh(): void {
    if (this.#waiting.size === 0) return;
    const isRefill = this.#waiting.size * REFILL_SHARE > this.#entries.size;
    for (const row of this.#waiting) {
      const known = this.#entryByRow.get(row);
      const key = this.#read(row);
      if (known !== undefined && compareValues(known.key, key) === 0) continue;
      const entry = { row, key };
      this.#entryByRow.set(row, entry);
      if (isRefill) continue;
      if (known !== undefined) this.#entries.delete(known);
      this.#entries.add(entry);
    }
    if (isRefill) this.#entries.fill([...this.#entryByRow.values()]);
    this.#waiting.clear();
  }
}
