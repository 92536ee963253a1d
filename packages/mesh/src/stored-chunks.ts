/** Chunks of one bucket of a store, checked whenever they are read: a damaged one counts as missing. */
import type { ChunkStore, ChunkTotals, Clock, NewChunk } from '@atoll/kernel';
import { chunkIdOf } from './chunk.ts';
import type { ChunkHolder } from './chunk-sync.ts';

/** {@link ChunkHolder} over a store. */
export class StoredChunks implements ChunkHolder {
  readonly bucket: string;
  readonly #store: ChunkStore;
  readonly #clock: Pick<Clock, 'nowMs'>;

  constructor(store: ChunkStore, bucket: string, clock: Pick<Clock, 'nowMs'>) {
    this.#store = store;
    this.bucket = bucket;
    this.#clock = clock;
  }

  /** The chunk; one that the disk has changed is removed, so that it is fetched anew. @throws StoreError. */
  async read(id: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const bytes = await this.#store.get(this.bucket, id);
    if (bytes === undefined || chunkIdOf(bytes) === id) return bytes;
    await this.#store.delete(this.bucket, [id]);
    return undefined;
  }

  has(ids: readonly string[]): Promise<readonly boolean[]> {
    return this.#store.has(this.bucket, ids);
  }

  /** Keeps chunks whose bytes fit their names. Durable when resolved. @throws StoreError. */
  keep(chunks: readonly NewChunk[]): Promise<void> {
    return this.#store.put(this.bucket, chunks, this.#clock.nowMs());
  }

  /** How much there is. */
  totals(): Promise<ChunkTotals> {
    return this.#store.totals(this.bucket);
  }
}
