/**
 * What a writer of blobs derives from a zone's content key: where files are cut, and the key of each
 * piece. Both differ from space to space, so that nobody outside can confirm that a space holds a file he
 * knows, neither by names nor by lengths.
 */
import { deriveKey, keyedHash } from '@atoll/crypto';
import type { Space } from '@atoll/echo';
import { ROOT_ZONE, type KeyId, type ZoneId } from '@atoll/kernel';
import { BlobError } from './blob-error.ts';

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

/** The secrets of each zone of a space, derived once as long as its keys stay. */
export class BlobSecrets {
  readonly #made = new Map<ZoneId, { readonly content: Uint8Array; readonly secret: BlobSecret }>();

  /**
   * Those to seal under now. Keys that somebody who was put out has are changed before. @throws BlobError
   * `BLOB_NOT_READABLE`; SpaceError `SPACE_KEY_MISSING`.
   */
  async of({ authority, keyCare, keys }: Space, of: ZoneId): Promise<BlobSecret> {
    const zone = authority.keyedBy(of);
    const isHeld = (generation: KeyId): boolean => keys.ring.get(generation) !== undefined;
    if (authority.keys.isStale(zone)) await keyCare.make();
    const generation = authority.keys.current(zone, isHeld);
    const content = generation === undefined ? undefined : keys.ring.zone(generation)?.content;
    if (content === undefined) {
      const what = zone === ROOT_ZONE ? 'the keys of the space' : 'the keys of this private zone';
      throw new BlobError('BLOB_NOT_READABLE', `${what} are not here`);
    }
    const known = this.#made.get(zone);
    if (known?.content === content) return known.secret;
    const secret = blobSecret(content);
    this.#made.set(zone, { content, secret });
    return secret;
  }
}
