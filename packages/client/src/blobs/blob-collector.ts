/**
 * Which pieces may go: those that nothing names in all that this device keeps of a space, and that have
 * lain there for a while. Marks conservatively: a name found anywhere, in any form, keeps its blob.
 */
import type { ChunkStore, StoredChunk } from '@atoll/kernel';
import type { Collected } from './api.ts';
import { BlobError } from './blob-error.ts';
import type { BlobIndex } from './blob-index.ts';
import { IdFinder } from './id-finder.ts';

/** A file that was put is named by an object within a day, or by nobody. */
export const GRACE_MS: number = 24 * 60 * 60 * 1000;
const LIST_CHUNKS = 1024;
const DELETE_CHUNKS = 256;

/** What is looked at. */
export interface CollectInput {
  readonly chunks: ChunkStore;
  readonly bucket: string;
  readonly index: BlobIndex;
  /** Shows everything that may name a blob. */
  readonly visit: (visit: (bytes: Uint8Array) => void) => Promise<{ readonly unreadable: number }>;
  /** Blobs and pieces that are being written or read now. Asked last. */
  readonly inUse: () => Iterable<string>;
  readonly nowMs: number;
  readonly graceMs: number;
  readonly dryRun: boolean;
  /** Lets servers go of pieces before they are removed here; how many they have let go. */
  readonly dropElsewhere?: ((ids: readonly string[]) => Promise<number>) | undefined;
}

/** Looks, and removes unless it is a dry run. @throws BlobError `BLOB_GC_UNSURE`; StoreError. */
export async function collectBlobs(input: CollectInput): Promise<Collected> {
  const { chunks, bucket, index } = input;
  const stored = await listAll(chunks, bucket);
  const chunksByRoot = new Map<string, readonly string[]>();
  for (const root of await index.known()) {
    chunksByRoot.set(root, (await index.chunksOf(root)) ?? [root]);
  }
  const finder = new IdFinder([...chunksByRoot.keys(), ...stored.map(({ id }) => id)]);
  const { unreadable } = await input.visit((bytes) => finder.visit(bytes));
  if (unreadable > 0) {
    throw new BlobError('BLOB_GC_UNSURE', 'some of the history cannot be read on this device');
  }
  const named = new Set([
    ...finder.found,
    ...(await index.marked('pin')),
    ...(await index.marked('upload')),
    ...input.inUse(),
  ]);
  const youngFromMs = input.nowMs - input.graceMs;
  const young = new Set(stored.filter(({ atMs }) => atMs > youngFromMs).map(({ id }) => id));
  const kept = new Set([...named, ...young]);
  const looseRoots: string[] = [];
  for (const [root, ids] of chunksByRoot) {
    // A blob of which one piece is young is being used: all of it stays.
    if (named.has(root) || ids.some((id) => young.has(id))) for (const id of ids) kept.add(id);
    else looseRoots.push(root);
  }
  const loose = stored.filter(({ id }) => !kept.has(id));
  let removedFromServers = 0;
  if (!input.dryRun) {
    // First, for here they can be named once more if this fails.
    const ids = loose.map(({ id }) => id);
    removedFromServers = (await input.dropElsewhere?.(ids)) ?? 0;
    for (let at = 0; at < loose.length; at += DELETE_CHUNKS) {
      const ids = loose.slice(at, at + DELETE_CHUNKS).map(({ id }) => id);
      await chunks.delete(bucket, ids);
    }
    await index.forget(looseRoots);
  }
  return {
    chunks: stored.length,
    bytes: bytesOf(stored),
    looseChunks: loose.length,
    looseBytes: bytesOf(loose),
    removed: !input.dryRun,
    removedFromServers,
  };
}

async function listAll(chunks: ChunkStore, bucket: string): Promise<readonly StoredChunk[]> {
  const all: StoredChunk[] = [];
  for (;;) {
    const after = all.at(-1)?.id ?? '';
    const page = await chunks.list(bucket, { after, limit: LIST_CHUNKS });
    if (page.length === 0) return all;
    all.push(...page);
  }
}

function bytesOf(chunks: readonly StoredChunk[]): number {
  return chunks.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
