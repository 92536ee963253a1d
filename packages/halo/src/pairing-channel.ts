/**
 * The channel of an invitation: Noise_XXpsk0 over a link, then messages in sealed chunks. Only a holder of
 * the code passes the first message; the guest continues only if the host's key has the code's fingerprint.
 * So neither strangers nor the server between can take part, listen, or use up digits.
 */
import { NoiseHandshake, freshAgreer, type NoiseSession } from '@atoll/crypto';
import { concatBytes, equalBytes, utf8, type Agreer, type Link, type Rng } from '@atoll/kernel';
import { hostFingerprint } from './invitation-code.ts';
import { invitationId, invitationPsk } from './derive.ts';
import type { Bytes } from './statements.ts';
import { TICKET_BYTES_MAX } from './ticket.ts';

/** Content of a sealed chunk: with its flag and tags it fits a link's message. */
const CHUNK_BYTES = 16_000;
/** Largest message: a ticket and a little around it. */
const MESSAGE_BYTES_MAX: number = TICKET_BYTES_MAX + 4096;
const CHUNK = { last: 0, more: 1 } as const;
/** Messages kept while the platform computes a key agreement; an honest side sends one. */
const WAITING_MAX = 16;
const NOTHING: Bytes = new Uint8Array(0);
const PROLOGUE: Bytes = utf8('atoll/1/invitation');

/** What a side brings to the channel. */
export interface PairingInput {
  readonly link: Link;
  readonly rng: Rng;
  /** The invitation's secret, from its code or record. */
  readonly secret: Uint8Array;
  /** Host: the invitation's key. Guest: a key made for this line alone. */
  readonly agreer: Agreer;
  /** Guest: the fingerprint in the code. Absent on the host's side. */
  readonly fingerprint?: Uint8Array;
}

/** Why a channel did not come about. */
export type PairingFailure =
  | 'lost' // The link ended.
  | 'foreign' // The other side does not have the code, or speaks something else.
  | 'wrong-host'; // It has the code and is not the one that made it.

/** An authenticated, encrypted line between host and guest. */
export class PairingChannel {
  /** Equal on both sides and on no other line: 32 bytes. */
  readonly handshakeHash: Bytes;
  readonly #link: Link;
  readonly #session: NoiseSession;
  readonly #parts: Uint8Array[] = [];
  #partBytes = 0;
  readonly #early: Bytes[] = [];
  #receive: ((message: Bytes) => void) | undefined;

  private constructor(link: Link, session: NoiseSession) {
    this.#link = link;
    this.#session = session;
    this.handshakeHash = session.handshakeHash;
  }

  /** Shakes hands. Closes the link when that fails. */
  static async open(input: PairingInput): Promise<PairingChannel | PairingFailure> {
    const { link } = input;
    const inbox = new Inbox(link);
    const outcome = await shakeHands(input, inbox);
    if (typeof outcome === 'string') {
      link.close();
      return outcome;
    }
    const channel = new PairingChannel(link, outcome);
    inbox.handOver((message) => channel.#take(message));
    return channel;
  }

  /** Resolves when the line has ended. */
  get ended(): Promise<unknown> {
    return this.#link.ended;
  }

  /** Sets the one receiver. Anything that is not a sealed chunk of this line ends it. */
  onMessage(receive: (message: Bytes) => void): void {
    this.#receive = receive;
    for (const message of this.#early.splice(0)) receive(message);
  }

  /** Sends a message in as many chunks as it takes. */
  send(message: Uint8Array): void {
    for (let at = 0; ; at += CHUNK_BYTES) {
      const part = message.subarray(at, at + CHUNK_BYTES);
      const isLast = at + CHUNK_BYTES >= message.length;
      const flag = Uint8Array.of(isLast ? CHUNK.last : CHUNK.more);
      this.#link.send(this.#session.send.encrypt(concatBytes(flag, part)));
      if (isLast) return;
    }
  }

  /** Ends the line. */
  close(): void {
    this.#link.close();
  }

  #take(sealed: Uint8Array): void {
    const chunk = this.#session.receive.decrypt(sealed);
    const flag = chunk?.[0];
    if (chunk === undefined || (flag !== CHUNK.last && flag !== CHUNK.more)) {
      this.close();
      return;
    }
    this.#partBytes += chunk.length - 1;
    // A chunk that says more follows must be full; otherwise empty ones could come for ever.
    const isShort = flag === CHUNK.more && chunk.length - 1 !== CHUNK_BYTES;
    if (this.#partBytes > MESSAGE_BYTES_MAX || isShort) {
      this.close();
      return;
    }
    this.#parts.push(chunk.subarray(1));
    if (flag === CHUNK.more) return;
    const message = concatBytes(...this.#parts.splice(0));
    this.#partBytes = 0;
    if (this.#receive !== undefined) this.#receive(message);
    else if (this.#early.length < WAITING_MAX) this.#early.push(message);
    else this.close();
  }
}

async function shakeHands(
  input: PairingInput,
  inbox: Inbox,
): Promise<NoiseSession | PairingFailure> {
  const { agreer, fingerprint, link, rng, secret } = input;
  const handshake = new NoiseHandshake({
    role: fingerprint === undefined ? 'responder' : 'initiator',
    psk: invitationPsk(secret),
    prologue: concatBytes(PROLOGUE, invitationId(secret)),
    agreer,
    ephemeral: await freshAgreer(rng),
  });
  for (;;) {
    switch (handshake.next) {
      case 'write':
        link.send(await handshake.writeMessage(NOTHING));
        break;
      case 'read': {
        const message = await inbox.next();
        if (message === undefined) return 'lost';
        if ((await handshake.readMessage(message)) === undefined) return 'foreign';
        const remote = handshake.remoteStatic;
        const isHost =
          fingerprint === undefined ||
          (remote !== undefined && equalBytes(hostFingerprint(remote), fingerprint));
        if (!isHost) return 'wrong-host';
        break;
      }
      case 'split':
        return handshake.split();
      case 'over':
        return 'foreign';
    }
  }
}

/** Messages of a link, one at a time during the handshake and by callback after it. */
class Inbox {
  readonly #waiting: Uint8Array[] = [];
  #take: ((message: Uint8Array | undefined) => void) | undefined;
  #receive: ((message: Uint8Array) => void) | undefined;
  #ended = false;

  constructor(link: Link) {
    link.onMessage((message) => {
      if (this.#receive !== undefined) this.#receive(message);
      else if (this.#take !== undefined) this.#give(message);
      else if (this.#waiting.length < WAITING_MAX) this.#waiting.push(message);
      else link.close();
    });
    void link.ended.then(() => {
      this.#ended = true;
      this.#give(undefined);
    });
  }

  next(): Promise<Uint8Array | undefined> {
    const message = this.#waiting.shift();
    if (message !== undefined || this.#ended) return Promise.resolve(message);
    return new Promise((resolve) => {
      this.#take = resolve;
    });
  }

  handOver(receive: (message: Uint8Array) => void): void {
    this.#receive = receive;
    for (const message of this.#waiting.splice(0)) receive(message);
  }

  #give(message: Uint8Array | undefined): void {
    const take = this.#take;
    this.#take = undefined;
    take?.(message);
  }
}
