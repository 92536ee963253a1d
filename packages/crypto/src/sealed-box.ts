/**
 * Sealing to a public key, without a sender: an ephemeral X25519 key, HKDF over the shared secret with
 * both public keys, ChaCha20-Poly1305 under a key that is used once. The first byte names the algorithm,
 * so that one safe against quantum computers can follow.
 */
import type { Agreer, Rng } from '@atoll/kernel';
import { aeadOpen, aeadSeal, TAG_BYTES } from './aead.ts';
import { CryptoError, requireSize } from './crypto-error.ts';
import { deriveKey, hash } from './hash.ts';
import { isAllZero, wipe } from './secret-bytes.ts';
import { agreementPublicKey, agreeNow, isWeakAgreementKey } from './software-keys.ts';

/** X25519, HKDF-SHA256, ChaCha20-Poly1305. */
const ALGORITHM_X25519 = 1;
const PUBLIC_KEY_BYTES = 32;
const HEADER_BYTES = 1 + PUBLIC_KEY_BYTES;
const RANDOM_BYTES = 32;
/** The key is used for one message, so the nonce may be constant. */
const NONCE: Uint8Array = new Uint8Array(12);

/** Bytes that sealing to a key adds. */
export const SEALED_BOX_OVERHEAD_BYTES: number = HEADER_BYTES + TAG_BYTES;

/** What to seal to whom. */
export interface SealToInput {
  /** X25519 public key of the recipient. */
  readonly recipient: Uint8Array;
  readonly plaintext: Uint8Array;
  /** Where it belongs; opening needs the same bytes. */
  readonly info: Uint8Array;
  readonly rng: Rng;
}

/**
 * Algorithm byte, ephemeral public key, ciphertext and tag. The ephemeral secret is hashed from
 * randomness and content, so that repeated randomness never seals two contents under one key.
 * @throws CryptoError `CRYPTO_WEAK_KEY` when the recipient's key is of small order, `CRYPTO_SIZE`.
 */
export function sealTo(input: SealToInput): Uint8Array<ArrayBuffer> {
  const { recipient, plaintext, info, rng } = input;
  requireSize(recipient, PUBLIC_KEY_BYTES, 'an X25519 key');
  const random = rng.bytes(RANDOM_BYTES);
  const secret = hash('sealed-box/ephemeral', random, recipient, info, plaintext);
  const ephemeral = agreementPublicKey(secret);
  const shared = agreeNow(secret, recipient);
  if (shared === undefined) throw new CryptoError('CRYPTO_WEAK_KEY', 'the key is of small order');
  const key = boxKey({ shared, ephemeral, recipient, info });
  const sealed = new Uint8Array(plaintext.length + SEALED_BOX_OVERHEAD_BYTES);
  sealed[0] = ALGORITHM_X25519;
  sealed.set(ephemeral, 1);
  aeadSeal({ key, nonce: NONCE, associated: info }, plaintext, sealed, HEADER_BYTES);
  wipe(random, secret, shared, key);
  return sealed;
}

/** The plaintext, or `undefined` when it was not sealed to this key with this info. */
export async function openSealed(
  agreer: Agreer,
  sealed: Uint8Array,
  info: Uint8Array,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (sealed.length < SEALED_BOX_OVERHEAD_BYTES || sealed[0] !== ALGORITHM_X25519) return undefined;
  const ephemeral = sealed.slice(1, HEADER_BYTES);
  if (isWeakAgreementKey(ephemeral)) return undefined;
  const shared = await agreer.agree(ephemeral);
  if (isAllZero(shared)) return undefined;
  const key = boxKey({ shared, ephemeral, recipient: agreer.publicKey, info });
  const plaintext = aeadOpen(
    { key, nonce: NONCE, associated: info },
    sealed.subarray(HEADER_BYTES),
  );
  wipe(shared, key);
  return plaintext;
}

function boxKey(input: {
  readonly shared: Uint8Array;
  readonly ephemeral: Uint8Array;
  readonly recipient: Uint8Array;
  readonly info: Uint8Array;
}): Uint8Array<ArrayBuffer> {
  const { shared, ephemeral, recipient, info } = input;
  return deriveKey(shared, 'sealed-box/x25519', ephemeral, recipient, info);
}
