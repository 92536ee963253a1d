/** A space's log that is forgotten whole. What stays is where its positions would go on. */
import type { SpaceId } from '@atoll/kernel';
import { result } from './idb.ts';
import { STORES, packsAfter, pastKey } from './space-tail.ts';

/** Removes all blocks of a space. The transaction must be able to write. */
export async function forgetLog(transaction: IDBTransaction, space: SpaceId): Promise<void> {
  const spaces = transaction.objectStore(STORES.spaces);
  const last: unknown = await result(spaces.get(space));
  if (typeof last !== 'number') return;
  transaction.objectStore(STORES.profile).put(last, pastKey(space));
  spaces.delete(space);
  transaction.objectStore(STORES.feeds).delete(IDBKeyRange.bound([space], [space, []]));
  transaction.objectStore(STORES.heads).delete(packsAfter(space, 0));
  transaction.objectStore(STORES.bodies).delete(packsAfter(space, 0));
}
