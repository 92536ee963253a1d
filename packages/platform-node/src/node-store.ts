/**
 * The store of a profile in SQLite (node:sqlite): write-ahead log, an fsync at each commit. Commits
 * that arrive in one turn of the event loop share a transaction and its fsync, which a thread makes in
 * a program that lives longer than a command, unless it is small and the disk is quick. Several
 * processes may have one profile open: SQLite's lock orders them.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  CommitQueue,
  StoreError,
  toHex,
  silentLog,
  type BlockHash,
  type Log,
  type CommitOutcome,
  type Rng,
  type SpaceId,
  type Store,
  type StoreBatch,
  type StoredBlock,
} from '@atoll/kernel';
import { rowBatch } from './block-rows.ts';
import { BlockTables } from './block-tables.ts';
import { commitWhenFree } from './commit-when-free.ts';
import { placeOf } from './fingerprint.ts';
import { storeFailure } from './sqlite-failure.ts';
import { QuickCommits } from './quick-commits.ts';
import { FOREIGN_POLL_MS, checkpointHere, configure, ensureTables } from './store-schema.ts';
import { StoreThread } from './store-thread.ts';

/** Blocks joined into one transaction at most, so that nobody waits for more than about 10 ms. */
const GROUP_BLOCKS_MAX = 1_000;
/** A program that has committed so often gets a thread for it; a short command never pays for its start. */
const COMMITS_BEFORE_THREAD = 100;

/** How a {@link NodeStore} behaves. */
export interface NodeStoreOptions {
  /** Transactions after which a thread writes; with 0 it writes them all. */
  readonly commitsBeforeThread?: number;
  /** Small commits are made here although there is a thread while they take less milliseconds than this. */
  readonly quickCommitMs?: number;
  /** Is told when that thread was lost (`store.thread-lost`). */
  readonly log?: Log;
}

/** {@link Store} in one SQLite file. */
export class NodeStore implements Store {
  readonly incarnation: string;
  readonly #db: DatabaseSync;
  readonly #tables: BlockTables;
  readonly #listeners: Set<() => void> = new Set();
  readonly #queue: CommitQueue;
  readonly #path: string;
  readonly #log: Log;
  /** True if nothing is ever written on this thread, unless the other one is lost. */
  readonly #isThreaded: boolean;
  readonly #quick: QuickCommits;
  #commits = 0;
  /** The transaction before which a thread is started. */
  #threadAt: number;
  #thread: StoreThread | undefined;
  #poll: NodeJS.Timeout | undefined;
  #dataVersion: number;
  #closed = false;

  private constructor(db: DatabaseSync, path: string, options: NodeStoreOptions) {
    const { commitsBeforeThread = COMMITS_BEFORE_THREAD, log = silentLog } = options;
    this.#db = db;
    this.#path = path;
    this.#log = log;
    this.#threadAt = commitsBeforeThread;
    this.#isThreaded = commitsBeforeThread === 0;
    this.#quick = new QuickCommits(this.#isThreaded ? 0 : options.quickCommitMs);
    this.#tables = new BlockTables(db, () =>
      log.event('error', 'store.feed-lost', { code: 'STORE_CORRUPT' }),
    );
    this.incarnation = this.#tables.incarnation();
    this.#dataVersion = this.#tables.dataVersion();
    this.#queue = new CommitQueue({
      blocksMax: GROUP_BLOCKS_MAX,
      turnEnd: () => new Promise((resolve) => setImmediate(resolve)),
      commit: (batches) => this.#commitGroup(batches),
      failure: storeFailure,
    });
  }

  /** Opens or makes `blocks.sqlite` in `dir`. @throws StoreError. */
  static open(dir: string, rng: Rng, options: NodeStoreOptions = {}): NodeStore {
    let db: DatabaseSync | undefined;
    try {
      mkdirSync(dir, { recursive: true, mode: 0o700 });
      const path = join(dir, 'blocks.sqlite');
      db = new DatabaseSync(path);
      configure(db);
      ensureTables(db, toHex(rng.bytes(16)), placeOf(dir, path));
      return new NodeStore(db, path, options);
    } catch (failure) {
      db?.close();
      throw storeFailure(failure);
    }
  }

  commit(batch: StoreBatch): Promise<number | undefined> {
    if (this.#closed) return Promise.reject(closedError());
    return this.#queue.add(batch);
  }

  async read(space: SpaceId, after: number, limit: number): Promise<readonly StoredBlock[]> {
    return this.#use((tables) => tables.read(space, after, limit));
  }

  async get(space: SpaceId, hash: BlockHash): Promise<StoredBlock | undefined> {
    return this.#use((tables) => tables.get(space, hash));
  }

  async lastPosition(space: SpaceId): Promise<number> {
    return this.#use((tables) => tables.lastPosition(space));
  }

  async spaces(): Promise<readonly SpaceId[]> {
    return this.#use((tables) => tables.spaces());
  }

  async value(name: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.#use((tables) => tables.value(name));
  }

  async names(prefix: string): Promise<readonly string[]> {
    return this.#use((tables) => tables.names(prefix));
  }

  onForeignCommit(listener: () => void): () => void {
    const call = (): void => listener();
    this.#listeners.add(call);
    this.#startPolling();
    return () => {
      this.#listeners.delete(call);
      if (this.#listeners.size === 0) this.#stopPolling();
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopPolling();
    await this.#queue.idle();
    await this.#thread?.close();
    this.#db.close();
  }

  async #commitGroup(batches: readonly StoreBatch[]): Promise<CommitOutcome[]> {
    if (this.#commits++ === this.#threadAt) this.#startThread();
    if (this.#isThreaded) await this.#thread?.started;
    const thread = this.#thread?.isReady === true ? this.#thread : undefined;
    const isHere = thread === undefined || this.#quick.isOne(batches);
    const began = performance.now();
    const outcomes = isHere
      ? await commitWhenFree(this.#tables, batches.map(rowBatch))
      : await thread.commit(batches);
    this.#quick.note(batches, performance.now() - began);
    return outcomes;
  }

  /**
   * From then on the thread looks for foreign commits. What was committed here is foreign to it, so its word is
   * checked by our own connection, to which its commits are foreign: to be told of those once does no harm.
   */
  #startThread(): void {
    const thread = new StoreThread(this.#path, {
      onForeign: () => this.#lookForForeign(),
      onLost: () => {
        this.#thread = undefined;
        checkpointHere(this.#db, true);
        this.#threadAt = this.#commits + COMMITS_BEFORE_THREAD;
        this.#log.event('error', 'store.thread-lost', { code: 'STORE_IO' });
      },
    });
    this.#thread = thread;
    void thread.started.then(() => {
      if (this.#closed) return;
      checkpointHere(this.#db, !thread.isReady);
      this.#lookForForeign();
    });
  }

  #tellForeign(): void {
    for (const listener of this.#listeners) listener();
  }

  #lookForForeign(): void {
    let version: number;
    try {
      version = this.#tables.dataVersion();
    } catch {
      return; // Whoever uses the store next learns of the failure.
    }
    if (version === this.#dataVersion) return;
    this.#dataVersion = version;
    this.#tellForeign();
  }

  #startPolling(): void {
    const look = (): void => {
      if (this.#thread?.isReady !== true) this.#lookForForeign();
    };
    this.#poll ??= setInterval(look, FOREIGN_POLL_MS).unref();
  }

  #stopPolling(): void {
    clearInterval(this.#poll);
    this.#poll = undefined;
  }

  #use<T>(work: (tables: BlockTables) => T): T {
    if (this.#closed) throw closedError();
    try {
      return work(this.#tables);
    } catch (failure) {
      throw storeFailure(failure);
    }
  }
}

function closedError(): StoreError {
  return new StoreError('STORE_CLOSED', 'the store was closed before');
}
