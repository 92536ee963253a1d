/** A world of replicas without keys or chains: blocks as values, delivered in any causal order. For tests. */
import { hash } from '@atoll/crypto';
import { toHex, utf8, type IdentityId } from '@atoll/kernel';
import type { BlockContext, Causality, Chains } from '../block-context.ts';
import { Database } from '../database.ts';
import { EchoError } from '../echo-error.ts';
import { loadTextIndex } from '../query/load-text-index.ts';

// Tests ask in the same turn in which they define.
await loadTextIndex();

/** A block as it travels. */
export interface WorldBlock {
  readonly feed: Uint8Array;
  readonly author: IdentityId;
  readonly seq: number;
  /** The block before in the chain. */
  readonly prev: WorldBlock | undefined;
  readonly lamport: number;
  readonly hash: Uint8Array;
  readonly nonce: Uint8Array;
  readonly timeMs: number;
  readonly section: Uint8Array;
  /** Blocks in the causal past, by hash in order of their making. */
  readonly past: ReadonlySet<WorldBlock>;
}

/** A branch as a replica numbers it: by arrival. */
interface WorldBranch {
  readonly feed: Uint8Array;
  readonly parent: number | undefined;
  readonly start: number;
  readonly blocks: WorldBlock[];
}

/** One replica and its own feed. */
export class WorldReplica {
  readonly db: Database;
  readonly feed: Uint8Array;
  /** Lets every transaction be refused. */
  readOnly = false;
  /** Own blocks. */
  readonly own: WorldBlock[] = [];
  /** Applied blocks by local number. */
  readonly log: WorldBlock[] = [];
  readonly #noByBlock = new Map<WorldBlock, number>();
  readonly #branches: WorldBranch[] = [];
  readonly #branchByBlock = new Map<WorldBlock, number>();
  readonly #salt: Uint8Array;
  readonly #author: IdentityId;
  readonly #isVoid: (block: WorldBlock) => boolean;
  readonly #tasks: (() => void)[] = [];
  #opened: { readonly block: BlockContext; readonly past: ReadonlySet<WorldBlock> } | undefined;

  /** `salt` sets two holders of one feed's key apart. */
  constructor(name: string, isVoid: (block: WorldBlock) => boolean = () => false, salt = '') {
    this.feed = hash('test-feed', utf8(name));
    this.#salt = utf8(salt);
    this.#author = name as IdentityId;
    this.#isVoid = isVoid;
    this.db = new Database({
      causality: this.causality,
      scheduler: { soon: (task) => this.#tasks.push(task) },
      sink: {
        open: () => this.#open(),
        seal: (block, section) => this.#seal(block, section),
      },
      tableSeed: name.length * 77,
    });
  }

  /** Order of the applied blocks. */
  get causality(): Causality {
    return { isInPast: (a, b) => this.#isInPast(a, b), chains: this.#chains() };
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
    this.#enter(block);
    this.db.applySection(this.context(block), block.section, this.#isVoid(block));
    return true;
  }

  /** Takes over the feed of another holder of its key. */
  adopt(blocks: readonly WorldBlock[]): void {
    for (const block of blocks) {
      this.receive(block);
      this.own.push(block);
    }
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
    const branch = this.#branchByBlock.get(block) as number;
    return {
      no: this.#noByBlock.get(block) as number,
      branch,
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
    if (this.readOnly) throw new EchoError('ECHO_READ_ONLY', 'this member may only read');
    const seq = this.own.length;
    const lamport = 1 + this.log.reduce((max, block) => Math.max(max, block.lamport), 0);
    const tip = this.own.at(-1);
    const branch = tip === undefined ? this.#branches.length : this.#branchAfter(tip);
    const block: BlockContext = {
      no: this.log.length,
      branch,
      feed: this.feed,
      seq,
      lamport,
      nonce: hash('test-nonce', this.feed, utf8(String(seq)), this.#salt).subarray(0, 16),
      timeMs: lamport * 1000,
      author: this.#author,
    };
    this.#opened = { block, past: new Set(this.log) };
    return block;
  }

  #seal(context: BlockContext, section: Uint8Array): Uint8Array {
    const past = this.#opened?.past ?? new Set();
    const { seq, lamport, nonce, timeMs } = context;
    const name = hash('test-block', this.feed, utf8(`${seq} ${lamport}`), section, this.#salt);
    const block: WorldBlock = {
      feed: this.feed,
      author: this.#author,
      seq,
      prev: this.own.at(-1),
      lamport,
      hash: name,
      nonce,
      timeMs,
      section,
      past,
    };
    this.own.push(block);
    this.#enter(block);
    return name;
  }

  #isInPast(a: number, b: number): boolean {
    const before = this.log[a];
    const after = this.log[b];
    return before !== undefined && after !== undefined && after.past.has(before);
  }

  #enter(block: WorldBlock): void {
    this.#noByBlock.set(block, this.log.push(block) - 1);
    const { prev, feed, seq } = block;
    const branch = prev === undefined ? this.#branches.length : this.#branchAfter(prev);
    if (branch === this.#branches.length) {
      const parent = prev === undefined ? undefined : this.#branchByBlock.get(prev);
      this.#branches.push({ feed, parent, start: seq, blocks: [] });
    }
    this.#branches[branch]?.blocks.push(block);
    this.#branchByBlock.set(block, branch);
  }

  /** The branch of what follows a block: its own if it is the last one, else a new one. */
  #branchAfter(block: WorldBlock): number {
    const branch = this.#branchByBlock.get(block) as number;
    return this.#branches[branch]?.blocks.at(-1) === block ? branch : this.#branches.length;
  }

  #chains(): Chains {
    const branches = this.#branches;
    return {
      branchesOf: (feed) =>
        branches.flatMap((branch, at) => (toHex(branch.feed) === feed ? [at] : [])),
      feedOf: (branch) => {
        const known = branches[branch];
        return known === undefined ? undefined : toHex(known.feed);
      },
      parentOf: (branch) => branches[branch]?.parent,
      startOf: (branch) => branches[branch]?.start ?? 0,
      hashAt: (branch, seq) => {
        let at = branches[branch];
        while (at?.parent !== undefined && seq < at.start) at = branches[at.parent];
        return at?.blocks[seq - at.start]?.hash;
      },
      find: (name) => {
        const no = this.log.findIndex((block) => toHex(block.hash) === name);
        const block = this.log[no];
        if (block === undefined) return undefined;
        return { no, branch: this.#branchByBlock.get(block) as number, seq: block.seq };
      },
    };
  }
}

/** Two replicas of one space. */
export function two(): [WorldReplica, WorldReplica] {
  return [new WorldReplica('ada'), new WorldReplica('bob')];
}

/** Gives everybody what everybody has. */
export function sync(...replicas: readonly WorldReplica[]): void {
  for (const one of replicas) for (const other of replicas) one.pull(other);
}

/** Code and words of the refusal of a change, or 'accepted'. */
export function refusal(change: () => unknown): string {
  try {
    change();
  } catch (failure) {
    if (failure instanceof EchoError) return `${failure.code} ${failure.message}`;
    throw failure;
  }
  return 'accepted';
}
