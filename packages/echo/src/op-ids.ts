/** Ids of what ops create: known before the block is, never reused, not mintable by other feeds. */
import { hash } from '@atoll/crypto';

/** Bytes of an object id. */
export const OBJECT_ID_BYTES = 16;

const index4: Uint8Array<ArrayBuffer> = new Uint8Array(4);
const indexView: DataView = new DataView(index4.buffer);

/**
 * Id of the `index`-th object that a transaction creates: the first 16 bytes of
 * H('object', feed, nonce, index as 4 bytes, big-endian).
 */
export function objectIdBytes(feed: Uint8Array, nonce: Uint8Array, index: number): Uint8Array {
  indexView.setUint32(0, index);
  // A copy, not a view: a view would move the digest out of the heap first.
  return hash('object', feed, nonce, index4).slice(0, OBJECT_ID_BYTES);
}
