/**
 * Forgets what an epoch stands for: bytes of blocks under its frontier, once its snapshot is kept here. The
 * order of those that something still names and what was said about access stay in the snapshot; the end of
 * each chain stays in the log.
 */
import type { BranchIndex } from '@atoll/feed';
import { errorCode, type Clock, type Log, type SpaceId, type Store } from '@atoll/kernel';
import { epochIdOf, type EpochTerms } from '@atoll/halo';
import type { SpaceIndex } from '../space/space-index.ts';
import { pointerName, type EpochArchive } from './epoch-archive.ts';
import { Frontier } from './frontier.ts';
import { logPages } from './log-pages.ts';

/** Blocks that are dropped in one commit. */
const DROPS_A_COMMIT = 2000;
/** Blocks of the log that are looked at at once. */

/** What dropping needs. */
export interface DropParts {
  readonly space: SpaceId;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly index: SpaceIndex;
  /** Index of the log, which knows positions. */
  readonly replica: () => BranchIndex;
  /** Lets it learn the positions of what was written here. @throws StoreError. */
  readonly catchUp: () => Promise<unknown>;
  readonly archive: EpochArchive;
  /** Blocks were let go: tries those again that wait for some. */
  readonly letGo: () => void;
  /** Lets the space begin with the kept epoch when it is opened next. @throws StoreError. */
  readonly rebase: () => Promise<void>;
}

/** Drops the history of an epoch; blocks that were dropped. @throws StoreError. */
export async function dropHistory(parts: DropParts, terms: EpochTerms): Promise<number> {
  const { index, log, space, store } = parts;
  const frontier = Frontier.at(index, terms.anchor);
  if (frontier === undefined || !(await isKept(parts, terms))) return 0;
  await parts.catchUp();
  // What parts from its feed below has its place by this history alone, until an epoch has it, too.
  if (frontier.isPartedFrom()) return 0;
  for (const [feed, whole] of frontier.wholes()) {
    for (const branches of [index.branches, parts.replica()]) branches.letGo(feed, whole);
  }
  parts.letGo();
  const dropped = droppable(parts, frontier);
  // With the first part, so that nothing is gone of which nobody could say since when.
  const note = noteOf(epochIdOf(terms), parts.clock.nowMs());
  for (let from = 0; from < dropped.length; from += DROPS_A_COMMIT) {
    const part = dropped.slice(from, from + DROPS_A_COMMIT);
    const values = new Map(from === 0 ? [[droppedName(space), note]] : []);
    await store.commit({ values, drops: [{ space, positions: part }] });
  }
  if (dropped.length > 0) {
    await parts.rebase();
    log.event('info', 'space.history-dropped', { blocks: dropped.length, number: terms.number });
  }
  return dropped.length;
}

/** Positions of the blocks under a frontier that are in the log and need not be. */
function droppable({ index, replica }: DropParts, frontier: Frontier): number[] {
  const { branches } = index;
  const stays = new Set(frontier.ends());
  for (let branch = 0; branch < branches.branchCount; branch++) {
    stays.add(branches.branchEnd(branch));
  }
  const log = replica();
  const positions: number[] = [];
  for (let no = 0; no < branches.blockCount; no++) {
    if (stays.has(no) || !frontier.has(no)) continue;
    const logged = log.blockOf(branches.hashOf(no));
    const position = logged === undefined ? 0 : log.positionOf(logged);
    if (position > 0) positions.push(position);
  }
  return positions;
}

/**
 * Whether the log holds every block from the beginning of each chain on. Where no epoch was ever kept it
 * does; else it is read through. @throws StoreError.
 */
export async function isHistoryWhole({
  catchUp,
  replica,
  space,
  store,
}: Pick<DropParts, 'catchUp' | 'replica' | 'space' | 'store'>): Promise<boolean> {
  if ((await store.value(pointerName(space))) === undefined) return true;
  await catchUp();
  const log = replica();
  // What comes meanwhile is not looked for.
  const ends = Array.from({ length: log.branchCount }, (_, branch) => log.branchEnd(branch));
  const here = new Uint8Array(log.blockCount);
  for await (const page of logPages({ space, store })) {
    for (const { hash } of page) {
      const block = log.blockOf(hash);
      if (block !== undefined && block < here.length) here[block] = 1;
    }
  }
  return ends.every((end, branch) => {
    for (let seq = log.branchFork(branch); seq <= log.seqOf(end); seq++) {
      const block = log.blockAt(branch, seq);
      if (block === undefined || here[block] !== 1) return false;
    }
    return true;
  });
}

/** When this device first saw that an epoch is sealed, milliseconds; noted now if it has not been. */
export async function seenAtMs(
  { clock, space, store }: Pick<DropParts, 'clock' | 'space' | 'store'>,
  epoch: string,
): Promise<number> {
  const name = `epoch-seen/${space}`;
  const known = notedMs(await store.value(name), epoch);
  if (known !== undefined) return known;
  const now = Math.floor(clock.nowMs());
  await store.commit({ values: new Map([[name, noteOf(epoch, now)]]) });
  return now;
}

/**
 * When this device dropped what is under an epoch, milliseconds; `undefined` if it did not, or had never
 * had it. @throws StoreError.
 */
export async function droppedAtMs(
  { space, store }: Pick<DropParts, 'space' | 'store'>,
  epoch: string,
): Promise<number | undefined> {
  return notedMs(await store.value(droppedName(space)), epoch);
}

/** Name of the value that says when history was dropped. */
export function droppedName(space: SpaceId): string {
  return `epoch-dropped/${space}`;
}

function noteOf(epoch: string, atMs: number): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${epoch} ${Math.floor(atMs)}`);
}

function notedMs(note: Uint8Array | undefined, epoch: string): number | undefined {
  const [of, at] = note === undefined ? [] : new TextDecoder().decode(note).split(' ');
  return of === epoch && at !== undefined ? Number(at) : undefined;
}

async function isKept({ archive, log }: DropParts, terms: EpochTerms): Promise<boolean> {
  try {
    return await archive.make(terms);
  } catch (failure) {
    log.event('warn', 'space.epoch-not-kept', { code: errorCode(failure) });
    return false;
  }
}
