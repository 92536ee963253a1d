/**
 * The branches of feeds by local numbers, and their names for everyone. A feed that never forked is one
 * branch, named by the feed's key. After a fork each branch is named by the hash of its first block behind
 * the last fork on its chain, so that a name leaves no doubt to whoever knows those forks. Numbers of
 * branches depend on the order of arrival; chains, hashes and the point where two chains part do not.
 */
import { toHex } from '@atoll/kernel';
import type { ChainBlock, Chains } from './block-context.ts';

const NONE: readonly number[] = [];
const HASH = /^[0-9a-f]{64}$/;

/** Branches that the fold has seen. */
export class BranchTable {
  readonly #chains: Chains | undefined;
  /** Key of the feed, in hex, by branch: only for branches that the chains do not know. */
  readonly #feeds: string[] = [];
  /** Without chains, and for a feed whose first block is open: its only branch. */
  readonly #only = new Map<string, readonly number[]>();

  constructor(chains: Chains | undefined) {
    this.#chains = chains;
  }

  /** Notes the branch of a block. */
  note(branch: number, feed: string): void {
    if (this.#feeds[branch] === feed) return;
    this.#feeds[branch] = feed;
    if (!this.#only.has(feed)) this.#only.set(feed, [branch]);
  }

  /** Key of a branch's feed, in hex. */
  feedOf(branch: number): string {
    return this.#chains?.feedOf(branch) ?? this.#feeds[branch] ?? '';
  }

  /** Order of branches by their feeds' keys; zero for branches of one feed. */
  compareFeeds(a: number, b: number): number {
    if (a === b) return 0;
    const [feedA, feedB] = [this.feedOf(a), this.feedOf(b)];
    return feedA === feedB ? 0 : feedA < feedB ? -1 : 1;
  }

  /** Branches of a feed, given by its key in hex. */
  of(feed: string): readonly number[] {
    const known = this.#chains?.branchesOf(feed) ?? NONE;
    return known.length > 0 ? known : (this.#only.get(feed) ?? NONE);
  }

  /** The branch that this one grew out of. */
  parentOf(branch: number): number | undefined {
    return this.#chains?.parentOf(branch);
  }

  /** Seq of the branch's first own block. */
  startOf(branch: number): number {
    return this.#chains?.startOf(branch) ?? 0;
  }

  /** True if the place is on the chain of `branch`. */
  isOn(branch: number, place: { readonly branch: number; readonly seq: number }): boolean {
    let at: number | undefined = branch;
    while (at !== undefined && at !== place.branch && place.seq < this.startOf(at)) {
      at = this.parentOf(at);
    }
    return at === place.branch;
  }

  /** Seq from which on the chains of two branches of one feed differ. */
  parting(a: number, b: number): number {
    const ends = new Map<number, number>();
    let end = Number.POSITIVE_INFINITY;
    for (let at: number | undefined = a; at !== undefined; at = this.parentOf(at)) {
      ends.set(at, end);
      end = this.startOf(at);
    }
    end = Number.POSITIVE_INFINITY;
    for (let at: number | undefined = b; at !== undefined; at = this.parentOf(at)) {
      const other = ends.get(at);
      if (other !== undefined) return Math.min(end, other);
      end = this.startOf(at);
    }
    return 0;
  }

  /** Hash of the block with this seq on the chain of a branch, in hex. */
  hashAt(branch: number, seq: number): string {
    const hash = this.#chains?.hashAt(branch, seq);
    return hash === undefined ? '' : toHex(hash);
  }

  /** Name of a branch, in hex: nothing else that is known here answers to it. */
  nameOf(branch: number): string {
    const feed = this.feedOf(branch);
    const branches = this.of(feed);
    if (branches.length < 2) return feed;
    let last = this.startOf(branch);
    for (const other of branches) {
      if (this.parentOf(other) === branch) last = Math.max(last, this.startOf(other));
    }
    return this.hashAt(branch, last);
  }

  /** The block that a name in hex is the hash of. */
  find(name: string): ChainBlock | undefined {
    return HASH.test(name) ? this.#chains?.find(name) : undefined;
  }

  /** Branches whose chains go through a block. */
  through(block: ChainBlock): readonly number[] {
    return this.of(this.feedOf(block.branch)).filter((branch) => this.isOn(branch, block));
  }
}
