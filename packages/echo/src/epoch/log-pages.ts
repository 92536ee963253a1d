/** The log of a space in the store, looked through from its beginning to its end, while it may grow and shrink. */
import type { SpaceId, Store, StoredBlock } from '@atoll/kernel';

/** Blocks that are looked at at once. */
const PAGE_BLOCKS = 1000;

/** Where the log is. */
interface LogPlace {
  readonly store: Store;
  readonly space: SpaceId;
}

/** Its blocks, some at a time. @throws StoreError. */
export async function* logPages({
  space,
  store,
}: LogPlace): AsyncGenerator<readonly StoredBlock[], void> {
  for (let after = 0; ;) {
    const page = await store.read(space, after, PAGE_BLOCKS);
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.position;
    yield page;
  }
}

/** Drops blocks from it, a commit for each page that has any. @throws StoreError. */
export async function dropFromLog(
  place: LogPlace,
  isDropped: (block: StoredBlock) => boolean,
): Promise<void> {
  const { space, store } = place;
  for await (const page of logPages(place)) {
    const positions = page.flatMap((block) => (isDropped(block) ? [block.position] : []));
    if (positions.length > 0) await store.commit({ drops: [{ space, positions }] });
  }
}
