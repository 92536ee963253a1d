/**
 * The bytes of a recovery capsule: what a device says of its identity, signed by the device, padded, and sealed
 * under a key that is itself sealed to each of those who may recover. spec/recovery.md says every byte.
 */
import { CodecError, Reader, Writer } from '@atoll/codec';
import { SEALED_BOX_OVERHEAD_BYTES, SEAL_ONCE_OVERHEAD_BYTES } from '@atoll/crypto';
import { TIME_MS_MAX, type Tip } from '@atoll/feed';
import { idBytes, idFromBytes, type DeviceKey } from '@atoll/kernel';
import type { IdentityLog } from '../identity.ts';
import { KeyRing } from '../key-ring.ts';
import { readStatement, writeStatement } from '../statement-codec.ts';
import type { Bytes, SpaceGenesis } from '../statements.ts';
import { readIdentityLog, writeIdentityLog } from '../ticket.ts';

/** What an identity is recovered from, as one of its devices says it. */
export interface RecoveryCapsule {
  /** By the clock of the device that wrote it. */
  readonly writtenAtMs: number;
  /** The device that wrote it; one of the log. */
  readonly device: DeviceKey;
  readonly log: IdentityLog;
  /** Genesis of the identity's private space; its root is the identity. */
  readonly haloGenesis: SpaceGenesis;
  readonly haloRing: KeyRing;
  /** 32 bytes. */
  readonly haloSecret: Bytes;
  /** For display until the private space is here. */
  readonly displayName: string;
  /** Addresses of servers that the identity uses. */
  readonly kubes: readonly string[];
  /** Ends of the private space's log as the device knew them; what is recovered reaches them in time. */
  readonly tips: readonly Tip[];
}

/** Sealed bytes of a capsule at most; what a server keeps as one record. */
export const CAPSULE_BYTES_MAX: number = 64 * 1024;
/** Who may open a capsule: the recovery key, and passkeys. The number is the same in every capsule. */
export const CAPSULE_RECIPIENTS_MAX = 8;
/** Servers that are named. */
export const CAPSULE_KUBES_MAX = 16;
/** Ends of the log that are named: they only tell whether all has come. Those beyond are left out. */
export const CAPSULE_TIPS_MAX = 64;
const VERSION = 1;
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const NAME_BYTES_MAX = 256;
const KUBE_BYTES_MAX = 512;
/** A sealed key. */
export const BOX_BYTES: number = KEY_BYTES + SEALED_BOX_OVERHEAD_BYTES;
/** Version and boxes. */
export const CAPSULE_HEADER_BYTES: number = 1 + CAPSULE_RECIPIENTS_MAX * BOX_BYTES;
/** Largest plaintext, padding included. */
export const CAPSULE_PLAIN_MAX: number =
  CAPSULE_BYTES_MAX - CAPSULE_HEADER_BYTES - SEAL_ONCE_OVERHEAD_BYTES;
/** Lengths of plaintexts double from here, so that they tell a server next to nothing. */
const PADDED_FIRST_BYTES = 4096;

/** A capsule and its device's signature. */
export interface SignedCapsule {
  readonly capsule: RecoveryCapsule;
  readonly body: Bytes;
  readonly signature: Bytes;
}

/** What the device signs. */
export function capsuleBody(capsule: RecoveryCapsule): Bytes {
  const writer = new Writer(2048).varint(capsule.writtenAtMs).raw(idBytes(capsule.device));
  writeIdentityLog(writer, capsule.log);
  writeStatement(writer, capsule.haloGenesis);
  writer.bytes(capsule.haloRing.export()).raw(capsule.haloSecret).text(capsule.displayName);
  const kubes = capsule.kubes.slice(0, CAPSULE_KUBES_MAX);
  writer.varint(kubes.length);
  for (const kube of kubes) writer.text(kube);
  const tips = capsule.tips.slice(0, CAPSULE_TIPS_MAX);
  writer.varint(tips.length);
  for (const { feed, seq, hash } of tips) {
    writer.raw(idBytes(feed)).varint(seq).raw(idBytes(hash));
  }
  return writer.finish();
}

/** Body, signature, zeros. `undefined` when it is longer than capsules are. */
export function paddedCapsule(body: Bytes, signature: Bytes): Bytes | undefined {
  const said = new Writer(body.length + 80).bytes(body).raw(signature).finish();
  if (said.length > CAPSULE_PLAIN_MAX) return undefined;
  let length = PADDED_FIRST_BYTES;
  while (length < said.length) length *= 2;
  const padded = new Uint8Array(Math.min(length, CAPSULE_PLAIN_MAX));
  padded.set(said);
  return padded;
}

/** Reads a plaintext. Neither the signature nor what is said is looked at. @throws CodecError, HaloError. */
export function readCapsule(padded: Uint8Array): SignedCapsule {
  const outer = new Reader(padded);
  const body = outer.bytes(CAPSULE_PLAIN_MAX).slice();
  const signature = outer.take(SIGNATURE_BYTES);
  while (outer.left > 0) {
    if (outer.u8() !== 0) throw new CodecError('CODEC_NOT_CANONICAL', 'padding is not zero');
  }
  const reader = new Reader(body);
  const writtenAtMs = reader.varint(TIME_MS_MAX);
  const device = idFromBytes('device', reader.raw(KEY_BYTES));
  const log = readIdentityLog(reader);
  const haloGenesis = readStatement(reader);
  if (haloGenesis.kind !== 'space-genesis') {
    throw new CodecError('CODEC_MALFORMED', 'a capsule without the genesis of a private space');
  }
  const haloRing = KeyRing.import(reader.bytes(CAPSULE_PLAIN_MAX));
  const haloSecret = reader.take(KEY_BYTES);
  const displayName = reader.text(NAME_BYTES_MAX);
  const kubes = Array.from({ length: reader.varint(CAPSULE_KUBES_MAX) }, () =>
    reader.text(KUBE_BYTES_MAX),
  );
  const tips = Array.from({ length: reader.varint(CAPSULE_TIPS_MAX) }, () => ({
    feed: idFromBytes('feed', reader.raw(KEY_BYTES)),
    seq: reader.varint(),
    hash: idFromBytes('block', reader.raw(KEY_BYTES)),
  }));
  reader.end();
  const about = { writtenAtMs, device, log, displayName, kubes, tips };
  return { capsule: { ...about, haloGenesis, haloRing, haloSecret }, body, signature };
}

/** First byte of a sealed capsule. */
export const CAPSULE_VERSION: number = VERSION;
