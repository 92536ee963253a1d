/** Blocks that a space's log forgets: packs that lose some are written anew, those that lose all go. */
import type { BlockDrop, FeedKey, SpaceId } from '@atoll/kernel';
import { result } from './idb.ts';
import { corrupt, withoutBlocks, type PackHead } from './packed-records.ts';
import { STORES, packsAfter } from './space-tail.ts';

/** Packs that are read at once: some MiB. */
const PACKS_A_STEP = 16;

/** Drops blocks, except the last of the log and of each feed. The transaction must be able to write. */
export async function dropBlocks(
  transaction: IDBTransaction,
  { space, positions }: BlockDrop,
): Promise<void> {
  const wanted = new Set(positions);
  const last: unknown = await result(transaction.objectStore(STORES.spaces).get(space));
  const greatestByFeed = await greatest(transaction, space);
  const heads = transaction.objectStore(STORES.heads);
  const bodies = transaction.objectStore(STORES.bodies);
  let after = Math.min(...positions) - 1;
  const end = Math.max(...positions);
  while (after < end) {
    const range = packsAfter(space, after);
    const [keys, found, contents] = await Promise.all([
      result(heads.getAllKeys(range, PACKS_A_STEP)),
      result<PackHead[]>(heads.getAll(range, PACKS_A_STEP)),
      result<Uint8Array[]>(bodies.getAll(range, PACKS_A_STEP)),
    ]);
    if (keys.length === 0) return;
    for (const [at, key] of (keys as [SpaceId, number][]).entries()) {
      const [head, body] = [found[at], contents[at]];
      if (head === undefined || body === undefined) throw corrupt();
      const pack = { head, body, last: key[1] };
      const kept = withoutBlocks(
        pack,
        (position, { feed, seq }) =>
          wanted.has(position) && position !== last && seq !== greatestByFeed.get(feed),
      );
      after = key[1];
      if (kept === undefined) {
        heads.delete(key);
        bodies.delete(key);
      } else {
        heads.put(kept.head, key);
        bodies.put(kept.body, key);
      }
    }
  }
}

async function greatest(
  transaction: IDBTransaction,
  space: SpaceId,
): Promise<ReadonlyMap<FeedKey, number>> {
  const feeds = transaction.objectStore(STORES.feeds);
  const range = IDBKeyRange.bound([space], [space, []]);
  const [keys, values] = await Promise.all([
    result(feeds.getAllKeys(range)),
    result(feeds.getAll(range)),
  ]);
  return new Map(keys.map((key, at) => [(key as [SpaceId, FeedKey])[1], Number(values[at])]));
}
