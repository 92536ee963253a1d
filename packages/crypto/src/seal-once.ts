/**
 * Sealing under a key that is used for one plaintext only: ChaCha20-Poly1305 (RFC 8439) with a nonce of
 * zeros. Equal keys and plaintexts give equal bytes, so that whoever derives the key from the plaintext
 * under a secret of his own finds again what he has sealed before, and nobody else can tell.
 */
import type { AeadPlatform } from '@atoll/kernel';
import { TAG_BYTES, aeadOpen, aeadSeal } from './aead.ts';
import { requireSize } from './crypto-error.ts';

/** Bytes that {@link sealOnce} adds: the tag behind. */
export const SEAL_ONCE_OVERHEAD_BYTES: number = TAG_BYTES;

const KEY_BYTES = 32;
const NONCE = new Uint8Array(12);

/** What is sealed or opened, and how. */
export interface OnceInput {
  /** 32 bytes, never used for two different plaintexts. */
  readonly key: Uint8Array;
  readonly associated: Uint8Array;
  /** For large texts; the bytes are the same. */
  readonly aead?: AeadPlatform | undefined;
}

/** Ciphertext and tag. @throws CryptoError `CRYPTO_SIZE`. */
export function sealOnce(input: OnceInput, plaintext: Uint8Array): Uint8Array<ArrayBuffer> {
  const place = placeOf(input);
  if (input.aead !== undefined) return input.aead.seal(place, plaintext);
  const sealed = new Uint8Array(plaintext.length + TAG_BYTES);
  aeadSeal(place, plaintext, sealed);
  return sealed;
}

/** The plaintext, or `undefined` when key and bytes do not belong together. @throws CryptoError `CRYPTO_SIZE`. */
export function openOnce(
  input: OnceInput,
  sealed: Uint8Array,
): Uint8Array<ArrayBuffer> | undefined {
  const place = placeOf(input);
  return input.aead === undefined ? aeadOpen(place, sealed) : input.aead.open(place, sealed);
}

function placeOf({ associated, key }: OnceInput): {
  readonly key: Uint8Array;
  readonly nonce: Uint8Array;
  readonly associated: Uint8Array;
} {
  requireSize(key, KEY_BYTES, 'a key for one sealing');
  return { key, nonce: NONCE, associated };
}
