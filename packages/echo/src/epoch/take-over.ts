/**
 * A space that begins with an epoch which others have sealed. It is on trial until the blocks that sealed
 * it have come: what was kept before stays beside it, and nothing of the log is let go. Each step is one
 * commit, so that a crash leaves the space with the state before or the one after.
 */
import { Writer } from '@atoll/codec';
import { NO_EPOCH, type EpochId } from '@atoll/halo';
import { fromHex, type SpaceId } from '@atoll/kernel';
import { PageStore } from '../snapshot/page-store.ts';
import { indexOf } from '../snapshot/restore.ts';
import { SnapshotError } from '../snapshot/snapshot-error.ts';
import { droppedName } from './drop-history.ts';
import {
  keptEpoch,
  pagesOfEpoch,
  pointedEpoch,
  pointerName,
  pointerTo,
  othersName,
  trialName,
  type ArchivePlace,
} from './epoch-archive.ts';
import { trialOf, type EpochTrial } from './epoch-trial.ts';
import { dropFromLog } from './log-pages.ts';
import { othersApart, othersRecord, type OtherApart } from './others-apart.ts';
import { sureRecord } from './sure-record.ts';
import { sweepFetches } from './sweep-fetches.ts';
import { carryEntries, carryValues, type CarryEntry } from '../carry/carry-store.ts';
import { recordPrefix } from '../space/own-feed.ts';

/** Blocks of the log that are looked at at once. */
const ID_BYTES = 32;

/** Where a space stood before it takes over an epoch. */
export type StoodAt = Pick<EpochTrial, 'known' | 'era'>;

/**
 * Lets the space begin with an epoch whose pages are here. The space is closed. Twice is once.
 * @throws StoreError; the space is as before then.
 */
export async function adoptEpoch(
  place: ArchivePlace,
  epoch: EpochId,
  stoodAt: StoodAt & {
    /** Work of this device that the epoch does not hold, and that is to be carried over. */
    readonly carries?: Omit<CarryEntry, 'state'>;
    /** Work of others that it does not hold. */
    readonly others?: readonly OtherApart[];
  },
): Promise<void> {
  const { space, store } = place;
  const current = (await undamaged(pointedEpoch(place))) ?? NO_EPOCH;
  if (current !== epoch) {
    // A trial that never ended is given up for this one: what was sure is what was before it.
    const before = (await undamaged(trialOf(place)))?.before ?? current;
    const trial = new Writer(80).raw(bytesOf(before)).raw(bytesOf(stoodAt.known));
    const values = new Map<string, Uint8Array | undefined>([
      [pointerName(space), pointerTo(epoch)],
      [trialName(space), sureRecord(trial.varint(stoodAt.era).finish())],
      // Of a state without the epoch; the log keeps what was written here.
      [headName(space), undefined],
    ]);
    const others = [...(await othersApart(place)), ...(stoodAt.others ?? [])];
    if (others.length > 0) values.set(othersName(space), othersRecord(others));
    if (stoodAt.carries !== undefined) {
      const entries = await carryEntries(place);
      const next = [...entries, { state: 'trial', ...stoodAt.carries } as const];
      for (const [name, value] of await carryValues(place, next)) values.set(name, value);
      // What stands in their feeds here goes on elsewhere, so they are not gone on with.
      for (const name of await store.names(recordPrefix(space))) values.set(name, undefined);
    }
    await store.commit({ values });
    if (current !== before) await pagesOfEpoch(place, current).removeOthers(new Set(), false);
  }
  await new PageStore(place).removeOthers(new Set(), false);
}

/** The epoch was sealed: what it stands for is let go. @throws StoreError; it goes on the next time. */
export async function confirmEpoch(place: ArchivePlace): Promise<void> {
  const trial = await trialOf(place);
  if (trial === undefined) return;
  if (trial.before !== NO_EPOCH) {
    await pagesOfEpoch(place, trial.before).removeOthers(new Set(), false);
  }
  await dropForgotten(place);
  await sweepFetches(place);
  const entries = await carryEntries(place);
  const due = entries.map((entry) => ({ ...entry, state: 'due' as const }));
  const values = await carryValues(place, due);
  values.set(trialName(place.space), undefined);
  await place.store.commit({ values });
}

/** The epoch was not sealed: the space begins as it did before. It is closed. @throws StoreError. */
export async function revertEpoch(place: ArchivePlace): Promise<void> {
  const { space, store } = place;
  const trial = await trialOf(place);
  if (trial === undefined) return;
  const due = (await carryEntries(place)).filter(({ state }) => state === 'due');
  const values = new Map<string, Uint8Array | undefined>([
    [pointerName(space), trial.before === NO_EPOCH ? undefined : pointerTo(trial.before)],
    [trialName(space), undefined],
    [headName(space), undefined],
    // The state that is gone back to has the work in its place.
    ...(await carryValues(place, due)),
  ]);
  await store.commit({ values });
  await pagesOfEpoch(place, trial.epoch).removeOthers(new Set(), false);
  await new PageStore(place).removeOthers(new Set(), false);
}

/**
 * Lets a space that has dropped its history begin with nothing but its log, which is then completed by who has
 * all of it. To be called when somebody who has the whole history has everything that is here, too; the space is
 * closed. What is here now stays in the log. @throws StoreError.
 */
export async function beginAnew(place: ArchivePlace): Promise<void> {
  const { space, store } = place;
  const epoch = await undamaged(pointedEpoch(place));
  const trial = await undamaged(trialOf(place));
  // What was to be carried over has its place in the log.
  const values = await carryValues(place, []);
  const records = [pointerName, trialName, droppedName, headName, othersName];
  for (const nameOf of records) values.set(nameOf(space), undefined);
  // A feed of which another branch comes back with it is not gone on with.
  for (const name of await store.names(recordPrefix(space))) values.set(name, undefined);
  await store.commit({ values });
  for (const each of [epoch, trial?.before]) {
    if (each !== undefined && each !== NO_EPOCH) {
      await pagesOfEpoch(place, each).removeOthers(new Set(), false);
    }
  }
  await new PageStore(place).removeOthers(new Set(), false);
}

/** Removes pages of epochs that were never taken over: a program ended while it fetched. @throws StoreError. */
export async function sweepEpochs(place: ArchivePlace): Promise<void> {
  const { space, store } = place;
  let keeps: readonly (EpochId | undefined)[];
  try {
    keeps = [await pointedEpoch(place), (await trialOf(place))?.before];
  } catch (failure) {
    // Nobody knows which pages are the state of the space: all of them stay.
    if (failure instanceof SnapshotError) return;
    throw failure;
  }
  const kept = keeps.map((epoch) => epoch?.slice(0, FOLDER_DIGITS));
  const values = new Map<string, undefined>();
  for (const name of await store.names('epoch-')) {
    const [, folder, of] = FOLDER.exec(name) ?? [];
    if (of === space && !kept.includes(folder)) values.set(name, undefined);
  }
  if (values.size > 0) await store.commit({ values });
}

const FOLDER_DIGITS = 16;
const FOLDER = /^epoch-([0-9a-f]{16})\/([^/]+)\//;

/** Removes what the log has under the epoch and nothing names any more: it can never be folded again. */
async function dropForgotten(place: ArchivePlace): Promise<void> {
  const kept = await keptEpoch(place);
  if (kept === undefined) return;
  const others = new Set((await othersApart(place)).map(({ hash }) => hash));
  const index = indexOf(kept.found, 0);
  await dropFromLog(
    place,
    ({ feed, hash, seq }) =>
      seq < index.wholeFrom(feed) && index.blockOf(hash) === undefined && !others.has(hash),
  );
}

/** Nothing instead of what is damaged: it is about to be replaced. */
async function undamaged<T>(record: Promise<T>): Promise<T | undefined> {
  try {
    return await record;
  } catch (failure) {
    if (failure instanceof SnapshotError) return undefined;
    throw failure;
  }
}

/** The page by which the space's own snapshot exists. */
function headName(space: SpaceId): string {
  return `snapshot/${space}/head`;
}

function bytesOf(epoch: EpochId): Uint8Array {
  return fromHex(epoch) ?? new Uint8Array(ID_BYTES);
}
