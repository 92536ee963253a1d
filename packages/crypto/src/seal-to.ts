/**
 * Sealing to a public key, without a sender: an ephemeral X25519 key, HKDF over the shared secret with
 * both public keys, ChaCha20-Poly1305 under a key that is used once. The first byte names the algorithm,
 * so that one safe against quantum computers can follow.
 */
import type { Rng } from '@atoll/kernel';
import { aeadSeal } from './aead.ts';
import { CryptoError, requireSize } from './crypto-error.ts';
import { hash } from './hash.ts';
import {
  ALGORITHM_X25519,
  NONCE,
  PUBLIC_KEY_BYTES,
  SEALED_BOX_OVERHEAD_BYTES,
  boxKey,
} from './sealed-box.ts';
import { wipe } from './secret-bytes.ts';
import { agreementPublicKey, agreeNow } from './software-keys.ts';

const HEADER_BYTES = 1 + PUBLIC_KEY_BYTES;
const RANDOM_BYTES = 32;

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
