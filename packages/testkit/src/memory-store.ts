/** A store that never fails and forgets with its process. Several may be open on one disk, like tabs. */
import {
  StoreError,
  toHex,
  type BlockHash,
  type Rng,
  type SpaceId,
  type Store,
  type StoreBatch,
  type StoredBlock,
} from '@atoll/kernel';
import { StoreImage } from './store-image.ts';

/** What several {@link MemoryStore}s of one profile share. */
export class MemoryDisk {
  readonly image: StoreImage = new StoreImage();
  readonly incarnation: string;
  readonly #listeners: Map<object, () => void> = new Map();

  constructor(rng: Rng) {
    this.incarnation = toHex(rng.bytes(16));
  }

  /** Calls `listener` after commits by others than `owner`. */
  listen(owner: object, listener: () => void): () => void {
    const key = { owner };
    this.#listeners.set(key, listener);
    return () => void this.#listeners.delete(key);
  }

  /** Tells everybody but the writer. */
  announce(writer: object): void {
    for (const [key, listener] of this.#listeners) {
      if ((key as { owner: object }).owner !== writer) queueMicrotask(listener);
    }
  }
}

/** {@link Store} in memory. */
export class MemoryStore implements Store {
  readonly #disk: MemoryDisk;
  readonly #stops: (() => void)[] = [];
  #closed = false;

  constructor(disk: MemoryDisk) {
    this.#disk = disk;
  }

  get incarnation(): string {
    return this.#disk.incarnation;
  }

  async commit(batch: StoreBatch): Promise<void> {
    this.#open().apply(batch);
    this.#disk.announce(this);
  }

  async read(space: SpaceId, after: number, limit: number): Promise<readonly StoredBlock[]> {
    return this.#open().read(space, after, limit);
  }

  async get(space: SpaceId, hash: BlockHash): Promise<StoredBlock | undefined> {
    return this.#open().get(space, hash);
  }

  async lastPosition(space: SpaceId): Promise<number> {
    return this.#open().lastPosition(space);
  }

  async spaces(): Promise<readonly SpaceId[]> {
    return this.#open().spaces();
  }

  async value(name: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.#open().value(name);
  }

  async names(prefix: string): Promise<readonly string[]> {
    return this.#open().names(prefix);
  }

  onForeignCommit(listener: () => void): () => void {
    const stop = this.#disk.listen(this, listener);
    this.#stops.push(stop);
    return stop;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    for (const stop of this.#stops) stop();
  }

  #open(): StoreImage {
    if (this.#closed) throw new StoreError('STORE_CLOSED', 'the store was closed before');
    return this.#disk.image;
  }
}
