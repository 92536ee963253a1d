/**
 * Ordered index of one field that its type declares: all rows of the type by what the field shows, rows
 * without a value first. Answers ranges and prefixes, and gives rows in order, so that the first few of
 * very many need not be sorted for. Rows lie in two packed columns that stay as they are; those that have
 * changed since lie in a short list beside them, until there are many and both are merged.
 */
import type { FieldReader, QueryField, RowSource } from './row-source.ts';
import { mergeInSlices, sortInSlices } from './sort-in-slices.ts';
import { sortRows } from './sort-rows.ts';
import {
  compareEntries,
  MemoryColumns,
  type Entry,
  type IsBefore,
  type SortedColumns,
} from './sorted-columns.ts';
import { SortedList } from './sorted-list.ts';
import { compareValues, type Shown } from './value-order.ts';

/** When more than one in so many rows changed, the columns are made anew. */
const REFILL_SHARE = 4;

/** Whether so many changes beside columns of this length are too many. */
export function areTooMany(changes: number, length: number): boolean {
  return changes * REFILL_SHARE > length;
}

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
  #columns: SortedColumns;
  /** What counts of a row instead of its place in the columns; `undefined`: it is not here any more. */
  readonly #later = new Map<number, Entry | undefined>();
  readonly #laterInOrder = new SortedList<Entry>(compareEntries);
  readonly #waiting = new Set<number>();
  /** Rows that came to wait since columns began to be made in slices. */
  #waitingSince: Set<number> | undefined;

  /** Begins with rows, or with columns that say what these show. */
  constructor(
    rows: Pick<RowSource, 'reader'>,
    of: QueryField,
    initial: Iterable<number> | SortedColumns = [],
  ) {
    this.of = of;
    this.#read = rows.reader(of);
    this.#columns = Symbol.iterator in initial ? this.#sorted(initial) : initial;
  }

  /** Rows in the columns, and beside them. */
  get length(): number {
    return this.#columns.length + this.#later.size + this.#waiting.size;
  }

  /** Columns, and the rows for which they do not count: what a snapshot keeps. */
  cut(): { readonly columns: SortedColumns; readonly changed: ReadonlySet<number> } {
    return { columns: this.#columns, changed: new Set([...this.#later.keys(), ...this.#waiting]) };
  }

  /**
   * Makes the columns anew if too much lies beside them, pausing where it yields. Meanwhile the index may
   * change and be asked; being asked after a change, it does the work at once, and this gives up.
   */
  *settling(): Generator<void> {
    if (this.#waitingSince !== undefined) return;
    if (!areTooMany(this.#waiting.size + this.#later.size, this.#columns.length)) return;
    const since = (this.#waitingSince = new Set());
    try {
      yield* this.#settle(since);
    } finally {
      if (this.#waitingSince === since) this.#waitingSince = undefined;
    }
  }

  *#settle(since: ReadonlySet<number>): Generator<void> {
    const taken = [...this.#waiting];
    const replaced = new Set([...taken, ...this.#later.keys()]);
    const kept = [...this.#later].flatMap(([row, entry]) =>
      entry === undefined || this.#waiting.has(row) ? [] : [row],
    );
    const entries = yield* sortInSlices([...taken, ...kept], this.#read);
    const made = yield* mergeInSlices(this.#columns, replaced, entries);
    if (this.#waitingSince !== since) return;
    this.#replaceColumns(new MemoryColumns(made.rows, made.keys));
    this.#waiting.clear();
    for (const row of since) this.#waiting.add(row);
  }

  /** Takes in a row that is new or may have changed, before the next answer. */
  note(row: number): void {
    this.#waiting.add(row);
    this.#waitingSince?.add(row);
  }

  /** No longer has a row. */
  drop(row: number): void {
    this.#waitingSince = undefined;
    this.#waiting.delete(row);
    this.#setLater(row, undefined);
  }

  /** Rows in the range, void and deleted ones included. */
  rows(range: Range): number[] {
    this.#refresh();
    const [start, end] = boundsOf(range);
    const found: number[] = [];
    const last = this.#columns.rank(end);
    for (let at = this.#columns.rank(start); at < last; at++) {
      const row = this.#columns.row(at);
      if (!this.#later.has(row)) found.push(row);
    }
    const from = this.#laterInOrder.rank(({ key }) => start(key));
    const to = this.#laterInOrder.rank(({ key }) => end(key));
    for (const { row } of this.#laterInOrder.slice(from, to)) found.push(row);
    return found;
  }

  /** At least as many as rows are in the range: more by those that were there and have changed since. */
  size(range: Range): number {
    this.#refresh();
    const [start, end] = boundsOf(range);
    const columns = this.#columns.rank(end) - this.#columns.rank(start);
    const later =
      this.#laterInOrder.rank(({ key }) => end(key)) -
      this.#laterInOrder.rank(({ key }) => start(key));
    return Math.max(0, columns) + Math.max(0, later);
  }

  /** Groups of rows with one value, in ascending or descending order, from a value on. */
  *runs(direction: 1 | -1, from?: { readonly key: Shown }): Generator<readonly number[]> {
    this.#refresh();
    let run: number[] = [];
    let key: Shown;
    for (const entry of this.#walk(direction, from)) {
      if (run.length > 0 && compareValues(entry.key, key) !== 0) {
        yield run;
        run = [];
      }
      key = entry.key;
      run.push(entry.row);
    }
    if (run.length > 0) yield run;
  }

  /** Both parts as one, in order. The index must not change meanwhile. */
  *#walk(direction: 1 | -1, from?: { readonly key: Shown }): Generator<Entry> {
    const start = this.#starts(direction, from);
    let { at } = start;
    const later = start.later < 0 ? [] : this.#laterInOrder.walk(start.later, direction);
    for (const entry of later) {
      for (; at >= 0 && at < this.#columns.length; at += direction) {
        const own = this.#at(at);
        if (compareEntries(own, entry) * direction > 0) break;
        if (!this.#later.has(own.row)) yield own;
      }
      yield entry;
    }
    for (; at >= 0 && at < this.#columns.length; at += direction) {
      if (!this.#later.has(this.#columns.row(at))) yield this.#at(at);
    }
  }

  /** Where a walk begins in the columns and in the list beside them; -1: before all. */
  #starts(
    direction: 1 | -1,
    from: { readonly key: Shown } | undefined,
  ): { readonly at: number; readonly later: number } {
    if (from === undefined) {
      if (direction === 1) return { at: 0, later: 0 };
      return { at: this.#columns.length - 1, later: this.#laterInOrder.size - 1 };
    }
    const isBefore: IsBefore = (key) => isBelow(key, from.key, direction === -1);
    const back = direction === 1 ? 0 : 1;
    return {
      at: this.#columns.rank(isBefore) - back,
      later: this.#laterInOrder.rank(({ key }) => isBefore(key)) - back,
    };
  }

  #at(at: number): Entry {
    return { row: this.#columns.row(at), key: this.#columns.key(at) };
  }

  #refresh(): void {
    const changed = this.#waiting;
    if (changed.size === 0) return;
    this.#waitingSince = undefined;
    if (this.#columns.length === 0 && this.#later.size === 0) {
      this.#columns = this.#sorted(changed);
    } else if (areTooMany(changed.size + this.#later.size, this.#columns.length)) {
      for (const row of changed) this.#setLater(row, undefined);
      this.#merge(this.#entriesOf(changed));
    } else for (const row of changed) this.#setLater(row, { row, key: this.#read(row) });
    changed.clear();
  }

  #sorted(rows: Iterable<number>): MemoryColumns {
    const sorted = sortRows(rows, this.#read);
    return new MemoryColumns(sorted.rows, sorted.keys);
  }

  #setLater(row: number, entry: Entry | undefined): void {
    const before = this.#later.get(row);
    if (before !== undefined) this.#laterInOrder.delete(before);
    if (entry !== undefined) this.#laterInOrder.add(entry);
    this.#later.set(row, entry);
  }

  /** Makes the columns anew, of what is here and of some rows more. */
  #merge(more: readonly Entry[]): void {
    for (const entry of more) this.#later.set(entry.row, entry);
    this.#laterInOrder.fill([...this.#laterInOrder.slice(0), ...more]);
    const count = this.#columns.length + this.#laterInOrder.size;
    const rows = new Int32Array(count);
    const keys: Shown[] = [];
    for (const { row, key } of this.#walk(1)) {
      rows[keys.length] = row;
      keys.push(key);
    }
    this.#replaceColumns(new MemoryColumns(rows, keys));
  }

  #replaceColumns(columns: SortedColumns): void {
    this.#columns = columns;
    this.#later.clear();
    this.#laterInOrder.fill([]);
  }

  #entriesOf(rows: Iterable<number>): Entry[] {
    const entries: Entry[] = [];
    for (const row of rows) entries.push({ row, key: this.#read(row) });
    return entries;
  }
}

function isBelow(key: Shown, other: Shown, orEqual: boolean): boolean {
  const order = compareValues(key, other);
  return order < 0 || (orEqual && order === 0);
}

/** What comes before the range, and what comes before its end. */
function boundsOf(range: Range): readonly [start: IsBefore, end: IsBefore] {
  const { from, fromOpen = false, to, toOpen = false, prefix } = range;
  const starts: IsBefore[] = [];
  const ends: IsBefore[] = [];
  if (from !== undefined) {
    starts.push((key) => isBelow(key, from, fromOpen));
  }
  if (to !== undefined) ends.push((key) => isBelow(key, to, !toOpen));
  if (prefix !== undefined) {
    const isBefore: IsBefore = (key) => compareValues(key, prefix) < 0;
    starts.push(isBefore);
    ends.push((key) => isBefore(key) || (typeof key === 'string' && key.startsWith(prefix)));
  }
  const start: IsBefore = (key) => starts.some((each) => each(key));
  // An end before the start: nothing is between them.
  return [start, (key) => ends.every((each) => each(key)) || start(key)];
}
