/** The key of a space's state root. */
import { deriveKey } from '@atoll/crypto';
import type { SpaceAuthority } from '@atoll/halo';
import { ROOT_ZONE, type ZoneId } from '@atoll/kernel';
import type { Database } from '../database.ts';
import { StateRoot } from '../state-root.ts';
import type { SpaceKeys } from './space-keys.ts';

/** The key under which rows are hashed; `undefined` while this device cannot read the space, or that zone. */
export function rootKeyOf(
  space: {
    readonly authority: SpaceAuthority;
    readonly keys: SpaceKeys;
  },
  zone: ZoneId = ROOT_ZONE,
): Uint8Array | undefined {
  const generation = space.authority.keys.generations(space.authority.keyedBy(zone))[0];
  const secret = generation === undefined ? undefined : space.keys.ring.zone(generation);
  return secret === undefined ? undefined : deriveKey(secret.content, 'state-root');
}

/** Root of a zone's state; `undefined` where this device does not read it from its first keys on. */
export function zoneRootOf(
  space: Parameters<typeof rootKeyOf>[0] & { readonly database: Database },
  zone: ZoneId,
): Uint8Array | undefined {
  const key = rootKeyOf(space, zone);
  return key === undefined ? undefined : new StateRoot(space.database.fold, zone).compute(key);
}
