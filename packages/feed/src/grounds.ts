/** Grounds: ends of chains below which nobody has the blocks any more, where a blind replica begins. */
import type { BranchIndex } from './branch-index.ts';
import type { Tip } from './tip.ts';

/** Those grounds that an index does not reach by itself, so that nothing can be built on them there. */
export function lackingGrounds(index: BranchIndex, grounds: readonly Tip[]): readonly Tip[] {
  return grounds.filter(({ feed, hash, seq }) => {
    if (index.blockOf(hash) !== undefined) return false;
    return !index.branchesOf(feed).some((one) => index.seqOf(index.branchEnd(one)) >= seq);
  });
}
