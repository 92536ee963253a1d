/**
 * The store of a profile in IndexedDB, shared by all tabs of an origin. Blocks are packed, commits
 * that arrive together share a transaction with durability `strict`, and IndexedDB's own lock orders
 * the tabs.
 */
import {
  StoreError,
  assert,
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
import { corrupt, countOf, decodePack, type PackHead } from './packed-records.ts';
import { STORES, packsAfter } from './space-tail.ts';

/** Version of the object stores. Grows with every change. */
const DATABASE_VERSION = 1;
/** Bytes of one `read` at most, except for a single larger block. */
const READ_BYTES_MAX = 4 * 1024 * 1024;
/** Heads looked at in one step of a read; small packs need several steps. */
const READ_HEADS_MAX = 256;
/** Blocks joined into one transaction at most, so that others are not kept waiting. */
const GROUP_BLOCKS_MAX = 5_000;

interface Waiting {
  readonly batch: StoreBatch;
  readonly resolve: () => void;
  readonly reject: (failure: StoreError) => void;
}

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
  #waiting: Waiting[] = [];
  #draining: Promise<void> | undefined;
  #closed = false;

  private constructor(database: IDBDatabase, name: string, incarnation: string) {
    this.#database = database;
    this.incarnation = incarnation;
    this.#channel = new BroadcastChannel(databaseName(name));
    this.#channel.onmessage = () => {
      for (const listener of this.#listeners) listener();
    };
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

  commit(batch: StoreBatch): Promise<void> {
    if (this.#closed) return Promise.reject(closedError());
    return new Promise((resolve, reject) => {
      // Checked here, because inside the transaction a defect of one caller would refuse them all.
      for (const name of batch.values?.keys() ?? []) {
        assert(/^[ -~]{1,200}$/.test(name), 'a value name is 1 to 200 printable ASCII characters');
      }
      this.#waiting.push({ batch, resolve, reject });
      this.#draining ??= this.#drain();
    });
  }

  read(space: SpaceId, after: number, limit: number): Promise<readonly StoredBlock[]> {
    return this.#use(async () => {
      const blocks: StoredBlock[] = [];
      let sizeBytes = 0;
      for (let from = after; ;) {
        const step = await this.#readPacks(space, from, limit - blocks.length);
        for (const block of step) {
          if (block.position <= from) continue;
          sizeBytes += block.bytes.length;
          if (blocks.length >= limit || (blocks.length > 0 && sizeBytes > READ_BYTES_MAX)) {
            return blocks;
          }
          blocks.push(block);
        }
        from = step.at(-1)?.position ?? Number.POSITIVE_INFINITY;
        if (step.length === 0 || blocks.length >= limit) return blocks;
      }
    });
  }

  get(space: SpaceId, hash: BlockHash): Promise<StoredBlock | undefined> {
    return this.#use(async () => {
      const transaction = this.#database.transaction([STORES.heads, STORES.bodies]);
      const index = await this.#memory.index(transaction, space);
      const position = index.find(hash);
      if (position === undefined) return undefined;
      const range = packsAfter(space, position - 1);
      return (await readRange(transaction, range, 1)).find((block) => block.position === position);
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
    await this.#draining;
    this.#channel.close();
    this.#database.close();
  }

  async #drain(): Promise<void> {
    // The rest of this turn: whatever else commits in it goes into the same transaction.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#commitNext(this.#takeGroup());
    this.#draining = undefined;
  }

  #takeGroup(): Waiting[] {
    let blocks = 0;
    let count = 0;
    for (const { batch } of this.#waiting) {
      blocks += batch.blocks?.length ?? 0;
      if (count > 0 && blocks > GROUP_BLOCKS_MAX) break;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  async #commitNext(group: readonly Waiting[]): Promise<void> {
    try {
      const batches = group.map(({ batch }) => batch);
      const outcomes = await commitGroup(this.#database, this.#memory, batches);
      this.#channel.postMessage('committed');
      for (const [at, { resolve, reject }] of group.entries()) {
        const refusal = outcomes[at];
        if (refusal === undefined) resolve();
        else reject(refusal);
      }
    } catch (failure) {
      for (const { reject } of group) reject(storeFailure(failure));
    }
  }

  /** Blocks from the pack that holds `after + 1`, at least one pack, about `wanted` or 4 MiB. */
  async #readPacks(space: SpaceId, after: number, wanted: number): Promise<StoredBlock[]> {
    const transaction = this.#database.transaction([STORES.heads, STORES.bodies]);
    const range = packsAfter(space, after);
    const count = Math.max(1, Math.min(wanted, READ_HEADS_MAX));
    const heads = transaction.objectStore(STORES.heads);
    const [keys, packs] = await Promise.all([
      result(heads.getAllKeys(range, count)),
      result<PackHead[]>(heads.getAll(range, count)),
    ]);
    let packsRead = 0;
    let sizeBytes = 0;
    for (const [at, head] of packs.entries()) {
      const [, last] = keys[at] as [SpaceId, number];
      sizeBytes += head.sizes.reduce((sum, size) => sum + size, 0);
      if (at > 0 && sizeBytes > 2 * READ_BYTES_MAX) break;
      packsRead = at + 1;
      if (last - after >= wanted) break;
    }
    return packsRead === 0 ? [] : readRange(transaction, range, packsRead);
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

async function readRange(
  transaction: IDBTransaction,
  range: IDBKeyRange,
  packs: number,
): Promise<StoredBlock[]> {
  const [keys, heads, bodies] = await Promise.all([
    result(transaction.objectStore(STORES.heads).getAllKeys(range, packs)),
    result<PackHead[]>(transaction.objectStore(STORES.heads).getAll(range, packs)),
    result<Uint8Array[]>(transaction.objectStore(STORES.bodies).getAll(range, packs)),
  ]);
  return heads.flatMap((head, at) => {
    const [body, key] = [bodies[at], keys[at]];
    if (body === undefined || !Array.isArray(key)) throw corrupt();
    return decodePack(head, body, Number(key[1]) - countOf(head) + 1);
  });
}

function closedError(): StoreError {
  return new StoreError('STORE_CLOSED', 'the store was closed before');
}
