/** Sealing a recovery capsule to the recovery key and to passkeys, and opening it again. */
import { CodecError } from '@atoll/codec';
import { deriveKey, signStatement, verifyStatement, wipe, type Statement } from '@atoll/crypto';
import { idBytes, utf8, type Agreer, type Ed25519Platform, type Signer } from '@atoll/kernel';
import { HaloError } from '../halo-error.ts';
import { identityIdOf } from '../statement-ids.ts';
import type { Bytes } from '../statements.ts';
import {
  capsuleBody,
  paddedCapsule,
  readCapsule,
  type RecoveryCapsule,
  type SignedCapsule,
} from './capsule-codec.ts';
import { openRecord, sealRecord, type RecordPorts } from './sealed-record.ts';

const INFO: Uint8Array = utf8('atoll/recovery-capsule');

/** Ed25519 seed of the access key of the mailbox in which an identity's capsules lie. */
export function capsuleSeed(locatorSecret: Uint8Array): Bytes {
  return deriveKey(locatorSecret, 'recovery/mailbox');
}

/**
 * Signs a capsule and seals it to up to eight X25519 keys. Boxes that nobody opens fill the rest, so that a
 * server cannot count passkeys. @throws HaloError `HALO_CAPSULE_TOO_LARGE`.
 */
export async function sealCapsule(
  capsule: RecoveryCapsule,
  by: RecordPorts & {
    readonly deviceSigner: Signer;
    readonly recipients: readonly Uint8Array[];
  },
): Promise<Bytes> {
  const { deviceSigner, recipients } = by;
  const body = capsuleBody(capsule);
  const signature = await signStatement(deviceSigner, signable(capsule, body));
  const plaintext = paddedCapsule(body, signature);
  if (plaintext === undefined) {
    throw new HaloError('HALO_CAPSULE_TOO_LARGE', 'the keys of the private space are too many');
  }
  const record = await sealRecord(by, { recipients, info: INFO }, plaintext);
  wipe(plaintext, body);
  return record;
}

/** What a record says to whoever holds one of its keys, or `undefined`. Signatures are not looked at. */
export async function openCapsule(
  record: Uint8Array,
  agreer: Agreer,
): Promise<SignedCapsule | undefined> {
  const plaintext = await openRecord(record, agreer, INFO);
  return plaintext === undefined ? undefined : read(plaintext);
}

/** True when the capsule's own device has signed it. Whether that is a device of the identity is another matter. */
export function isSignedByItsDevice(
  platform: Ed25519Platform,
  { capsule, body, signature }: SignedCapsule,
): Promise<boolean> {
  const proof = { publicKey: idBytes(capsule.device), signature };
  return verifyStatement(platform, signable(capsule, body), proof);
}

function read(plaintext: Uint8Array): SignedCapsule | undefined {
  try {
    return readCapsule(plaintext);
  } catch (failure) {
    if (failure instanceof CodecError || failure instanceof HaloError) return undefined;
    throw failure;
  } finally {
    wipe(plaintext);
  }
}

function signable(capsule: RecoveryCapsule, body: Uint8Array): Statement {
  const audience = idBytes(identityIdOf(capsule.log.genesis));
  return { purpose: 'recovery-capsule', audience, body };
}
