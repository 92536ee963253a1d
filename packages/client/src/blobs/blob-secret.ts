/**
 * What a writer of blobs derives from a zone's content key: where files are cut, and the key of each
 * piece. Both differ from space to space, so that nobody outside can confirm that a space holds a file he
 * knows, neither by names nor by lengths.
 */
import { deriveKey, keyedHash } from '@atoll/crypto';

const BYTE_VALUES = 256;
const WORDS_PER_HASH = 8;

/** Secrets of one generation of a zone. */
export interface BlobSecret {
  /** A random word for each byte value, for the rolling hash. */
  readonly gear: Uint32Array;
  /** The key of a piece: equal plaintexts of one space have equal keys, and equal sealed bytes. */
  readonly keyOf: (plaintext: Uint8Array) => Uint8Array<ArrayBuffer>;
}

/** Derives them from a content key of 32 bytes. */
export function blobSecret(content: Uint8Array): BlobSecret {
  const gearKey = deriveKey(content, 'blob/gear');
  const chunkKey = deriveKey(content, 'blob/chunk');
  const gear = new Uint32Array(BYTE_VALUES);
  for (let at = 0; at < BYTE_VALUES; at += WORDS_PER_HASH) {
    const words = new DataView(keyedHash(gearKey, 'blob-gear', Uint8Array.of(at)).buffer);
    for (let word = 0; word < WORDS_PER_HASH; word++) {
      gear[at + word] = words.getUint32(word * 4, true);
    }
  }
  return { gear, keyOf: (plaintext) => keyedHash(chunkKey, 'blob-key', plaintext) };
}
