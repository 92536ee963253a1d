/**
 * Makes own blocks durable: groups what has been sealed, signs the end of each group, and commits. What
 * is sealed stays in order; nothing is told to anybody before its commit has resolved.
 */
import {
  SIGN_EVERY_BLOCKS_MAX,
  SIGN_EVERY_BYTES_MAX,
  signTip,
  type LogReplica,
  type SealedBlock,
} from '@atoll/feed';
import { StoreError, errorCode, type Signer } from '@atoll/kernel';
import { SpaceError } from './space-error.ts';

/** Sender of own runs that arrive as forks. */
const OWN_FORK = 'own fork';

/** A sealed block and the key that signs its feed. */
interface Waiting {
  readonly block: SealedBlock;
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
  #queue: Waiting[] = [];
  #running: Promise<void> | undefined;
  #failure: unknown;

  constructor(options: {
    readonly replica: LogReplica;
    /** Made durable before the first append of a session: the mark that says it is open. */
    readonly beforeAppend: () => Promise<void>;
    readonly changed: () => void;
  }) {
    this.#replica = options.replica;
    this.#beforeAppend = options.beforeAppend;
    this.#changed = options.changed;
  }

  /** What is not durable yet, and why. */
  get state(): CommitState {
    const blocks = this.#queue.length;
    if (blocks === 0) return { at: 'durable' };
    if (this.#failure === undefined) return { at: 'writing', blocks };
    return { at: 'failed', blocks, code: errorCode(this.#failure) };
  }

  /** Takes a sealed block. Its commit begins at once. */
  push(block: SealedBlock, signer: Signer): void {
    this.#queue.push({ block, signer });
    // A failure is kept for whoever flushes; blocks stay in the queue and are tried again then.
    this.#run().catch(() => undefined);
  }

  /**
   * Resolves when everything pushed so far is durable. @throws StoreError `STORE_FULL` or `STORE_IO` with
   * the blocks kept in memory; SpaceError `SPACE_FEED_TAKEN`.
   */
  async flush(): Promise<void> {
    while (this.#queue.length > 0) await this.#run();
  }

  #run(): Promise<void> {
    this.#running ??= this.#drain().finally(() => {
      this.#running = undefined;
      this.#changed();
    });
    return this.#running;
  }

  async #drain(): Promise<void> {
    // What is sealed in the same turn goes into the same commit.
    await Promise.resolve();
    this.#failure = undefined;
    try {
      if (this.#queue.length > 0) await this.#beforeAppend();
      while (this.#queue.length > 0) await this.#commitGroup();
    } catch (failure) {
      this.#failure = failure;
      throw failure;
    }
  }

  async #commitGroup(): Promise<void> {
    const group = firstGroup(this.#queue);
    const last = group.at(-1);
    if (last === undefined) return;
    const { feed, seq } = last.block.frame;
    const signature = await signTip(last.signer, { feed, seq, hash: last.block.hash });
    const blocks = group.map(({ block }) => block);
    try {
      await this.#replica.appendOwn({ blocks, signature });
    } catch (failure) {
      if (!isConflict(failure)) throw failure;
      await this.#appendFork(blocks, { feed, endSeq: seq, endHash: last.block.hash, signature });
    }
    this.#queue = this.#queue.slice(group.length);
    this.#changed();
  }

  /**
   * Somebody has written on under our name, and it arrived first: a copy of this profile. What was sealed
   * here meanwhile is a fork, which voids nothing; it is kept as if it had come from the copy. The space
   * goes on in another feed.
   */
  async #appendFork(
    blocks: readonly SealedBlock[],
    end: Omit<Parameters<LogReplica['receive']>[0], 'blocks'>,
  ): Promise<void> {
    const run = { ...end, blocks: blocks.map(({ bytes }) => bytes) };
    const received = await this.#replica.receive(run, OWN_FORK);
    if (received.at === 'stored' || received.at === 'known') return;
    throw new SpaceError('SPACE_FEED_TAKEN', 'another process has written under this name');
  }
}

/** As many blocks of one feed from the front as one signature may cover. */
function firstGroup(queue: readonly Waiting[]): readonly Waiting[] {
  const [first] = queue;
  let bytes = 0;
  let count = 0;
  for (const { block } of queue) {
    bytes += block.bytes.length;
    const fits = count < SIGN_EVERY_BLOCKS_MAX && (count === 0 || bytes <= SIGN_EVERY_BYTES_MAX);
    if (!fits || block.frame.feed !== first?.block.frame.feed) break;
    count++;
  }
  return queue.slice(0, count);
}

function isConflict(failure: unknown): boolean {
  return failure instanceof StoreError && failure.code === 'STORE_CONFLICT';
}
