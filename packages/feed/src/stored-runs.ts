/** Runs out of a stored log: everything after a position, or what a peer with given tips lacks. */
import type { FeedKey, SpaceId, Store, StoredBlock } from '@atoll/kernel';
import { readStored } from './block.ts';
import type { BranchIndex } from './branch-index.ts';
import { FeedError } from './feed-error.ts';
import { RunBuilder, type RunBlock } from './run-builder.ts';
import type { Run } from './run.ts';
import type { Tip } from './tip.ts';

/** Blocks that one read of the store asks for; the store itself bounds their bytes. */
const PAGE_BLOCKS = 512;
/** Known blocks between two missing ones that are cheaper to read along than to jump over. */
const GAP_BLOCKS = 16;

/** A stored log and its index. */
export interface StoredLog {
  readonly store: Store;
  readonly space: SpaceId;
  readonly index: BranchIndex;
  /** Feeds of which a branch was refused that has no place here: tips that are not known may be on it. */
  readonly parted?: ReadonlySet<FeedKey>;
  /** Told of what is not what was written; it is not given to anybody. */
  readonly damaged: (stored: StoredBlock) => void;
}

/** Everything with a position above `position`, in order of arrival. @throws StoreError. */
export async function* readTail(
  log: Omit<StoredLog, 'index' | 'parted'>,
  position: number,
): AsyncGenerator<Run> {
  const { store, space } = log;
  const builder = new RunBuilder();
  let after = position;
  for (;;) {
    const page = await store.read(space, after, PAGE_BLOCKS);
    const end = endOf(page, after);
    if (end === undefined) break;
    after = end;
    for (const stored of page) yield* pushed(builder, log, stored);
  }
  yield* builder.finish();
}

/**
 * Position at which a page of the log ends that was asked for behind `after`; `undefined` if nothing is there.
 * Positions that do not ascend would be read again and again. @throws FeedError `FEED_LOG_CORRUPT`.
 */
export function endOf(page: readonly StoredBlock[], after: number): number | undefined {
  if (page.length === 0) return undefined;
  let end = after;
  for (const { position } of page) {
    if (position <= end) {
      throw new FeedError('FEED_LOG_CORRUPT', 'the positions of the stored blocks do not ascend');
    }
    end = position;
  }
  return end;
}

/** What a peer with these tips lacks, in order of arrival. @throws StoreError. */
export async function* readMissing(log: StoredLog, theirs: readonly Tip[]): AsyncGenerator<Run> {
  const { store, space, index } = log;
  const had = whatTheyHave(log, theirs);
  const lacks = (block: number): boolean =>
    index.seqOf(block) > (had[index.branchOf(block)] as number);
  const builder = new RunBuilder();
  for (const { after, until } of ranges(missingPositions(index, lacks))) {
    let from = after;
    while (from < until) {
      const page = await store.read(space, from, Math.min(PAGE_BLOCKS, until - from));
      const end = endOf(page, from);
      if (end === undefined) break;
      from = end;
      for (const stored of page) {
        const block = index.blockOf(stored.hash);
        if (block === undefined || stored.position > until || !lacks(block)) continue;
        yield* pushed(builder, log, stored);
      }
    }
  }
  yield* builder.finish();
}

/**
 * By branch: the greatest seq that the peer has. A tip that we do not know is one of three things: the
 * peer is ahead (then it has ours), or it is on a branch that we lack. The first is assumed where it is
 * longer than ours; if that was wrong, its branch arrives, and the next exchange knows better. A branch that has
 * no place here never arrives.
 */
function whatTheyHave(
  { index, parted }: Pick<StoredLog, 'index' | 'parted'>,
  theirs: readonly Tip[],
): Float64Array {
  const had = new Float64Array(index.branchCount).fill(-1);
  const raise = (start: number, startSeq: number): void => {
    let branch: number | undefined = start;
    let seq = startSeq;
    while (branch !== undefined) {
      had[branch] = Math.max(had[branch] as number, seq);
      seq = index.branchFork(branch) - 1;
      branch = index.branchParent(branch);
    }
  };
  for (const tip of theirs) {
    const block = index.blockOf(tip.hash);
    if (block !== undefined) {
      raise(index.branchOf(block), index.seqOf(block));
      continue;
    }
    const [only, ...others] = index.branchesOf(tip.feed);
    if (only === undefined || others.length > 0) continue;
    const end = index.seqOf(index.branchEnd(only));
    if (tip.seq > end && parted?.has(tip.feed) !== true) raise(only, end);
  }
  return had;
}

function missingPositions(
  index: BranchIndex,
  lacks: (block: number) => boolean,
): Float64Array<ArrayBuffer> {
  const positions = new Float64Array(index.blockCount);
  let count = 0;
  for (let block = 0; block < index.blockCount; block++) {
    const position = index.positionOf(block);
    if (position > 0 && lacks(block)) positions[count++] = position;
  }
  return positions.slice(0, count).sort();
}

/** Neighbouring positions as stretches to read. */
function* ranges(
  positions: Float64Array,
): Generator<{ readonly after: number; readonly until: number }> {
  let start: number | undefined;
  let last = 0;
  for (const position of positions) {
    if (start !== undefined && position - last > GAP_BLOCKS) {
      yield { after: start - 1, until: last };
      start = undefined;
    }
    start ??= position;
    last = position;
  }
  if (start !== undefined) yield { after: start - 1, until: last };
}

/** What was damaged is left out: the runs around it end before it and begin after it. */
function pushed(
  builder: RunBuilder,
  log: Pick<StoredLog, 'damaged'>,
  stored: StoredBlock,
): readonly Run[] {
  const parsed = readStored(stored);
  if (parsed === undefined) {
    log.damaged(stored);
    return [];
  }
  const block: RunBlock = { ...stored, prev: parsed.frame.prev };
  return builder.push(block);
}
