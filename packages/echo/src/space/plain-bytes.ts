/**
 * Everything that this device keeps of a space, opened: what the log says in all its blocks, void ones
 * included, and what snapshots hold of history that was dropped. For whoever must know whether something
 * is named anywhere, in whatever form.
 */
import { parseStored } from '@atoll/feed';
import type { SpaceId, Store } from '@atoll/kernel';
import type { PageStore } from '../snapshot/page-store.ts';
import type { SpaceKeys } from './space-keys.ts';

/** Blocks that are read at once. */
const PAGE_BLOCKS = 256;

/** What is read. */
export interface PlainSources {
  readonly space: SpaceId;
  readonly store: Store;
  readonly keys: SpaceKeys;
  /** Snapshots: the space's own, and the kept one of an epoch. */
  readonly pages: readonly PageStore[];
}

/** Shows every piece to `visit`. How many sections could not be opened for want of a key. @throws StoreError. */
export async function visitPlainBytes(
  sources: PlainSources,
  visit: (bytes: Uint8Array) => void,
): Promise<{ readonly unreadable: number }> {
  let unreadable = 0;
  let after = 0;
  for (;;) {
    const blocks = await sources.store.read(sources.space, after, PAGE_BLOCKS);
    const last = blocks.at(-1);
    if (last === undefined) break;
    for (const stored of blocks) {
      unreadable += visitBlock(sources.keys, parseStored(stored.bytes, stored.hash), visit);
    }
    after = last.position;
  }
  for (const pages of sources.pages) await pages.visit(visit);
  return { unreadable };
}

function visitBlock(
  keys: SpaceKeys,
  parsed: ReturnType<typeof parseStored>,
  visit: (bytes: Uint8Array) => void,
): number {
  const header = keys.openHeader(parsed);
  // What opens and is malformed says nothing to anybody, now or later.
  if (!header.ok) return header.code === 'FEED_INNER_SEALED' ? 1 : 0;
  const block = { parsed, inner: header.value };
  let unreadable = 0;
  for (const [at, section] of block.inner.sections.entries()) {
    if (section.kind !== 'data') continue;
    const opened = keys.openSection(block, at);
    if (opened.ok) visit(opened.value);
    else if (keys.content(section.keyId) === undefined) unreadable++;
  }
  return unreadable;
}
