/**
 * Where a fact stands in the causal order: the least blocks that state it. Facts are asked for as of a
 * block, never as of now, so an answer depends on the set of blocks and not on when they arrived.
 */

/** Causal order between blocks that are folded, by the numbers under which they were added. */
export interface CausalOrder {
  /** True when `earlier` is in the causal past of `later`. For one and the same block, either answer. */
  isInPast(earlier: number, later: number): boolean;
}

/** Blocks that state one fact, none in the causal past of another. */
export class Presence {
  readonly #order: CausalOrder;
  readonly #blocks: number[] = [];

  constructor(order: CausalOrder) {
    this.#order = order;
  }

  /** One of them; `undefined` for a fact that nobody has stated. */
  get first(): number | undefined {
    return this.#blocks[0];
  }

  /** Notes that `block` states the fact. Blocks are added in causal order. */
  add(block: number): void {
    if (!this.at(block)) this.#blocks.push(block);
  }

  /**
   * True when whoever stated the fact knew of `block`: also if several did so without knowing of each other. Only
   * those count that `asOf` knows of, where it is given.
   */
  isBehind(block: number, asOf?: number): boolean {
    return this.knownTo(asOf).every(
      (stated) => stated === block || this.#order.isInPast(block, stated),
    );
  }

  /** True when whoever stated this fact knew of the other one. */
  isAfter(other: Presence, asOf?: number): boolean {
    return this.knownTo(asOf).every((stated) => other.at(stated));
  }

  /** The least blocks that state the fact. */
  get blocks(): readonly number[] {
    return this.#blocks;
  }

  /** True when `stated` is a block or in its causal past; without a block, always. */
  isIn(stated: number, block: number | undefined): boolean {
    return block === undefined || stated === block || this.#order.isInPast(stated, block);
  }

  /** True when the fact is stated by `block` or in its causal past; without a block, anywhere. */
  at(block: number | undefined): boolean {
    if (block === undefined) return this.#blocks.length > 0;
    for (const stated of this.#blocks) {
      if (stated === block || this.#order.isInPast(stated, block)) return true;
    }
    return false;
  }

  /** The blocks that state the fact and that another one knows of; without, all of them. */
  knownTo(block: number | undefined): readonly number[] {
    if (block === undefined) return this.#blocks;
    return this.#blocks.filter((stated) => stated === block || this.#order.isInPast(stated, block));
  }
}
