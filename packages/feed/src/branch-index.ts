/**
 * What a replica remembers of one space's log: every block by hash under a small local number, the
 * branches of each feed, and where signatures stand. Knows frames only, so it serves replicas without
 * keys too. Local numbers follow the order of arrival and mean nothing to anybody else.
 */
import { concatBytes, KernelError, toHex, type BlockHash, type FeedKey } from '@atoll/kernel';
import { Column, HashArena } from './column.ts';
import type { FeedRefusal } from './feed-error.ts';
import type { Tip } from './tip.ts';

/** Branches of one feed beyond which a replica says that it is incomplete: a thief could fork without end. */
export const BRANCHES_PER_FEED_MAX = 256;
/** Feeds of one log: a thousand members with eight devices of eight incarnations. */
export const FEEDS_MAX = 65_536;

/** Stands for "none" in columns of block and branch numbers. */
const NONE = -1;

/** What the index is told of a block. */
export interface IndexedBlock {
  readonly hash: BlockHash;
  readonly feed: FeedKey;
  readonly seq: number;
  readonly prev: BlockHash;
}

/** What became of a block. `fork`: it is the first block of a further branch of its feed. */
export type Indexed =
  | { readonly at: 'added'; readonly block: number; readonly fork: boolean }
  | { readonly at: 'known'; readonly block: number }
  | { readonly at: 'refused'; readonly code: FeedRefusal };

/** Blocks of an index by number, as columns of bytes in this machine's order; for stores of one's own. */
export interface BlockColumns {
  /** 32 bytes a block. */
  readonly hashes: Uint8Array;
  /** Numbers of 32 bits: branch, seq, block before or -1. */
  readonly branches: Uint8Array;
  readonly seqs: Uint8Array;
  readonly prevs: Uint8Array;
  /** Numbers of 64 bits, as doubles. */
  readonly lamports: Uint8Array;
  readonly positions: Uint8Array;
  /** Numbers of 32 bits: 1 where a signature over exactly this block is held. */
  readonly signed: Uint8Array;
}

/** A branch as {@link BranchIndex.restored} takes it. */
export interface RestoredBranch {
  readonly feed: FeedKey;
  readonly parent: number | undefined;
  readonly fork: number;
  /** See {@link BranchIndex.wholeFrom}; 0 where it is left out. */
  readonly whole?: number;
}

/** A feed and its branches; each branch has a number of its own. */
interface FeedEntry {
  readonly key: FeedKey;
  readonly branches: number[];
  /** Below this seq an epoch has let go of blocks. */
  whole: number;
}

/** Index of one log. */
export class BranchIndex {
  readonly #hashes: HashArena;
  // One row a block.
  readonly #branch: Column = Column.int32();
  readonly #seq: Column = Column.uint32();
  readonly #prev: Column = Column.int32();
  readonly #lamport: Column = Column.wide();
  readonly #position: Column = Column.wide();
  readonly #signed: Column = Column.int32();
  // One row a branch.
  readonly #branchFeed: FeedEntry[] = [];
  readonly #branchParent: Column = Column.int32();
  readonly #branchFork: Column = Column.uint32();
  /** The branch's own blocks, from its fork on, by seq - fork. */
  readonly #branchBlocks: Column[] = [];
  readonly #branchSigned: Column = Column.int32();
  readonly #feeds = new Map<FeedKey, FeedEntry>();
  #tips: readonly Tip[] | undefined;

  /** `salt`: 32 random bits of this process, against prepared hashes. */
  constructor(salt: number) {
    this.#hashes = new HashArena(salt);
  }

  /** An index as it was when its branches and columns were taken, all columns of one row a block. */
  static restored(
    salt: number,
    branches: readonly RestoredBranch[],
    columns: readonly BlockColumns[],
  ): BranchIndex {
    const index = new BranchIndex(salt);
    for (const { feed, fork, parent = NONE, whole = 0 } of branches) {
      index.#addBranch(feed, parent, fork);
      index.letGo(feed, whole);
    }
    index.#hashes.append(concatBytes(...columns.map(({ hashes }) => hashes)));
    for (const part of columns) {
      index.#branch.append(part.branches);
      index.#seq.append(part.seqs);
      index.#prev.append(part.prevs);
      index.#lamport.append(part.lamports);
      index.#position.append(part.positions);
      index.#signed.append(part.signed);
    }
    for (let block = 0; block < index.blockCount; block++) {
      const branch = index.#branch.at(block);
      const own = index.#blocksOf(branch);
      // An epoch keeps the order of those blocks alone that something still names.
      const row = index.#seq.at(block) - index.#branchFork.at(branch);
      while (own.length < row) own.push(NONE);
      own.push(block);
      if (index.#signed.at(block) === 1) index.#branchSigned.set(branch, block);
    }
    return index;
  }

  /** Rows of blocks for {@link BranchIndex.restored}. */
  columns(from: number, to: number): BlockColumns {
    return {
      hashes: this.#hashes.slice(from, to),
      branches: this.#branch.bytes(from, to),
      seqs: this.#seq.bytes(from, to),
      prevs: this.#prev.bytes(from, to),
      lamports: this.#lamport.bytes(from, to),
      positions: this.#position.bytes(from, to),
      signed: this.#signed.bytes(from, to),
    };
  }

  /** Blocks in the index; their numbers are 0 to this, exclusive. */
  get blockCount(): number {
    return this.#hashes.length;
  }

  /** Branches in the index; their numbers are 0 to this, exclusive. */
  get branchCount(): number {
    return this.#branchFeed.length;
  }

  /** Feeds with at least one block. */
  feeds(): FeedKey[] {
    return [...this.#feeds.keys()];
  }

  /** Local number of a block, or `undefined`. */
  blockOf(hash: BlockHash): number | undefined {
    const block = this.#hashes.find(hash);
    return block < 0 ? undefined : block;
  }

  /** The same of a hash as bytes. */
  blockOfBytes(hash: Uint8Array): number | undefined {
    const block = this.#hashes.findBytes(hash);
    return block < 0 ? undefined : block;
  }

  /** Why a block could not be added now, or `undefined`. Known blocks can always be "added". */
  refusal(block: IndexedBlock): FeedRefusal | undefined {
    const { hash, feed, seq, prev } = block;
    if (this.#hashes.find(hash) >= 0) return undefined;
    const entry = this.#feeds.get(feed);
    if (entry === undefined) {
      if (seq > 0) return 'FEED_PREV_UNKNOWN';
      return this.#feeds.size < FEEDS_MAX ? undefined : 'FEED_FEEDS_MAX';
    }
    // Whether it was let go or parts there nobody can say any more, also where single places are known.
    if (seq < entry.whole) return 'FEED_FORGOTTEN';
    if (seq > 0) {
      const before = this.#hashes.find(prev);
      if (before < 0) return 'FEED_PREV_UNKNOWN';
      if (this.feedOf(before) !== feed || this.seqOf(before) !== seq - 1) return 'FEED_RUN_BROKEN';
      if (this.#isLast(before)) return undefined;
    }
    return entry.branches.length < BRANCHES_PER_FEED_MAX ? undefined : 'FEED_BRANCHES_MAX';
  }

  /** Adds a block whose predecessor is there. Nothing changes when it is refused or known. */
  add(block: IndexedBlock): Indexed {
    const known = this.#hashes.find(block.hash);
    if (known >= 0) return { at: 'known', block: known };
    const code = this.refusal(block);
    if (code !== undefined) return { at: 'refused', code };
    const before = block.seq === 0 ? NONE : this.#hashes.find(block.prev);
    const continues = before !== NONE && this.#isLast(before);
    const first = !this.#feeds.has(block.feed);
    const branch = continues ? this.#branch.at(before) : this.#newBranch(block, before);
    const number = this.#hashes.push(block.hash);
    this.#branch.push(branch);
    this.#seq.push(block.seq);
    this.#prev.push(before);
    this.#lamport.push(0);
    this.#position.push(0);
    this.#signed.push(0);
    this.#blocksOf(branch).push(number);
    return { at: 'added', block: number, fork: !continues && !first };
  }

  /**
   * Begins a chain with this end, which counts as signed: what lies before it is nowhere. For who cannot read, and
   * was told so by somebody who has dropped the rest. Nothing happens where the block is known.
   */
  begin({ feed, hash, seq }: Tip): void {
    if (this.#hashes.find(hash) >= 0) return;
    const branch = this.#addBranch(feed, NONE, seq);
    const number = this.#hashes.push(hash);
    this.#branch.push(branch);
    this.#seq.push(seq);
    this.#prev.push(NONE);
    this.#lamport.push(0);
    this.#position.push(0);
    this.#signed.push(0);
    this.#blocksOf(branch).push(number);
    const entry = this.#branchOf(branch);
    entry.whole = entry.whole === 0 ? seq + 1 : Math.min(entry.whole, seq + 1);
    this.markSigned(number);
  }

  /** Notes that the replica holds a signature over this block. */
  markSigned(block: number): void {
    if (this.#signed.at(block) === 1) return;
    this.#signed.set(block, 1);
    const branch = this.#branch.at(block);
    const last = this.#branchSigned.at(branch);
    if (last !== NONE && this.seqOf(last) > this.seqOf(block)) return;
    this.#branchSigned.set(branch, block);
    this.#tips = undefined;
  }

  /** True when the replica holds a signature over exactly this block. */
  isSigned(block: number): boolean {
    return this.#signed.at(block) === 1;
  }

  /** True when a signed block of its branch, or of one that grew out of it, is this block or later. */
  isCovered(block: number): boolean {
    const branch = this.#branch.at(block);
    const seq = this.seqOf(block);
    const { branches } = this.#branchOf(branch);
    return branches.some((other) => {
      const last = this.#branchSigned.at(other);
      return last !== NONE && this.seqOf(last) >= seq && this.blockAt(other, seq) === block;
    });
  }

  /** Hash of a block. */
  hashOf(block: number): BlockHash {
    return toHex(this.#hashes.bytes(block)) as BlockHash;
  }

  /** Hash of a block as bytes: a view, for comparisons without text. */
  hashBytesOf(block: number): Uint8Array<ArrayBuffer> {
    return this.#hashes.bytes(block);
  }

  /** Feed of a block. */
  feedOf(block: number): FeedKey {
    return this.#branchOf(this.#branch.at(block)).key;
  }

  /** Number of a block in its feed. */
  seqOf(block: number): number {
    return this.#seq.at(block);
  }

  /** Branch whose own block it is. Blocks before a fork belong to the branch that was there first. */
  branchOf(block: number): number {
    return this.#branch.at(block);
  }

  /**
   * Block before in the feed, or the last one before it that an epoch has kept the order of; `undefined` at
   * seq 0.
   */
  prevOf(block: number): number | undefined {
    const before = this.#prev.at(block);
    return before === NONE ? undefined : before;
  }

  /** Lamport number, 0 until somebody with the membership key has set it. */
  lamportOf(block: number): number {
    return this.#lamport.at(block);
  }

  /** Keeps the lamport number that the inner header states. */
  setLamport(block: number, lamport: number): void {
    this.#lamport.set(block, lamport);
  }

  /** Arrival position in the store, 0 while it is not known. */
  positionOf(block: number): number {
    return this.#position.at(block);
  }

  /** Keeps the arrival position that the store gave. */
  setPosition(block: number, position: number): void {
    this.#position.set(block, position);
  }

  /** Branches of a feed in order of arrival. */
  branchesOf(feed: FeedKey): readonly number[] {
    return this.#feeds.get(feed)?.branches ?? [];
  }

  /**
   * The seq from which on all blocks of a feed's chains are here that others may build on; below it an epoch
   * has let some go, so that nothing new has a place there. 0 where nothing was let go.
   */
  wholeFrom(feed: FeedKey): number {
    return this.#feeds.get(feed)?.whole ?? 0;
  }

  /** Nothing new has a place below this seq of a feed any more. */
  letGo(feed: FeedKey, whole: number): void {
    const entry = this.#feeds.get(feed);
    if (entry !== undefined) entry.whole = Math.max(entry.whole, whole);
  }

  /** Seq from which on the chains of two branches of one feed differ. */
  parting(a: number, b: number): number {
    const ends = new Map<number, number>();
    let end = Number.POSITIVE_INFINITY;
    for (let at: number | undefined = a; at !== undefined; at = this.branchParent(at)) {
      ends.set(at, end);
      end = this.branchFork(at);
    }
    end = Number.POSITIVE_INFINITY;
    for (let at: number | undefined = b; at !== undefined; at = this.branchParent(at)) {
      const other = ends.get(at);
      if (other !== undefined) return Math.min(end, other);
      end = this.branchFork(at);
    }
    return 0;
  }

  /** Feed of a branch. */
  branchFeed(branch: number): FeedKey {
    return this.#branchOf(branch).key;
  }

  /** Branch that this one grew out of; `undefined` for one that begins at seq 0. */
  branchParent(branch: number): number | undefined {
    const parent = this.#branchParent.at(branch);
    return parent === NONE ? undefined : parent;
  }

  /** Seq of the branch's first own block; below it, its blocks are its parent's. */
  branchFork(branch: number): number {
    return this.#branchFork.at(branch);
  }

  /** Last block of a branch. */
  branchEnd(branch: number): number {
    const blocks = this.#blocksOf(branch);
    return blocks.at(blocks.length - 1);
  }

  /** Last signed own block of a branch, or `undefined`. */
  branchTip(branch: number): number | undefined {
    const tip = this.#branchSigned.at(branch);
    return tip === NONE ? undefined : tip;
  }

  /** First own blocks of all branches but the first of each feed, in order of arrival. */
  forks(): number[] {
    const firsts = [...this.#feeds.values()].flatMap(({ branches }) =>
      branches.slice(1).map((branch) => this.#blocksOf(branch).at(0)),
    );
    return firsts.sort((a, b) => a - b);
  }

  /** The block with this seq on a branch, its parents' blocks included. */
  blockAt(branch: number, seq: number): number | undefined {
    let at = branch;
    while (seq < this.#branchFork.at(at)) {
      at = this.#branchParent.at(at);
      if (at === NONE) return undefined;
    }
    const blocks = this.#blocksOf(at);
    const row = seq - this.#branchFork.at(at);
    const block = row < blocks.length ? blocks.at(row) : NONE;
    return block === NONE ? undefined : block;
  }

  /** True when `ancestor` is `block` or comes before it on the same chain. */
  isOnChain(ancestor: number, block: number): boolean {
    if (this.feedOf(ancestor) !== this.feedOf(block)) return false;
    const seq = this.seqOf(ancestor);
    return seq <= this.seqOf(block) && this.blockAt(this.branchOf(block), seq) === ancestor;
  }

  /** The last block up to this seq on a branch that is here, its parents' blocks included. */
  lastUpTo(branch: number, seq: number): number | undefined {
    for (let at = seq; at >= 0; at--) {
      const block = this.blockAt(branch, at);
      if (block !== undefined) return block;
    }
    return undefined;
  }

  /** The last signed block of every branch, ascending by feed, then hash. */
  tips(): readonly Tip[] {
    this.#tips ??= this.#collectTips();
    return this.#tips;
  }

  #collectTips(): Tip[] {
    const tips: Tip[] = [];
    for (let branch = 0; branch < this.branchCount; branch++) {
      const block = this.branchTip(branch);
      if (block === undefined) continue;
      tips.push({
        feed: this.branchFeed(branch),
        seq: this.seqOf(block),
        hash: this.hashOf(block),
      });
    }
    return tips.sort((a, b) => {
      if (a.feed !== b.feed) return a.feed < b.feed ? -1 : 1;
      return a.hash < b.hash ? -1 : 1;
    });
  }

  #newBranch(block: IndexedBlock, before: number): number {
    const parent = before === NONE ? NONE : this.#branch.at(before);
    return this.#addBranch(block.feed, parent, block.seq);
  }

  #addBranch(feed: FeedKey, parent: number, fork: number): number {
    let entry = this.#feeds.get(feed);
    if (entry === undefined) {
      entry = { key: feed, branches: [], whole: 0 };
      this.#feeds.set(feed, entry);
    }
    const branch = this.#branchFeed.push(entry) - 1;
    entry.branches.push(branch);
    this.#branchParent.push(parent);
    this.#branchFork.push(fork);
    this.#branchBlocks.push(Column.int32());
    this.#branchSigned.push(NONE);
    return branch;
  }

  #isLast(block: number): boolean {
    return this.branchEnd(this.#branch.at(block)) === block;
  }

  #branchOf(branch: number): FeedEntry {
    const entry = this.#branchFeed[branch];
    if (entry === undefined) throw noBranch(branch);
    return entry;
  }

  #blocksOf(branch: number): Column {
    const blocks = this.#branchBlocks[branch];
    if (blocks === undefined) throw noBranch(branch);
    return blocks;
  }
}

function noBranch(branch: number): KernelError {
  return new KernelError('KERNEL_IMPOSSIBLE', `there is no branch ${branch}`);
}
