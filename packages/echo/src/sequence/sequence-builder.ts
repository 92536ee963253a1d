/**
 * Builds the document order of a whole sequence at once from the runs of a row: a walk of the Fugue tree
 * that needs no stack of calls, however deep a writer has made it.
 */
import { LEFT, RIGHT, ROOT } from './id-table.ts';
import { STRIDE } from './node-table.ts';
import { isHidden, type Sequence } from './sequence.ts';
import { grownInt32 } from './typed-growth.ts';

/** Runs and sides in one number need the run below this. */
const RUNS_MAX = 2 ** 25;

/**
 * Fills the tree and the children of a sequence whose ids and registers are in place, with local numbers in
 * the order of ids. Returns false when some runs hang on no root: they name each other in a circle.
 */
export function buildOrder(sequence: Sequence, isShown?: (unit: number) => boolean): boolean {
  const { ids, tree } = sequence;
  tree.reserveUnits(ids.units);
  const walk = new OrderWalk(sequence, isShown);
  walk.run();
  if (walk.units !== ids.units) return false;
  tree.load(walk.items, walk.count);
  return true;
}

/** What is still to do, as numbers: a unit to go on from, or one of these. */
const CLOSE = -1;
const OPEN = -2;
/** Going on from a unit whose left children are done. */
const SKIP_LEFT = 2 ** 26;

class OrderWalk {
  items: Int32Array = new Int32Array(64 * STRIDE);
  count = 0;
  units = 0;
  readonly #sequence: Sequence;
  readonly #isShown: ((unit: number) => boolean) | undefined;
  /** Children by (parent, side, run): sorted keys. */
  readonly #keys: Float64Array;
  #opens = 0;
  readonly #tasks: number[] = [];

  constructor(sequence: Sequence, isShown: ((unit: number) => boolean) | undefined) {
    this.#sequence = sequence;
    this.#isShown = isShown;
    const { ids } = sequence;
    this.#keys = new Float64Array(ids.runs);
    for (let run = 0; run < ids.runs; run++) {
      const side = ids.sides[run] as number;
      this.#keys[run] = (((ids.parents[run] as number) + 1) * 2 + side) * RUNS_MAX + run;
    }
    this.#keys.sort();
  }

  run(): void {
    const roots = this.#children(ROOT, RIGHT);
    for (const unit of roots) this.#sequence.adoptChild(ROOT, RIGHT, unit);
    this.#pushSubtrees(roots);
    const { ids } = this.#sequence;
    for (let task = this.#tasks.pop(); task !== undefined; task = this.#tasks.pop()) {
      if (task === OPEN) this.#opens++;
      else if (task === CLOSE) this.#close();
      else if (task >= SKIP_LEFT) this.#goOn(task - SKIP_LEFT, true);
      else this.#goOn(task, false);
      if (this.units > ids.units) return;
    }
  }

  /** Emits the run from a unit on, up to the next unit that has explicit children. */
  #goOn(unit: number, leftDone: boolean): void {
    const { ids } = this.#sequence;
    const end = ids.end(ids.runOf(unit));
    const key = this.#nextKey(unit, leftDone ? RIGHT : LEFT);
    const parent = key < 0 ? end : Math.floor(key / RUNS_MAX / 2) - 1;
    if (parent >= end) {
      this.#emit(unit, end);
      return;
    }
    if (Math.floor(key / RUNS_MAX) % 2 === LEFT) {
      this.#emit(unit, parent);
      const children = this.#children(parent, LEFT);
      for (const child of children) this.#sequence.adoptChild(parent, LEFT, child);
      this.#tasks.push(parent + SKIP_LEFT);
      this.#pushSubtrees(children);
      return;
    }
    this.#emit(unit, parent + 1);
    const children = this.#children(parent, RIGHT);
    if (parent + 1 < end) {
      // The rest of the run is a child like the others, in its place by id.
      children.push(parent + 1);
      children.sort(this.#sequence.compareUnits);
    }
    for (const child of children) this.#sequence.adoptChild(parent, RIGHT, child);
    this.#pushSubtrees(children);
  }

  #pushSubtrees(children: readonly number[]): void {
    for (let at = children.length - 1; at >= 0; at--) {
      this.#tasks.push(CLOSE, children[at] as number, OPEN);
    }
  }

  /** Smallest key of a child of `unit` on `side` or of what follows; -1 for none. */
  #nextKey(unit: number, side: number): number {
    return this.#keys[this.#firstAtLeast(((unit + 1) * 2 + side) * RUNS_MAX)] ?? -1;
  }

  #children(parent: number, side: number): number[] {
    const from = ((parent + 1) * 2 + side) * RUNS_MAX;
    const children: number[] = [];
    const { starts } = this.#sequence.ids;
    for (let at = this.#firstAtLeast(from); at < this.#keys.length; at++) {
      const run = (this.#keys[at] as number) - from;
      if (run >= RUNS_MAX) break;
      children.push(starts[run] as number);
    }
    // Where a feed has forked, the order of runs is no order of ids.
    return children.length < 2 ? children : children.sort(this.#sequence.compareUnits);
  }

  #firstAtLeast(key: number): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#keys[middle] as number) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #emit(from: number, to: number): void {
    let unit = from;
    while (unit < to) {
      const shown = this.#shows(unit);
      let stop = unit + 1;
      while (stop < to && this.#shows(stop) === shown) stop++;
      this.#push(unit, stop - unit, shown);
      unit = stop;
    }
  }

  #shows(unit: number): boolean {
    return this.#isShown?.(unit) ?? !isHidden(this.#sequence.stamps[unit] as number);
  }

  #push(unit: number, count: number, shown: boolean): void {
    const last = (this.count - 1) * STRIDE;
    const { items } = this;
    this.units += count;
    if (this.#opens === 0 && last >= 0 && items[last + 3] === 0) {
      const length = items[last + 1] as number;
      if (length > 0 === shown && (items[last] as number) + Math.abs(length) === unit) {
        items[last + 1] = shown ? length + count : length - count;
        return;
      }
    }
    const at = this.count++ * STRIDE;
    if (at === items.length) this.items = grownInt32(items, items.length * 2);
    this.items[at] = unit;
    this.items[at + 1] = shown ? count : -count;
    this.items[at + 2] = this.#opens;
    this.#opens = 0;
  }

  #close(): void {
    const at = (this.count - 1) * STRIDE + 3;
    this.items[at] = (this.items[at] as number) + 1;
  }
}
