/** Pieces of files as members get them from this device: what one of them has got lately is not removed. */
import type { Clock } from '@atoll/kernel';
import type { ChunkHolder, StoredChunks } from '@atoll/mesh';

/** Whoever gets a file goes on with it within this time, also after a break. */
const SERVED_MS: number = 60 * 60 * 1000;
/** Pieces that are remembered; of a file the pieces that came last are enough to know it. */
const SERVED_MAX = 16_384;

/** {@link ChunkHolder} that remembers what it gave. */
export class ServedChunks implements ChunkHolder {
  readonly #stored: StoredChunks;
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  /** When each was given, the latest at the end. */
  readonly #msById = new Map<string, number>();

  constructor(stored: StoredChunks, clock: Pick<Clock, 'monotonicMs'>) {
    this.#stored = stored;
    this.#clock = clock;
  }

  async read(id: string): Promise<Uint8Array | undefined> {
    const bytes = await this.#stored.read(id);
    if (bytes !== undefined) this.#note(id);
    return bytes;
  }

  has(ids: readonly string[]): Promise<readonly boolean[]> {
    return this.#stored.has(ids);
  }

  /** Names of what was given lately. */
  get lately(): readonly string[] {
    this.#forget();
    return [...this.#msById.keys()];
  }

  #note(id: string): void {
    this.#msById.delete(id);
    this.#msById.set(id, this.#clock.monotonicMs());
    this.#forget();
  }

  #forget(): void {
    const sinceMs = this.#clock.monotonicMs() - SERVED_MS;
    for (const [id, atMs] of this.#msById) {
      if (atMs >= sinceMs && this.#msById.size <= SERVED_MAX) return;
      this.#msById.delete(id);
    }
  }
}
