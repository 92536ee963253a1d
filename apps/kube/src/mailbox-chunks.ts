/**
 * Sealed pieces of files that mailboxes keep for members who are away, within quotas. Whoever opens a
 * mailbox may leave and take pieces there; no code here can read one.
 */
import { StoreError, type ChunkStore, type Clock, type Log, type StoredChunk } from '@atoll/kernel';
import { StoredChunks, type ChunkHolder, type ChunkTaken } from '@atoll/mesh';
import type { KubeLimits } from './limits.ts';
import type { Metrics } from './metrics.ts';

/** What pieces are kept with. */
export interface MailboxChunksOptions {
  readonly chunks: ChunkStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: KubeLimits;
  readonly metrics: Metrics;
}

type Count = (labels: { readonly result: string }) => void;

/** The pieces of all mailboxes. */
export class MailboxChunks {
  readonly #options: MailboxChunksOptions;
  readonly #bytesByMailbox: Map<string, number>;
  readonly #count: Count;
  #bytes: number;

  private constructor(options: MailboxChunksOptions, bytesByMailbox: Map<string, number>) {
    this.#options = options;
    this.#bytesByMailbox = bytesByMailbox;
    this.#bytes = [...bytesByMailbox.values()].reduce((sum, bytes) => sum + bytes, 0);
    const { metrics } = options;
    this.#count = metrics.counter('kube_chunks_total', 'Pieces of files given to mailboxes.');
    const held = 'Durable sealed bytes of files in all mailboxes.';
    metrics.gauge('kube_chunk_bytes', held, () => this.#bytes);
  }

  /** Measures what there is. @throws StoreError. */
  static async open(options: MailboxChunksOptions): Promise<MailboxChunks> {
    const { chunks } = options;
    const bytesByMailbox = new Map<string, number>();
    for (const id of await chunks.buckets()) {
      bytesByMailbox.set(id, (await chunks.totals(id)).bytes);
    }
    return new MailboxChunks(options, bytesByMailbox);
  }

  /** The pieces of one mailbox. */
  of(mailbox: string): ChunkHolder {
    const { chunks, clock } = this.#options;
    const stored = new StoredChunks(chunks, mailbox, clock);
    return {
      read: (id) => stored.read(id),
      has: (ids) => stored.has(ids),
      take: async (id, bytes) => {
        const result = await this.#take(stored, id, bytes);
        this.#count({ result });
        return result;
      },
      drop: (ids) => this.#drop(stored, ids),
    };
  }

  async #take(stored: StoredChunks, id: string, bytes: Uint8Array): Promise<ChunkTaken> {
    const { limits, log } = this.#options;
    const mailbox = stored.bucket;
    const [isThere] = await stored.has([id]);
    if (isThere === true) return 'stored';
    const before = this.#bytesByMailbox.get(mailbox) ?? 0;
    const isFull =
      before + bytes.length > limits.chunkBytesMax ||
      this.#bytes + bytes.length > limits.storedChunkBytesMax;
    if (isFull) return 'full';
    // Counted before it is written: many at once must not exceed the quota together.
    this.#add(mailbox, bytes.length);
    try {
      await stored.keep([{ id, bytes }]);
      return 'stored';
    } catch (failure) {
      this.#add(mailbox, -bytes.length);
      if (!(failure instanceof StoreError)) throw failure;
      log.event('error', 'kube.chunk.failed', { code: failure.code });
      return failure.code === 'STORE_FULL' ? 'full' : 'busy';
    }
  }

  /** A member has found that nothing names these. Younger ones stay: somebody may be about to name them. */
  async #drop(stored: StoredChunks, ids: readonly string[]): Promise<readonly boolean[]> {
    const { chunks, clock, limits } = this.#options;
    const { bucket } = stored;
    const youngFromMs = clock.nowMs() - limits.chunkGraceMs;
    const old: StoredChunk[] = [];
    for (const id of new Set(ids)) {
      const [found] = await chunks.list(bucket, { prefix: id, limit: 1 });
      if (found !== undefined && found.atMs <= youngFromMs) old.push(found);
    }
    await chunks.delete(
      bucket,
      old.map(({ id }) => id),
    );
    for (const { sizeBytes } of old) {
      this.#add(bucket, -sizeBytes);
      this.#count({ result: 'dropped' });
    }
    return stored.has(ids);
  }

  #add(mailbox: string, bytes: number): void {
    this.#bytesByMailbox.set(mailbox, (this.#bytesByMailbox.get(mailbox) ?? 0) + bytes);
    this.#bytes += bytes;
  }
}
