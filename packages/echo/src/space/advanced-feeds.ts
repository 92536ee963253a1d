/**
 * Which other feeds have advanced since this feed's last block: what the next block must name. A block
 * that names more than a header holds is preceded by blocks that carry names only.
 */
import { DEPS_MAX, type Dep } from '@atoll/feed';
import type { SpaceIndex } from './space-index.ts';

/** One group that names nobody. */
const NOTHING_NEW: readonly (readonly Dep[])[] = [[]];

/** Ends of other branches that the next own block builds on. */
export class AdvancedFeeds {
  readonly #index: SpaceIndex;
  /** Branch to its last folded block. */
  readonly #ends = new Map<number, number>();

  constructor(index: SpaceIndex) {
    this.#index = index;
  }

  /** Notes a folded block that is not ours. */
  note(block: number): void {
    this.#ends.set(this.#index.branches.branchOf(block), block);
  }

  /** Forgets what an own block names, directly or through what it names. */
  covered(ownBlock: number): void {
    for (const [branch, end] of this.#ends) {
      if (this.#index.causal.isInPast(end, ownBlock)) this.#ends.delete(branch);
    }
  }

  /** Names for the next block, in groups that each fit a header; the last group belongs to the block itself. */
  take(): readonly (readonly Dep[])[] {
    if (this.#ends.size === 0) return NOTHING_NEW;
    const { branches } = this.#index;
    const deps = [...this.#ends.values()].map((block) => ({
      feed: branches.feedOf(block),
      seq: branches.seqOf(block),
      hash: branches.hashOf(block),
      lamport: branches.lamportOf(block),
    }));
    const groups: Dep[][] = [];
    for (let at = 0; at < deps.length; at += DEPS_MAX) groups.push(deps.slice(at, at + DEPS_MAX));
    return groups;
  }
}
