/**
 * The order of the words that a device is to be wiped: whether a log says so, and how it is left at servers for a
 * device that is locked and hears nothing else. Only the words order it. spec/recovery.md says every byte.
 */
import { CodecError, Reader, Writer } from '@atoll/codec';
import { SEAL_ONCE_OVERHEAD_BYTES, deriveKey, wipe } from '@atoll/crypto';
import { idBytes, utf8, type Agreer, type DeviceKey, type Ed25519Platform } from '@atoll/kernel';
import { HaloError } from '../halo-error.ts';
import { checkIdentityLog } from '../identity-log-check.ts';
import type { IdentityLog } from '../identity.ts';
import { identityIdOf } from '../statement-ids.ts';
import { verifyStatements } from '../statement-signing.ts';
import type { DeviceRevocation } from '../statements-devices.ts';
import type { Bytes } from '../statements.ts';
import { readIdentityLog, writeIdentityLog } from '../ticket.ts';
import { CAPSULE_BYTES_MAX, CAPSULE_HEADER_BYTES } from './capsule-codec.ts';
import { openRecord, sealRecord, type RecordPorts } from './sealed-record.ts';
import { lastFate } from './words-of.ts';

const INFO: Uint8Array = utf8('atoll/wipe-order');
const VERSION = 1;
/** As the least capsule: to a server the two look alike. */
const PADDED_FIRST_BYTES = 4096;
const PLAIN_MAX: number = CAPSULE_BYTES_MAX - CAPSULE_HEADER_BYTES - SEAL_ONCE_OVERHEAD_BYTES;

/**
 * What the words say last of a device, if that is to wipe it. Words that are not those of the identity say nothing,
 * whatever number they give what they say; nor does any device. The log is taken as it is: see {@link openWipeOrder}.
 */
export function wipeOrderIn(log: IdentityLog, device: DeviceKey): DeviceRevocation | undefined {
  const last = lastFate(log, device);
  return last?.fate === 'goes-and-wipes' ? last : undefined;
}

/** The same of a log that came from elsewhere: what is not signed as it says is left out. */
export async function signedWipeOrder(
  platform: Ed25519Platform,
  { admissions, genesis, said = [] }: IdentityLog,
  device: DeviceKey,
): Promise<DeviceRevocation | undefined> {
  const verified = await verifyStatements(platform, said);
  const signed = said.filter((_, at) => verified[at]?.signed === true);
  return wipeOrderIn({ genesis, admissions, said: signed }, device);
}

/** Ed25519 seed of the access key of the mailbox in which the order for a device lies. */
export function wipeOrderSeed(locatorSecret: Uint8Array, device: DeviceKey): Bytes {
  return deriveKey(locatorSecret, 'recovery/wipe-order', idBytes(device));
}

/** The log, for the device with this X25519 key. @throws HaloError `HALO_CAPSULE_TOO_LARGE`. */
export async function sealWipeOrder(
  ports: RecordPorts,
  agreementKey: Uint8Array,
  log: IdentityLog,
): Promise<Bytes> {
  const writer = new Writer(2048).u8(VERSION);
  writeIdentityLog(writer, log);
  const said = writer.finish();
  if (said.length > PLAIN_MAX) {
    throw new HaloError('HALO_CAPSULE_TOO_LARGE', 'the log of the identity is too long');
  }
  let length = PADDED_FIRST_BYTES;
  while (length < said.length) length *= 2;
  const plaintext = new Uint8Array(Math.min(length, PLAIN_MAX));
  plaintext.set(said);
  const record = await sealRecord(ports, { recipients: [agreementKey], info: INFO }, plaintext);
  wipe(plaintext, said);
  return record;
}

/**
 * The log in a record if it is of the same identity, stands by itself, and the words order there that the device be
 * wiped; else nothing, whatever it is.
 */
export async function openWipeOrder(
  platform: Ed25519Platform,
  record: Uint8Array,
  to: { readonly agreer: Agreer; readonly device: DeviceKey; readonly log: IdentityLog },
): Promise<IdentityLog | undefined> {
  const plaintext = await openRecord(record, to.agreer, INFO);
  const log = plaintext === undefined ? undefined : read(plaintext);
  if (log === undefined || identityIdOf(log.genesis) !== identityIdOf(to.log.genesis)) {
    return undefined;
  }
  if (wipeOrderIn(log, to.device) === undefined) return undefined;
  return (await checkIdentityLog(platform, log)) === undefined ? undefined : log;
}

function read(plaintext: Uint8Array): IdentityLog | undefined {
  try {
    const reader = new Reader(plaintext);
    if (reader.u8() !== VERSION) return undefined;
    const log = readIdentityLog(reader);
    while (reader.left > 0) if (reader.u8() !== 0) return undefined;
    return log;
  } catch (failure) {
    if (failure instanceof CodecError || failure instanceof HaloError) return undefined;
    throw failure;
  }
}
