/**
 * Everything that this device keeps of a space, opened: what the log says in all its blocks, void ones
 * included, and what snapshots hold of history that was dropped. For whoever must know whether something
 * is named anywhere, in whatever form.
 */
import { parseStored } from '@atoll/feed';
import { keptEpoch } from '../epoch/epoch-archive.ts';
import { PageStore } from '../snapshot/page-store.ts';
import type { SpaceKeys } from './space-keys.ts';
import type { SpacePorts } from './space-ports.ts';

/** Blocks that are read at once. */
const PAGE_BLOCKS = 256;

/** Takes one piece after another. */
export type PlainVisitor = (bytes: Uint8Array) => void;

/** How many sections could not be shown, because their keys are not here. */
export interface PlainVisit {
  readonly unreadable: number;
}

/**
 * Shows every piece of what a profile keeps of a space. `secret` is the identity's, under which its
 * snapshots are sealed. @throws StoreError.
 */
export async function visitPlainBytes(
  { aead, rng, store }: Pick<SpacePorts, 'aead' | 'rng' | 'store'>,
  of: { readonly secret: Uint8Array; readonly keys: SpaceKeys },
  visit: PlainVisitor,
): Promise<PlainVisit> {
  const { keys, secret } = of;
  const { ring, space } = keys;
  let unreadable = 0;
  let after = 0;
  for (;;) {
    const blocks = await store.read(space, after, PAGE_BLOCKS);
    const last = blocks.at(-1);
    if (last === undefined) break;
    for (const stored of blocks) {
      unreadable += visitBlock(keys, parseStored(stored.bytes, stored.hash), visit);
    }
    after = last.position;
  }
  const place = { store, rng, aead, space, secret, ring };
  await new PageStore(place).visit(visit);
  await (await keptEpoch(place))?.pages.visit(visit);
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
