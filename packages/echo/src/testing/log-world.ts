/** A world of replicas without keys or chains: blocks as values, delivered in any causal order. For tests. */
import { hash } from '@atoll/crypto';
import { utf8, type IdentityId } from '@atoll/kernel';
import type { BlockContext } from '../block-context.ts';
import { Database } from '../database.ts';

/** A block as it travels. */
export interface WorldBlock {
  readonly feed: Uint8Array;
  readonly author: IdentityId;
  readonly seq: number;
  readonly lamport: number;
  readonly hash: Uint8Array;
  readonly nonce: Uint8Array;
  readonly timeMs: number;
  readonly section: Uint8Array;
  /** Blocks in the causal past, by hash in order of their making. */
  readonly past: ReadonlySet<WorldBlock>;
}

/** One replica and its own feed. */
export class WorldReplica {
  readonly db: Database;
  readonly feed: Uint8Array;
  /** Own blocks. */
  readonly own: WorldBlock[] = [];
  /** Applied blocks by local number. */
  readonly log: WorldBlock[] = [];
  readonly #noByBlock = new Map<WorldBlock, number>();
  readonly #branchByFeed = new Map<string, number>();
  readonly #author: IdentityId;
  readonly #isVoid: (block: WorldBlock) => boolean;
  readonly #tasks: (() => void)[] = [];
  #opened: { readonly block: BlockContext; readonly past: ReadonlySet<WorldBlock> } | undefined;

  constructor(name: string, isVoid: (block: WorldBlock) => boolean = () => false) {
    this.feed = hash('test-feed', utf8(name));
    this.#author = name as IdentityId;
    this.#isVoid = isVoid;
    this.db = new Database({
      causality: { isInPast: (a, b) => this.#isInPast(a, b) },
      scheduler: { soon: (task) => this.#tasks.push(task) },
      sink: {
        open: () => this.#open(),
        seal: (block, section) => this.#seal(block, section),
      },
      tableSeed: name.length * 77,
    });
  }

  /** Ends the tick. */
  tick(): void {
    for (let task = this.#tasks.shift(); task !== undefined; task = this.#tasks.shift()) task();
    this.db.commit();
  }

  /** Applies a foreign block, if everything before it was applied. */
  receive(block: WorldBlock): boolean {
    this.tick();
    if (this.#noByBlock.has(block)) return true;
    for (const before of block.past) if (!this.#noByBlock.has(before)) return false;
    const no = this.log.push(block) - 1;
    this.#noByBlock.set(block, no);
    this.db.applySection(this.context(block), block.section, this.#isVoid(block));
    return true;
  }

  /** Applies everything that another replica has. */
  pull(other: WorldReplica): void {
    other.tick();
    this.tick();
    for (const block of other.log) this.receive(block);
    this.tick();
  }

  /** The context under which a known block is applied here. */
  context(block: WorldBlock): BlockContext {
    return {
      no: this.#noByBlock.get(block) as number,
      branch: this.#branch(block.feed),
      branchName: block.feed,
      feed: block.feed,
      seq: block.seq,
      lamport: block.lamport,
      hash: block.hash,
      nonce: block.nonce,
      timeMs: block.timeMs,
      author: block.author,
    };
  }

  /** Folds again after a change in what is void. */
  setVoid(changed: readonly WorldBlock[], isVoid: (block: WorldBlock) => boolean): void {
    this.tick();
    const folded = (block: WorldBlock): Parameters<Database['refold']>[0][number] => ({
      block: this.context(block),
      section: block.section,
      isVoid: isVoid(block),
    });
    const here = changed.filter((block) => this.#noByBlock.has(block)).map(folded);
    const needed = this.db.blocksToRefold(here).map((no) => folded(this.log[no] as WorldBlock));
    this.db.refold(here, needed);
    this.tick();
  }

  /** The root as text, under a fixed key. */
  root(): string {
    this.tick();
    return [...this.db.stateRoot(new Uint8Array(32).fill(7))].join(',');
  }

  #open(): BlockContext {
    const seq = this.own.length;
    const lamport = 1 + this.log.reduce((max, block) => Math.max(max, block.lamport), 0);
    const block: BlockContext = {
      no: this.log.length,
      branch: this.#branch(this.feed),
      branchName: this.feed,
      feed: this.feed,
      seq,
      lamport,
      nonce: hash('test-nonce', this.feed, utf8(String(seq))).subarray(0, 16),
      timeMs: lamport * 1000,
      author: this.#author,
    };
    this.#opened = { block, past: new Set(this.log) };
    return block;
  }

  #seal(context: BlockContext, section: Uint8Array): Uint8Array {
    const past = this.#opened?.past ?? new Set();
    const { seq, lamport, nonce, timeMs } = context;
    const name = hash('test-block', this.feed, utf8(`${seq} ${lamport}`), section);
    const block: WorldBlock = {
      feed: this.feed,
      author: this.#author,
      seq,
      lamport,
      hash: name,
      nonce,
      timeMs,
      section,
      past,
    };
    this.own.push(block);
    this.#noByBlock.set(block, this.log.push(block) - 1);
    return name;
  }

  #isInPast(a: number, b: number): boolean {
    const before = this.log[a];
    const after = this.log[b];
    return before !== undefined && after !== undefined && after.past.has(before);
  }

  #branch(feed: Uint8Array): number {
    const key = feed.join();
    let branch = this.#branchByFeed.get(key);
    if (branch === undefined) this.#branchByFeed.set(key, (branch = this.#branchByFeed.size));
    return branch;
  }
}
