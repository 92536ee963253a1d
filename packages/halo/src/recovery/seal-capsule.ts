/** Sealing a recovery capsule to the recovery key and to passkeys, and opening it again. */
import { CodecError } from '@atoll/codec';
import {
  deriveKey,
  openOnce,
  openSealed,
  sealOnce,
  sealTo,
  signStatement,
  softwareAgreer,
  verifyStatement,
  wipe,
  type Statement,
} from '@atoll/crypto';
import {
  idBytes,
  utf8,
  type Agreer,
  type Ed25519Platform,
  type Rng,
  type Signer,
} from '@atoll/kernel';
import { HaloError } from '../halo-error.ts';
import { identityIdOf } from '../statement-ids.ts';
import type { Bytes } from '../statements.ts';
import {
  BOX_BYTES,
  CAPSULE_BYTES_MAX,
  CAPSULE_HEADER_BYTES,
  CAPSULE_RECIPIENTS_MAX,
  CAPSULE_VERSION,
  capsuleBody,
  paddedCapsule,
  readCapsule,
  type RecoveryCapsule,
  type SignedCapsule,
} from './capsule-codec.ts';

const INFO: Uint8Array = utf8('atoll/recovery-capsule');
const KEY_BYTES = 32;

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
  by: {
    readonly rng: Rng;
    readonly deviceSigner: Signer;
    readonly recipients: readonly Uint8Array[];
  },
): Promise<Bytes> {
  const { deviceSigner, rng } = by;
  const body = capsuleBody(capsule);
  const signature = await signStatement(deviceSigner, signable(capsule, body));
  const plaintext = paddedCapsule(body, signature);
  const recipients = by.recipients.slice(0, CAPSULE_RECIPIENTS_MAX);
  if (plaintext === undefined) {
    throw new HaloError('HALO_CAPSULE_TOO_LARGE', 'the keys of the private space are too many');
  }
  const key = rng.bytes(KEY_BYTES);
  const sealed = sealOnce({ key, associated: INFO }, plaintext);
  const record = new Uint8Array(CAPSULE_HEADER_BYTES + sealed.length);
  record[0] = CAPSULE_VERSION;
  for (let at = 0; at < CAPSULE_RECIPIENTS_MAX; at++) {
    const recipient = recipients[at];
    const box =
      recipient === undefined
        ? nobodysBox(rng)
        : sealTo({ recipient, plaintext: key, info: INFO, rng });
    record.set(box, 1 + at * BOX_BYTES);
  }
  record.set(sealed, CAPSULE_HEADER_BYTES);
  wipe(key, plaintext, body);
  return record;
}

/** What a record says to whoever holds one of its keys, or `undefined`. Signatures are not looked at. */
export async function openCapsule(
  record: Uint8Array,
  agreer: Agreer,
): Promise<SignedCapsule | undefined> {
  if (record.length <= CAPSULE_HEADER_BYTES || record.length > CAPSULE_BYTES_MAX) return undefined;
  if (record[0] !== CAPSULE_VERSION) return undefined;
  for (let at = 0; at < CAPSULE_RECIPIENTS_MAX; at++) {
    const box = record.subarray(1 + at * BOX_BYTES, 1 + (at + 1) * BOX_BYTES);
    const key = await openSealed(agreer, box, INFO);
    if (key?.length !== KEY_BYTES) continue;
    const plaintext = openOnce({ key, associated: INFO }, record.subarray(CAPSULE_HEADER_BYTES));
    wipe(key);
    return plaintext === undefined ? undefined : read(plaintext);
  }
  return undefined;
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

/** To a key whose secret is at once forgotten. */
function nobodysBox(rng: Rng): Bytes {
  const nobody = softwareAgreer(rng.bytes(KEY_BYTES));
  return sealTo({ recipient: nobody.publicKey, plaintext: rng.bytes(KEY_BYTES), info: INFO, rng });
}
