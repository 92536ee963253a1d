/**
 * What a passkey brings an identity back by: a device of its own, whose keys lie sealed under what the passkey gives.
 * The device is one of the identity's log like any other, so that it can be stopped. spec/recovery.md says every byte.
 */
import { deriveKey, openOnce, sealOnce, softwareAgreer, softwareSigner, wipe } from '@atoll/crypto';
import {
  concatBytes,
  idBytes,
  idFromBytes,
  utf8,
  type Agreer,
  type DeviceKey,
  type IdentityId,
  type Rng,
  type Signer,
} from '@atoll/kernel';
import type { Bytes } from '../statements.ts';
import { openRecord, sealRecord, type RecordPorts } from './sealed-record.ts';

const INFO: Uint8Array = utf8('atoll/passkey-record');
const WRAP_INFO: Uint8Array = utf8('atoll/passkey-device');
const KEY_BYTES = 32;
const VERSION = 1;
/** Salt, and identity with two keys sealed. */
const WRAPPED_BYTES: number = KEY_BYTES + 3 * KEY_BYTES + 16;
/** As the least capsule: to a server the two look alike. */
const PLAIN_BYTES = 4096;

/** What follows from the 32 bytes that a passkey gives for `PASSKEY_RECOVERY_SALT`. */
export interface PasskeyKeys extends Disposable {
  /** Ed25519 seed of the access key of the mailbox in which the records of this passkey lie. */
  readonly mailboxSeed: Bytes;
  /** Opens the records. */
  readonly agreer: Agreer;
}

/** A device that only a passkey has. */
export interface PasskeyDevice {
  readonly identity: IdentityId;
  readonly device: DeviceKey;
  readonly signer: Signer & Disposable;
  readonly agreer: Agreer & Disposable;
}

/** What a record of a passkey says. */
export interface PasskeyRecordContent {
  /** The device, sealed under what the passkey gives. */
  readonly wrapped: Uint8Array;
  /** Where the capsules of the identity lie. 32 bytes. */
  readonly locatorSecret: Uint8Array;
}

/** See {@link PasskeyKeys}. `credential` is the passkey's id. */
export function passkeyKeys(output: Uint8Array, credential: Uint8Array): PasskeyKeys {
  const secret = deriveKey(output, 'passkey/agreement', credential);
  const agreer = softwareAgreer(secret);
  wipe(secret);
  const mailboxSeed = deriveKey(output, 'passkey/mailbox', credential);
  return { mailboxSeed, agreer, [Symbol.dispose]: () => agreer[Symbol.dispose]() };
}

/** Keys of a device that is new, and the same sealed for the passkey. Nothing else keeps them. */
export function newPasskeyDevice(
  rng: Rng,
  identity: IdentityId,
  by: { readonly output: Uint8Array; readonly credential: Uint8Array },
): { readonly device: PasskeyDevice; readonly wrapped: Bytes } {
  const [salt, signingSeed, agreementSecret] = [
    rng.bytes(KEY_BYTES),
    rng.bytes(KEY_BYTES),
    rng.bytes(KEY_BYTES),
  ];
  const plaintext = concatBytes(idBytes(identity), signingSeed, agreementSecret);
  const key = wrappingKey(by.output, by.credential, salt);
  const wrapped = concatBytes(salt, sealOnce({ key, associated: WRAP_INFO }, plaintext));
  const device = deviceOf(plaintext);
  wipe(signingSeed, agreementSecret, plaintext, key);
  return { device, wrapped };
}

/** The device again, or `undefined` where this passkey has not sealed it. */
export function unwrapPasskeyDevice(
  wrapped: Uint8Array,
  by: { readonly output: Uint8Array; readonly credential: Uint8Array },
): PasskeyDevice | undefined {
  if (wrapped.length !== WRAPPED_BYTES) return undefined;
  const key = wrappingKey(by.output, by.credential, wrapped.subarray(0, KEY_BYTES));
  const plaintext = openOnce({ key, associated: WRAP_INFO }, wrapped.subarray(KEY_BYTES));
  wipe(key);
  if (plaintext === undefined) return undefined;
  const device = deviceOf(plaintext);
  wipe(plaintext);
  return device;
}

/**
 * A record for the mailbox of a passkey, sealed to its key: every device of the identity can renew it, and none can
 * read what it wraps.
 */
export async function sealPasskeyRecord(
  ports: RecordPorts,
  recipient: Uint8Array,
  { locatorSecret, wrapped }: PasskeyRecordContent,
): Promise<Bytes> {
  const plaintext = new Uint8Array(PLAIN_BYTES);
  plaintext[0] = VERSION;
  plaintext.set(wrapped, 1);
  plaintext.set(locatorSecret, 1 + WRAPPED_BYTES);
  const record = await sealRecord(ports, { recipients: [recipient], info: INFO }, plaintext);
  wipe(plaintext);
  return record;
}

/** What a record says, or `undefined` where it says nothing to this passkey. */
export async function openPasskeyRecord(
  record: Uint8Array,
  agreer: Agreer,
): Promise<PasskeyRecordContent | undefined> {
  const plaintext = await openRecord(record, agreer, INFO);
  if (plaintext?.length !== PLAIN_BYTES || plaintext[0] !== VERSION) return undefined;
  const end = 1 + WRAPPED_BYTES;
  if (plaintext.subarray(end + KEY_BYTES).some((byte) => byte !== 0)) return undefined;
  return {
    wrapped: plaintext.slice(1, end),
    locatorSecret: plaintext.slice(end, end + KEY_BYTES),
  };
}

/** Each wrapping has a salt, so that a key never seals twice. */
function wrappingKey(output: Uint8Array, credential: Uint8Array, salt: Uint8Array): Bytes {
  return deriveKey(output, 'passkey/device', credential, salt);
}

function deviceOf(plaintext: Uint8Array): PasskeyDevice {
  const part = (at: number): Uint8Array => plaintext.subarray(at * KEY_BYTES, (at + 1) * KEY_BYTES);
  const signer = softwareSigner(part(1));
  return {
    identity: idFromBytes('identity', part(0)),
    device: idFromBytes('device', signer.publicKey),
    signer,
    agreer: softwareAgreer(part(2)),
  };
}
