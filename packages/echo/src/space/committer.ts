/**
 * Makes own blocks durable: groups what has been sealed, signs the end of each group, and commits. What
 * is sealed stays in order; nothing is told to anybody before its commit has resolved.
 */
import {
  SIGN_EVERY_BLOCKS_MAX,
  SIGN_EVERY_BYTES_MAX,
  signTip,
  type ChainedBlock,
  type LogReplica,
  type OwnBlocks,
} from '@atoll/feed';
import { StoreError, errorCode, type Signer } from '@atoll/kernel';
import { SpaceError } from './space-error.ts';
import { ValuesBeside, type Beside, type Due } from './values-beside.ts';

/** Groups in one commit at most: an fsync costs as much as 50 blocks, and so many hold others up for 10 ms. */
const COMMIT_GROUPS_MAX = 8;
/** Sender of own runs that arrive as forks. */
const OWN_FORK = 'own fork';

/** A sealed block and the key that signs its feed. */
interface Waiting {
  readonly block: ChainedBlock;
  readonly signer: Signer;
}

/** How far own writing has come. */
export type CommitState =
  | { readonly at: 'durable' }
  | { readonly at: 'writing'; readonly blocks: number }
  | { readonly at: 'failed'; readonly blocks: number; readonly code: string };

/** The queue between sealing and the store. */
export class Committer {
  readonly #replica: LogReplica;
  readonly #beforeAppend: () => Promise<void>;
  readonly #changed: () => void;
  readonly #writeValues: (values: Due['values']) => Promise<unknown>;
  readonly #beside = new ValuesBeside();
  #queue: Waiting[] = [];
  /** Blocks of the session that are durable. */
  #durable = 0;
  #running: Promise<void> | undefined;
  #failure: unknown;

  constructor(options: {
    readonly replica: LogReplica;
    /** Made durable before the first append of a session: the mark that says it is open. */
    readonly beforeAppend: () => Promise<void>;
    readonly changed: () => void;
    /** Makes values durable that no block waits for. */
    readonly writeValues: (values: Due['values']) => Promise<unknown>;
  }) {
    this.#replica = options.replica;
    this.#beforeAppend = options.beforeAppend;
    this.#changed = options.changed;
    this.#writeValues = options.writeValues;
  }

  /** What is not durable yet, and why. */
  get state(): CommitState {
    const blocks = this.#queue.length;
    if (blocks === 0) return { at: 'durable' };
    if (this.#failure === undefined) return { at: 'writing', blocks };
    return { at: 'failed', blocks, code: errorCode(this.#failure) };
  }

  /** Takes a sealed block. Its commit begins at once. */
  push({ bytes, hash, frame }: ChainedBlock, signer: Signer): void {
    const { feed, prev, seq } = frame;
    this.#queue.push({ block: { bytes, hash, frame: { feed, seq, prev } }, signer });
    // A failure is kept for whoever flushes; blocks stay in the queue and are tried again then.
    this.#run().catch(() => undefined);
  }

  /** Makes values durable in the transaction of the last block that was pushed; at once, if it is durable. */
  keep(beside: Beside): void {
    this.#beside.add(this.#durable + this.#queue.length, beside);
    this.#run().catch(() => undefined);
  }

  /** Tries to make everything durable that was given till now, once. */
  async settle(): Promise<void> {
    await this.#running?.catch(() => undefined);
    await this.#run().catch(() => undefined);
  }

  /**
   * Resolves when everything pushed so far is durable. @throws StoreError `STORE_FULL` or `STORE_IO` with
   * the blocks kept in memory; SpaceError `SPACE_FEED_TAKEN`.
   */
  async flush(): Promise<void> {
    while (this.#queue.length > 0) await this.#run();
  }

  #run(): Promise<void> {
    this.#running ??= this.#drain();
    return this.#running;
  }

  async #drain(): Promise<void> {
    // What is sealed in the same turn goes into the same commit.
    await Promise.resolve();
    this.#failure = undefined;
    let isReady = false;
    let isRefused = false;
    // Values alone change nothing that anybody sees.
    let hadBlocks = false;
    try {
      while (this.#queue.length > 0 || (!isRefused && this.#beside.isDue(this.#durable))) {
        hadBlocks ||= this.#queue.length > 0;
        if (this.#queue.length === 0) isRefused = !(await this.#commitBeside());
        else if (isReady) await this.#commitGroups();
        else isReady = await this.#beforeAppend().then(() => true);
      }
    } catch (failure) {
      this.#failure = failure;
      throw failure;
    } finally {
      // At once: what is pushed from here on begins anew.
      this.#running = undefined;
      if (hadBlocks) this.#changed();
    }
  }

  /** False if the store has refused it: it is tried again with whatever comes next. */
  async #commitBeside(): Promise<boolean> {
    const due = this.#beside.due(this.#durable, 0);
    if (due === undefined) return true;
    try {
      if (due.values.size > 0) await this.#writeValues(due.values);
      this.#beside.written(due);
      return true;
    } catch {
      return false;
    }
  }

  async #commitGroups(): Promise<void> {
    const groups = firstGroups(this.#queue);
    const parts = await Promise.all(groups.map(signed));
    const blocks = groups.flat();
    const blockBytes = blocks.reduce((sum, { block }) => sum + block.bytes.length, 0);
    const due = this.#beside.due(this.#durable + blocks.length, blockBytes);
    try {
      await this.#replica.appendOwn(parts, due?.values);
      this.#done(blocks.length);
      if (due !== undefined) this.#beside.written(due);
    } catch (failure) {
      const [first] = parts;
      if (!isConflict(failure) || first === undefined) throw failure;
      await this.#appendFork(first);
      this.#done(first.blocks.length);
    }
  }

  #done(blocks: number): void {
    this.#queue = this.#queue.slice(blocks);
    this.#durable += blocks;
    this.#changed();
  }

  /**
   * Somebody has written on under our name, and it arrived first: a copy of this profile. What was sealed
   * here meanwhile is a fork, which voids nothing; it is kept as if it had come from the copy. The space
   * goes on in another feed.
   */
  async #appendFork({ blocks, signature }: OwnBlocks): Promise<void> {
    const last = blocks.at(-1);
    if (last === undefined) return;
    const { feed, seq: endSeq } = last.frame;
    const bytes = blocks.map((block) => block.bytes);
    const run = { feed, endSeq, endHash: last.hash, signature, blocks: bytes };
    const received = await this.#replica.receive(run, OWN_FORK);
    if (received.at === 'stored' || received.at === 'known') return;
    throw new SpaceError('SPACE_FEED_TAKEN', 'another process has written under this name');
  }
}

/** A group and the signature over its end. */
async function signed(group: readonly Waiting[]): Promise<OwnBlocks> {
  const last = group.at(-1) as Waiting;
  const { feed, seq } = last.block.frame;
  const signature = await signTip(last.signer, { feed, seq, hash: last.block.hash });
  return { blocks: group.map(({ block }) => block), signature };
}

/** As many blocks of one feed from the front as one commit takes, in groups of what a signature covers. */
function firstGroups(queue: readonly Waiting[]): readonly (readonly Waiting[])[] {
  const feed = queue[0]?.block.frame.feed;
  const groups: (readonly Waiting[])[] = [];
  let at = 0;
  while (groups.length < COMMIT_GROUPS_MAX && queue[at]?.block.frame.feed === feed) {
    const group = groupFrom(queue, at);
    if (group.length === 0) break;
    groups.push(group);
    at += group.length;
  }
  return groups;
}

/** As many blocks of one feed from `start` on as one signature may cover. */
function groupFrom(queue: readonly Waiting[], start: number): readonly Waiting[] {
  const feed = queue[start]?.block.frame.feed;
  let bytes = 0;
  let end = start;
  for (let at = start; at < queue.length && at - start < SIGN_EVERY_BLOCKS_MAX; at++) {
    const { block } = queue[at] as Waiting;
    bytes += block.bytes.length;
    if (block.frame.feed !== feed || (at > start && bytes > SIGN_EVERY_BYTES_MAX)) break;
    end = at + 1;
  }
  return queue.slice(start, end);
}

function isConflict(failure: unknown): boolean {
  return failure instanceof StoreError && failure.code === 'STORE_CONFLICT';
}
