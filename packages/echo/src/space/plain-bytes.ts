/**
 * Everything that this device keeps of a space, opened: what the log says in all its blocks, void ones
 * included, and what snapshots hold of history that was dropped. For whoever must know whether something
 * is named anywhere, in whatever form.
 */
import { readStored } from '@atoll/feed';
import { concatBytes, type SpaceId, type Store } from '@atoll/kernel';
import { droppedName } from '../epoch/drop-history.ts';
import { keptEpoch, pointedEpoch, pointerName, type ArchivePlace } from '../epoch/epoch-archive.ts';
import { fetchPages } from '../epoch/sweep-fetches.ts';
import { carryPages } from '../carry/carry-store.ts';
import { PageStore } from '../snapshot/page-store.ts';
import { SnapshotError } from '../snapshot/snapshot-error.ts';
import type { SpaceKeys } from './space-keys.ts';
import type { SpacePorts } from './space-ports.ts';

/** Blocks that are read at once. */
const PAGE_BLOCKS = 256;

/** Takes one piece after another. */
export type PlainVisitor = (bytes: Uint8Array) => void;

/** What is shown, and to whom. */
export interface PlainInput {
  /** Secret of the identity, under which its snapshots are sealed. */
  readonly secret: Uint8Array;
  readonly keys: SpaceKeys;
  /** Only what the log has behind this position: the rest was shown before. */
  readonly after?: number;
  /** Lets others run between two pages of the log. */
  readonly turn?: () => Promise<void>;
}

/** How far it got. */
export interface PlainVisit {
  /**
   * Parts that could not be shown: their keys are not here, or the disk has changed them. What is named
   * there nobody can say.
   */
  readonly unreadable: number;
  /** The log was shown up to here. */
  readonly position: number;
}

/** Shows every piece of what a profile keeps of a space. @throws StoreError. */
export async function visitPlainBytes(
  { aead, rng, store }: Pick<SpacePorts, 'aead' | 'rng' | 'store'>,
  input: PlainInput,
  visit: PlainVisitor,
): Promise<PlainVisit> {
  const { keys, secret, turn } = input;
  const { ring, space } = keys;
  const place = { store, rng, aead, space, secret, ring };
  const isWhole = input.after === undefined;
  // Which epoch is kept is looked at around the log: what one of them lets go of is in the other.
  const kept = isWhole ? await pointed(place) : undefined;
  let unreadable = 0;
  let position = input.after ?? 0;
  for (;;) {
    const blocks = await store.read(space, position, PAGE_BLOCKS);
    const last = blocks.at(-1);
    if (last === undefined) break;
    for (const stored of blocks) unreadable += visitBlock(keys, readStored(stored), visit);
    position = last.position;
    await turn?.();
  }
  if (!isWhole) return { unreadable, position };
  await new PageStore(place).visit(visit);
  unreadable += await visitKept(place, visit, turn);
  for (const pages of await fetchPages(place)) await pages.visit(visit);
  unreadable += await carryPages(place).visit(visit);
  if ((await pointed(place)) !== kept) unreadable++;
  return { unreadable, position };
}

/** Another one whenever more of the history was dropped from this device. @throws StoreError. */
export async function historyMark(store: Store, space: SpaceId): Promise<Uint8Array<ArrayBuffer>> {
  const names = [pointerName(space), droppedName(space)];
  const values = await Promise.all(names.map((name) => store.value(name)));
  return concatBytes(...values.map((value) => value ?? new Uint8Array(0)));
}

/** A pointer that cannot be read is no epoch and not the lack of one. */
async function pointed(place: ArchivePlace): Promise<string | undefined> {
  try {
    return await pointedEpoch(place);
  } catch (failure) {
    if (failure instanceof SnapshotError) return 'damaged';
    throw failure;
  }
}

/** All pages of the kept epoch, each of which may be the only one that names something. */
async function visitKept(
  place: ArchivePlace,
  visit: PlainVisitor,
  turn: (() => Promise<void>) | undefined,
): Promise<number> {
  try {
    const kept = await keptEpoch(place);
    for (const { name } of kept?.found.head.pages ?? []) {
      visit((await kept?.pages.read(name)) ?? new Uint8Array(0));
      await turn?.();
    }
    return 0;
  } catch (failure) {
    if (failure instanceof SnapshotError) return 1;
    throw failure;
  }
}

function visitBlock(
  keys: SpaceKeys,
  parsed: ReturnType<typeof readStored>,
  visit: (bytes: Uint8Array) => void,
): number {
  if (parsed === undefined) return 1;
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
