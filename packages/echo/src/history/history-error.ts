/** Refusals of history. */
import { AtollError } from '@atoll/kernel';

/** Why a question about the past was not answered, or a branch not made or merged. */
export type HistoryErrorCode =
  | 'HISTORY_POINT' // The point names changes that are not here. Wait until the space has been received.
  | 'HISTORY_VERSION' // There is no version of this name. List the versions.
  | 'HISTORY_NAME' // The name is empty, too long, or another version has it. Choose another one.
  | 'HISTORY_DROPPED' // The space keeps no history of that time any more. Choose a later moment.
  | 'HISTORY_OBJECT' // The object was not there then. Choose a later moment.
  | 'HISTORY_READ_ONLY' // The past cannot be changed. Bring it back first, or change the present.
  | 'HISTORY_CURSOR' // The page does not begin where this timeline has an entry. Begin again without it.
  | 'HISTORY_BRANCH' // This is no branch, or not one of this space. List the branches.
  | 'HISTORY_FORK' // The state from which the branch grew was dropped here. Merge where it is kept, or copy by hand.
  | 'HISTORY_MERGED' // The branch was merged before. Make a new one from the present state.
  | 'HISTORY_CONFLICTS'; // Both sides changed the same thing. Say for each which side is to stay.

/** Error of history. */
export class HistoryError extends AtollError<HistoryErrorCode> {
  override readonly name: string = 'HistoryError';
}

/** History of the time asked for was dropped after an epoch. */
export class HistoryDroppedError extends HistoryError {
  override readonly name = 'HistoryDroppedError';
  /** The moment since which history is here, as writers' clocks said it; milliseconds since 1970. */
  readonly sinceMs: number;
  /** When this device dropped what was before, milliseconds since 1970; absent if it never had it. */
  readonly droppedMs?: number;

  constructor(
    sinceMs: number,
    options: { readonly cause?: unknown; readonly droppedMs?: number | undefined } = {},
  ) {
    const { cause, droppedMs } = options;
    super('HISTORY_DROPPED', droppedText(sinceMs, droppedMs), { cause });
    this.sinceMs = sinceMs;
    if (droppedMs !== undefined) this.droppedMs = droppedMs;
  }
}

function droppedText(sinceMs: number, droppedMs: number | undefined): string {
  const begins = `history begins ${isoOf(sinceMs)} on this device`;
  const why =
    droppedMs === undefined
      ? 'what was before is not here'
      : `what was before was dropped ${isoOf(droppedMs)}`;
  return `${begins}: ${why}`;
}

function isoOf(timeMs: number): string {
  // eslint-disable-next-line no-restricted-globals -- Given a time, it reads no clock.
  return new Date(timeMs).toISOString();
}
