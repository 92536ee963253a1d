/**
 * Files that a space names and another one on this device holds: a branch has those of its origin, and a
 * merged origin those of the branch. Each space keeps its own copy, so that neither can take them from the
 * other, and whoever is in one only finds them there.
 */
import type { NewChunk } from '@atoll/kernel';
import type { StoredChunks } from '@atoll/mesh';
import type { BlobIndex } from './blob-index.ts';
import { IdFinder } from './id-finder.ts';

/** Chunks that are in memory at once on their way from one bucket to the other. */
const GROUP_CHUNKS = 16;

/** One side. */
export interface BlobSide {
  readonly index: BlobIndex;
  readonly holder: StoredChunks;
}

/** Copies what `to` names and `from` has. Gives the blobs that `to` has whole now and had not before. */
export async function adoptBlobs(
  from: BlobSide,
  to: BlobSide & { readonly visit: (visit: (bytes: Uint8Array) => void) => Promise<unknown> },
): Promise<readonly string[]> {
  const finder = new IdFinder(await from.index.known());
  await to.visit((bytes) => finder.visit(bytes));
  const whole: string[] = [];
  for (const root of finder.found) {
    const ids = (await from.index.chunksOf(root)) ?? [root];
    const have = await to.holder.has(ids);
    const lacking = ids.filter((_, at) => have[at] !== true);
    if (lacking.length === 0) continue;
    // First, so that no piece is ever here of which nobody knows what it belongs to.
    await to.index.note(root, ids);
    const copied = await copyChunks(from.holder, to.holder, lacking);
    if (copied === lacking.length) whole.push(root);
  }
  return whole;
}

async function copyChunks(
  from: StoredChunks,
  to: StoredChunks,
  ids: readonly string[],
): Promise<number> {
  let copied = 0;
  for (let at = 0; at < ids.length; at += GROUP_CHUNKS) {
    const group: NewChunk[] = [];
    for (const id of ids.slice(at, at + GROUP_CHUNKS)) {
      const bytes = await from.read(id);
      if (bytes !== undefined) group.push({ id, bytes });
    }
    if (group.length > 0) await to.keep(group);
    copied += group.length;
  }
  return copied;
}
