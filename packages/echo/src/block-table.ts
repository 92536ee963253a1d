/** The blocks that the fold has seen, by local number and by (feed, seq). */
import { compareBytes, toHex } from '@atoll/kernel';
import { compareBlocks, type BlockContext, type Causality } from './block-context.ts';

/** Contexts of applied blocks and the order between them. */
export class BlockTable {
  readonly #causality: Causality;
  readonly #blocks: (BlockContext | undefined)[] = [];
  readonly #void = new Set<number>();
  readonly #bySeqByFeed = new Map<string, Map<number, number | number[]>>();
  readonly #hexByFeed = new Map<Uint8Array, string>();
  readonly #agentByName = new Map<string, number>();
  readonly #nameByAgent: Uint8Array[] = [];
  #open = -1;
  #askedA = -1;
  #askedB = -1;
  #answer = false;

  constructor(causality: Causality) {
    this.#causality = causality;
  }

  /** Adds a block; a block that is there already only changes whether it is void. */
  add(block: BlockContext, isVoid: boolean): void {
    this.setVoid(block.no, isVoid);
    const known = this.#blocks[block.no];
    if (known !== undefined) {
      this.#blocks[block.no] = block;
      return;
    }
    this.#blocks[block.no] = block;
    if (block.hash === undefined) this.#open = block.no;
    if (this.#nameByAgent[block.branch] === undefined) {
      this.#nameByAgent[block.branch] = block.branchName;
      this.#agentByName.set(toHex(block.branchName), block.branch);
    }
    const feed = this.feedName(block.feed);
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
    return this.#blocks[no] as BlockContext;
  }

  /** True if the block was added. */
  has(no: number): boolean {
    return this.#blocks[no] !== undefined;
  }

  /** Blocks with this place in the feed: more than one after a fork. */
  at(feed: string, seq: number): readonly number[] {
    const found = this.#bySeqByFeed.get(feed)?.get(seq);
    return found === undefined ? [] : typeof found === 'number' ? [found] : found;
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

  /** Local number of the branch with this name, in hex. */
  agentOf(name: string): number | undefined {
    return this.#agentByName.get(name);
  }

  /** Name of a branch. */
  agentName(agent: number): Uint8Array {
    return this.#nameByAgent[agent] as Uint8Array;
  }

  /** Order of writers by the names of their branches. */
  compareAgents(a: number, b: number): number {
    return a === b ? 0 : compareBytes(this.agentName(a), this.agentName(b));
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
    return a === b ? 0 : compareBlocks(this.get(a), this.get(b));
  }
}
