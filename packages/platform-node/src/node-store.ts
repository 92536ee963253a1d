/**
 * The store of a profile in SQLite (node:sqlite): write-ahead log, an fsync at each commit. Commits
 * that arrive in one turn of the event loop share a transaction and its fsync. Several processes may
 * have one profile open: SQLite's lock orders them.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CommitQueue,
  StoreError,
  toHex,
  type BlockHash,
  type Rng,
  type SpaceId,
  type Store,
  type StoreBatch,
  type StoredBlock,
} from '@atoll/kernel';
import { BlockTables } from './block-tables.ts';
import { placeOf } from './fingerprint.ts';
import { isBusy, storeFailure } from './sqlite-failure.ts';
import { configure, ensureTables } from './store-schema.ts';

/** How often we ask SQLite whether another process has committed: one page header read in memory. */
const FOREIGN_POLL_MS = 100;
/** Another process's transaction takes milliseconds; one that holds the lock longer is stuck. */
const BUSY_TRIES_MAX = 400;
const BUSY_WAIT_MS_MAX = 25;
/** Blocks joined into one transaction at most, so that a bulk load holds the event loop for about 10 ms at a time. */
const GROUP_BLOCKS_MAX = 1_000;

/** {@link Store} in one SQLite file. */
export class NodeStore implements Store {
  readonly incarnation: string;
  readonly #db: DatabaseSync;
  readonly #tables: BlockTables;
  readonly #listeners: Set<() => void> = new Set();
  readonly #queue: CommitQueue;
  #poll: NodeJS.Timeout | undefined;
  #dataVersion: number;
  #closed = false;

  private constructor(db: DatabaseSync) {
    this.#db = db;
    this.#tables = new BlockTables(db);
    this.incarnation = this.#tables.incarnation();
    this.#dataVersion = this.#tables.dataVersion();
    this.#queue = new CommitQueue({
      blocksMax: GROUP_BLOCKS_MAX,
      turnEnd: () => new Promise((resolve) => setImmediate(resolve)),
      commit: (batches) => this.#commitWhenFree(batches),
      failure: storeFailure,
    });
  }

  /** Opens or makes `blocks.sqlite` in `dir`. @throws StoreError. */
  static open(dir: string, rng: Rng): NodeStore {
    let db: DatabaseSync | undefined;
    try {
      mkdirSync(dir, { recursive: true, mode: 0o700 });
      const path = join(dir, 'blocks.sqlite');
      db = new DatabaseSync(path);
      configure(db);
      ensureTables(db, toHex(rng.bytes(16)), placeOf(dir, path));
      return new NodeStore(db);
    } catch (failure) {
      db?.close();
      throw storeFailure(failure);
    }
  }

  commit(batch: StoreBatch): Promise<void> {
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
    this.#poll ??= setInterval(() => this.#lookForForeign(), FOREIGN_POLL_MS).unref();
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
    this.#db.close();
  }

  async #commitWhenFree(batches: readonly StoreBatch[]): Promise<(StoreError | undefined)[]> {
    for (let tries = 1; ; tries++) {
      try {
        return this.#tables.commit(batches);
      } catch (failure) {
        if (!isBusy(failure) || tries >= BUSY_TRIES_MAX) throw failure;
        await sleep(Math.min(tries, BUSY_WAIT_MS_MAX));
      }
    }
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
    for (const listener of this.#listeners) listener();
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
