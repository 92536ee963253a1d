/** Public halves for tests. */
import { simAgreer } from '@atoll/testkit';
import type { Bytes } from '../statements.ts';

/** X25519 public key of a secret. */
export function agreementPublic(secret: Uint8Array): Bytes {
  return simAgreer(secret).publicKey;
}
