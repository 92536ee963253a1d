/**
 * Sealing of stored content: XChaCha20-Poly1305 under a generation's key. The nonce is a keyed hash of
 * fresh randomness, the position and the plaintext: should the randomness ever repeat (a virtual machine
 * resumed twice), a nonce repeats only for the same content in the same place.
 */
import type { AeadPlatform, Rng, ShortAead } from '@atoll/kernel';
import { aeadOpen, aeadSeal, extendedNonce, prepareXKey, TAG_BYTES, XNONCE_BYTES } from './aead.ts';
import type { XKey } from './aead.ts';
import { requireSize } from './crypto-error.ts';
import { deriveKey, hash, keyedHash } from './hash.ts';

/** Bytes that sealing adds: the nonce in front and the tag behind. */
export const SEAL_OVERHEAD_BYTES: number = XNONCE_BYTES + TAG_BYTES;

const SECRET_BYTES = 32;
const RANDOM_BYTES = 32;
/** Below, a call to the platform's cipher costs more than ours. */
const PLATFORM_BYTES_MIN = 1024;

function forText(aead: AeadPlatform | undefined, length: number): AeadPlatform | undefined {
  return length < PLATFORM_BYTES_MIN ? undefined : aead;
}

/** The platform's way for short texts, if it has one for these. */
function shortFor(
  aead: AeadPlatform | undefined,
  associated: Uint8Array,
  length: number,
): ShortAead | undefined {
  const short = aead?.short;
  const fits =
    short !== undefined &&
    length <= short.textBytesMax &&
    associated.length <= short.associatedBytesMax;
  return fits ? short : undefined;
}

/** A secret made ready for sealing; make it once per generation, it costs two derivations. */
export interface SealingKey {
  /** See {@link keyCommitment}. */
  readonly commitment: Uint8Array<ArrayBuffer>;
  /** Cipher key and nonce key; for this file alone. */
  readonly inner: { readonly cipher: XKey; readonly nonce: Uint8Array };
}

/** Prepares a 32-byte secret. @throws CryptoError `CRYPTO_SIZE`. */
export function sealingKey(secret: Uint8Array): SealingKey {
  requireSize(secret, SECRET_BYTES, 'a sealing secret');
  return {
    commitment: keyCommitment(secret),
    inner: {
      cipher: prepareXKey(deriveKey(secret, 'seal/cipher')),
      nonce: deriveKey(secret, 'seal/nonce'),
    },
  };
}

/**
 * 32 bytes that bind to one secret and tell nothing of it. A cipher with Poly1305 alone can be made to
 * open under two keys; a generation publishes this once, and its receivers compare it before use.
 */
export function keyCommitment(secret: Uint8Array): Uint8Array<ArrayBuffer> {
  requireSize(secret, SECRET_BYTES, 'a sealing secret');
  return hash('key-commitment', secret);
}

/** What to seal, and where it stands. */
export interface SealInput {
  readonly rng: Rng;
  /** Everything that says where the content stands (feed, sequence number, section…); not secret. */
  readonly associated: Uint8Array;
  readonly plaintext: Uint8Array;
  /** The platform's ciphers; the bytes are the same. */
  readonly aead?: AeadPlatform | undefined;
}

/** Nonce, ciphertext and tag: {@link SEAL_OVERHEAD_BYTES} more than the plaintext. */
export function seal(key: SealingKey, input: SealInput): Uint8Array<ArrayBuffer> {
  const sealed = new Uint8Array(input.plaintext.length + SEAL_OVERHEAD_BYTES);
  sealInto(key, input, sealed, 0);
  return sealed;
}

/** {@link seal} into `target` from position `at`: for what is put together from several parts. */
export function sealInto(key: SealingKey, input: SealInput, target: Uint8Array, at: number): void {
  const { associated, plaintext, rng } = input;
  const random = rng.bytes(RANDOM_BYTES);
  // Its first 24 bytes are the nonce.
  const digest = keyedHash(key.inner.nonce, 'seal/nonce', random, associated, plaintext);
  for (let byte = 0; byte < XNONCE_BYTES; byte++) target[at + byte] = digest[byte] as number;
  const textAt = at + XNONCE_BYTES;
  const short = shortFor(input.aead, associated, plaintext.length);
  if (short !== undefined) {
    const place = { key: key.inner.cipher.bytes, nonce: digest, associated };
    short.seal(place, plaintext, target, textAt);
    return;
  }
  const place = extendedNonce(key.inner.cipher, digest, associated);
  const aead = forText(input.aead, plaintext.length);
  if (aead === undefined) aeadSeal(place, plaintext, target, textAt);
  else target.set(aead.seal(place, plaintext), textAt);
}

/** What {@link seal} gave, and where it was found. */
export interface OpenInput {
  readonly associated: Uint8Array;
  readonly sealed: Uint8Array;
  readonly aead?: AeadPlatform | undefined;
}

/** The plaintext, or `undefined` when key, place or bytes are not those of the sealing. */
export function open(key: SealingKey, input: OpenInput): Uint8Array<ArrayBuffer> | undefined {
  const { associated, sealed } = input;
  if (sealed.length < SEAL_OVERHEAD_BYTES) return undefined;
  const short = shortFor(input.aead, associated, sealed.length - SEAL_OVERHEAD_BYTES);
  if (short !== undefined) {
    const place = { key: key.inner.cipher.bytes, nonce: sealed, associated };
    return short.open(place, sealed, XNONCE_BYTES);
  }
  const aead = forText(input.aead, sealed.length);
  const place = extendedNonce(key.inner.cipher, sealed, associated);
  if (aead === undefined) return aeadOpen(place, sealed, XNONCE_BYTES);
  return aead.open(place, sealed.subarray(XNONCE_BYTES));
}
