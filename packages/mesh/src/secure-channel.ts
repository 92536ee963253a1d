/**
 * Noise_XXpsk0 over a link: a handshake that only holders of a common secret can finish, then sealed
 * frames in order. Knows neither spaces nor identities, only secrets and static keys.
 */
import { CodecError, Writer } from '@atoll/codec';
import {
  CryptoError,
  NoiseHandshake,
  constantTimeEqual,
  freshAgreer,
  type NoiseSession,
} from '@atoll/crypto';
import {
  concatBytes,
  type Agreer,
  type Clock,
  type KeyPlatform,
  type Link,
  type Rng,
} from '@atoll/kernel';
import { SESSION_ENDS, type SessionEnd } from './session-end.ts';
import { TAG_BYTES, utcDay, type SessionRole, type SessionSecret } from './session-secret.ts';

/** Version of sessions, the first byte on a link. There is no negotiation of suites in it. */
const SESSION_VERSION = 1;
/** Largest frame before sealing. */
export const FRAME_BYTES_MAX: number = 16 * 1024;
/** Three messages and two agreements take no longer on any usable network. */
export const HANDSHAKE_TIMEOUT_MS = 15_000;
/** After so many frames in one direction its key is replaced: 256 MiB of full frames. */
export const REKEY_EVERY_FRAMES = 16_384;
/** Sealed frames that may arrive while the last handshake message is still being worked on. */
const EARLY_FRAMES_MAX = 64;
const EPHEMERAL_BYTES = 32;
const NOTHING: Uint8Array<ArrayBuffer> = new Uint8Array(0);

/** What a session starts from. */
export interface SecureChannelOptions {
  readonly link: Link;
  readonly role: SessionRole;
  readonly clock: Clock;
  readonly rng: Rng;
  /** Makes the ephemeral key; ours where absent. */
  readonly keys?: KeyPlatform | undefined;
  /** Own static key, 32 bytes of X25519. */
  readonly agreer: Agreer;
  /** Initiator: the first one is greeted with. Responder: all that may be greeted with. */
  readonly secrets: readonly SessionSecret[];
  /** What the session is for; both sides must say the same. */
  readonly purpose: 'peer' | 'kube';
  /** Binds the session to where the link came from, e.g. the session that negotiated it. */
  readonly context?: Uint8Array;
  /** UTC day of the greeting, where another clock than ours is trusted more. */
  readonly day?: number;
}

/** A finished handshake and the link under it. */
export class SecureChannel {
  readonly link: Link;
  readonly role: SessionRole;
  readonly remoteStatic: Uint8Array<ArrayBuffer>;
  readonly handshakeHash: Uint8Array<ArrayBuffer>;
  /** Resolves once, with the reason. */
  readonly ended: Promise<SessionEnd>;
  /** Sealed bytes in both directions, with the handshake. */
  bytesIn = 0;
  bytesOut = 0;
  readonly #noise: NoiseSession;
  readonly #resolveEnded: (end: SessionEnd) => void;
  #early: Uint8Array[] = [];
  #receive: ((frame: Uint8Array) => void) | undefined;
  #end: SessionEnd | undefined;

  constructor(link: Link, role: SessionRole, noise: NoiseSession) {
    this.link = link;
    this.role = role;
    this.#noise = noise;
    this.remoteStatic = noise.remoteStatic;
    this.handshakeHash = noise.handshakeHash;
    const { promise, resolve } = Promise.withResolvers<SessionEnd>();
    this.ended = promise;
    this.#resolveEnded = resolve;
    void link.ended.then((end) => this.close(end === 'closed' ? 'SESSION_CLOSED' : 'SESSION_LOST'));
  }

  get isEnded(): boolean {
    return this.#end !== undefined;
  }

  /** Sends a frame of at most {@link FRAME_BYTES_MAX}. After the end it does nothing. */
  send(frame: Uint8Array): void {
    if (this.#end !== undefined) return;
    const sealed = this.#noise.send.encrypt(frame);
    if (this.#noise.send.messages % REKEY_EVERY_FRAMES === 0) this.#noise.send.rekey();
    this.bytesOut += sealed.length;
    this.link.send(sealed);
  }

  /** Sets the receiver of opened frames, and gives it what came before. */
  onFrame(receive: (frame: Uint8Array) => void): void {
    this.#receive = receive;
    const early = this.#early;
    this.#early = [];
    for (const sealed of early) this.#open(sealed, receive);
  }

  /** A sealed frame from the link. */
  arrive(sealed: Uint8Array): void {
    if (this.#end !== undefined) return;
    this.bytesIn += sealed.length;
    if (this.#receive !== undefined) this.#open(sealed, this.#receive);
    else if (this.#early.length < EARLY_FRAMES_MAX) this.#early.push(sealed);
    else this.close('SESSION_FLOOD');
  }

  /** Ends the session and its link. The first reason counts. */
  close(end: SessionEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#noise.send.forget();
    this.#noise.receive.forget();
    this.link.close();
    this.#resolveEnded(end);
  }

  #open(sealed: Uint8Array, receive: (frame: Uint8Array) => void): void {
    if (this.#end !== undefined) return;
    const frame = this.#noise.receive.decrypt(sealed);
    if (frame === undefined || frame.length > FRAME_BYTES_MAX) {
      this.close(frame === undefined ? 'SESSION_DECRYPT' : 'SESSION_FLOOD');
      return;
    }
    if (this.#noise.receive.messages % REKEY_EVERY_FRAMES === 0) this.#noise.receive.rekey();
    receive(frame);
  }
}

/** A channel, or why there is none; the link has ended then. Never throws for what a peer sends. */
export async function openSecureChannel(
  options: SecureChannelOptions,
): Promise<SecureChannel | SessionEnd> {
  const inbox = new Inbox(options.link);
  const patience = new AbortController();
  const timeout = options.clock
    .sleep(HANDSHAKE_TIMEOUT_MS, patience.signal)
    .then(() => inbox.stop('SESSION_TIMEOUT'))
    .catch(() => undefined);
  let outcome: SecureChannel | SessionEnd;
  try {
    outcome =
      options.role === 'initiator' ? await initiate(options, inbox) : await respond(options, inbox);
  } catch (failure) {
    if (!(failure instanceof CryptoError) && !(failure instanceof CodecError)) throw failure;
    outcome = 'SESSION_HANDSHAKE';
  }
  patience.abort();
  await timeout;
  if (typeof outcome === 'string') options.link.close();
  return outcome;
}

/** The handshake's view of a link: messages one by one, then everything to the channel. */
class Inbox {
  #queue: Uint8Array<ArrayBuffer>[] = [];
  #waiting: ((message: Uint8Array<ArrayBuffer> | undefined) => void) | undefined;
  #end: SessionEnd | undefined;
  #channel: SecureChannel | undefined;
  /** Bytes of the messages that the handshake has taken. */
  received = 0;

  constructor(link: Link) {
    void link.ended.then(() => this.stop('SESSION_LOST'));
    link.onMessage((message) => this.#arrive(message));
  }

  get end(): SessionEnd {
    return this.#end ?? 'SESSION_LOST';
  }

  /** The next message; `undefined` when none will come. */
  next(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const first = this.#queue.shift();
    this.received += first?.length ?? 0;
    if (first !== undefined || this.#end !== undefined) return Promise.resolve(first);
    return new Promise((resolve) => (this.#waiting = resolve));
  }

  stop(end: SessionEnd): void {
    this.#end ??= end;
    this.#waiting?.(undefined);
    this.#waiting = undefined;
  }

  handOver(channel: SecureChannel): void {
    this.#channel = channel;
    for (const message of this.#queue.splice(0)) channel.arrive(message);
  }

  #arrive(message: Uint8Array<ArrayBuffer>): void {
    if (this.#channel !== undefined) {
      this.#channel.arrive(message);
      return;
    }
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting !== undefined) {
      this.received += message.length;
      waiting(message);
    } else if (this.#queue.length < EARLY_FRAMES_MAX) this.#queue.push(message);
    else this.stop('SESSION_FLOOD');
  }
}

async function initiate(
  options: SecureChannelOptions,
  inbox: Inbox,
): Promise<SecureChannel | SessionEnd> {
  const [secret] = options.secrets;
  if (secret === undefined) return 'SESSION_UNKNOWN_TAG';
  const noise = await handshake(options, secret);
  const first = await noise.writeMessage(NOTHING);
  const tag = secret.helloTag(today(options), noise.ephemeralPublicKey);
  options.link.send(concatBytes(Uint8Array.of(SESSION_VERSION), tag, first));
  const answer = await inbox.next();
  if (answer === undefined) return inbox.end;
  if ((await noise.readMessage(answer)) === undefined) return 'SESSION_HANDSHAKE';
  const last = await noise.writeMessage(NOTHING);
  options.link.send(last);
  return finish(options, noise, {
    inbox,
    bytesOut: 1 + TAG_BYTES + first.length + last.length,
  });
}

async function respond(
  options: SecureChannelOptions,
  inbox: Inbox,
): Promise<SecureChannel | SessionEnd> {
  const hello = await inbox.next();
  if (hello === undefined) return inbox.end;
  if (hello[0] !== SESSION_VERSION) return 'SESSION_VERSION';
  const first = hello.subarray(1 + TAG_BYTES);
  if (first.length < EPHEMERAL_BYTES) return 'SESSION_HANDSHAKE';
  const tag = hello.subarray(1, 1 + TAG_BYTES);
  const secret = findSecret(options, tag, first.subarray(0, EPHEMERAL_BYTES));
  if (secret === undefined) return 'SESSION_UNKNOWN_TAG';
  const noise = await handshake(options, secret);
  if ((await noise.readMessage(first)) === undefined) return 'SESSION_HANDSHAKE';
  const answer = await noise.writeMessage(NOTHING);
  options.link.send(answer);
  const last = await inbox.next();
  if (last === undefined) return inbox.end;
  if ((await noise.readMessage(last)) === undefined) return 'SESSION_HANDSHAKE';
  return finish(options, noise, { inbox, bytesOut: answer.length });
}

/** Yesterday and tomorrow count, for clocks that differ around midnight. */
function findSecret(
  options: SecureChannelOptions,
  tag: Uint8Array,
  ephemeral: Uint8Array,
): SessionSecret | undefined {
  const day = today(options);
  for (const candidate of [day, day - 1, day + 1]) {
    if (candidate < 0) continue;
    for (const secret of options.secrets) {
      if (constantTimeEqual(secret.helloTag(candidate, ephemeral), tag)) return secret;
    }
  }
  return undefined;
}

function finish(
  options: SecureChannelOptions,
  noise: NoiseHandshake,
  state: { readonly inbox: Inbox; readonly bytesOut: number },
): SecureChannel {
  const channel = new SecureChannel(options.link, options.role, noise.split());
  channel.bytesOut = state.bytesOut;
  channel.bytesIn = state.inbox.received;
  state.inbox.handOver(channel);
  return channel;
}

async function handshake(
  options: SecureChannelOptions,
  secret: SessionSecret,
): Promise<NoiseHandshake> {
  const { role, purpose, context, agreer, rng, keys } = options;
  const prologue = new Writer(64)
    .text('atoll/1')
    .text(purpose)
    .bytes(context ?? NOTHING)
    .finish();
  const ephemeral = await freshAgreer(rng, keys);
  return new NoiseHandshake({ role, psk: secret.psk, prologue, agreer, ephemeral });
}

function today(options: SecureChannelOptions): number {
  return options.day ?? utcDay(options.clock.nowMs());
}

/** The end of a wire number; an unknown number of a later version counts as closed. */
export function sessionEndOf(number: number): SessionEnd {
  return SESSION_ENDS[number] ?? 'SESSION_CLOSED';
}
