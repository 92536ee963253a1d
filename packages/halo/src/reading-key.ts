/** The public half of an identity's reading key in a space. */
import { softwareAgreer } from '@atoll/crypto';
import type { SpaceId } from '@atoll/kernel';
import { readingSecret } from './derive.ts';
import type { Bytes } from './statements.ts';

/** X25519 key to which an identity's copies of a space's keys are sealed. */
export function readingKeyOf(haloSecret: Uint8Array, space: SpaceId): Bytes {
  return softwareAgreer(readingSecret(haloSecret, space)).publicKey as Bytes;
}
