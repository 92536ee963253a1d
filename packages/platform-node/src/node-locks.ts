/**
 * Locks between the processes of one profile. Each lock is an empty SQLite file under an exclusive
 * transaction: the operating system frees it when its process ends, however it ends, and no pid can
 * be mistaken for another's.
 */
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreError, type Locks } from '@atoll/kernel';
import { isBusy, storeFailure } from './sqlite-failure.ts';

/** {@link Locks} by files in a directory. */
export class NodeLocks implements Locks {
  readonly #dir: string;

  /** `dir` is made on first use. */
  constructor(dir: string) {
    this.#dir = dir;
  }

  /** @throws StoreError `STORE_IO` when the lock file cannot be opened. */
  async tryAcquire(name: string): Promise<AsyncDisposable | undefined> {
    const file = `${createHash('sha256').update(name).digest('hex').slice(0, 32)}.lock`;
    let db: DatabaseSync | undefined;
    try {
      mkdirSync(this.#dir, { recursive: true, mode: 0o700 });
      db = new DatabaseSync(join(this.#dir, file), { timeout: 0 });
      db.exec('BEGIN EXCLUSIVE');
    } catch (failure) {
      db?.close();
      if (isBusy(failure)) return undefined;
      throw storeFailure(failure);
    }
    const held = db;
    return {
      [Symbol.asyncDispose]: async () => {
        if (held.isOpen) held.close();
      },
    };
  }

  /** Waits for a lock that is only ever held for moments. @throws StoreError `STORE_IO` after 10 s. */
  async acquire(name: string): Promise<AsyncDisposable> {
    for (let tries = 0; tries < ACQUIRE_TRIES_MAX; tries++) {
      const lock = await this.tryAcquire(name);
      if (lock !== undefined) return lock;
      await new Promise((resolve) => setTimeout(resolve, ACQUIRE_WAIT_MS));
    }
    throw new StoreError('STORE_IO', `another process has held the lock "${name}" for too long`);
  }
}

const ACQUIRE_WAIT_MS = 10;
const ACQUIRE_TRIES_MAX = 1_000;
