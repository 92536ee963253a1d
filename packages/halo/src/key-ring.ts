/** The secret keys of one space that a member holds, by generation. Its bytes go to a keystore, never out. */
import { CodecError, Reader, Writer } from '@atoll/codec';
import { keyCommitment } from '@atoll/crypto';
import {
  ROOT_ZONE,
  equalBytes,
  errorCode,
  idBytes,
  idFromBytes,
  type KeyId,
  type ZoneId,
} from '@atoll/kernel';
import { HaloError } from './halo-error.ts';
import type { Bytes, Rotation } from './statements.ts';

/**
 * One generation of the membership key: opens inner headers and control sections, and the space's mailbox for
 * reading. Who follows by a public link has it without `posting`.
 */
export interface MembershipSecret {
  readonly kind: 'membership';
  readonly generation: KeyId;
  readonly key: Bytes;
  /** Public half of the key by which the mailbox is written: it belongs to the mailbox's name. */
  readonly postbox: Bytes;
  /** From it follows the secret half; see {@link postingSeed}. */
  readonly posting?: Bytes;
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
const FORM = { membership: 0, content: 1, contentAndHistory: 2, posting: 3 } as const;

/** Who is given keys of a space, and what of them. */
export interface RingShare {
  /** False: what was written before is not to be read, as far as keys decide that. */
  readonly withHistory: boolean;
  /** Generations of zones in use: all that somebody without history gets of them. */
  readonly current: readonly KeyId[];
  /** True for the reader of a public link, which says nothing: it gets no key by which mailboxes are written. */
  readonly isMute?: boolean;
}

/**
 * Keys of one space, older generations first. A generation once held is never replaced, only completed by its
 * history key or posting key; one that turns out to be another than its rotation says is dropped.
 */
export class KeyRing {
  readonly #secrets = new Map<KeyId, GenerationSecret>();
  #version = 0;

  /** Grows with every change: whoever keeps the ring keeps it again. */
  get version(): number {
    return this.#version;
  }

  /** Adds a generation; what is there already stays. True when something was new. */
  add(secret: GenerationSecret): boolean {
    const held = this.#secrets.get(secret.generation);
    if (held !== undefined && !completes(held, secret)) return false;
    this.#secrets.set(secret.generation, secret);
    this.#version++;
    return true;
  }

  /** Drops a generation that is not what its rotation says, and wipes it. */
  drop(generation: KeyId): void {
    const secret = this.#secrets.get(generation);
    if (secret === undefined) return;
    this.#secrets.delete(generation);
    this.#version++;
    wipeSecret(secret);
  }

  /** Puts generations into an order, behind those that are not named. What is in use belongs at the end. */
  arrange(order: readonly KeyId[]): void {
    const held = order.filter((id) => this.#secrets.has(id));
    const now = [...this.#secrets.keys()].slice(-held.length);
    if (held.length === 0 || held.every((id, at) => now[at] === id)) return;
    for (const id of held) {
      const secret = this.#secrets.get(id);
      if (secret === undefined) continue;
      this.#secrets.delete(id);
      this.#secrets.set(id, secret);
    }
    this.#version++;
  }

  /** What somebody who is let in gets: membership keys all, for who was given which right is no secret among members. */
  share({ current, isMute = false, withHistory }: RingShare): KeyRing {
    const ring = new KeyRing();
    for (const secret of this.all()) {
      // A closed zone is its readers' to share.
      if (secret.kind === 'zone' && secret.zone !== ROOT_ZONE) continue;
      if (secret.kind === 'membership') ring.add(isMute ? inPart(secret) : secret);
      else if (withHistory) ring.add(secret);
      else if (current.includes(secret.generation)) ring.add(inPart(secret));
    }
    return ring;
  }

  /** Overwrites all secrets and forgets them: for a space that is left, or a device that is put out. */
  wipe(): void {
    for (const secret of this.#secrets.values()) wipeSecret(secret);
    this.#secrets.clear();
    this.#version++;
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

  /** All generations, older ones first. */
  all(): readonly GenerationSecret[] {
    return [...this.#secrets.values()];
  }

  /** Generations of the membership key, older ones first. */
  memberships(): readonly MembershipSecret[] {
    return this.all().filter((secret): secret is MembershipSecret => secret.kind === 'membership');
  }

  /** Secret bytes for a keystore or a ticket, in the order of the ring. */
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
  for (let at = 0; at < count; at++) {
    const generation = idFromBytes('key', reader.raw(KEY_BYTES));
    if (ring.get(generation) !== undefined) {
      throw new CodecError('CODEC_NOT_CANONICAL', 'a ring holds each generation once');
    }
    ring.add(readSecret(reader, generation));
  }
  return ring;
}

/** Form byte, then zone and keys: what a ring holds and what a sealed copy contains. */
export function secretBytes(secret: GenerationSecret): Bytes {
  const writer = new Writer(128);
  if (secret.kind === 'membership') {
    const { key, postbox, posting } = secret;
    writer
      .u8(posting === undefined ? FORM.membership : FORM.posting)
      .raw(key)
      .raw(postbox);
    return (posting === undefined ? writer : writer.raw(posting)).finish();
  }
  const { history } = secret;
  writer.u8(history === undefined ? FORM.content : FORM.contentAndHistory);
  writer.raw(idBytes(secret.zone)).raw(secret.content);
  if (history !== undefined) writer.raw(history);
  return writer.finish();
}

/** Reads {@link secretBytes}. @throws CodecError. */
export function readSecret(reader: Reader, generation: KeyId): GenerationSecret {
  const form = reader.u8();
  if (form === FORM.membership || form === FORM.posting) {
    const [key, postbox] = [reader.take(KEY_BYTES), reader.take(KEY_BYTES)];
    const secret = { kind: 'membership', generation, key, postbox } as const;
    return form === FORM.membership ? secret : { ...secret, posting: reader.take(KEY_BYTES) };
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
  const keys =
    secret.kind === 'membership'
      ? [secret.key, secret.postbox, secret.posting]
      : [secret.content, secret.history];
  return rotation.commitments.every((commitment, at) => {
    const key = keys[at];
    return key === undefined ? at > 0 : equalBytes(keyCommitment(key), commitment);
  });
}

/** True for keys to which nothing can be added. */
export function isWhole(secret: GenerationSecret | undefined): boolean {
  if (secret === undefined) return false;
  return (secret.kind === 'membership' ? secret.posting : secret.history) !== undefined;
}

/**
 * What of a generation may be given to whoever does not get all: of a zone what opens nothing earlier, of the
 * membership what writes no mailbox.
 */
export function inPart(secret: GenerationSecret): GenerationSecret {
  if (!isWhole(secret)) return secret;
  if (secret.kind === 'membership') {
    const { generation, key, kind, postbox } = secret;
    return { kind, generation, key, postbox };
  }
  const { content, generation, kind, zone } = secret;
  return { kind, zone, generation, content };
}

/** True if a secret has all that is held of its generation, and what was missing. */
function completes(held: GenerationSecret, secret: GenerationSecret): boolean {
  if (isWhole(held) || !isWhole(secret)) return false;
  if (held.kind === 'membership') {
    return secret.kind === 'membership' && equalBytes(secret.postbox, held.postbox);
  }
  return secret.kind === 'zone' && secret.zone === held.zone;
}

/** Overwrites the bytes of a secret. What the platform has copied elsewhere stays there. */
export function wipeSecret(secret: GenerationSecret): void {
  const keys =
    secret.kind === 'membership' ? [secret.key, secret.posting] : [secret.content, secret.history];
  for (const key of keys) key?.fill(0);
}
