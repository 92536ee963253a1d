/** Merges the ops of one transaction on one text: typing becomes one insert, deletions one set of ranges. */
import type { IdRange } from './sequence-types.ts';
import type { TextChange, TextInsert, TextOp } from './text-op.ts';
import { RangeMap } from './range-map.ts';

/** Collects ops of one agent in the order in which they were made. */
export class TextChangeBuilder {
  readonly #agent: number;
  readonly #visibility = new RangeMap();
  readonly #inserts: TextInsert[] = [];
  /** Pieces of the last insert, joined when it is complete. */
  #pieces: string[] = [];
  #next: number;

  /** `nextCounter` is that of the agent in this text before the first op of the transaction. */
  constructor(agent: number, nextCounter: number) {
    this.#agent = agent;
    this.#next = nextCounter;
  }

  /** True as long as nothing was added. */
  get isEmpty(): boolean {
    return this.#inserts.length === 0 && this.#visibility.isEmpty;
  }

  /** Adds an op that this agent has just made. */
  add(op: TextOp): void {
    if (op.kind !== 'insert') {
      for (const range of op.ranges) this.#visibility.set(range, op.kind === 'hide');
      return;
    }
    if (this.#continuesLast(op)) {
      this.#pieces.push(op.text);
    } else {
      this.#completeLast();
      this.#inserts.push(op);
      this.#pieces.push(op.text);
    }
    this.#next += op.text.length;
  }

  /** Everything so far as one change. */
  finish(): TextChange {
    this.#completeLast();
    const hidden: IdRange[] = [];
    const shown: IdRange[] = [];
    this.#visibility.forEach((range, hides) => (hides ? hidden : shown).push(range));
    return { inserts: [...this.#inserts], hidden, shown };
  }

  #continuesLast({ element, side }: TextInsert): boolean {
    return (
      this.#pieces.length > 0 &&
      side === 'after' &&
      element?.agent === this.#agent &&
      element.counter === this.#next - 1
    );
  }

  #completeLast(): void {
    const last = this.#inserts.at(-1);
    if (last !== undefined && this.#pieces.length > 1) {
      this.#inserts[this.#inserts.length - 1] = { ...last, text: this.#pieces.join('') };
    }
    this.#pieces = [];
  }
}
