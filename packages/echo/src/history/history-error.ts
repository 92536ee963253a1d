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

  constructor(sinceMs: number, options: { readonly cause?: unknown } = {}) {
    super('HISTORY_DROPPED', 'the space keeps no history of that time any more', options);
    this.sinceMs = sinceMs;
  }
}
