/**
 * Which pieces may go: those that nothing names in all that this device keeps of a space, and that have
 * lain there for a while. Marks conservatively: a name found anywhere, in any form, keeps its blob.
 */
import type { ChunkStore, StoredChunk } from '@atoll/kernel';
import { BlobError } from './blob-error.ts';
import type { BlobIndex } from './blob-index.ts';
import { IdFinder } from './id-finder.ts';
import { LooseChunks, type Loose } from './loose-chunks.ts';

/** A file that was put is named by an object within a day, or by nobody. */
export const GRACE_MS: number = 24 * 60 * 60 * 1000;
const LIST_CHUNKS = 1024;
const DELETE_CHUNKS = 256;
/** Records of files that are read before others get a turn. */
const RECORDS_A_TURN = 512;

/** Shows what may name a blob; with `after`, only what the log has behind that position. */
export type VisitNames = (
  visit: (bytes: Uint8Array) => void,
  after?: number,
) => Promise<{ readonly unreadable: number; readonly position: number }>;

/** What is looked at. */
export interface LookInput {
  readonly chunks: ChunkStore;
  readonly bucket: string;
  readonly index: BlobIndex;
  readonly visit: VisitNames;
  /** Blobs and pieces that are being written, read or given to others now. */
  readonly inUse: () => ReadonlySet<string>;
  readonly nowMs: number;
  readonly graceMs: number;
  /** Lets others run. */
  readonly turn?: () => Promise<void>;
}

/** What is still to be asked before anything is removed. */
export interface Look {
  readonly stored: readonly StoredChunk[];
  /** What may go as far as this window knows. */
  readonly loose: Loose;
  /** Nothing names them, and yet they stay: they are young, or used now. */
  readonly spared: number;
  /** Looks again at what was written since, and at what others need. @throws BlobError; StoreError. */
  again(needed: Iterable<string>): Promise<Loose>;
}

/** Finds what may go. @throws BlobError `BLOB_GC_UNSURE`; StoreError. */
export async function lookForLoose(input: LookInput): Promise<Look> {
  const { bucket, chunks, index, turn } = input;
  const stored = await listAll(chunks, bucket);
  const idsByRoot = new Map<string, readonly string[] | undefined>();
  for (const root of await index.known()) {
    idsByRoot.set(root, await index.chunksOf(root));
    if (idsByRoot.size % RECORDS_A_TURN === 0) await turn?.();
  }
  const pieces = new LooseChunks(stored, idsByRoot);
  const finder = new IdFinder(pieces.names);
  const position = await visitAll(input, finder);
  pieces.need(finder.found);
  pieces.need(await index.marked('pin'));
  pieces.need(await index.marked('upload'));
  const unnamed = pieces.loose().chunks.length;
  pieces.use(youngOf(stored, input));
  pieces.use(input.inUse());
  const loose = pieces.loose();
  return {
    stored,
    loose,
    spared: unnamed - loose.chunks.length,
    again: async (needed) => {
      const late = new IdFinder([...loose.roots, ...loose.chunks.map(({ id }) => id)]);
      await visitAll(input, late, position);
      for (const ids of [late.found, await index.marked('pin'), await index.marked('upload')]) {
        pieces.need(ids);
      }
      pieces.use(new Set(needed));
      pieces.use(input.inUse());
      return pieces.loose();
    },
  };
}

/**
 * Removes what nothing needs; what was put again meanwhile, by any window, stays. Their records go first: a
 * piece without one is only found loose again. The bytes that were removed. @throws StoreError.
 */
export async function removeLoose(
  { bucket, chunks, index, turn }: Pick<LookInput, 'bucket' | 'chunks' | 'index' | 'turn'>,
  loose: Loose,
): Promise<number> {
  const idsByRoot = new Map<string, readonly string[] | undefined>();
  for (const root of loose.roots) idsByRoot.set(root, await index.chunksOf(root));
  await index.forget(loose.roots);
  const there = new Set<string>();
  let bytes = 0;
  for (let at = 0; at < loose.chunks.length; at += DELETE_CHUNKS) {
    const group = loose.chunks.slice(at, at + DELETE_CHUNKS);
    for (const id of await chunks.deleteListed(bucket, group)) there.add(id);
    for (const { id, sizeBytes } of group) bytes += there.has(id) ? 0 : sizeBytes;
    await turn?.();
  }
  if (there.size === 0) return bytes;
  for (const [root, ids] of idsByRoot) {
    if (ids?.some((id) => there.has(id)) === true) await index.note(root, ids);
  }
  return bytes;
}

async function visitAll(input: LookInput, finder: IdFinder, after?: number): Promise<number> {
  const { position, unreadable } = await input.visit((bytes) => finder.visit(bytes), after);
  if (unreadable === 0) return position;
  throw new BlobError('BLOB_GC_UNSURE', 'some of the history cannot be read on this device');
}

function youngOf(stored: readonly StoredChunk[], { graceMs, nowMs }: LookInput): Set<string> {
  const young = stored.filter(({ atMs }) => atMs > nowMs - graceMs);
  return new Set(young.map(({ id }) => id));
}

async function listAll(chunks: ChunkStore, bucket: string): Promise<readonly StoredChunk[]> {
  const all: StoredChunk[] = [];
  for (;;) {
    const after = all.at(-1)?.id ?? '';
    const page = await chunks.list(bucket, { after, limit: LIST_CHUNKS });
    if (page.length === 0) return all;
    for (const chunk of page) all.push(chunk);
  }
}

/** Bytes of some chunks. */
export function bytesOf(chunks: readonly StoredChunk[]): number {
  return chunks.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
