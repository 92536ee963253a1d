/** Records of a mailbox: sealed under a key of their own, which is sealed to up to eight others. */
import { openOnce, openSealed, sealOnce, sealToBy, softwareKeys, wipe } from '@atoll/crypto';
import type { Agreer, KeyPlatform, Rng } from '@atoll/kernel';
import type { Bytes } from '../statements.ts';
import {
  BOX_BYTES,
  CAPSULE_BYTES_MAX,
  CAPSULE_HEADER_BYTES,
  CAPSULE_RECIPIENTS_MAX,
  CAPSULE_VERSION,
} from './capsule-codec.ts';

const KEY_BYTES = 32;

/** What a record is sealed with: eight boxes are made, which the platform's own code does in a tenth of the time. */
export interface RecordPorts {
  readonly rng: Rng;
  /** Without, it is done in JavaScript. */
  readonly keys?: KeyPlatform | undefined;
}

/** What a record is sealed for. */
export interface RecordSealing {
  /** X25519 keys; those beyond the eighth are left out. */
  readonly recipients: readonly Uint8Array[];
  /** Where it belongs; opening needs the same bytes. */
  readonly info: Uint8Array;
}

/** Seals; boxes that nobody opens fill the eight, so that a server cannot count who may open it. */
export async function sealRecord(
  { keys = softwareKeys, rng }: RecordPorts,
  { info, recipients }: RecordSealing,
  plaintext: Uint8Array,
): Promise<Bytes> {
  const key = rng.bytes(KEY_BYTES);
  const sealed = sealOnce({ key, associated: info }, plaintext);
  const record = new Uint8Array(CAPSULE_HEADER_BYTES + sealed.length);
  record[0] = CAPSULE_VERSION;
  for (let at = 0; at < CAPSULE_RECIPIENTS_MAX; at++) {
    const to = recipients[at];
    const recipient = to ?? (await nobodysKey(keys, rng));
    const content = to === undefined ? rng.bytes(KEY_BYTES) : key;
    const box = await sealToBy(keys, { recipient, plaintext: content, info, rng });
    record.set(box, 1 + at * BOX_BYTES);
  }
  record.set(sealed, CAPSULE_HEADER_BYTES);
  wipe(key);
  return record;
}

/** The plaintext for whoever holds one of the keys, or `undefined`. */
export async function openRecord(
  record: Uint8Array,
  agreer: Agreer,
  info: Uint8Array,
): Promise<Bytes | undefined> {
  if (record.length <= CAPSULE_HEADER_BYTES || record.length > CAPSULE_BYTES_MAX) return undefined;
  if (record[0] !== CAPSULE_VERSION) return undefined;
  for (let at = 0; at < CAPSULE_RECIPIENTS_MAX; at++) {
    const box = record.subarray(1 + at * BOX_BYTES, 1 + (at + 1) * BOX_BYTES);
    const key = await openSealed(agreer, box, info);
    if (key?.length !== KEY_BYTES) continue;
    const plaintext = openOnce({ key, associated: info }, record.subarray(CAPSULE_HEADER_BYTES));
    wipe(key);
    return plaintext;
  }
  return undefined;
}

/** A key whose secret is at once forgotten. */
async function nobodysKey(keys: KeyPlatform, rng: Rng): Promise<Uint8Array> {
  const secret = rng.bytes(KEY_BYTES);
  const { publicKey } = await keys.agreer(secret);
  wipe(secret);
  return publicKey;
}
