/** A store that remembers what was committed, so that it can be had as it was at any moment. For tests. */
import type { BlockHash, SpaceId, Store, StoreBatch, StoredBlock } from '@atoll/kernel';
import { MemoryDisk, MemoryStore, SimRng } from '@atoll/testkit';

/** {@link Store} in memory with its history. */
export class RecordedStore implements Store {
  /** Batches in the order in which they became durable. */
  readonly batches: StoreBatch[] = [];
  readonly #inner: MemoryStore;

  constructor(inner: MemoryStore = new MemoryStore(new MemoryDisk(new SimRng(77)))) {
    this.#inner = inner;
  }

  /** A store as a crash after so many commits leaves it; without the values that `but` says. */
  async after(
    commits: number,
    but: (name: string) => boolean = () => false,
  ): Promise<RecordedStore> {
    const copy = new RecordedStore();
    for (const { blocks = [], values = new Map() } of this.batches.slice(0, commits)) {
      await copy.commit({ blocks, values: new Map([...values].filter(([name]) => !but(name))) });
    }
    return copy;
  }

  get incarnation(): string {
    return this.#inner.incarnation;
  }

  async commit(batch: StoreBatch): Promise<number | undefined> {
    const first = await this.#inner.commit(batch);
    this.batches.push({ ...batch });
    return first;
  }

  read(space: SpaceId, after: number, limit: number): Promise<readonly StoredBlock[]> {
    return this.#inner.read(space, after, limit);
  }

  get(space: SpaceId, hash: BlockHash): Promise<StoredBlock | undefined> {
    return this.#inner.get(space, hash);
  }

  lastPosition(space: SpaceId): Promise<number> {
    return this.#inner.lastPosition(space);
  }

  spaces(): Promise<readonly SpaceId[]> {
    return this.#inner.spaces();
  }

  value(name: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.#inner.value(name);
  }

  names(prefix: string): Promise<readonly string[]> {
    return this.#inner.names(prefix);
  }

  onForeignCommit(listener: () => void): () => void {
    return this.#inner.onForeignCommit(listener);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#inner[Symbol.asyncDispose]();
  }
}
