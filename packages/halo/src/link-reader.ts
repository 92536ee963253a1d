/**
 * The reader of a public link: an identity that follows from the link's secret and the space, so that whoever has the
 * link reads as it does. Keys are sealed to it like to any member; nothing that is said in its name counts.
 */
import { deriveKey } from '@atoll/crypto';
import {
  idFromBytes,
  type IdentityId,
  type KeyPlatform,
  type Signer,
  type SpaceId,
} from '@atoll/kernel';
import { readingSecret } from './derive.ts';
import { admitDevice, type DevicePublic, type IdentityLog } from './identity.ts';
import { publishReadingKey } from './issue.ts';
import { LINK_NONCE } from './link-nonce.ts';
import { identityIdOf } from './statement-ids.ts';
import { signBody } from './statement-signing.ts';
import type { IdentityGenesis, ReadingKey } from './statements.ts';

/** Everything with which somebody reads by a link. */
export interface LinkReader {
  readonly identity: IdentityId;
  readonly log: IdentityLog;
  readonly deviceSigner: Signer;
  /** Its reading key in the space follows from this; 32 bytes. */
  readonly haloSecret: Uint8Array<ArrayBuffer>;
  /** To be stated in the space together with the log and a grant. */
  readonly readingKey: ReadingKey;
}

/** The reader of a link to a space. `secret`: the 16 bytes of the link. */
export async function linkReader(
  keys: KeyPlatform,
  secret: Uint8Array,
  space: SpaceId,
): Promise<LinkReader> {
  const haloSecret = deriveKey(secret, 'link-reading');
  const [recovery, deviceSigner, reading, session] = await Promise.all([
    keys.signer(deriveKey(secret, 'link-recovery')),
    keys.signer(deriveKey(secret, 'link-device')),
    keys.agreer(readingSecret(haloSecret, space)),
    keys.agreer(deriveKey(secret, 'link-session')),
  ]);
  const body = {
    kind: 'identity-genesis',
    recoverySigningKey: recovery.publicKey.slice(),
    // The only key that anything is sealed to for this reader.
    recoveryAgreementKey: reading.publicKey.slice(),
    device: idFromBytes('device', deviceSigner.publicKey),
    deviceAgreementKey: session.publicKey.slice(),
    nonce: LINK_NONCE.slice(),
  } as const;
  const [recoverySignature, deviceSignature] = await Promise.all([
    signBody(recovery, body),
    signBody(deviceSigner, body),
  ]);
  const genesis: IdentityGenesis = { ...body, recoverySignature, deviceSignature };
  const identity = identityIdOf(genesis);
  const key = body.recoveryAgreementKey;
  const readingKey = await publishReadingKey({ space, identity, deviceSigner, counter: 0, key });
  return { identity, log: { genesis, admissions: [] }, deviceSigner, haloSecret, readingKey };
}

/**
 * The log by which a follower shows in a session that it has the link: the link's reader admits a device that this
 * follower has made for the purpose. No space ever states it.
 */
export async function followerLog(
  reader: Pick<LinkReader, 'log' | 'deviceSigner'>,
  own: { readonly signer: Signer; readonly agreementKey: DevicePublic['agreementKey'] },
): Promise<IdentityLog> {
  const { deviceSigner: admitting, log } = reader;
  const { agreementKey: newAgreementKey, signer: newSigner } = own;
  const admission = await admitDevice({ log, admitting, newSigner, newAgreementKey });
  return { ...log, admissions: [admission] };
}
