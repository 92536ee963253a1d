/** The frontier of an epoch: the causal past of its anchor, the anchor included. */
import type { BlockHash, FeedKey } from '@atoll/kernel';
import type { SpaceIndex } from '../space/space-index.ts';

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

  /**
   * Folded blocks under the frontier and under none of those earlier ones, ascending by (lamport, hash),
   * which puts causes before effects. One epoch after another, all replicas share this order, whatever
   * they have kept of those before.
   */
  blocksBeyond(earlier: readonly Frontier[]): number[] {
    const { branches } = this.#index;
    const beyond: number[] = [];
    for (let no = 0; no < branches.blockCount; no++) {
      if (this.has(no) && !earlier.some((frontier) => frontier.has(no))) beyond.push(no);
    }
    return beyond.sort((a, b) => this.#index.compare(a, b));
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

  /** Feeds whose chains part under it. */
  parted(): Set<FeedKey> {
    const { branches } = this.#index;
    const ends = new Map<FeedKey, number>();
    const parted = new Set<FeedKey>();
    for (const end of this.ends()) {
      const feed = branches.feedOf(end);
      const other = ends.get(feed);
      if (other === undefined || branches.isOnChain(other, end)) ends.set(feed, end);
      else if (!branches.isOnChain(end, other)) parted.add(feed);
    }
    return parted;
  }
}
