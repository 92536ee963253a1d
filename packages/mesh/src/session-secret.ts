/**
 * What two devices of a space have in common before they meet: a secret that its membership key gives.
 * From it come the key of the handshake and two kinds of tags that say "I hold it" only to who does.
 */
import { deriveKey, hmac } from '@atoll/crypto';
import { concatBytes, utf8 } from '@atoll/kernel';
import { Writer } from '@atoll/codec';

/** Bytes of a tag: a chance hit among 128 tags of 2^40 sessions stays below 2^-80. */
export const TAG_BYTES = 16;
const DAY_MS = 86_400_000;
const HELLO = utf8('hello');

/** Which side of a session. The initiator speaks first. */
export type SessionRole = 'initiator' | 'responder';

/** UTC day of a time. Tags change with it, so that they cannot be recognised later. */
export function utcDay(nowMs: number): number {
  return Math.max(0, Math.floor(nowMs / DAY_MS));
}

/** One generation's secret of a space, with the keys that come from it. */
export class SessionSecret {
  /** Pre-shared key of the handshake. */
  readonly psk: Uint8Array<ArrayBuffer>;
  readonly #helloKey: Uint8Array<ArrayBuffer>;
  readonly #tagKey: Uint8Array<ArrayBuffer>;

  /** `secret`: 32 bytes that every member of the space can derive, and nobody else. */
  constructor(secret: Uint8Array) {
    this.psk = deriveKey(secret, 'session-psk');
    this.#helloKey = deriveKey(secret, 'session-hello');
    this.#tagKey = deriveKey(secret, 'session-tag');
  }

  /** Stands before the first message, so that the other side finds the secret among its own. */
  helloTag(day: number, ephemeral: Uint8Array): Uint8Array<ArrayBuffer> {
    const dayBytes = new Writer(8).varint(day).finish();
    return hmac(this.#helloKey, HELLO, dayBytes, ephemeral).slice(0, TAG_BYTES);
  }

  /** Proves to the other side of one session that `role` holds the secret; worth nothing elsewhere. */
  sharedTag(handshakeHash: Uint8Array, role: SessionRole, round: number): Uint8Array<ArrayBuffer> {
    const context = new Writer(16).text(role).varint(round).finish();
    return hmac(this.#tagKey, concatBytes(handshakeHash, context)).slice(0, TAG_BYTES);
  }
}

/**
 * The secret of sessions with a KUBE: public, because a KUBE serves whoever comes. Such a session
 * authenticates nobody; what it carries is sealed or signed by itself.
 */
export const KUBE_SECRET: SessionSecret = new SessionSecret(utf8('atoll/1/public session secret.'));
