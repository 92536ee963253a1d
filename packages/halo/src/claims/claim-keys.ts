/** Seeds of the keys that are for one thing alone, from the secret that an identity's devices share. */
import { deriveKey } from '@atoll/crypto';
import { utf8 } from '@atoll/kernel';
import type { Bytes } from '../statements.ts';

/** Ed25519 seed of the key with which an identity signs W3C Verifiable Credentials: one `did:key` for all devices. */
export function credentialSeed(haloSecret: Uint8Array): Bytes {
  return deriveKey(haloSecret, 'verifiable-credentials');
}

/**
 * Ed25519 seed of the key with which an identity signs in at one origin: the same from each of its devices,
 * and two origins cannot tell that their keys belong together.
 */
export function pairwiseSeed(haloSecret: Uint8Array, origin: string): Bytes {
  return deriveKey(haloSecret, 'presentation', utf8(origin));
}
