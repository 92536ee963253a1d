/**
 * The store of a profile in IndexedDB, shared by all tabs of an origin. Blocks are packed, commits
 * that arrive together share a transaction with durability `strict`, and IndexedDB's own lock orders
 * the tabs.
 */
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
import { SpaceMemory, commitGroup } from './group-commit.ts';
import { deleteDatabase, finished, openDatabase, result, storeFailure } from './idb.ts';
import {
  PACK_BLOCKS_MAX,
  corrupt,
  decodeOne,
  decodePack,
  placeOf,
  type PackHead,
} from './packed-records.ts';
import { STORES, packsAfter } from './space-tail.ts';

/** Version of the object stores. Grows with every change. */
const DATABASE_VERSION = 1;
/** Bytes of one `read` at most, except for a single larger block. */
const READ_BYTES_MAX = 4 * 1024 * 1024;
/** A step of a read that brought less than this is followed by one of four times as many packs. */
const STEP_BYTES_MIN: number = READ_BYTES_MAX / 8;
/** Blocks joined into one transaction at most, so that others are not kept waiting. */
const GROUP_BLOCKS_MAX = 5_000;

function databaseName(name: string): string {
  return `atoll-store/${name}`;
}

/** Deletes a profile's store. Nothing may have it open. @throws StoreError. */
export function deleteWebStore(name: string): Promise<void> {
  return deleteDatabase(databaseName(name));
}

/** {@link Store} in IndexedDB. */
export class WebStore implements Store {
  readonly incarnation: string;
  readonly #database: IDBDatabase;
  readonly #channel: BroadcastChannel;
  readonly #memory: SpaceMemory = new SpaceMemory();
  readonly #listeners: Set<() => void> = new Set();
  readonly #queue: CommitQueue;
  #closed = false;

  private constructor(database: IDBDatabase, name: string, incarnation: string) {
    this.#database = database;
    this.incarnation = incarnation;
    this.#channel = new BroadcastChannel(databaseName(name));
    this.#channel.onmessage = () => {
      for (const listener of this.#listeners) listener();
    };
    this.#queue = new CommitQueue({
      blocksMax: GROUP_BLOCKS_MAX,
      turnEnd: () => Promise.resolve(),
      commit: (batches) => this.#commitGroup(batches),
      failure: storeFailure,
    });
  }

  /** Opens or makes the store of a profile. @throws StoreError. */
  static async open(name: string, rng: Rng): Promise<WebStore> {
    const database = await openDatabase(databaseName(name), DATABASE_VERSION, (fresh) => {
      for (const store of Object.values(STORES)) fresh.createObjectStore(store);
    });
    try {
      const transaction = database.transaction(STORES.profile, 'readwrite', {
        durability: 'strict',
      });
      const done = finished(transaction);
      const profile = transaction.objectStore(STORES.profile);
      const known: unknown = await result(profile.get('incarnation'));
      const incarnation = typeof known === 'string' ? known : toHex(rng.bytes(16));
      if (known === undefined) profile.put(incarnation, 'incarnation');
      await done;
      return new WebStore(database, name, incarnation);
    } catch (failure) {
      database.close();
      throw storeFailure(failure);
    }
  }

  commit(batch: StoreBatch): Promise<number | undefined> {
    if (this.#closed) return Promise.reject(closedError());
    return this.#queue.add(batch);
  }

  read(space: SpaceId, after: number, limit: number): Promise<readonly StoredBlock[]> {
    return this.#use(async () => {
      const blocks: StoredBlock[] = [];
      let sizeBytes = 0;
      let packs = Math.ceil(limit / PACK_BLOCKS_MAX) + 1;
      let from = after;
      while (blocks.length < limit) {
        const transaction = this.#database.transaction([STORES.heads, STORES.bodies]);
        const step = await readPacks(transaction, packsAfter(space, from), packs);
        if (step.length === 0) break;
        for (const pack of step) {
          for (const block of decodePack(pack.head, pack.body, { last: pack.last, after: from })) {
            sizeBytes += block.bytes.length;
            const isEnough = blocks.length > 0 && sizeBytes > READ_BYTES_MAX;
            if (isEnough || blocks.length === limit) return blocks;
            blocks.push(block);
          }
          from = pack.last;
        }
        // Small packs, as live editing makes them, are fetched many at a time.
        const stepBytes = step.reduce((sum, { body }) => sum + body.length, 0);
        if (stepBytes < STEP_BYTES_MIN) packs = Math.min(packs * 4, limit);
      }
      return blocks;
    });
  }

  get(space: SpaceId, hash: BlockHash): Promise<StoredBlock | undefined> {
    return this.#use(async () => {
      const { heads, bodies, profile } = STORES;
      const transaction = this.#database.transaction([heads, bodies, profile]);
      for (let isLookedUp = false; ; isLookedUp = true) {
        const position = await this.#memory.find(transaction, space, hash);
        if (position === undefined) return undefined;
        const [pack] = await readPacks(transaction, packsAfter(space, position - 1), 1);
        if (pack !== undefined && placeOf(pack.head, position, pack.last) >= 0) {
          return decodeOne(pack.head, pack.body, { last: pack.last, position });
        }
        // Another tab has dropped it, or the whole log: it may have come again since.
        if (isLookedUp) return undefined;
        this.#memory.forget(space);
      }
    });
  }

  lastPosition(space: SpaceId): Promise<number> {
    return this.#use(async () => {
      const store = this.#database.transaction(STORES.spaces).objectStore(STORES.spaces);
      const last: unknown = await result(store.get(space));
      return typeof last === 'number' ? last : 0;
    });
  }

  spaces(): Promise<readonly SpaceId[]> {
    return this.#use(async () => {
      const store = this.#database.transaction(STORES.spaces).objectStore(STORES.spaces);
      return (await result(store.getAllKeys())) as SpaceId[];
    });
  }

  value(name: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.#use(async () => {
      const store = this.#database.transaction(STORES.values).objectStore(STORES.values);
      const value: unknown = await result(store.get(name));
      return value instanceof Uint8Array ? new Uint8Array(value) : undefined;
    });
  }

  names(prefix: string): Promise<readonly string[]> {
    return this.#use(async () => {
      const store = this.#database.transaction(STORES.values).objectStore(STORES.values);
      // Names are printable ASCII, so DEL follows every name with the prefix.
      const range = IDBKeyRange.bound(prefix, `${prefix}\x7f`, false, true);
      return (await result(store.getAllKeys(range))) as string[];
    });
  }

  onForeignCommit(listener: () => void): () => void {
    const call = (): void => listener();
    this.#listeners.add(call);
    return () => void this.#listeners.delete(call);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#listeners.clear();
    await this.#queue.idle();
    this.#channel.close();
    this.#database.close();
  }

  async #commitGroup(batches: readonly StoreBatch[]): Promise<readonly (StoreError | undefined)[]> {
    const outcomes = await commitGroup(this.#database, this.#memory, batches);
    this.#channel.postMessage('committed');
    return outcomes;
  }

  async #use<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) throw closedError();
    try {
      return await work();
    } catch (failure) {
      throw storeFailure(failure);
    }
  }
}

interface Pack {
  readonly last: number;
  readonly head: PackHead;
  readonly body: Uint8Array;
}

async function readPacks(
  transaction: IDBTransaction,
  range: IDBKeyRange,
  count: number,
): Promise<Pack[]> {
  const [keys, heads, bodies] = await Promise.all([
    result(transaction.objectStore(STORES.heads).getAllKeys(range, count)),
    result<PackHead[]>(transaction.objectStore(STORES.heads).getAll(range, count)),
    result<Uint8Array[]>(transaction.objectStore(STORES.bodies).getAll(range, count)),
  ]);
  return heads.map((head, at) => {
    const [body, key] = [bodies[at], keys[at]];
    if (body === undefined || !Array.isArray(key)) throw corrupt();
    return { last: Number(key[1]), head, body };
  });
}

function closedError(): StoreError {
  return new StoreError('STORE_CLOSED', 'the store was closed before');
}
