/** All that the package takes from Node: verification, randomness, and the time. */
import { createPublicKey, randomBytes, verify } from 'node:crypto';
import type { Ed25519Platform } from '@atoll/kernel';

// What precedes 32 raw key bytes in DER, RFC 8410.
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const NONCE_BYTES = 32;

/** The verification of this process's OpenSSL. */
export const nodeEd25519: Ed25519Platform = {
  verify: async (publicKey, message, signature) => {
    try {
      const der = Buffer.concat([SPKI, publicKey]);
      const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
      return verify(null, message, key, signature);
    } catch {
      // Bytes that are no key verify nothing.
      return false;
    }
  },
};

/** 32 random bytes in hex. */
export function newNonce(): string {
  return randomBytes(NONCE_BYTES).toString('hex');
}

/** Milliseconds since 1970, by the machine's clock. */
export function machineMs(): number {
  return Date.now();
}
