/** The objects of a live query in order: a window of a sorted list that follows each change. */
import type { RowBatch } from './batch.ts';
import type { View } from './live-query.ts';
import type { Placed, Plan } from './plan.ts';
import { SortedList } from './sorted-list.ts';
import { compareValues } from './value-order.ts';

/** With more moves than this, the whole list is read anew rather than patched. */
const PATCHES_MAX = 32;

/** A row that came to a rank, or (`undefined`) the one that left it. */
interface Patch {
  readonly rank: number;
  readonly row: number | undefined;
}

/** Objects in the order that was asked for. */
export class ResultList<T> implements View<readonly T[]> {
  readonly #plan: Plan;
  readonly #show: (row: number) => T;
  readonly #placed: SortedList<Placed>;
  readonly #placedByRow = new Map<number, Placed>();
  /** Without bounds the shown list is patched: copying a long one is cheap, making it anew is not. */
  readonly #isWhole: boolean;
  /** Moves since the last result; `undefined` when there are too many to note. */
  #patches: Patch[] | undefined;
  #window: readonly number[] = [];
  #result: readonly T[] = [];

  constructor(plan: Plan, show: (row: number) => T) {
    const { after, offset = 0, limit } = plan.form;
    this.#plan = plan;
    this.#show = show;
    this.#isWhole = after === undefined && offset === 0 && limit === undefined;
    this.#placed = new SortedList((a, b) => plan.compare(a, b));
  }

  /** See {@link View}. */
  fill(rows: Iterable<number>): void {
    const placed: Placed[] = [];
    for (const row of rows) placed.push(this.#plan.place(row));
    for (const each of placed) this.#placedByRow.set(each.row, each);
    this.#placed.fill(placed);
  }

  /** See {@link View}. */
  has(row: number): boolean {
    return this.#placedByRow.has(row);
  }

  /** See {@link View}. */
  put(row: number): void {
    const before = this.#placedByRow.get(row);
    const after = this.#plan.place(row);
    if (before !== undefined) {
      if (before.keys.every((key, at) => compareValues(key, after.keys[at]) === 0)) return;
      this.remove(row);
    }
    this.#note(after, row);
    this.#placed.add(after);
    this.#placedByRow.set(row, after);
  }

  /** See {@link View}. */
  remove(row: number): void {
    const before = this.#placedByRow.get(row);
    if (before === undefined) return;
    this.#note(before, undefined);
    this.#placed.delete(before);
    this.#placedByRow.delete(row);
  }

  /** See {@link View}: an object that changed makes a new list, though it stands where it stood. */
  result(batch: RowBatch | undefined): readonly T[] {
    if (this.#isWhole) return this.#wholeResult(batch);
    const before = this.#window;
    this.#window = this.#readWindow();
    const isSame =
      batch !== undefined &&
      before.length === this.#window.length &&
      before.every((row, at) => row === this.#window[at]) &&
      !this.#isInWindow(batch);
    if (!isSame) this.#result = this.#window.map((row) => this.#show(row));
    return this.#result;
  }

  #wholeResult(batch: RowBatch | undefined): readonly T[] {
    const patches = this.#patches;
    this.#patches = [];
    if (patches === undefined || batch === undefined) {
      this.#result = this.#placed.slice(0).map(({ row }) => this.#show(row));
      return this.#result;
    }
    if (patches.length === 0 && !this.#hasAny(batch)) return this.#result;
    const next = [...this.#result];
    for (const { rank, row } of patches) {
      if (row === undefined) next.splice(rank, 1);
      else next.splice(rank, 0, this.#show(row));
    }
    this.#result = next;
    return next;
  }

  #note(placed: Placed, row: number | undefined): void {
    if (!this.#isWhole || this.#patches === undefined) return;
    if (this.#patches.length === PATCHES_MAX) {
      this.#patches = undefined;
      return;
    }
    const rank = this.#placed.rank((entry) => this.#plan.compare(entry, placed) < 0);
    this.#patches.push({ rank, row });
  }

  #readWindow(): readonly number[] {
    const { offset = 0, limit } = this.#plan.form;
    const cursor = this.#plan.start();
    const behind =
      cursor === undefined
        ? 0
        : this.#placed.rank((placed) => !this.#plan.isBehind(placed, cursor));
    const start = behind + offset;
    const end = limit === undefined ? this.#placed.size : start + limit;
    return this.#placed.slice(start, end).map(({ row }) => row);
  }

  /** True if an object of the window changed. */
  #isInWindow(batch: RowBatch): boolean {
    const first = this.#placedByRow.get(this.#window[0] ?? -1);
    const last = this.#placedByRow.get(this.#window.at(-1) ?? -1);
    if (first === undefined || last === undefined) return false;
    for (const row of batch.rows) {
      const placed = this.#placedByRow.get(row);
      if (placed === undefined || this.#plan.compare(placed, first) < 0) continue;
      if (this.#plan.compare(placed, last) <= 0) return true;
    }
    return false;
  }

  #hasAny(batch: RowBatch): boolean {
    for (const row of batch.rows) if (this.#placedByRow.has(row)) return true;
    return false;
  }
}
