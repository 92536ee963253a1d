/** Keys held in memory: feed keys, recovery keys, ephemeral keys, and every key of a simulation. */
import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { toHex, type Agreer, type KeyPlatform, type Rng, type Signer } from '@atoll/kernel';
import { requireSize } from './crypto-error.ts';
import { wipe } from './secret-bytes.ts';

/** Bytes of an Ed25519 seed and of an X25519 secret. */
const SECRET_BYTES = 32;

/** A signer from a 32-byte Ed25519 seed (RFC 8032). The seed is copied. */
export function softwareSigner(seed: Uint8Array): Signer {
  requireSize(seed, SECRET_BYTES, 'an Ed25519 seed');
  const secret = Uint8Array.from(seed);
  return {
    publicKey: ed25519.getPublicKey(secret),
    sign: (message) => Promise.resolve(ed25519.sign(message, secret)),
  };
}

/** An agreer for one session: disposed of, it forgets its secret, where the platform lets it. */
export type EphemeralAgreer = Agreer & Partial<Disposable>;

/** An agreer from a 32-byte X25519 secret (RFC 7748). The secret is copied, and wiped on disposal. */
export function softwareAgreer(secret: Uint8Array): Agreer & Disposable {
  requireSize(secret, SECRET_BYTES, 'an X25519 secret');
  const own = Uint8Array.from(secret);
  return {
    publicKey: x25519.getPublicKey(own),
    agree: (theirs) => Promise.resolve(agreeNow(own, theirs) ?? new Uint8Array(SECRET_BYTES)),
    [Symbol.dispose]: () => wipe(own),
  };
}

/** The pairs of this file, for platforms that have none of their own. */
export const softwareKeys: KeyPlatform = {
  signer: async (seed) => softwareSigner(seed),
  agreer: async (secret) => softwareAgreer(secret),
};

/** A fresh agreer whose secret nobody else ever has; the platform's, if it has such. */
export async function freshAgreer(
  rng: Rng,
  keys: KeyPlatform = softwareKeys,
): Promise<EphemeralAgreer> {
  const secret = rng.bytes(SECRET_BYTES);
  const agreer = await keys.agreer(secret);
  wipe(secret);
  return agreer;
}

/** A fresh signer and the seed to store. */
export function newSigner(rng: Rng): {
  readonly signer: Signer;
  readonly seed: Uint8Array<ArrayBuffer>;
} {
  const seed = rng.bytes(SECRET_BYTES);
  return { signer: softwareSigner(seed), seed };
}

/** X25519 public key of a secret. */
export function agreementPublicKey(secret: Uint8Array): Uint8Array<ArrayBuffer> {
  return x25519.getPublicKey(secret);
}

/** The u coordinates, little-endian, that give an all-zero result with every secret (RFC 7748, 6.1). */
const WEAK_U: ReadonlySet<string> = new Set([
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  `ec${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
]);

/**
 * True for a public key of small order, or of a wrong length. Asked before an {@link Agreer} of the
 * platform, since platforms refuse such keys in their own ways: by a throw, or by zeros.
 */
export function isWeakAgreementKey(publicKey: Uint8Array): boolean {
  if (publicKey.length !== SECRET_BYTES) return true;
  const masked = Uint8Array.from(publicKey);
  masked[SECRET_BYTES - 1] = (masked[SECRET_BYTES - 1] as number) & 0x7f;
  return WEAK_U.has(toHex(masked));
}

/** X25519 at once; `undefined` when the result would be all zero, or `theirs` has a wrong length. */
export function agreeNow(
  secret: Uint8Array,
  theirs: Uint8Array,
): Uint8Array<ArrayBuffer> | undefined {
  if (theirs.length !== SECRET_BYTES) return undefined;
  try {
    return x25519.getSharedSecret(secret, theirs);
  } catch {
    return undefined; // The library refuses points of small order, whose result is all zero.
  }
}
