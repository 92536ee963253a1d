/**
 * What this device remembers of its recovery capsules: the token by which it replaces its own, and what it has
 * put where. It lies in the keystore, so that it does not go back with a restored store.
 */
import { CodecError, Reader, Writer } from '@atoll/codec';
import { hash } from '@atoll/crypto';
import { toHex, type Keystore, type Rng } from '@atoll/kernel';

const SECRET_NAME = 'recovery-capsule';
const VERSION = 2;
const HASH_BYTES = 32;
/** A mailbox and the address of a server. */
const PLACE_BYTES_MAX = 600;
/** Places that are remembered: those of the capsule and of some passkeys, at servers that are used or were. */
const PLACES_MAX = 128;

/** What lies in one mailbox at one server. */
export interface PutCapsule {
  /** Hash of what it says, without the time. */
  readonly digest: Uint8Array;
  /** Hash of the record as it was put. */
  readonly record: Uint8Array;
  readonly putAtMs: number;
  /** When it was last seen there. */
  readonly seenAtMs: number;
  /** It was once not there any more, although it should have been. */
  readonly wasLost: boolean;
}

/** What is remembered. */
export interface CapsuleState {
  /** 32 random bytes. Whoever has them can replace this device's record, and no other. */
  readonly token: Uint8Array<ArrayBuffer>;
  readonly byPlace: ReadonlyMap<string, PutCapsule>;
}

/** What is remembered, or a fresh token. @throws StoreError. */
export async function loadCapsuleState(keystore: Keystore, rng: Rng): Promise<CapsuleState> {
  const bytes = await keystore.getSecret(SECRET_NAME);
  const known = bytes === undefined ? undefined : decode(bytes);
  return known ?? { token: rng.bytes(HASH_BYTES), byPlace: new Map() };
}

/** How a mailbox at a server is called here. */
export function placeOf(mailboxSeed: Uint8Array, kube: string): string {
  return `${toHex(hash('record-place', mailboxSeed))} ${kube}`;
}

/** Remembers. Durable when resolved. @throws StoreError. */
export async function saveCapsuleState(keystore: Keystore, state: CapsuleState): Promise<void> {
  const entries = [...state.byPlace].slice(-PLACES_MAX);
  const writer = new Writer(256).u8(VERSION).raw(state.token).varint(entries.length);
  for (const [place, { digest, putAtMs, record, seenAtMs, wasLost }] of entries) {
    writer.text(place).raw(digest).raw(record).varint(putAtMs).varint(seenAtMs);
    writer.u8(wasLost ? 1 : 0);
  }
  await keystore.putSecret(SECRET_NAME, writer.finish());
}

/** The token as the server is told it: another one for each mailbox, so that it links none of them. */
export function tokenOf(state: CapsuleState, mailboxSeed: Uint8Array): string {
  return toHex(hash('record-token', state.token, mailboxSeed));
}

/** What cannot be read is nothing: then everything is put anew, under another token. */
function decode(bytes: Uint8Array): CapsuleState | undefined {
  try {
    const reader = new Reader(bytes);
    if (reader.u8() !== VERSION) return undefined;
    const token = reader.take(HASH_BYTES);
    const count = reader.varint(PLACES_MAX);
    const byPlace = new Map<string, PutCapsule>();
    for (let at = 0; at < count; at++) {
      const place = reader.text(PLACE_BYTES_MAX);
      const [digest, record] = [reader.take(HASH_BYTES), reader.take(HASH_BYTES)];
      const [putAtMs, seenAtMs] = [reader.varint(), reader.varint()];
      byPlace.set(place, { digest, record, putAtMs, seenAtMs, wasLost: reader.u8() === 1 });
    }
    reader.end();
    return { token, byPlace };
  } catch (failure) {
    if (failure instanceof CodecError) return undefined;
    throw failure;
  }
}
