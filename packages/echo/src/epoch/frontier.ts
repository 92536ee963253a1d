/** The frontier of an epoch: the causal past of its anchor, the anchor included. */
import type { BlockHash } from '@atoll/kernel';
import { BLOCK_HAS_DATA, type SpaceIndex } from '../space/space-index.ts';

/** Which folded blocks lie under an anchor. */
export class Frontier {
  readonly anchor: number;
  readonly #index: SpaceIndex;

  private constructor(index: SpaceIndex, anchor: number) {
    this.#index = index;
    this.anchor = anchor;
  }

  /** `undefined` if the anchor has not been folded here. */
  static at(index: SpaceIndex, anchor: BlockHash): Frontier | undefined {
    const no = index.branches.blockOf(anchor);
    return no === undefined ? undefined : new Frontier(index, no);
  }

  /** True for a block under the frontier. */
  has(block: number): boolean {
    return block === this.anchor || this.#index.causal.isInPast(block, this.anchor);
  }

  /** Folded blocks under the frontier, ascending by (lamport, hash): an order that all replicas share. */
  blocks(): number[] {
    const blocks: number[] = [];
    for (let no = 0; no < this.#index.branches.blockCount; no++) if (this.has(no)) blocks.push(no);
    return blocks.sort((a, b) => this.#index.compare(a, b));
  }

  /** Folded blocks with data that are not under it. */
  dataAbove(): number[] {
    const { branches } = this.#index;
    const above: number[] = [];
    for (let no = 0; no < branches.blockCount; no++) {
      if ((this.#index.flagsOf(no) & BLOCK_HAS_DATA) !== 0 && !this.has(no)) above.push(no);
    }
    return above;
  }

  /** The last block of each chain under it. */
  ends(): number[] {
    const { branches, causal } = this.#index;
    const ends: number[] = [];
    for (const [branch, seq] of causal.contextOf(this.anchor)) {
      const end = branches.blockAt(branch, seq);
      if (end !== undefined) ends.push(end);
    }
    return ends;
  }
}
