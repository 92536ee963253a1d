/**
 * Chunks in IndexedDB: a database of its own beside the log's, with the bytes in one object store and
 * what is said of them in another, so that lists and totals read no bytes.
 */
import {
  StoreError,
  type ChunkStore,
  type ChunkTotals,
  type NewChunk,
  type StoredChunk,
} from '@atoll/kernel';
import { deleteDatabase, finished, openDatabase, result, storeFailure } from './idb.ts';

const VERSION = 1;
const BYTES = 'bytes';
const FACTS = 'facts';
const DIGITS = 64;
/** After every hex digit, so that `[bucket, 'g']` is behind all chunks of a bucket. */
const BEHIND = 'g';

interface Facts {
  readonly size: number;
  readonly atMs: number;
}

/** Chunks of one profile of this origin. */
export class WebChunks implements ChunkStore {
  readonly #database: IDBDatabase;
  #closed = false;

  private constructor(database: IDBDatabase) {
    this.#database = database;
  }

  /** Opens the chunks of a profile; made where they are missing. @throws StoreError. */
  static async open(name: string): Promise<WebChunks> {
    const database = await openDatabase(databaseName(name), VERSION, (made) => {
      made.createObjectStore(BYTES);
      made.createObjectStore(FACTS);
    });
    return new WebChunks(database);
  }

  put(bucket: string, chunks: readonly NewChunk[], atMs: number): Promise<void> {
    return this.#trying(async () => {
      const transaction = this.#database.transaction([BYTES, FACTS], 'readwrite', {
        durability: 'strict',
      });
      const done = finished(transaction);
      const bytes = transaction.objectStore(BYTES);
      const facts = transaction.objectStore(FACTS);
      try {
        for (const chunk of chunks) {
          const key = [bucket, chunk.id];
          const known = await result<number>(facts.count(key));
          const { length } = chunk.bytes;
          facts.put({ size: length, atMs } satisfies Facts, key);
          if (known === 0) bytes.put(chunk.bytes.slice(), key);
        }
      } catch (failure) {
        await done.catch(() => undefined);
        throw transaction.error ?? failure;
      }
      await done;
    });
  }

  get(bucket: string, id: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.#trying(() =>
      result<Uint8Array<ArrayBuffer> | undefined>(this.#reading(BYTES).get([bucket, id])),
    );
  }

  has(bucket: string, ids: readonly string[]): Promise<readonly boolean[]> {
    return this.#trying(async () => {
      const facts = this.#reading(FACTS);
      const counts = ids.map((id) => result<number>(facts.count([bucket, id])));
      return (await Promise.all(counts)).map((count) => count > 0);
    });
  }

  delete(bucket: string, ids: readonly string[]): Promise<void> {
    return this.#trying(async () => {
      const transaction = this.#database.transaction([BYTES, FACTS], 'readwrite');
      for (const id of ids) {
        transaction.objectStore(BYTES).delete([bucket, id]);
        transaction.objectStore(FACTS).delete([bucket, id]);
      }
      await finished(transaction);
    });
  }

  deleteListed(bucket: string, chunks: readonly StoredChunk[]): Promise<readonly string[]> {
    return this.#trying(async () => {
      const transaction = this.#database.transaction([BYTES, FACTS], 'readwrite');
      const done = finished(transaction);
      const facts = transaction.objectStore(FACTS);
      const there: string[] = [];
      try {
        const keys = chunks.map(({ id }) => [bucket, id]);
        const known = await Promise.all(
          keys.map((key) => result<Facts | undefined>(facts.get(key))),
        );
        for (const [at, { atMs, id }] of chunks.entries()) {
          const fact = known[at];
          if (fact !== undefined && fact.atMs !== atMs) there.push(id);
          if (fact?.atMs !== atMs) continue;
          transaction.objectStore(BYTES).delete([bucket, id]);
          facts.delete([bucket, id]);
        }
      } catch (failure) {
        await done.catch(() => undefined);
        throw transaction.error ?? failure;
      }
      await done;
      return there;
    });
  }

  list(
    bucket: string,
    options: { readonly prefix?: string; readonly after?: string; readonly limit: number },
  ): Promise<readonly StoredChunk[]> {
    const { prefix = '', after = '', limit } = options;
    return this.#trying(async () => {
      const isAfter = after >= prefix && after !== '';
      const from = [bucket, isAfter ? after : prefix];
      const to = [bucket, prefix.length === DIGITS ? prefix : prefix + BEHIND];
      if (isAfter && after > prefix + BEHIND) return [];
      const range = IDBKeyRange.bound(from, to, isAfter, false);
      const facts = this.#reading(FACTS);
      const keys = result(facts.getAllKeys(range, limit));
      const values = result<Facts[]>(facts.getAll(range, limit));
      const all = await values;
      return (await keys).flatMap((key, at) => {
        const { size, atMs } = all[at] as Facts;
        const id = Array.isArray(key) ? key[1] : undefined;
        return typeof id === 'string' ? [{ id, sizeBytes: size, atMs }] : [];
      });
    });
  }

  totals(bucket: string): Promise<ChunkTotals> {
    return this.#trying(async () => {
      const range = IDBKeyRange.bound([bucket, ''], [bucket, BEHIND]);
      const all = await result<Facts[]>(this.#reading(FACTS).getAll(range));
      return { chunks: all.length, bytes: all.reduce((sum, { size }) => sum + size, 0) };
    });
  }

  buckets(): Promise<readonly string[]> {
    return this.#trying(async () => {
      const found: string[] = [];
      for (;;) {
        const last = found.at(-1);
        const range = last === undefined ? null : IDBKeyRange.lowerBound([last, BEHIND]);
        const [key] = await result(this.#reading(FACTS).getAllKeys(range, 1));
        if (!Array.isArray(key) || typeof key[0] !== 'string') return found;
        found.push(key[0]);
      }
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#database.close();
    return Promise.resolve();
  }

  #reading(store: string): IDBObjectStore {
    return this.#database.transaction(store, 'readonly').objectStore(store);
  }

  async #trying<T>(task: () => Promise<T>): Promise<T> {
    if (this.#closed) throw new StoreError('STORE_CLOSED', 'the chunks were closed');
    try {
      return await task();
    } catch (failure) {
      throw storeFailure(failure);
    }
  }
}

/** Deletes the chunks of a profile. @throws StoreError. */
export function deleteWebChunks(name: string): Promise<void> {
  return deleteDatabase(databaseName(name));
}

function databaseName(name: string): string {
  return `atoll-chunks/${name}`;
}
