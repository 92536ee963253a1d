/** Keys held in memory: feed keys, recovery keys, ephemeral keys, and every key of a simulation. */
import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import type { Agreer, Rng, Signer } from '@atoll/kernel';
import { requireSize } from './crypto-error.ts';
import { wipe } from './secret-bytes.ts';

/** Bytes of an Ed25519 seed and of an X25519 secret. */
const SECRET_BYTES = 32;

/** A signer from a 32-byte Ed25519 seed (RFC 8032). The seed is copied, and wiped on disposal. */
export function softwareSigner(seed: Uint8Array): Signer & Disposable {
  requireSize(seed, SECRET_BYTES, 'an Ed25519 seed');
  const secret = Uint8Array.from(seed);
  return {
    publicKey: ed25519.getPublicKey(secret),
    sign: (message) => Promise.resolve(ed25519.sign(message, secret)),
    [Symbol.dispose]: () => wipe(secret),
  };
}

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
