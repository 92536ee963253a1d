/** One generation of a space's membership key, made ready for use. Whoever holds it reads inner headers. */
import { deriveKey, sealingKey, type SealingKey } from '@atoll/crypto';

/** What inner headers and control sections are sealed under. Secret. */
export interface MembershipKey {
  /** Key of the tags in outer frames. */
  readonly tagKey: Uint8Array<ArrayBuffer>;
  /** Key of inner headers and control sections. */
  readonly sealing: SealingKey;
}

/** Prepares a 32-byte membership secret, once a generation. @throws CryptoError `CRYPTO_SIZE`. */
export function membershipKey(secret: Uint8Array): MembershipKey {
  return { tagKey: deriveKey(secret, 'membership-tag'), sealing: sealingKey(secret) };
}
