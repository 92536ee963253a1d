/** Where what has come of an epoch lies until all is here, and letting go of it. */
import type { EpochId } from '@atoll/halo';
import { PageStore } from '../snapshot/page-store.ts';
import type { ArchivePlace } from './epoch-archive.ts';

const FOLDER_DIGITS = 16;
const FOLDER = /^(fetch-[0-9a-f]{16})\/([^/]+)\//;

/** First part of the names of a fetch's pages. */
export function fetchFolder(epoch: EpochId): string {
  return `fetch-${epoch.slice(0, FOLDER_DIGITS)}`;
}

/** Pages of all fetches of the space. @throws StoreError. */
export async function fetchPages(place: ArchivePlace): Promise<readonly PageStore[]> {
  const folders = new Set<string>();
  for (const name of await place.store.names('fetch-')) {
    const [, folder = '', of] = FOLDER.exec(name) ?? [];
    if (of === place.space) folders.add(folder);
  }
  return [...folders].map((folder) => new PageStore({ ...place, folder }));
}

/** Removes what has come of all other epochs of the space. @throws StoreError. */
export async function sweepFetches(
  { space, store }: Pick<ArchivePlace, 'space' | 'store'>,
  kept?: EpochId,
): Promise<void> {
  const values = new Map<string, undefined>();
  for (const name of await store.names('fetch-')) {
    const [, folder, of] = FOLDER.exec(name) ?? [];
    if (of === space && (kept === undefined || folder !== fetchFolder(kept))) {
      values.set(name, undefined);
    }
  }
  if (values.size > 0) await store.commit({ values });
}
