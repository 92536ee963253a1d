/** The ordered rows of a query, kept up to date by looking at changed rows only. */
import type { Value } from '@atoll/codec';
import { compareValues } from './filter.ts';
import type { QueryPlan } from './query.ts';

/** With more changed rows than this, and than a quarter of the result, it is made anew. */
const REFILL_ROWS = 64;

/** A query that somebody listens to. */
export class LiveQuery {
  readonly #makePlan: () => QueryPlan | undefined;
  readonly #window: (rows: readonly number[]) => readonly number[];
  readonly #tell: (rows: readonly number[]) => void;
  #plan: QueryPlan | undefined;
  #rows: number[] = [];
  /** What each row was ordered by when it was placed. */
  readonly #keys = new Map<number, readonly (Value | undefined)[]>();

  constructor(input: {
    readonly plan: () => QueryPlan | undefined;
    readonly window: (rows: readonly number[]) => readonly number[];
    readonly tell: (rows: readonly number[]) => void;
  }) {
    this.#makePlan = input.plan;
    this.#window = input.window;
    this.#tell = input.tell;
  }

  /** Answers for the first time. */
  start(): void {
    this.#fill();
    this.#tell(this.#window(this.#rows));
  }

  /** Takes in changed rows and tells if what is shown is different. */
  update(changed: ReadonlySet<number>): void {
    if (this.#plan === undefined) {
      this.#fill();
      if (this.#rows.length > 0) this.#tell(this.#window(this.#rows));
      return;
    }
    const before = this.#window(this.#rows);
    if (!this.#replace(this.#plan, changed)) return;
    const after = this.#window(this.#rows);
    const same =
      before.length === after.length &&
      before.every((row, at) => row === after[at] && !changed.has(row));
    if (!same) this.#tell(after);
  }

  #fill(): void {
    const plan = this.#makePlan();
    this.#plan = plan;
    this.#rows = [];
    this.#keys.clear();
    if (plan === undefined) return;
    for (const row of plan.candidates()) if (plan.acceptsCandidate(row)) this.#rows.push(row);
    this.#rows.sort(plan.compare);
    for (const row of this.#rows) this.#keys.set(row, plan.keys(row));
  }

  /** Puts changed rows where they belong now; true if any of them was, or is, in the result. */
  #replace(plan: QueryPlan, changed: ReadonlySet<number>): boolean {
    if (changed.size > REFILL_ROWS && changed.size * 4 > this.#rows.length) {
      this.#fill();
      return true;
    }
    let touched = false;
    const moved: number[] = [];
    // All rows that move are taken out before the first is placed: the rest is in order throughout.
    for (const row of changed) {
      const was = this.#keys.has(row);
      const place = this.#takeOut(plan, row);
      if (place === 'moves') moved.push(row);
      if (was || place === 'moves') touched = true;
    }
    for (const row of moved) this.#rows.splice(this.#placeFor(plan, row), 0, row);
    return touched;
  }

  /** Takes a row out unless it may stay where it is. */
  #takeOut(plan: QueryPlan, row: number): 'stays' | 'moves' | 'gone' {
    const keys = this.#keys.get(row);
    const next = plan.accepts(row) ? plan.keys(row) : undefined;
    if (keys !== undefined && next !== undefined && sameKeys(keys, next)) return 'stays';
    if (keys !== undefined) {
      this.#rows.splice(this.#rows.indexOf(row), 1);
      this.#keys.delete(row);
    }
    if (next === undefined) return 'gone';
    this.#keys.set(row, next);
    return 'moves';
  }

  #placeFor(plan: QueryPlan, row: number): number {
    let low = 0;
    let high = this.#rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (plan.compare(this.#rows[middle] as number, row) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function sameKeys(a: readonly (Value | undefined)[], b: readonly (Value | undefined)[]): boolean {
  return a.every((key, at) => key === b[at] || compareValues(key, b[at]) === 0);
}
