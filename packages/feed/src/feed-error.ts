/** What can be wrong with a block or a run. What a peer sends is answered with a code, never thrown. */
import { AtollError } from '@atoll/kernel';

/** Every reason to refuse bytes that a peer sent. Codes only grow. */
export type FeedRefusal =
  | 'FEED_BLOCK_MALFORMED' // The bytes are not the one encoding of a block.
  | 'FEED_BLOCK_TOO_LARGE' // A block above BLOCK_BYTES_MAX.
  | 'FEED_BLOCK_VERSION' // A block of a version that this program does not know.
  | 'FEED_CONTENT_DAMAGED' // The payload is not the one that the frame commits to.
  | 'FEED_INNER_SEALED' // The inner header does not open under this membership key.
  | 'FEED_INNER_MALFORMED' // The inner header is not the one encoding of one, or does not fit its payload.
  | 'FEED_LAMPORT_FALSE' // The lamport number is not one above the greatest that the block builds on.
  | 'FEED_DEP_FALSE' // A dep states something false of the block that it names.
  | 'FEED_SECTION_SEALED' // A section does not open under this content key.
  | 'FEED_SECTION_DAMAGED' // A section's ciphertext is not the one that the inner header commits to.
  | 'FEED_RUN_LIMITS' // A run with no block, too many blocks or too many bytes.
  | 'FEED_RUN_FEED' // A run holds a block of another feed.
  | 'FEED_RUN_BROKEN' // Blocks of a run do not follow one another.
  | 'FEED_RUN_END' // A run does not end in the block that it announced.
  | 'FEED_SIGNATURE_WRONG' // The feed key did not sign the announced end.
  | 'FEED_PREV_UNKNOWN' // The run continues a block that this replica does not have.
  | 'FEED_FORGOTTEN' // The block lies under an epoch, and nothing names it any more.
  | 'FEED_BRANCHES_MAX' // One more branch of this feed than this replica keeps.
  | 'FEED_FEEDS_MAX' // One more feed than this replica keeps.
  | 'FEED_NOT_ADMITTED' // The space refuses the run for a reason of its own.
  | 'FEED_DEPS_UNKNOWN' // The block builds on blocks that are not here, or that cannot be used.
  | 'FEED_UNUSED_FULL'; // The space keeps as many blocks that it cannot use as it will. Remove the member who writes them.

/** What this package refuses its own caller. */
export type FeedErrorCode =
  | 'FEED_LIMIT' // A block that would break a limit was asked for. Write less at once.
  | 'FEED_CLOSED' // The replica was used after its end. Open the space again.
  | 'FEED_NOT_OWN' // Blocks to append do not continue the feed they belong to. A defect of the caller: report it.
  | 'FEED_LOG_CORRUPT'; // The stored log is not one that this program can have written. Restore the profile, or fetch the space from a member.

/** Error of the feed package. */
export class FeedError extends AtollError<FeedErrorCode> {
  override readonly name = 'FeedError';
}

/** Either the value or the code of the refusal. */
export type Checked<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly code: FeedRefusal };

/** A refusal as a value. */
export function refused(code: FeedRefusal): { readonly ok: false; readonly code: FeedRefusal } {
  return { ok: false, code };
}
