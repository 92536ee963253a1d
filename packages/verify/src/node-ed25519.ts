/** Ed25519 through node:crypto, so that the package needs neither a browser nor anything else of Atoll's. */
import { createPublicKey, verify } from 'node:crypto';
import type { Ed25519Platform } from '@atoll/kernel';

// What precedes 32 raw key bytes in DER, RFC 8410.
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

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
