/** Refusals of blobs to their application. */
import { AtollError } from '@atoll/kernel';

/** Every way in which a blob cannot be had or kept; a full disk is a StoreError `STORE_FULL`. */
export type BlobErrorCode =
  | 'BLOB_DAMAGED' // Whoever made the ref made it wrong: nobody has what it stands for. Put the file again.
  | 'BLOB_NOT_READABLE' // The keys of the space are not here, so that nothing can be sealed for it. Wait for them.
  | 'BLOB_AWAY' // Not all of it is on this device, and only what is here was asked for. Connect, or ask to fetch it.
  | 'BLOB_QUOTA' // The server has no room for this file: others get it from this device only. Make room there, or use another server.
  | 'BLOB_GC_UNSURE'; // Some of the history cannot be read here, so it cannot be known what it names. Nothing was removed.

/** Error of blobs. */
export class BlobError extends AtollError<BlobErrorCode> {
  override readonly name = 'BlobError';
}
