/** Why a snapshot could not be used. Never the application's concern: the log is read instead. */
import { AtollError } from '@atoll/kernel';

/** What was wrong with a snapshot. */
export type SnapshotErrorCode =
  | 'SNAPSHOT_CORRUPT' // A page is not what was written. It is dropped, and made anew from the log.
  | 'SNAPSHOT_MISSING' // A page is not there. The snapshot is dropped, and made anew from the log.
  | 'SNAPSHOT_AHEAD' // The snapshot knows more than the log: the log was restored. It is dropped.
  | 'SNAPSHOT_VERSION' // Another version of this program wrote it. It is dropped, and made anew.
  | 'SNAPSHOT_KEYS' // Keys have come since with which more can be read. It is dropped, and made anew.
  | 'SNAPSHOT_REFUSED'; // What a peer sent is not what the root names. Fetch it from another one.

/** Error of a snapshot. */
export class SnapshotError extends AtollError<SnapshotErrorCode> {
  override readonly name = 'SnapshotError';
}
