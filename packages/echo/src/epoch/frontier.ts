/** The frontier of an epoch: the causal past of its anchor, the anchor included. */
import type { BranchIndex, CausalContext } from '@atoll/feed';
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

  /** True for a block under the frontier; one that is still being written is under none. */
  has(block: number): boolean {
    if (block >= this.#index.branches.blockCount) return false;
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

  /** For each feed under it the seq that {@link wholeFrom} says. */
  wholes(): ReadonlyMap<FeedKey, number> {
    return wholeFrom(this.#index.branches, this.ends());
  }

  /**
   * True if a branch is known that parts from its feed under it and is not under it: what the epoch lets go is
   * what such a branch needs to have a place.
   */
  isPartedFrom(): boolean {
    const { branches, causal } = this.#index;
    const context = causal.contextOf(this.anchor);
    const wholes = this.wholes();
    for (let branch = 0; branch < branches.branchCount; branch++) {
      const end = branches.seqOf(branches.branchEnd(branch));
      const under = lastUnder(branches, context, branch);
      const whole = wholes.get(branches.branchFeed(branch)) ?? 0;
      if (under < end && under + 1 < whole) return true;
    }
    return false;
  }

  /** Feeds whose chains part under it. */
  parted(): Set<FeedKey> {
    const { branches } = this.#index;
    const parted = new Set<FeedKey>();
    const wholes = this.wholes();
    for (const end of this.ends()) {
      const feed = branches.feedOf(end);
      if (branches.seqOf(end) >= (wholes.get(feed) ?? 0)) parted.add(feed);
    }
    return parted;
  }
}

/**
 * The seq from which on an epoch keeps the whole order of each feed, given the ends of its chains under the
 * frontier: behind them, or from where its chains part, so that both sides can be told apart. What comes new
 * below has no place in it.
 */
export function wholeFrom(
  branches: BranchIndex,
  ends: readonly number[],
): ReadonlyMap<FeedKey, number> {
  const byFeed = new Map<FeedKey, number[]>();
  for (const end of ends) {
    const feed = branches.feedOf(end);
    const others = byFeed.get(feed) ?? [];
    if (others.some((other) => branches.isOnChain(end, other))) continue;
    byFeed.set(feed, [...others.filter((other) => !branches.isOnChain(other, end)), end]);
  }
  const wholes = new Map<FeedKey, number>();
  for (const [feed, [first, ...others]] of byFeed) {
    if (first === undefined) continue;
    const branch = branches.branchOf(first);
    // The parting nearest to the beginning has the first chain on one of its sides.
    const parts = others.map((other) => branches.parting(branch, branches.branchOf(other)));
    wholes.set(feed, parts.length === 0 ? branches.seqOf(first) + 1 : Math.min(...parts));
  }
  return wholes;
}

/** Ends of all chains. */
export function chainEnds(branches: BranchIndex): number[] {
  return Array.from({ length: branches.branchCount }, (_, branch) => branches.branchEnd(branch));
}

/** Greatest seq of a branch's chain in a context; -1 for none. */
function lastUnder(branches: BranchIndex, context: CausalContext, start: number): number {
  let until = Number.POSITIVE_INFINITY;
  for (let at: number | undefined = start; at !== undefined; at = branches.branchParent(at)) {
    const known = context.get(at);
    if (known !== undefined) return Math.min(known, until);
    until = Math.min(until, branches.branchFork(at) - 1);
  }
  return -1;
}
