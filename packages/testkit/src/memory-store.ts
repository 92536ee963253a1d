/** A store over a medium in memory: one that never fails, or a {@link SimDisk} that does. */
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

/** What the stores of one profile share, as tabs share a database. */
export interface Medium {
  /** What readers see: everything durable. */
  readonly image: StoreImage;
  readonly incarnation: string;
  /** Grows when the machine loses power: stores that were open then are dead. */
  readonly life: number;
  /** Makes a batch durable and tells the others. @throws StoreError. */
  commit(writer: object, batch: StoreBatch): Promise<number | undefined>;
  /** Calls `listener` after commits by others than `owner`. */
  listen(owner: object, listener: () => void): () => void;
}

/** Whom to tell about commits. */
export class CommitListeners {
  readonly #entries: Set<{ readonly owner: object; readonly listener: () => void }> = new Set();

  listen(owner: object, listener: () => void): () => void {
    const entry = { owner, listener };
    this.#entries.add(entry);
    return () => void this.#entries.delete(entry);
  }

  /** Tells everybody but the writer. */
  announce(writer: object): void {
    for (const { owner, listener } of this.#entries) {
      if (owner !== writer) queueMicrotask(listener);
    }
  }
}

/** A {@link Medium} that is instant and never fails. */
export class MemoryDisk implements Medium {
  readonly image: StoreImage = new StoreImage();
  readonly incarnation: string;
  readonly life = 0;
  readonly #listeners: CommitListeners = new CommitListeners();

  constructor(rng: Rng) {
    this.incarnation = toHex(rng.bytes(16));
  }

  async commit(writer: object, batch: StoreBatch): Promise<number | undefined> {
    const first = this.image.apply(batch);
    this.#listeners.announce(writer);
    return first;
  }

  listen(owner: object, listener: () => void): () => void {
    return this.#listeners.listen(owner, listener);
  }
}

/** {@link Store} over a {@link Medium}. */
export class MemoryStore implements Store {
  readonly #medium: Medium;
  readonly #life: number;
  readonly #stops: (() => void)[] = [];
  readonly #committing: Set<Promise<unknown>> = new Set();
  #closed = false;

  constructor(medium: Medium) {
    this.#medium = medium;
    this.#life = medium.life;
  }

  get incarnation(): string {
    return this.#medium.incarnation;
  }

  async commit(batch: StoreBatch): Promise<number | undefined> {
    this.#image();
    const committing = this.#medium.commit(this, batch);
    this.#committing.add(committing);
    try {
      return await committing;
    } finally {
      this.#committing.delete(committing);
    }
  }

  async read(space: SpaceId, after: number, limit: number): Promise<readonly StoredBlock[]> {
    return this.#image().read(space, after, limit);
  }

  async get(space: SpaceId, hash: BlockHash): Promise<StoredBlock | undefined> {
    return this.#image().get(space, hash);
  }

  async lastPosition(space: SpaceId): Promise<number> {
    return this.#image().lastPosition(space);
  }

  async spaces(): Promise<readonly SpaceId[]> {
    return this.#image().spaces();
  }

  async value(name: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.#image().value(name);
  }

  async names(prefix: string): Promise<readonly string[]> {
    return this.#image().names(prefix);
  }

  onForeignCommit(listener: () => void): () => void {
    const stop = this.#medium.listen(this, listener);
    this.#stops.push(stop);
    return stop;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    for (const stop of this.#stops) stop();
    if (this.#life === this.#medium.life) await Promise.allSettled(this.#committing);
  }

  #image(): StoreImage {
    if (this.#closed || this.#life !== this.#medium.life) {
      throw new StoreError('STORE_CLOSED', 'the store was closed before');
    }
    return this.#medium.image;
  }
}
