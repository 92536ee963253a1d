/** The branches of a space's feeds, as the fold asks for them. */
import type { BranchIndex } from '@atoll/feed';
import type { BlockHash, FeedKey } from '@atoll/kernel';
import type { ChainBlock, Chains } from '../block-context.ts';

/** See {@link Chains}. */
export class SpaceChains implements Chains {
  readonly #branches: BranchIndex;

  constructor(branches: BranchIndex) {
    this.#branches = branches;
  }

  branchesOf(feed: string): readonly number[] {
    return this.#branches.branchesOf(feed as FeedKey);
  }

  feedOf(branch: number): string | undefined {
    // The branch of an open transaction in a new feed is not in the index yet.
    return branch < this.#branches.branchCount ? this.#branches.branchFeed(branch) : undefined;
  }

  parentOf(branch: number): number | undefined {
    return branch < this.#branches.branchCount ? this.#branches.branchParent(branch) : undefined;
  }

  startOf(branch: number): number {
    return branch < this.#branches.branchCount ? this.#branches.branchFork(branch) : 0;
  }

  hashAt(branch: number, seq: number): Uint8Array | undefined {
    const no = this.#branches.blockAt(branch, seq);
    return no === undefined ? undefined : this.#branches.hashBytesOf(no);
  }

  find(hash: string): ChainBlock | undefined {
    const no = this.#branches.blockOf(hash as BlockHash);
    if (no === undefined) return undefined;
    return { no, branch: this.#branches.branchOf(no), seq: this.#branches.seqOf(no) };
  }
}
