/** Key pairs through node:crypto: an agreement in 50 µs, where JavaScript takes a millisecond. */
import {
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  sign,
  type KeyObject,
} from 'node:crypto';
import type { Agreer, KeyPlatform, Signer } from '@atoll/kernel';

const KEY_BYTES = 32;
// What precedes 32 raw key bytes in DER, RFC 8410.
const PKCS8 = {
  ed25519: Buffer.from('302e020100300506032b657004220420', 'hex'),
  x25519: Buffer.from('302e020100300506032b656e04220420', 'hex'),
};
const SPKI_X25519 = Buffer.from('302a300506032b656e032100', 'hex');

/** A private key from 32 bytes. */
export function importSeed(kind: 'ed25519' | 'x25519', seed: Uint8Array): KeyObject {
  const der = Buffer.concat([PKCS8[kind], seed]);
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } finally {
    der.fill(0);
  }
}

/** The signer of an Ed25519 key. */
export function signerOf(key: KeyObject): Signer {
  return {
    publicKey: publicBytes(key),
    sign: async (message) => new Uint8Array(sign(null, message, key)),
  };
}

/** The agreer of an X25519 key. */
export function agreerOf(key: KeyObject): Agreer {
  return { publicKey: publicBytes(key), agree: async (theirs) => agree(key, theirs) };
}

/** The keys of this process's OpenSSL. */
export const nodeKeys: KeyPlatform = {
  signer: async (seed) => signerOf(importSeed('ed25519', seed)),
  agreer: async (secret) => agreerOf(importSeed('x25519', secret)),
};

function publicBytes(key: KeyObject): Uint8Array<ArrayBuffer> {
  const der = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return new Uint8Array(der.subarray(der.length - KEY_BYTES));
}

function agree(key: KeyObject, theirs: Uint8Array): Uint8Array<ArrayBuffer> {
  const der = Buffer.concat([SPKI_X25519, theirs]);
  try {
    const publicKey = createPublicKey({ key: der, format: 'der', type: 'spki' });
    return new Uint8Array(diffieHellman({ privateKey: key, publicKey }));
  } catch {
    // OpenSSL refuses points whose result is all zero; the port leaves that refusal to the caller.
    return new Uint8Array(KEY_BYTES);
  }
}
