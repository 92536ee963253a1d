/**
 * Chunks as files: one file a chunk, in one folder a bucket, written beside its place, synced and then
 * renamed, so that a crash leaves it whole or not at all. Its time of change says when it was last put.
 */
import { mkdir, open, readFile, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import {
  StoreError,
  toHex,
  type ChunkStore,
  type ChunkTotals,
  type NewChunk,
  type Rng,
  type StoredChunk,
} from '@atoll/kernel';

/** Files that are written or looked at side by side: enough to keep a disk busy. */
const PARALLEL = 8;
/** Begins the names of files that are not complete. */
const UNFINISHED = '.new-';
/** Begins the names of files on their way out; the id follows. */
const LEAVING = '.old-';
/** Nobody writes a chunk for so long. */
const UNFINISHED_MS_MAX = 3_600_000;
const ID = /^[0-9a-f]{64}$/;

/** Chunks under one folder. */
export class NodeChunks implements ChunkStore {
  readonly #dir: string;
  readonly #rng: Rng;
  readonly #made = new Set<string>();
  #closed = false;

  private constructor(dir: string, rng: Rng) {
    this.#dir = dir;
    this.#rng = rng;
  }

  /** Opens the folder, and removes what an interrupted program left unfinished. @throws StoreError. */
  static async open(dir: string, rng: Rng): Promise<NodeChunks> {
    const chunks = new NodeChunks(dir, rng);
    return chunks.#trying(async () => {
      await mkdir(dir, { recursive: true, mode: 0o700 });
      await chunks.#sweep();
      return chunks;
    });
  }

  put(bucket: string, chunks: readonly NewChunk[], atMs: number): Promise<void> {
    return this.#trying(async () => {
      const dir = await this.#folder(bucket);
      const isThere = await this.has(
        bucket,
        chunks.map(({ id }) => id),
      );
      const fresh = new Map(chunks.filter((_, at) => isThere[at] !== true).map((c) => [c.id, c]));
      const known = chunks.filter((_, at) => isThere[at] === true);
      const atSeconds = atMs / 1000;
      await inParallel(known, async (chunk) => {
        if (await touch(join(dir, chunk.id), atSeconds)) return;
        // Another process is removing it: it is written anew.
        fresh.set(chunk.id, chunk);
      });
      await inParallel([...fresh.values()], (chunk) => this.#write(dir, chunk, atSeconds));
      if (fresh.size > 0) await syncFolder(dir);
    });
  }

  get(bucket: string, id: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.#trying(async () => {
      try {
        const bytes = await readFile(this.#place(bucket, id));
        return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
      } catch (failure) {
        if (codeOf(failure) === 'ENOENT') return undefined;
        throw failure;
      }
    });
  }

  has(bucket: string, ids: readonly string[]): Promise<readonly boolean[]> {
    return this.#trying(() =>
      inParallel(ids, async (id) => (await this.#look(bucket, id)) !== undefined),
    );
  }

  delete(bucket: string, ids: readonly string[]): Promise<void> {
    return this.#trying(async () => {
      await inParallel(ids, (id) => rm(this.#place(bucket, id), { force: true }));
    });
  }

  deleteListed(bucket: string, chunks: readonly StoredChunk[]): Promise<readonly string[]> {
    return this.#trying(async () => {
      const there = await inParallel(chunks, (chunk) => this.#removeListed(bucket, chunk));
      return chunks.flatMap(({ id }, at) => (there[at] === true ? [id] : []));
    });
  }

  list(
    bucket: string,
    options: { readonly prefix?: string; readonly after?: string; readonly limit: number },
  ): Promise<readonly StoredChunk[]> {
    const { prefix = '', after = '', limit } = options;
    return this.#trying(async () => {
      // One chunk is looked at by itself: a folder has up to millions of them.
      const names = ID.test(prefix) ? [prefix] : await this.#names(bucket);
      const wanted = names.filter((id) => id.startsWith(prefix) && id > after).sort();
      const found = await inParallel(wanted.slice(0, limit), (id) => this.#look(bucket, id));
      return found.filter((chunk) => chunk !== undefined);
    });
  }

  totals(bucket: string): Promise<ChunkTotals> {
    return this.#trying(async () => {
      const names = await this.#names(bucket);
      const found = await inParallel(names, (id) => this.#look(bucket, id));
      return found.reduce<ChunkTotals>(
        (sum, chunk) =>
          chunk === undefined
            ? sum
            : { chunks: sum.chunks + 1, bytes: sum.bytes + chunk.sizeBytes },
        { chunks: 0, bytes: 0 },
      );
    });
  }

  buckets(): Promise<readonly string[]> {
    return this.#trying(async () => {
      const names = (await readdir(this.#dir)).filter((name) => ID.test(name)).sort();
      const held = await inParallel(names, async (name) => (await this.#names(name)).length > 0);
      return names.filter((_, at) => held[at] === true);
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  async #write(dir: string, chunk: NewChunk, atSeconds: number): Promise<void> {
    const name = `${UNFINISHED}${toHex(this.#rng.bytes(8))}`;
    const unfinished = join(dir, name);
    try {
      const file = await open(unfinished, 'wx', 0o600);
      try {
        await file.writeFile(chunk.bytes);
        await file.utimes(atSeconds, atSeconds);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(unfinished, join(dir, checked(chunk.id)));
    } catch (failure) {
      await rm(unfinished, { force: true }).catch(() => undefined);
      throw failure;
    }
  }

  /**
   * Moved aside first: who puts it from then on writes it anew, and who has put it before is seen by its time.
   * True if it is there still.
   */
  async #removeListed(bucket: string, { atMs, id }: StoredChunk): Promise<boolean> {
    const place = this.#place(bucket, id);
    const aside = join(this.#dir, checked(bucket), LEAVING + id);
    const found = await this.#look(bucket, id);
    if (found === undefined) return false;
    if (found.atMs !== atMs) return true;
    try {
      await rename(place, aside);
      const { mtimeMs } = await stat(aside);
      if (Math.round(mtimeMs) !== atMs) {
        await rename(aside, place);
        return true;
      }
      await rm(aside, { force: true });
    } catch (failure) {
      // Another process is removing it, too.
      if (codeOf(failure) !== 'ENOENT') throw failure;
    }
    return (await this.#look(bucket, id)) !== undefined;
  }

  async #look(bucket: string, id: string): Promise<StoredChunk | undefined> {
    try {
      const { size, mtimeMs } = await stat(this.#place(bucket, id));
      return { id, sizeBytes: size, atMs: Math.round(mtimeMs) };
    } catch (failure) {
      if (codeOf(failure) === 'ENOENT') return undefined;
      throw failure;
    }
  }

  async #names(bucket: string): Promise<string[]> {
    try {
      return (await readdir(join(this.#dir, checked(bucket)))).filter((name) => ID.test(name));
    } catch (failure) {
      if (codeOf(failure) === 'ENOENT') return [];
      throw failure;
    }
  }

  #place(bucket: string, id: string): string {
    return join(this.#dir, checked(bucket), checked(id));
  }

  async #folder(bucket: string): Promise<string> {
    const dir = join(this.#dir, checked(bucket));
    if (this.#made.has(bucket)) return dir;
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await syncFolder(this.#dir);
    this.#made.add(bucket);
    return dir;
  }

  /** Unfinished files of an hour ago are nobody's any more; younger ones another process may be writing. */
  async #sweep(): Promise<void> {
    for (const bucket of (await readdir(this.#dir)).filter((name) => ID.test(name))) {
      const dir = join(this.#dir, bucket);
      for (const name of await readdir(dir)) {
        if (name.startsWith(LEAVING)) await this.#bringBack(dir, name);
        if (!name.startsWith(UNFINISHED)) continue;
        const { ctimeMs } = await stat(join(dir, name)).catch(() => ({ ctimeMs: Infinity }));
        if (Date.now() - ctimeMs > UNFINISHED_MS_MAX) await rm(join(dir, name), { force: true });
      }
    }
  }

  /**
   * It may have been put again when its removal was interrupted. Another process that removes it just now finds
   * that it is there.
   */
  async #bringBack(dir: string, name: string): Promise<void> {
    await rename(join(dir, name), join(dir, name.slice(LEAVING.length))).catch(() => undefined);
  }

  async #trying<T>(task: () => Promise<T>): Promise<T> {
    if (this.#closed) throw new StoreError('STORE_CLOSED', 'the chunks were closed');
    try {
      return await task();
    } catch (failure) {
      throw chunkFailure(failure);
    }
  }
}

/** Names come from the network; none may lead out of the folder. */
function checked(name: string): string {
  if (!ID.test(name)) throw new StoreError('STORE_IO', 'a chunk is named by 64 hex digits');
  return name;
}

/** False if there is no such file. */
async function touch(path: string, atSeconds: number): Promise<boolean> {
  try {
    await utimes(path, atSeconds, atSeconds);
    return true;
  } catch (failure) {
    if (codeOf(failure) === 'ENOENT') return false;
    throw failure;
  }
}

function codeOf(failure: unknown): unknown {
  return failure instanceof Error && 'code' in failure ? failure.code : undefined;
}

function chunkFailure(failure: unknown): StoreError {
  if (failure instanceof StoreError) return failure;
  const code = codeOf(failure);
  const kind = code === 'ENOSPC' || code === 'EDQUOT' ? 'STORE_FULL' : 'STORE_IO';
  const why = typeof code === 'string' ? code : 'an unknown failure';
  return new StoreError(kind, `a chunk could not be read or written: ${why}`, { cause: failure });
}

/** A rename is durable when its folder is. Not every platform lets a folder be synced. */
async function syncFolder(dir: string): Promise<void> {
  try {
    const folder = await open(dir, 'r');
    await folder.sync().finally(() => folder.close());
  } catch (failure) {
    if (!['EISDIR', 'EPERM', 'EINVAL', 'EACCES'].includes(String(codeOf(failure)))) throw failure;
  }
}

/** Runs a task for each item, some at a time. All have ended when it resolves or rejects. */
async function inParallel<T, R>(
  items: readonly T[],
  task: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      const at = next++;
      results[at] = await task(items[at] as T);
    }
  };
  const lanes = Array.from({ length: Math.min(PARALLEL, items.length) }, lane);
  const ends = await Promise.allSettled(lanes);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return results;
}
