/**
 * Who is here, and where: small messages beside the blocks that are never stored. Lossy, with a
 * lifetime, rate-limited, and always of the device at the other end of the session.
 */
import { CodecError, Reader, Writer } from '@atoll/codec';
import { TokenBucket, type Clock } from '@atoll/kernel';
import { DATAGRAM_BYTES_MAX } from './datagram.ts';
import { MeshError } from './mesh-error.ts';

/** Largest presence: a datagram without its lifetime. */
export const PRESENCE_BYTES_MAX: number = DATAGRAM_BYTES_MAX - 8;
/** Longest lifetime that is believed; whoever is silent for so long is gone. */
export const PRESENCE_LIFETIME_MAX_MS = 60_000;
/** Lifetime of our own; said again three times within it, since messages may be lost. */
const LIFETIME_MS = 30_000;
const REPEAT_MS: number = LIFETIME_MS / 3;
/** Shortest time between two messages of ours: a cursor needs no more than 20 a second. */
const SEND_EVERY_MS = 50;
/** Messages of one peer at once and a second; more are dropped. */
const HEARD_BURST = 60;
const HEARD_PER_SECOND = 40;

/** Somebody's presence in a space. */
export interface Present {
  /** Names the running program of the other device. */
  readonly peer: string;
  /** Session key of the device, in hex. */
  readonly remote: string;
  /** What it says, as the application encodes it. */
  readonly bytes: Uint8Array;
}

interface Heard {
  readonly bucket: TokenBucket;
  remote: string;
  bytes: Uint8Array | undefined;
  untilMs: number;
}

/** Presence in one space. */
export class Presence {
  readonly #clock: Clock;
  readonly #broadcast: (bytes: Uint8Array) => void;
  readonly #heard = new Map<string, Heard>();
  readonly #listeners = new Set<() => void>();
  readonly #abort = new AbortController();
  #own: Uint8Array | undefined;
  #sentMs = Number.NEGATIVE_INFINITY;
  #sending = false;
  #changedOwn = new AbortController();
  #sweeping = false;

  constructor(clock: Clock, broadcast: (bytes: Uint8Array) => void) {
    this.#clock = clock;
    this.#broadcast = broadcast;
  }

  /** Those who are here now, in the order in which they were first heard. */
  get others(): readonly Present[] {
    const nowMs = this.#clock.monotonicMs();
    const present: Present[] = [];
    for (const [peer, { remote, bytes, untilMs }] of this.#heard) {
      if (bytes !== undefined && untilMs > nowMs) present.push({ peer, remote, bytes });
    }
    return present;
  }

  /** Calls back when `others` has changed. Returns the way to stop. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Says what we are doing, until it is said otherwise; `undefined` says that we have gone. Changes that
   * come faster than 20 a second are joined. @throws MeshError `MESH_TOO_LARGE`.
   */
  set(bytes: Uint8Array | undefined): void {
    if (bytes !== undefined && bytes.length > PRESENCE_BYTES_MAX) {
      throw new MeshError('MESH_TOO_LARGE', `presence has at most ${PRESENCE_BYTES_MAX} bytes`);
    }
    this.#own = bytes?.slice();
    if (this.#sending) this.#changedOwn.abort();
    else void this.#sendLoop();
  }

  /** Our presence as it goes to somebody who has just come; `undefined` when there is none. */
  get message(): Uint8Array | undefined {
    return this.#own === undefined ? undefined : encode(this.#own);
  }

  /** A datagram of a peer. */
  hear(peer: string, remote: string, message: Uint8Array): void {
    const nowMs = this.#clock.monotonicMs();
    const heard = this.#heard.get(peer) ?? {
      bucket: new TokenBucket({ burst: HEARD_BURST, perSecond: HEARD_PER_SECOND, nowMs }),
      remote,
      bytes: undefined,
      untilMs: 0,
    };
    const said = decode(message);
    if (said === undefined || !heard.bucket.take(nowMs)) return;
    heard.bytes = said.lifetimeMs === 0 ? undefined : said.bytes.slice();
    heard.untilMs = nowMs + said.lifetimeMs;
    heard.remote = remote;
    this.#heard.set(peer, heard);
    this.#changed();
    if (!this.#sweeping) void this.#sweep();
  }

  /** A peer is not connected any more. */
  forget(peer: string): void {
    const heard = this.#heard.get(peer);
    if (!this.#heard.delete(peer)) return;
    if (heard?.bytes !== undefined) this.#changed();
  }

  /** Ends: says that we have gone. */
  stop(): void {
    if (this.#own !== undefined) {
      this.#own = undefined;
      this.#say();
    }
    this.#abort.abort();
    this.#listeners.clear();
  }

  /** Sends now, then whatever has changed at most so often, then repeats. */
  async #sendLoop(): Promise<void> {
    this.#sending = true;
    while (!this.#abort.signal.aborted) {
      const said = this.#own;
      const waitMs = this.#sentMs + SEND_EVERY_MS - this.#clock.monotonicMs();
      if (waitMs > 0) await this.#sleep(waitMs);
      this.#say();
      if (said !== this.#own) continue;
      if (this.#own === undefined) break;
      this.#changedOwn = new AbortController();
      await this.#sleep(REPEAT_MS, this.#changedOwn.signal);
    }
    this.#sending = false;
  }

  #say(): void {
    this.#sentMs = this.#clock.monotonicMs();
    this.#broadcast(this.#own === undefined ? Uint8Array.of(0) : encode(this.#own));
  }

  /** Tells the listeners when somebody's lifetime has passed. */
  async #sweep(): Promise<void> {
    this.#sweeping = true;
    while (!this.#abort.signal.aborted && this.#heard.size > 0) {
      const nextMs = Math.min(...[...this.#heard.values()].map((heard) => heard.untilMs));
      await this.#sleep(Math.max(1, nextMs - this.#clock.monotonicMs()));
      const nowMs = this.#clock.monotonicMs();
      let changed = false;
      for (const [peer, heard] of this.#heard) {
        if (heard.untilMs > nowMs) continue;
        this.#heard.delete(peer);
        changed ||= heard.bytes !== undefined;
      }
      if (changed) this.#changed();
    }
    this.#sweeping = false;
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }

  #sleep(delayMs: number, sooner?: AbortSignal): Promise<void> {
    const { signal } = this.#abort;
    const until = sooner === undefined ? signal : AbortSignal.any([signal, sooner]);
    return this.#clock.sleep(delayMs, until).catch(() => undefined);
  }
}

function encode(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Writer(bytes.length + 8).varint(LIFETIME_MS).raw(bytes).finish();
}

function decode(
  message: Uint8Array,
): { readonly lifetimeMs: number; readonly bytes: Uint8Array } | undefined {
  try {
    const reader = new Reader(message);
    const lifetimeMs = reader.varint(PRESENCE_LIFETIME_MAX_MS);
    return { lifetimeMs, bytes: reader.raw(reader.left) };
  } catch (failure) {
    if (failure instanceof CodecError) return undefined;
    throw failure;
  }
}
