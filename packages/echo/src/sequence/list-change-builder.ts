/** Merges the ops of one transaction on one list: appending becomes one insert, deletions one set. */
import type { ListChange, ListInsert, ListMove, ListOp } from './list-op.ts';
import { RangeMap } from './range-map.ts';
import type { IdRange } from './sequence-types.ts';

/** Collects ops of one agent in the order in which they were made. */
export class ListChangeBuilder {
  readonly #agent: number;
  readonly #visibility = new RangeMap();
  readonly #places: (ListInsert | ListMove)[] = [];
  #next: number;

  /** `nextCounter` is that of the agent in this list before the first op of the transaction. */
  constructor(agent: number, nextCounter: number) {
    this.#agent = agent;
    this.#next = nextCounter;
  }

  /** True as long as nothing was added. */
  get isEmpty(): boolean {
    return this.#places.length === 0 && this.#visibility.isEmpty;
  }

  /** Adds an op that this agent has just made. */
  add(op: ListOp): void {
    if ('ranges' in op) {
      for (const range of op.ranges) this.#visibility.set(range, op.kind === 'hide');
      return;
    }
    const last = this.#places.at(-1);
    const { element } = op;
    if (
      op.kind === 'insert' &&
      last?.kind === 'insert' &&
      op.side === 'after' &&
      element?.agent === this.#agent &&
      element.counter === this.#next - 1
    ) {
      this.#places[this.#places.length - 1] = { ...last, count: last.count + op.count };
    } else {
      this.#places.push(op);
    }
    this.#next += op.kind === 'insert' ? op.count : 1;
  }

  /** Everything so far as one change. */
  finish(): ListChange {
    const hidden: IdRange[] = [];
    const shown: IdRange[] = [];
    this.#visibility.forEach((range, hides) => (hides ? hidden : shown).push(range));
    return { places: [...this.#places], hidden, shown };
  }
}
