/** The hashes of the state's tree: with them the root is known at once, and a change costs one path. */
import { Reader, Writer } from '@atoll/codec';
import type { StoredRoot } from '../state-root.ts';

const HASH_BYTES = 32;

/** Writes the hashes of a tree; which rows it is over is what the head says. */
export function encodeTreePage(root: StoredRoot): Uint8Array<ArrayBuffer> {
  const writer = new Writer(root.hashes.length + 80);
  return writer.raw(root.key).raw(root.root).bytes(root.hashes).finish();
}

/** Reads a page. @throws CodecError. */
export function decodeTreePage(
  bytes: Uint8Array,
  over: Pick<StoredRoot, 'rows' | 'voidRows'>,
): StoredRoot {
  const reader = new Reader(bytes);
  const key = reader.take(HASH_BYTES);
  const root = reader.take(HASH_BYTES);
  const hashes = reader.bytes();
  reader.end();
  return { key, root, hashes, ...over };
}
