/**
 * Sealing to a public key, without a sender: an ephemeral X25519 key, HKDF over the shared secret with
 * both public keys, ChaCha20-Poly1305 under a key that is used once. The first byte names the algorithm,
 * so that one safe against quantum computers can follow.
 */
import type { KeyPlatform, Rng } from '@atoll/kernel';
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
import { isAllZero, wipe } from './secret-bytes.ts';
import { agreementPublicKey, agreeNow } from './software-keys.ts';
import { isWeakAgreementKey } from './weak-agreement-key.ts';

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
  const secret = ephemeralOf(input);
  const shared = agreeNow(secret, input.recipient);
  if (shared === undefined) throw weakKey();
  const box = boxOf(input, agreementPublicKey(secret), shared);
  wipe(secret);
  return box;
}

/**
 * The same bytes by the platform's own code, for a box to each of many: a tenth of the time. The randomness is taken
 * at once, so that several may be made side by side. @throws CryptoError as {@link sealTo}.
 */
export async function sealToBy(
  keys: KeyPlatform,
  input: SealToInput,
): Promise<Uint8Array<ArrayBuffer>> {
  const secret = ephemeralOf(input);
  if (isWeakAgreementKey(input.recipient)) throw weakKey();
  const agreer = await keys.agreer(secret);
  wipe(secret);
  const shared = await agreer.agree(input.recipient);
  if (isAllZero(shared)) throw weakKey();
  return boxOf(input, agreer.publicKey, shared);
}

/** Hashed from randomness and content. */
function ephemeralOf({ recipient, plaintext, info, rng }: SealToInput): Uint8Array<ArrayBuffer> {
  requireSize(recipient, PUBLIC_KEY_BYTES, 'an X25519 key');
  const random = rng.bytes(RANDOM_BYTES);
  const secret = hash('sealed-box/ephemeral', random, recipient, info, plaintext);
  wipe(random);
  return secret;
}

function boxOf(
  { recipient, plaintext, info }: SealToInput,
  ephemeral: Uint8Array,
  shared: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const key = boxKey({ shared, ephemeral, recipient, info });
  const sealed = new Uint8Array(plaintext.length + SEALED_BOX_OVERHEAD_BYTES);
  sealed[0] = ALGORITHM_X25519;
  sealed.set(ephemeral, 1);
  aeadSeal({ key, nonce: NONCE, associated: info }, plaintext, sealed, HEADER_BYTES);
  wipe(shared, key);
  return sealed;
}

function weakKey(): CryptoError {
  return new CryptoError('CRYPTO_WEAK_KEY', 'the key is of small order');
}
