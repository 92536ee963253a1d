/** As whom a space is read by a public link: the reader that follows from the link, and a device for this program. */
import type { SpaceWriter } from '@atoll/echo';
import { loadPublishing, type IdentityLog, type LinkReader } from '@atoll/halo';
import { softwareKeys } from '@atoll/crypto';
import { toHex, type Platform, type SpaceId } from '@atoll/kernel';
import type { Alias } from '@atoll/mesh';
import { onlySecret } from '../own-identity.ts';

/** What takes the place of the identity of the profile in one space. */
export interface FollowedSpace {
  readonly writer: Pick<
    SpaceWriter,
    | 'identity'
    | 'identityLog'
    | 'deviceSigner'
    | 'haloSecret'
    | 'laterSecrets'
    | 'secretOfNow'
    | 'isSilent'
  >;
  /** Shows in sessions that this program has the link. */
  readonly log: IdentityLog;
  /** Session key and name that nothing else is met by. */
  readonly alias: Alias;
}

const KEY_BYTES = 32;
const INSTANCE_BYTES = 8;

/** Made anew whenever the program starts: so two visits are nobody's. `secret`: that of the link. */
export async function followedSpace(
  { keys = softwareKeys, rng }: Pick<Platform, 'keys' | 'rng'>,
  space: SpaceId,
  secret: Uint8Array,
): Promise<FollowedSpace> {
  const { followerLog, linkReader } = await loadPublishing();
  const reader: LinkReader = await linkReader(keys, secret, space);
  const [signer, agreer] = await Promise.all([
    keys.signer(rng.bytes(KEY_BYTES)),
    keys.agreer(rng.bytes(KEY_BYTES)),
  ]);
  const log = await followerLog(reader, { signer, agreementKey: agreer.publicKey.slice() });
  const { deviceSigner, haloSecret, identity, log: identityLog } = reader;
  return {
    writer: {
      ...{ identity, identityLog, deviceSigner, haloSecret, isSilent: true },
      ...onlySecret(haloSecret),
    },
    log,
    alias: { agreer, instance: toHex(rng.bytes(INSTANCE_BYTES)) },
  };
}
