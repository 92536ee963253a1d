/** Bytes of ids that stand in block after block: the space, its keys, the feeds, the rights that are used. */
import { idBytes } from '@atoll/kernel';

/** Ids kept; a busy space has some dozens of feeds and a handful of the rest. */
const KNOWN_MAX = 512;
const bytesById = new Map<string, Uint8Array>();

/** Bytes of an id, shared: not to be written to. For ids that come again, not for hashes of blocks. */
export function knownBytes(id: Parameters<typeof idBytes>[0]): Uint8Array {
  const known = bytesById.get(id);
  if (known !== undefined) return known;
  const bytes = idBytes(id);
  if (bytesById.size >= KNOWN_MAX) bytesById.clear();
  bytesById.set(id, bytes);
  return bytes;
}
