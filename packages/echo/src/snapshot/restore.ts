/** Opening a space from its snapshot: pages into indexes, rows and access, as if the log had been folded. */
import { CodecError } from '@atoll/codec';
import { BranchIndex, type BlockColumns } from '@atoll/feed';
import { HaloError, type KeyRing } from '@atoll/halo';
import { KernelError, type SpaceId, type Store } from '@atoll/kernel';
import type { Fold } from '../fold.ts';
import type { KeptBlock } from '../space/space-index.ts';
import { decodeBlockPage } from './block-page.ts';
import { decodeKeptControlPage, type ControlEntry } from './control-page.ts';
import { decodeHead, type PageKind, type SnapshotHead } from './head.ts';
import { enterZoneTypes, zonesByRow } from './head-zones.ts';
import type { PageStore } from './page-store.ts';
import { decodeRowPage, ENTRY_BLOCKS, StatePages } from './row-page.ts';
import type { StateRoot } from '../state-root.ts';
import { SnapshotError } from './snapshot-error.ts';
import { decodeTreePage } from './tree-page.ts';

/** A snapshot that fits the log, of which the blocks have been read. */
export interface FoundSnapshot {
  readonly head: SnapshotHead;
  readonly sealedHead: Uint8Array;
  readonly columns: readonly BlockColumns[];
  readonly kept: readonly KeptBlock[];
  readonly control: readonly ControlEntry[];
}

/** Where a snapshot is looked for. */
export interface FindPlace {
  readonly pages: PageStore;
  readonly store: Store;
  readonly space: SpaceId;
  readonly ring: KeyRing;
}

/** The snapshot of a space, or `undefined` if there is none. @throws SnapshotError; StoreError. */
export async function findSnapshot(place: FindPlace): Promise<FoundSnapshot | undefined> {
  const { pages } = place;
  const sealedHead = await pages.sealedHead();
  const bytes = await pages.readHead();
  if (bytes === undefined || sealedHead === undefined) return undefined;
  const head = await decoded('head', () => decodeHead(bytes));
  await requireLog(head, place);
  if (head.missingKeys.some((key) => place.ring.zone(key) !== undefined)) {
    throw new SnapshotError('SNAPSHOT_KEYS', 'more can be read than when the snapshot was made');
  }
  const columns: BlockColumns[] = [];
  const kept: KeptBlock[] = [];
  for (const page of pagesOf(head, 'blocks')) {
    const read = await pages.read(page.name);
    const blocks = await decoded(page.name, () => decodeBlockPage(read));
    columns.push(blocks.columns);
    for (const each of blocks.kept) kept.push(each);
  }
  const control: ControlEntry[] = [];
  for (const page of pagesOf(head, 'control')) {
    const read = await pages.read(page.name);
    control.push(...(await decoded(page.name, () => decodeKeptControlPage(read))));
  }
  if (kept.length !== head.blocks) throw corrupt('blocks');
  return { head, sealedHead, columns, kept, control };
}

/** A new index of a snapshot's blocks. @throws SnapshotError. */
export function indexOf(found: FoundSnapshot, salt: number): BranchIndex {
  try {
    return BranchIndex.restored(salt, found.head.branches, found.columns);
  } catch (failure) {
    if (failure instanceof KernelError) throw corrupt('blocks');
    throw failure;
  }
}

/** Enters types and rows into an empty fold; rows that have to be folded again from the log are told. */
export async function restoreRows(
  found: FoundSnapshot,
  from: {
    readonly pages: PageStore;
    readonly fold: Fold;
    readonly tree: StateRoot;
    readonly turn: () => Promise<void>;
  },
): Promise<{ readonly stored: StatePages; readonly refold: readonly number[] }> {
  const { fold, pages, tree, turn } = from;
  const { head } = found;
  for (const type of head.types) {
    const known = fold.types.published(type.bytes);
    if (known === undefined) throw corrupt('types');
    known.publishedIn.push(...type.publishedIn);
  }
  const { zones = [] } = head;
  if (!enterZoneTypes(fold, zones)) throw corrupt('types');
  const rowPages = pagesOf(head, 'rows');
  fold.rows.reserve(
    head.rows,
    rowPages.reduce((sum, { bytes }) => sum + bytes, 0),
  );
  for (const page of rowPages) {
    const bytes = await pages.read(page.name);
    if (page.first !== fold.rows.count) throw corrupt(page.name);
    const columns = await decoded(page.name, () => decodeRowPage(bytes));
    fold.rows.append(columns);
    await turn();
  }
  if (fold.rows.count !== head.rows) throw corrupt('rows');
  for (const row of head.voidRows) fold.rows.setVoid(row, true);
  const stored = new StatePages(fold.blocks, head.rows);
  for (const page of pagesOf(head, 'states')) {
    const bytes = await pages.read(page.name);
    await decoded(page.name, () => stored.enter(bytes, (row) => fold.rows.setTouched(row)));
    await turn();
  }
  const { collectedRows: collected, twins } = head;
  fold.restore(stored, { twins, collected, zones: zonesByRow(zones) });
  for (const page of pagesOf(head, 'tree')) {
    const bytes = await pages.read(page.name);
    const { rows } = head;
    const voidRows = [...head.voidRows, ...zonesByRow(zones).keys()];
    tree.restore(await decoded(page.name, () => decodeTreePage(bytes, { rows, voidRows })));
  }
  const refold = stored.rowsOfForm(ENTRY_BLOCKS);
  return { stored, refold };
}

/** A snapshot that knows more than the log is of no use: the log is the truth. */
async function requireLog(head: SnapshotHead, { space, store }: FindPlace): Promise<void> {
  const { logEnd } = head;
  if (logEnd === undefined) return;
  const [block] = await store.read(space, logEnd.position - 1, 1);
  if (block?.position === logEnd.position && block.hash === logEnd.hash) return;
  throw new SnapshotError('SNAPSHOT_AHEAD', 'the log is not the one of which the snapshot is');
}

function pagesOf(head: SnapshotHead, kind: PageKind): SnapshotHead['pages'] {
  const pages = head.pages.filter((page) => page.kind === kind);
  return kind === 'states' ? pages : [...pages].sort((a, b) => a.first - b.first);
}

async function decoded<T>(name: string, decode: () => T): Promise<T> {
  try {
    return decode();
  } catch (failure) {
    const isMalformed =
      failure instanceof CodecError ||
      failure instanceof HaloError ||
      failure instanceof KernelError ||
      failure instanceof RangeError;
    if (isMalformed) throw corrupt(name, failure);
    throw failure;
  }
}

function corrupt(name: string, cause?: unknown): SnapshotError {
  return new SnapshotError('SNAPSHOT_CORRUPT', `${name} is malformed`, { cause });
}
