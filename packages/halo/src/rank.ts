/**
 * Seniority of credentials: the path of grants from the root, compared by length, then step by step. A
 * total order that follows from the blocks alone. Nothing is voided by rank in this version; it settles
 * which of several generations is used, and whom a member is shown to have been let in by.
 */
import type { BlockHash } from '@atoll/kernel';
import type { IdentityEntry } from './statements.ts';

/** Where one grant stands among all grants of its issuer. */
export interface RankStep {
  /** Depth of the issuing device's entry in its identity's log, then the entry's name. */
  readonly deviceDepth: number;
  readonly deviceEntry: IdentityEntry;
  /** Lamport number and hash of the first block of the feed: incarnations and slots in order. */
  readonly feedLamport: number;
  readonly feedGenesis: BlockHash;
  /** The block, and the statement's place among the block's control statements. */
  readonly seq: number;
  readonly block: BlockHash;
  readonly index: number;
}

/**
 * Steps from the root; the root credential has none. `above`: handovers by which a root is above the first one,
 * which has that many steps less than none.
 */
export type Rank = readonly RankStep[] & { readonly above?: number };

/** -1 when `a` is senior to `b`, 1 when junior, 0 when they are one. */
export function compareRank(a: Rank, b: Rank): -1 | 0 | 1 {
  const above = compare(b.above ?? 0, a.above ?? 0);
  if (above !== 0) return above;
  if (a.length !== b.length) return a.length < b.length ? -1 : 1;
  for (let at = 0; at < a.length; at++) {
    const order = compareSteps(a[at] as RankStep, b[at] as RankStep);
    if (order !== 0) return order;
  }
  return 0;
}

/** Rank of who has been handed the root over by whom had it. */
export function rankAbove(rank: Rank): Rank {
  return Object.assign([], { above: (rank.above ?? 0) + 1 });
}

/** Order of two grants of one issuer. */
function compareSteps(a: RankStep, b: RankStep): -1 | 0 | 1 {
  return (
    compare(a.deviceDepth, b.deviceDepth) ||
    compare(a.deviceEntry, b.deviceEntry) ||
    compare(a.feedLamport, b.feedLamport) ||
    compare(a.feedGenesis, b.feedGenesis) ||
    compare(a.seq, b.seq) ||
    compare(a.block, b.block) ||
    compare(a.index, b.index)
  );
}

function compare<T extends number | string>(a: T, b: T): -1 | 0 | 1 {
  return a === b ? 0 : a < b ? -1 : 1;
}
