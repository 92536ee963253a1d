/** A snapshot opened apart from any space: to be looked at, served to others, or compared. Nothing changes. */
import type { BranchIndex } from '@atoll/feed';
import type { FeedKey, IdentityId } from '@atoll/kernel';
import type { EarlierBlocks } from '../block-table.ts';
import { Fold } from '../fold.ts';
import type { StoredStates } from '../row-keeping.ts';
import { SpaceChains } from '../space/space-chains.ts';
import { BLOCK_HAS_DATA, SpaceIndex, type KeptBlock } from '../space/space-index.ts';
import { StateRoot } from '../state-root.ts';
import type { ControlEntry } from './control-page.ts';
import type { SnapshotHead } from './head.ts';
import type { PageStore } from './page-store.ts';
import { indexOf, restoreRows, type FoundSnapshot } from './restore.ts';

const NOBODY: IdentityId = '00'.repeat(32) as IdentityId;

/** State of a space without the space. */
export interface DetachedState {
  readonly index: SpaceIndex;
  readonly control: readonly ControlEntry[];
  readonly fold: Fold;
  readonly tree: StateRoot;
  /** A fold of the same blocks and types without rows, to look at some. */
  scratch(stored: StoredStates): Fold;
}

/** Opens a snapshot. @throws SnapshotError; StoreError. */
export async function openDetached(
  found: FoundSnapshot,
  from: { readonly pages: PageStore; readonly turn: () => Promise<void> },
): Promise<DetachedState & { readonly head: SnapshotHead; readonly stored: StoredStates }> {
  const { head } = found;
  const state = detachedState(indexOf(found, 0), found.kept, found.control);
  for (const block of head.voidBlocks) state.fold.blocks.setVoid(block, true);
  const { fold, tree } = state;
  const { stored } = await restoreRows(found, { ...from, fold, tree });
  return { ...state, head, stored };
}

/** A state of blocks and no rows yet. */
export function detachedState(
  branches: BranchIndex,
  kept: readonly KeptBlock[],
  control: readonly ControlEntry[],
): DetachedState {
  const index = new SpaceIndex(0, branches);
  kept.forEach((block, no) => index.restore(no, block));
  const isInPast = (a: number, b: number): boolean => a !== b && index.causal.isInPast(a, b);
  const silent = { objectChanged: () => undefined, fieldChanged: () => undefined };
  const causality = { isInPast, chains: new SpaceChains(branches) };
  const fold = new Fold({ causality, observer: silent, tableSeed: 0 });
  const earlier: EarlierBlocks = {
    count: kept.length,
    context: (no) => index.contextOf(no, NOBODY),
    at: (feed, seq) => blocksAt(index, feed, seq),
    hash: (no) => branches.hashBytesOf(no),
    compare: (a, b) => index.compare(a, b),
  };
  fold.blocks.restore(earlier);
  const scratch = (stored: StoredStates): Fold => {
    const { types } = fold;
    const look = new Fold({ causality, observer: silent, tableSeed: 0, types });
    look.blocks.restore(earlier);
    look.restore(stored);
    return look;
  };
  return { index, control, fold, tree: new StateRoot(fold), scratch };
}

/** Blocks with ops that have this seq in a feed. */
function blocksAt(index: SpaceIndex, feed: string, seq: number): number[] {
  const found = new Set<number>();
  for (const branch of index.branches.branchesOf(feed as FeedKey)) {
    const no = index.branches.blockAt(branch, seq);
    if (no !== undefined && (index.flagsOf(no) & BLOCK_HAS_DATA) !== 0) found.add(no);
  }
  return [...found];
}
