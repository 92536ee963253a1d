/** The blocks that the fold has seen, by local number and by (feed, seq). */
import { toHex } from '@atoll/kernel';
import { compareBlocks, type BlockContext, type Causality } from './block-context.ts';
import { BranchTable } from './branch-table.ts';

const NONE: readonly number[] = [];

/** Blocks that were applied before a snapshot was taken: their contexts are made when asked for. */
export interface EarlierBlocks {
  /** Numbers below this are among them, those without ops too. */
  readonly count: number;
  context(no: number): BlockContext;
  /** Numbers of those with this seq in the feed of a key in hex. */
  at(feed: string, seq: number): readonly number[];
  /** Hash of one of them, 32 bytes. */
  hash(no: number): Uint8Array;
  /** Order of two of them by (lamport, hash). */
  compare(a: number, b: number): number;
}

/** Contexts of applied blocks and the order between them. */
export class BlockTable {
  readonly branches: BranchTable;
  readonly #causality: Causality;
  #blocks: (BlockContext | undefined)[] = [];
  #earlier: EarlierBlocks | undefined;
  readonly #void = new Set<number>();
  readonly #partlyVoid = new Set<number>();
  readonly #bySeqByFeed = new Map<string, Map<number, number | number[]>>();
  readonly #hexByFeed = new Map<Uint8Array, string>();
  #open = -1;
  #askedA = -1;
  #askedB = -1;
  #answer = false;

  constructor(causality: Causality) {
    this.#causality = causality;
    this.branches = new BranchTable(causality.chains);
  }

  /** Enters the blocks of a snapshot, once and first. */
  restore(earlier: EarlierBlocks): void {
    this.#earlier = earlier;
    this.#blocks = new Array<BlockContext | undefined>(earlier.count);
  }

  /** Adds a block; a block that is there already only changes whether it is void. */
  add(block: BlockContext, isVoid: boolean): void {
    this.setVoid(block.no, isVoid);
    const known = this.#blocks[block.no];
    this.#blocks[block.no] = block;
    if (known !== undefined || block.no < this.#earlierCount) return;
    if (block.hash === undefined) this.#open = block.no;
    const feed = this.feedName(block.feed);
    this.branches.note(block.branch, feed);
    let bySeq = this.#bySeqByFeed.get(feed);
    if (bySeq === undefined) this.#bySeqByFeed.set(feed, (bySeq = new Map()));
    const same = bySeq.get(block.seq);
    if (same === undefined) bySeq.set(block.seq, block.no);
    else bySeq.set(block.seq, typeof same === 'number' ? [same, block.no] : [...same, block.no]);
  }

  /** Gives the open block its hash. */
  seal(no: number, hash: Uint8Array): void {
    const block = this.get(no);
    this.#blocks[no] = { ...block, hash };
    if (this.#open === no) this.#open = -1;
  }

  /** Notes whether a block's ops count. */
  setVoid(no: number, isVoid: boolean): void {
    if (isVoid) this.#void.add(no);
    else this.#void.delete(no);
  }

  /** True for a block whose ops do not count. */
  isVoid(no: number): boolean {
    return this.#void.has(no);
  }

  /** A block that was added. */
  get(no: number): BlockContext {
    const known = this.#blocks[no];
    if (known !== undefined) return known;
    const made = this.#earlier?.context(no) as BlockContext;
    this.#blocks[no] = made;
    return made;
  }

  /** True if the block was added. */
  has(no: number): boolean {
    return this.#blocks[no] !== undefined || no < this.#earlierCount;
  }

  /** Hash of a block, 32 bytes; absent as long as the own transaction is open. */
  hashOf(no: number): Uint8Array | undefined {
    const known = this.#blocks[no];
    return known === undefined ? this.#earlier?.hash(no) : known.hash;
  }

  /** Blocks whose ops do not count, ascending. */
  voids(): number[] {
    return [...this.#void].sort((a, b) => a - b);
  }

  /** Notes whether ops of a block that counts are beyond its writer's rights, or may be. */
  setPartlyVoid(no: number, isPartlyVoid: boolean): void {
    if (isPartlyVoid) this.#partlyVoid.add(no);
    else this.#partlyVoid.delete(no);
  }

  /** Notes whether a block counts, all of whose ops are about to be judged once more. */
  judgeAnew(no: number, isVoid: boolean): void {
    this.setVoid(no, isVoid);
    this.setPartlyVoid(no, false);
  }

  /** Blocks that count, but for ops beyond their writers' rights, ascending. */
  partlyVoids(): number[] {
    return [...this.#partlyVoid].filter((no) => !this.isVoid(no)).sort((a, b) => a - b);
  }

  /** True for a block of which at least one op does not count for want of a right. */
  lacksRight(no: number): boolean {
    return this.#void.has(no) || this.#partlyVoid.has(no);
  }

  get #earlierCount(): number {
    return this.#earlier?.count ?? 0;
  }

  /**
   * Blocks with this seq, in the feed of a key in hex or on the chains through a block that is named by its
   * hash: more than one after a fork. With `by`, the name must be in the past of that block: what it means
   * may not depend on what else is known.
   */
  at(name: string, seq: number, by?: number): readonly number[] {
    const found = this.#found(name, seq);
    if (found.length > 0) return found;
    const { branches } = this;
    const start = branches.find(name);
    if (start === undefined || (by !== undefined && !this.reaches(start.no, by))) return [];
    return this.at(branches.feedOf(start.branch), seq).filter((no) => {
      const block = this.get(no);
      if (seq > start.seq) return branches.isOn(block.branch, start);
      return branches.isOn(start.branch, block);
    });
  }

  #found(feed: string, seq: number): readonly number[] {
    const found = this.#bySeqByFeed.get(feed)?.get(seq);
    const later = found === undefined ? NONE : typeof found === 'number' ? [found] : found;
    if (this.#earlier === undefined) return later;
    const earlier = this.#earlier.at(feed, seq);
    return earlier.length === 0 ? later : [...earlier, ...later];
  }

  /** The same on the chain of a block. */
  onChainOf(block: BlockContext, seq: number): readonly number[] {
    const found = this.at(this.feedName(block.feed), seq);
    return found.filter((no) => this.branches.isOn(block.branch, this.get(no)));
  }

  /** What names a block for everyone, together with its seq: its feed, or its branch where that leaves a doubt. */
  nameOf(block: BlockContext): string {
    const feed = this.feedName(block.feed);
    return this.at(feed, block.seq).length < 2 ? feed : this.branches.nameOf(block.branch);
  }

  /** A feed's key as text; kept, since contexts of one feed mostly share their bytes. */
  feedName(feed: Uint8Array): string {
    let name = this.#hexByFeed.get(feed);
    if (name === undefined) {
      if (this.#hexByFeed.size > 1024) this.#hexByFeed.clear();
      this.#hexByFeed.set(feed, (name = toHex(feed)));
    }
    return name;
  }

  /** True if `a` is in the causal past of `b`, or is `b`. */
  reaches(a: number, b: number): boolean {
    if (a === b || b === this.#open) return true;
    if (a === this.#askedA && b === this.#askedB) return this.#answer;
    this.#askedA = a;
    this.#askedB = b;
    this.#answer = this.#causality.isInPast(a, b);
    return this.#answer;
  }

  /** Order by (lamport, hash). */
  compare(a: number, b: number): number {
    if (a === b) return 0;
    const count = this.#earlierCount;
    if (a < count && b < count) return this.#earlier?.compare(a, b) ?? 0;
    return compareBlocks(this.get(a), this.get(b));
  }
}
