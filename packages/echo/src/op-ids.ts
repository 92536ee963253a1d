/** Ids of what ops create: known before the block is, never reused, not mintable by other feeds. */
import { hash } from '@atoll/crypto';
import { idBytes } from '@atoll/kernel';
import type { BlockContext } from './block-context.ts';

/** Bytes of an object id. */
export const OBJECT_ID_BYTES = 16;

const index4: Uint8Array<ArrayBuffer> = new Uint8Array(4);
const indexView: DataView = new DataView(index4.buffer);

/**
 * Id of the `index`-th object that a transaction creates: the first 16 bytes of
 * H('object', feed, nonce, index as 4 bytes, big-endian); of one in a closed zone with the zone behind these, so that
 * nobody can make two of one id of which not everybody reads both.
 */
export function objectIdBytes(
  { feed, nonce, zone }: Pick<BlockContext, 'feed' | 'nonce' | 'zone'>,
  index: number,
): Uint8Array {
  indexView.setUint32(0, index);
  if (zone !== undefined) {
    return hash('object', feed, nonce, index4, idBytes(zone)).slice(0, OBJECT_ID_BYTES);
  }
  // A copy, not a view: a view would move the digest out of the heap first.
  return hash('object', feed, nonce, index4).slice(0, OBJECT_ID_BYTES);
}
