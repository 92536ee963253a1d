/** The secret keys of one space that a member holds, by generation. Its bytes go to a keystore, never out. */
import { CodecError, Reader, Writer } from '@atoll/codec';
import { keyCommitment } from '@atoll/crypto';
import {
  equalBytes,
  errorCode,
  idBytes,
  idFromBytes,
  type KeyId,
  type ZoneId,
} from '@atoll/kernel';
import { HaloError } from './halo-error.ts';
import type { Bytes, Rotation } from './statements.ts';

/** One generation of the membership key: opens inner headers and control sections. */
export interface MembershipSecret {
  readonly kind: 'membership';
  readonly generation: KeyId;
  readonly key: Bytes;
}

/** One generation of a zone's keys. Without the history key, earlier generations stay closed. */
export interface ZoneSecret {
  readonly kind: 'zone';
  readonly zone: ZoneId;
  readonly generation: KeyId;
  readonly content: Bytes;
  readonly history?: Bytes;
}

/** Any generation's secrets. */
export type GenerationSecret = MembershipSecret | ZoneSecret;

const RING_VERSION = 1;
const KEY_BYTES = 32;
const ZONE_BYTES = 16;
/** Generations of a ring: a removal a day for eleven years. */
const GENERATIONS_MAX = 4096;
const FORM = { membership: 0, content: 1, contentAndHistory: 2 } as const;

/** Keys of one space. A generation once held is never replaced, only completed by its history key. */
export class KeyRing {
  readonly #secrets = new Map<KeyId, GenerationSecret>();

  /** Adds a generation; what is there already stays. True when something was new. */
  add(secret: GenerationSecret): boolean {
    const held = this.#secrets.get(secret.generation);
    const completes =
      held !== undefined &&
      held.kind === 'zone' &&
      held.history === undefined &&
      secret.kind === 'zone' &&
      secret.zone === held.zone &&
      secret.history !== undefined;
    if (held !== undefined && !completes) return false;
    this.#secrets.set(secret.generation, secret);
    return true;
  }

  /** Secret of any generation. */
  get(generation: KeyId): GenerationSecret | undefined {
    return this.#secrets.get(generation);
  }

  /** Membership key of a generation. */
  membership(generation: KeyId): Bytes | undefined {
    const secret = this.#secrets.get(generation);
    return secret?.kind === 'membership' ? secret.key : undefined;
  }

  /** Keys of a zone's generation. */
  zone(generation: KeyId): ZoneSecret | undefined {
    const secret = this.#secrets.get(generation);
    return secret?.kind === 'zone' ? secret : undefined;
  }

  /** All generations, ascending by name. */
  all(): readonly GenerationSecret[] {
    return [...this.#secrets.values()].sort((a, b) => (a.generation < b.generation ? -1 : 1));
  }

  /** Generations of the membership key, ascending by name. */
  memberships(): readonly MembershipSecret[] {
    return this.all().filter((secret): secret is MembershipSecret => secret.kind === 'membership');
  }

  /** Secret bytes for a keystore or a ticket. The one encoding of this set of keys. */
  export(): Bytes {
    const secrets = this.all();
    const writer = new Writer(256).u8(RING_VERSION).varint(secrets.length);
    for (const secret of secrets) writer.raw(idBytes(secret.generation)).raw(secretBytes(secret));
    return writer.finish();
  }

  /** A ring from {@link KeyRing.export}'s bytes. @throws HaloError `HALO_KEYS_MALFORMED`. */
  static import(bytes: Uint8Array): KeyRing {
    try {
      const reader = new Reader(bytes);
      const ring = readRing(reader);
      reader.end();
      return ring;
    } catch (cause) {
      if (!(cause instanceof CodecError)) throw cause;
      throw new HaloError(
        'HALO_KEYS_MALFORMED',
        `the bytes are no key ring (${errorCode(cause)})`,
        {
          cause,
        },
      );
    }
  }
}

function readRing(reader: Reader): KeyRing {
  if (reader.u8() !== RING_VERSION) {
    throw new CodecError('CODEC_UNKNOWN_TAG', 'a key ring of an unknown version');
  }
  const ring = new KeyRing();
  const count = reader.varint(GENERATIONS_MAX);
  let before = '';
  for (let at = 0; at < count; at++) {
    const generation = idFromBytes('key', reader.raw(KEY_BYTES));
    if (generation <= before) {
      throw new CodecError('CODEC_NOT_CANONICAL', 'the generations of a ring do not ascend');
    }
    before = generation;
    ring.add(readSecret(reader, generation));
  }
  return ring;
}

/** Form byte, then zone and keys: what a ring holds and what a sealed copy contains. */
export function secretBytes(secret: GenerationSecret): Bytes {
  const writer = new Writer(128);
  if (secret.kind === 'membership') return writer.u8(FORM.membership).raw(secret.key).finish();
  const { history } = secret;
  writer.u8(history === undefined ? FORM.content : FORM.contentAndHistory);
  writer.raw(idBytes(secret.zone)).raw(secret.content);
  if (history !== undefined) writer.raw(history);
  return writer.finish();
}

/** Reads {@link secretBytes}. @throws CodecError. */
export function readSecret(reader: Reader, generation: KeyId): GenerationSecret {
  const form = reader.u8();
  if (form === FORM.membership) {
    return { kind: 'membership', generation, key: reader.take(KEY_BYTES) };
  }
  if (form !== FORM.content && form !== FORM.contentAndHistory) {
    throw new CodecError('CODEC_UNKNOWN_TAG', 'keys of an unknown form');
  }
  const zone = idFromBytes('zone', reader.raw(ZONE_BYTES));
  const content = reader.take(KEY_BYTES);
  if (form === FORM.content) return { kind: 'zone', zone, generation, content };
  return { kind: 'zone', zone, generation, content, history: reader.take(KEY_BYTES) };
}

/** True when a secret is the one that its rotation commits to; nothing else may be used as its key. */
export function matchesRotation(secret: GenerationSecret, rotation: Rotation): boolean {
  if ((secret.kind === 'zone' ? secret.zone : 'membership') !== rotation.of) return false;
  const keys = secret.kind === 'membership' ? [secret.key] : [secret.content, secret.history];
  return rotation.commitments.every((commitment, at) => {
    const key = keys[at];
    return key === undefined ? at > 0 : equalBytes(keyCommitment(key), commitment);
  });
}
