/** What was decided about the statements of a space, block by block as they came. */
import type { Decision } from './authority-answers.ts';

/** See above. */
export class DecisionLog {
  readonly #blocks: (readonly Decision[])[] = [];
  #count = 0;

  /** Takes those about one block. */
  add(decided: readonly Decision[]): void {
    if (decided.length > 0) this.#blocks.push(decided);
    this.#count += decided.length;
  }

  /** Number of decisions so far. */
  get count(): number {
    return this.#count;
  }

  /** All of them, in an order that does not depend on arrival. */
  all(): readonly Decision[] {
    return this.#blocks
      .flat()
      .sort((a, b) => (a.block === b.block ? a.index - b.index : a.block < b.block ? -1 : 1));
  }
}
