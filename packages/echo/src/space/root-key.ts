/** The key of a space's state root. */
import { deriveKey } from '@atoll/crypto';
import type { SpaceAuthority } from '@atoll/halo';
import { ROOT_ZONE } from '@atoll/kernel';
import type { SpaceKeys } from './space-keys.ts';

/** The key under which rows are hashed; `undefined` while this device cannot read the space. */
export function rootKeyOf(space: {
  readonly authority: SpaceAuthority;
  readonly keys: SpaceKeys;
}): Uint8Array | undefined {
  const generation = space.authority.keys.generations(ROOT_ZONE)[0];
  const secret = generation === undefined ? undefined : space.keys.ring.zone(generation);
  return secret === undefined ? undefined : deriveKey(secret.content, 'state-root');
}
