/** Sealing keys once more for members who lack them: a part of its own, for hardly anybody ever does. */
import {
  copyKeys,
  encodeStatements,
  inPart,
  type KeyCopy,
  type OpenNeed,
  type SpaceAuthority,
} from '@atoll/halo';
import type { IdentityId, Rng, SpaceId } from '@atoll/kernel';
import type { OwnDevices, UnsealedKey } from './own-devices.ts';
import type { SpaceKeys } from './space-keys.ts';

/** What sealing needs of a space. */
export interface SealPlace {
  readonly space: SpaceId;
  readonly authority: SpaceAuthority;
  readonly keys: SpaceKeys;
  readonly rng: Rng;
  readonly identity: IdentityId;
  readonly devices: OwnDevices;
}

/** Copies of what is here for those who may have it, by all that is known here now. */
export function copiesFor(place: SealPlace, needs: readonly OpenNeed[]): KeyCopy[] {
  const { authority, devices, keys, rng, space } = place;
  return needs.flatMap(({ generation, identity }) => {
    const secret = keys.ring.get(generation);
    const allowed = authority.needs.mayHave(identity, generation);
    if (secret === undefined || allowed === undefined) return [];
    // In a private space a device may not have the reading key yet.
    const ownDevices = identity === place.identity ? devices.readers : [];
    const given = allowed.isWhole ? secret : inPart(secret);
    return [allowed.reader, ...ownDevices].map((reader) =>
      copyKeys({ rng, space, secret: given, reader }),
    );
  });
}

/** Copies for own devices that are back. */
export function copiesForDevices(
  { keys, rng, space }: SealPlace,
  unsealed: readonly UnsealedKey[],
): KeyCopy[] {
  return unsealed.flatMap(({ generation, reader }) => {
    const secret = keys.ring.get(generation);
    return secret === undefined ? [] : [copyKeys({ rng, space, secret, reader })];
  });
}

/** What members need, as the answer to a question; `undefined` where nothing may be given. */
export function answerOf(
  place: SealPlace,
  needs: readonly OpenNeed[],
): Uint8Array<ArrayBuffer> | undefined {
  const copies = copiesFor(place, needs);
  return copies.length === 0 ? undefined : encodeStatements(copies);
}
