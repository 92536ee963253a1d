/**
 * The store of sealed chunks of one profile, beside the log: pieces of files, found by name and never
 * changed. One port for files, IndexedDB, memory and the faulty disk of the simulation.
 */

/** A chunk that is stored. */
export interface StoredChunk {
  /** 64 lower-case hex digits. */
  readonly id: string;
  readonly sizeBytes: number;
  /** When it was last put, milliseconds since the Unix epoch as the putter's clock had it. */
  readonly atMs: number;
}

/** A chunk on its way into the store. */
export interface NewChunk {
  readonly id: string;
  readonly bytes: Uint8Array;
}

/** How much a bucket holds. */
export interface ChunkTotals {
  readonly chunks: number;
  readonly bytes: number;
}

/**
 * Chunks in buckets (one a space, one a mailbox; 64 hex digits each). The store does not look into chunks
 * and does not check that bytes fit their id: its caller does, whenever it reads. Failures are
 * `StoreError`s, as those of the log.
 */
export interface ChunkStore extends AsyncDisposable {
  /**
   * Durable when resolved. A chunk that is there already stays and counts as put now. After a failure or
   * a crash each chunk is there as a whole or not at all. @throws StoreError.
   */
  put(bucket: string, chunks: readonly NewChunk[], atMs: number): Promise<void>;
  /** The bytes as they were put, unless the disk has changed them; `undefined` where there are none. */
  get(bucket: string, id: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Which of these are there, in the order of `ids`. */
  has(bucket: string, ids: readonly string[]): Promise<readonly boolean[]>;
  /** Removes chunks; those that are not there are passed over. */
  delete(bucket: string, ids: readonly string[]): Promise<void>;
  /**
   * Removes chunks unless they were put again since they were listed, in this process or another one; a chunk
   * goes as a whole or stays. Gives those that are there still. @throws StoreError.
   */
  deleteListed(bucket: string, chunks: readonly StoredChunk[]): Promise<readonly string[]>;
  /** Chunks whose id begins with `prefix` and is greater than `after`, ascending, at most `limit`. */
  list(
    bucket: string,
    options: { readonly prefix?: string; readonly after?: string; readonly limit: number },
  ): Promise<readonly StoredChunk[]>;
  /** How much a bucket holds. */
  totals(bucket: string): Promise<ChunkTotals>;
  /** Buckets that hold something. */
  buckets(): Promise<readonly string[]>;
}
