/** Bytes of what is said about devices: fields as they are hashed and signed, and strict reading. */
import { CodecError, type Reader, type Writer } from '@atoll/codec';
import { compareBytes, idBytes, idFromBytes, toHex, type DeviceKey } from '@atoll/kernel';
import {
  FATES,
  SPOKEN_MAX,
  type DeviceCountersignature,
  type DeviceRevocation,
  type DeviceStatement,
  type DeviceSuspension,
  type RecoveryChange,
} from './statements-devices.ts';
import type { Bytes, IdentityEntry } from './statements.ts';

const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** A statement before it is signed. */
export type UnsignedDeviceStatement =
  | Omit<DeviceSuspension, 'signature'>
  | Omit<DeviceRevocation, 'signature'>
  | Omit<RecoveryChange, 'oldSignature' | 'deviceSignature' | 'newSignature'>
  | Omit<DeviceCountersignature, 'signature'>;

/** True for the kinds of this file. */
export function isDeviceStatement<S extends { readonly kind: string }>(
  statement: S,
): statement is Extract<S, { kind: DeviceStatement['kind'] }> {
  switch (statement.kind) {
    case 'device-suspension':
    case 'device-revocation':
    case 'recovery-change':
    case 'device-countersignature':
      return true;
    default:
      return false;
  }
}

/** Fields without signatures. */
export function writeDeviceFields(writer: Writer, body: UnsignedDeviceStatement): void {
  writer.raw(idBytes(body.identity)).raw(entryBytes(body.previous)).varint(body.atMs);
  switch (body.kind) {
    case 'device-suspension':
      writer.raw(idBytes(body.device)).raw(idBytes(body.by));
      return;
    case 'device-revocation':
      writer.raw(idBytes(body.device)).u8(FATES.indexOf(body.fate));
      writer.varint(body.counter).raw(body.recoveryKey);
      return;
    case 'recovery-change':
      writer.raw(body.oldKey).raw(idBytes(body.device));
      writer.raw(body.signingKey).raw(body.agreementKey).varint(body.spoken.length);
      for (const entry of body.spoken) writer.raw(entryBytes(entry));
      return;
    case 'device-countersignature':
      writer.raw(entryBytes(body.entry)).raw(idBytes(body.by));
  }
}

/** Signatures in their order on the wire. */
export function deviceSignatures(statement: DeviceStatement): readonly Bytes[] {
  if (statement.kind !== 'recovery-change') return [statement.signature];
  return [statement.oldSignature, statement.deviceSignature, statement.newSignature];
}

/** Keys and signatures that a statement must carry. */
export function deviceProofs(
  statement: DeviceStatement,
): readonly { readonly publicKey: Uint8Array; readonly signature: Bytes }[] {
  switch (statement.kind) {
    case 'device-suspension':
    case 'device-countersignature':
      return [{ publicKey: idBytes(statement.by), signature: statement.signature }];
    case 'device-revocation':
      return [{ publicKey: statement.recoveryKey, signature: statement.signature }];
    case 'recovery-change':
      return [
        { publicKey: statement.oldKey, signature: statement.oldSignature },
        { publicKey: idBytes(statement.device), signature: statement.deviceSignature },
        { publicKey: statement.signingKey, signature: statement.newSignature },
      ];
  }
}

/** @throws CodecError. */
export function readSuspension(reader: Reader): DeviceSuspension {
  return {
    kind: 'device-suspension',
    ...readEntry(reader),
    device: device(reader),
    by: device(reader),
    signature: reader.take(SIGNATURE_BYTES),
  };
}

/** @throws CodecError. */
export function readDeviceRevocation(reader: Reader): DeviceRevocation {
  const entry = readEntry(reader);
  const about = device(reader);
  const fate = FATES[reader.u8()];
  if (fate === undefined) throw new CodecError('CODEC_MALFORMED', 'a fate of a device is unknown');
  return {
    kind: 'device-revocation',
    ...entry,
    device: about,
    fate,
    counter: reader.varint(),
    recoveryKey: reader.take(KEY_BYTES),
    signature: reader.take(SIGNATURE_BYTES),
  };
}

/** @throws CodecError. */
export function readRecoveryChange(reader: Reader): RecoveryChange {
  return {
    kind: 'recovery-change',
    ...readEntry(reader),
    oldKey: reader.take(KEY_BYTES),
    device: device(reader),
    signingKey: reader.take(KEY_BYTES),
    agreementKey: reader.take(KEY_BYTES),
    spoken: readSpoken(reader),
    oldSignature: reader.take(SIGNATURE_BYTES),
    deviceSignature: reader.take(SIGNATURE_BYTES),
    newSignature: reader.take(SIGNATURE_BYTES),
  };
}

/** @throws CodecError. */
export function readCountersignature(reader: Reader): DeviceCountersignature {
  return {
    kind: 'device-countersignature',
    ...readEntry(reader),
    entry: entry(reader),
    by: device(reader),
    signature: reader.take(SIGNATURE_BYTES),
  };
}

function readSpoken(reader: Reader): IdentityEntry[] {
  const spoken: IdentityEntry[] = [];
  let before: Uint8Array | undefined;
  for (let rest = reader.varint(SPOKEN_MAX); rest > 0; rest--) {
    const next = reader.raw(KEY_BYTES);
    if (before !== undefined && compareBytes(before, next) >= 0) {
      throw new CodecError('CODEC_NOT_CANONICAL', 'entries of a change of words do not ascend');
    }
    before = next;
    spoken.push(toHex(next) as IdentityEntry);
  }
  return spoken;
}

function readEntry(reader: Reader): Pick<DeviceStatement, 'identity' | 'previous' | 'atMs'> {
  return {
    identity: idFromBytes('identity', reader.raw(KEY_BYTES)),
    previous: entry(reader),
    atMs: reader.varint(),
  };
}

function entry(reader: Reader): IdentityEntry {
  return toHex(reader.raw(KEY_BYTES)) as IdentityEntry;
}

function device(reader: Reader): DeviceKey {
  return idFromBytes('device', reader.raw(KEY_BYTES));
}

function entryBytes(name: IdentityEntry): Uint8Array {
  return idBytes(name as never);
}
