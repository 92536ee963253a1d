/** Deletes everything of a profile but the note that says why: keys first, so that what is left opens nothing. */
import type { Platform } from '@atoll/kernel';
import { LOCK_NOTE } from './lock-note.ts';

/** Pieces of files that are removed at once. */
const CHUNKS_A_STEP = 1000;
/** Logs and values that are removed in one step. */
const NAMES_A_STEP = 1000;

/** Repeated after a crash it goes on. @throws StoreError. */
export async function eraseProfile(platform: Platform): Promise<void> {
  await platform.keystore.erase();
  await eraseStored(platform);
}

/** Logs, values and files alone: also what another window has written too late. @throws StoreError. */
export async function eraseStored({
  chunks,
  store,
}: Pick<Platform, 'chunks' | 'store'>): Promise<void> {
  for (const space of await store.spaces())
    await store.commit({ values: new Map(), forgets: [space] });
  const names = (await store.names('')).filter((name) => name !== LOCK_NOTE);
  for (let at = 0; at < names.length; at += NAMES_A_STEP) {
    const step = names.slice(at, at + NAMES_A_STEP);
    await store.commit({ values: new Map(step.map((name) => [name, undefined])) });
  }
  for (const bucket of await chunks.buckets()) {
    for (;;) {
      const found = await chunks.list(bucket, { limit: CHUNKS_A_STEP });
      if (found.length === 0) break;
      await chunks.delete(
        bucket,
        found.map(({ id }) => id),
      );
    }
  }
}
