/**
 * One connection to a KUBE's signaling service, kept alive: it comes back by itself after a loss, joins
 * its rooms again, and gives links to those it meets there and to the KUBE itself.
 */
import type { Clock, Link, Log, Rng, WebSockets } from '@atoll/kernel';
import { jitter } from './jitter.ts';
import { MeshError } from './mesh-error.ts';
import { RelayLink } from './relay-link.ts';
import {
  CHANNELS_PER_PAIR_MAX,
  CHANNEL_MAX,
  KUBE_PEER,
  RELAY_WINDOW_BYTES,
  ROOMS_PER_CONNECTION_MAX,
  SIGNALING_VERSION,
  decodeSignaling,
  encodeSignaling,
  type SignalingMessage,
  type SignalingRefusal,
} from './signaling.ts';

/** First wait before coming back; doubles up to the last, each time shortened by chance. */
export const RECONNECT_FIRST_MS = 500;
/** Longest wait: a server that comes back should not be met by everybody at once. */
export const RECONNECT_LAST_MS = 30_000;
/**
 * After a server has said that it ends: it needs some time to begin again, and all its clients know at the
 * same moment.
 */
const CLOSING_FIRST_MS = 500;
const CLOSING_SPREAD_MS = 2_500;
/** An answer to `connect` and `hello` takes no longer on any usable network. */
const WELCOME_TIMEOUT_MS = 10_000;
/** Below half of what middleboxes and the server forget. */
const PING_EVERY_MS = 25_000;
/** No sign of life for so long after a ping means that the connection is gone. */
const PONG_TIMEOUT_MS = 8_000;
/** The same after waking up, when the connection is likely to be dead. */
const WAKE_PONG_TIMEOUT_MS = 2_000;
/** Others in our rooms that are remembered: a server could make up any number. */
const NEIGHBOURS_MAX = 1024;
/** Refusals after which the same program would be refused again. */
const FINAL_REFUSALS: readonly SignalingRefusal[] = ['SIGNALING_VERSION', 'SIGNALING_MALFORMED'];

/** How a connection stands. */
export type SignalingState = 'offline' | 'connecting' | 'online';

/** What a connection tells its owner. */
export interface SignalingEvents {
  /** The state has changed. */
  readonly onState?: (state: SignalingState) => void;
  /** Connected: the name that room tags are bound to, and the server's wall clock. */
  readonly onWelcome?: (kubeName: string, kubeNowMs: number) => void;
  /** Another connection is in a room of ours. */
  readonly onPeer?: (room: string, peer: string) => void;
  /** It is in no room of ours any more. */
  readonly onPeerGone?: (peer: string) => void;
  /** A peer, or the KUBE, opened a link to us. */
  readonly onLink?: (peer: string, link: Link) => void;
  /** A room, or the connection, was refused. */
  readonly onRefused?: (refusal: SignalingRefusal, room: string | undefined) => void;
}

/** What a connection is made of. */
export interface SignalingClientOptions {
  readonly url: string;
  readonly webSockets: WebSockets;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log?: Log;
  readonly events: SignalingEvents;
}

/** How a connection has ended, or that there was none. */
type Outcome = 'failed' | 'was-online' | 'closing' | 'final';

interface Neighbour {
  readonly rooms: Set<string>;
  readonly channels: Map<number, RelayLink>;
  roomBytes: number;
  lastChannel: number;
}

/** A kept connection. Starts at once; disposal ends it. */
export class SignalingClient implements Disposable {
  readonly #options: SignalingClientOptions;
  readonly #rooms = new Set<string>();
  readonly #neighbours = new Map<string, Neighbour>();
  readonly #abort = new AbortController();
  #link: Link | undefined;
  #self = '';
  #state: SignalingState = 'offline';
  #hurry = new AbortController();
  #heard = 0;
  /** Pings count from here: the clock itself would be the same on every connection of a program. */
  #onlineMs = 0;
  #rttMs: number | undefined;

  constructor(options: SignalingClientOptions) {
    this.#options = options;
    void this.#keep();
  }

  get state(): SignalingState {
    return this.#state;
  }

  /** This connection's own name while online. */
  get self(): string {
    return this.#self;
  }

  /** Round trip to the server at the last ping. */
  get rttMs(): number | undefined {
    return this.#rttMs;
  }

  /** True while somebody of that name is in a room of ours. */
  knows(peer: string): boolean {
    return this.#neighbours.has(peer);
  }

  /** Enters a room, now and after every reconnection. @throws MeshError `MESH_LIMIT`. */
  join(room: string): void {
    if (this.#rooms.has(room)) return;
    if (this.#rooms.size >= ROOMS_PER_CONNECTION_MAX) {
      throw new MeshError('MESH_LIMIT', `a connection is in at most ${this.#rooms.size} rooms`);
    }
    this.#rooms.add(room);
    if (this.#state === 'online') this.#send({ kind: 'join', room });
  }

  /** Leaves a room for good. */
  leave(room: string): void {
    if (!this.#rooms.delete(room)) return;
    if (this.#state === 'online') this.#send({ kind: 'leave', room });
    for (const [peer, neighbour] of [...this.#neighbours]) this.#partFrom(peer, neighbour, room);
  }

  /**
   * A new link to somebody in a room of ours, or to the KUBE. It may end at once, if they have gone.
   * @throws MeshError `MESH_LIMIT`, `MESH_UNREACHABLE` when the peer is not known.
   */
  dial(peer: string): Link {
    const neighbour = this.#neighbours.get(peer);
    if (neighbour === undefined || this.#state !== 'online') {
      throw new MeshError('MESH_UNREACHABLE', 'nobody of that name is there');
    }
    const channel = neighbour.lastChannel + 2;
    if (neighbour.channels.size >= CHANNELS_PER_PAIR_MAX || channel > CHANNEL_MAX) {
      throw new MeshError('MESH_LIMIT', 'there are too many links to this peer');
    }
    neighbour.lastChannel = channel;
    return this.#addChannel(peer, neighbour, channel);
  }

  /** After sleep, or when the network has changed: comes back at once, or checks that it is still there. */
  wake(): void {
    this.#hurry.abort();
    if (this.#state === 'online') void this.#check(WAKE_PONG_TIMEOUT_MS);
  }

  [Symbol.dispose](): void {
    if (this.#abort.signal.aborted) return;
    this.#abort.abort();
    this.#link?.close();
  }

  async #keep(): Promise<void> {
    let failures = 0;
    while (!this.#abort.signal.aborted) {
      this.#setState('connecting');
      const outcome = await this.#connectOnce();
      this.#down();
      if (outcome === 'final' || this.#abort.signal.aborted) break;
      failures = outcome === 'failed' ? failures + 1 : 0;
      this.#setState('offline');
      await (outcome === 'closing'
        ? this.#wait(CLOSING_FIRST_MS + jitter(this.#options.rng) * CLOSING_SPREAD_MS)
        : this.#pause(failures));
    }
    this.#setState('offline');
  }

  /** Waits a random part of the exponential delay, or until somebody is in a hurry. */
  async #pause(failures: number): Promise<void> {
    const longestMs = Math.min(RECONNECT_LAST_MS, RECONNECT_FIRST_MS * 2 ** failures);
    await this.#wait(longestMs * (0.5 + jitter(this.#options.rng) / 2));
  }

  async #wait(waitMs: number): Promise<void> {
    this.#hurry = new AbortController();
    const signal = AbortSignal.any([this.#abort.signal, this.#hurry.signal]);
    await this.#options.clock.sleep(waitMs, signal).catch(() => undefined);
  }

  async #connectOnce(): Promise<Outcome> {
    const { webSockets, url, log } = this.#options;
    const attempt = new AbortController();
    const signal = AbortSignal.any([this.#abort.signal, attempt.signal]);
    const patience = new AbortController();
    void this.#later(WELCOME_TIMEOUT_MS, patience.signal, () => {
      attempt.abort();
      this.#link?.close();
    });
    let outcome: Outcome = 'failed';
    try {
      const link = await webSockets.connect(url, signal);
      this.#link = link;
      if (this.#abort.signal.aborted) link.close();
      link.onMessage((bytes) => {
        this.#heard++;
        const message = decodeSignaling(bytes);
        if (message === undefined) return link.close();
        if (message.kind === 'welcome' && this.#state !== 'online') {
          patience.abort();
          outcome = 'was-online';
          this.#welcome(message.self, message.kubeName, message.nowMs);
        } else if (message.kind === 'refused' && message.room === undefined) {
          if (FINAL_REFUSALS.includes(message.refusal)) outcome = 'final';
          if (message.refusal === 'SIGNALING_CLOSING') outcome = 'closing';
          this.#options.events.onRefused?.(message.refusal, undefined);
        } else if (this.#state === 'online') this.#message(message);
      });
      link.send(encodeSignaling({ kind: 'hello', version: SIGNALING_VERSION }));
      await link.ended;
    } catch {
      log?.event('debug', 'mesh.kube.unreachable', {});
    }
    patience.abort();
    return outcome;
  }

  #welcome(self: string, kubeName: string, kubeNowMs: number): void {
    this.#self = self;
    this.#onlineMs = this.#options.clock.monotonicMs();
    this.#neighbour(KUBE_PEER);
    this.#setState('online');
    for (const room of this.#rooms) this.#send({ kind: 'join', room });
    this.#options.events.onWelcome?.(kubeName, kubeNowMs);
    void this.#ping();
  }

  #message(message: SignalingMessage): void {
    switch (message.kind) {
      case 'peers':
        for (const peer of message.peers) this.#meet(message.room, peer);
        break;
      case 'joined':
        this.#meet(message.room, message.peer);
        break;
      case 'left': {
        const neighbour = this.#neighbours.get(message.peer);
        if (neighbour !== undefined) this.#partFrom(message.peer, neighbour, message.room);
        break;
      }
      case 'relay':
        this.#arrive(message.peer, message.channel, message.bytes);
        break;
      case 'relay-end':
        this.#neighbours.get(message.peer)?.channels.get(message.channel)?.lose('closed');
        break;
      case 'credit':
        this.#credit(message.peer, message.bytes);
        break;
      case 'ping':
        this.#send({ kind: 'pong', nonce: message.nonce });
        break;
      case 'pong':
        this.#rttMs = Math.max(
          0,
          this.#options.clock.monotonicMs() - this.#onlineMs - message.nonce,
        );
        break;
      case 'refused':
        this.#options.events.onRefused?.(message.refusal, message.room);
        break;
      default:
        break; // The rest only a client sends.
    }
  }

  #meet(room: string, peer: string): void {
    if (!this.#rooms.has(room) || peer === this.#self || peer === KUBE_PEER) return;
    if (this.#neighbours.size >= NEIGHBOURS_MAX && !this.#neighbours.has(peer)) return;
    this.#neighbour(peer).rooms.add(room);
    this.#options.events.onPeer?.(room, peer);
  }

  /** Channels of the smaller name are even, of the greater one odd, so that both can open at once. */
  #neighbour(peer: string): Neighbour {
    const known = this.#neighbours.get(peer);
    if (known !== undefined) return known;
    const neighbour: Neighbour = {
      rooms: new Set(),
      channels: new Map(),
      roomBytes: RELAY_WINDOW_BYTES,
      lastChannel: this.#self < peer ? 0 : -1,
    };
    this.#neighbours.set(peer, neighbour);
    return neighbour;
  }

  #partFrom(peer: string, neighbour: Neighbour, room: string): void {
    if (!neighbour.rooms.delete(room) || neighbour.rooms.size > 0) return;
    this.#forget(peer, neighbour);
  }

  #forget(peer: string, neighbour: Neighbour): void {
    this.#neighbours.delete(peer);
    for (const link of neighbour.channels.values()) link.lose('lost');
    if (peer !== KUBE_PEER) this.#options.events.onPeerGone?.(peer);
  }

  #arrive(peer: string, channel: number, bytes: Uint8Array): void {
    const neighbour = this.#neighbours.get(peer);
    if (neighbour === undefined) return;
    const known = neighbour.channels.get(channel);
    if (known !== undefined) return known.arrive(bytes);
    const theirs = channel % 2 === (peer < this.#self ? 0 : 1);
    const { onLink } = this.#options.events;
    if (!theirs || onLink === undefined || neighbour.channels.size >= CHANNELS_PER_PAIR_MAX) {
      return this.#send({ kind: 'relay-end', peer, channel });
    }
    const link = this.#addChannel(peer, neighbour, channel);
    link.arrive(bytes);
    onLink(peer, link);
  }

  #addChannel(peer: string, neighbour: Neighbour, channel: number): RelayLink {
    const link = new RelayLink({
      forward: (bytes) => {
        neighbour.roomBytes -= bytes.length;
        this.#send({ kind: 'relay', peer, channel, bytes });
      },
      end: () => this.#send({ kind: 'relay-end', peer, channel }),
      room: () => neighbour.roomBytes,
      carrierBufferedBytes: () => this.#link?.bufferedBytes ?? 0,
      carrierDrained: (lowBytes) => this.#link?.drained(lowBytes) ?? Promise.resolve(),
    });
    neighbour.channels.set(channel, link);
    void link.ended.then(() => neighbour.channels.delete(channel));
    return link;
  }

  #credit(peer: string, bytes: number): void {
    const neighbour = this.#neighbours.get(peer);
    if (neighbour === undefined) return;
    neighbour.roomBytes = Math.min(RELAY_WINDOW_BYTES, neighbour.roomBytes + bytes);
    for (const link of neighbour.channels.values()) link.flush();
  }

  /** Pings as long as the connection lasts. */
  async #ping(): Promise<void> {
    const link = this.#link;
    while (link !== undefined && this.#link === link) {
      await this.#check(PONG_TIMEOUT_MS);
      await this.#later(PING_EVERY_MS, this.#abort.signal, () => undefined);
      if (this.#abort.signal.aborted) return;
    }
  }

  /** Ends a connection that gives no sign of life after a ping. */
  async #check(timeoutMs: number): Promise<void> {
    const { clock } = this.#options;
    const link = this.#link;
    if (link === undefined) return;
    const heard = this.#heard;
    const sentMs = clock.monotonicMs();
    this.#send({ kind: 'ping', nonce: Math.max(0, Math.floor(sentMs - this.#onlineMs)) });
    const answered = new AbortController();
    void link.ended.then(() => answered.abort());
    await this.#later(timeoutMs, AbortSignal.any([this.#abort.signal, answered.signal]), () => {
      if (this.#heard === heard && this.#link === link) link.close();
    });
  }

  #later(delayMs: number, signal: AbortSignal, act: () => void): Promise<void> {
    return this.#options.clock.sleep(delayMs, signal).then(act, () => undefined);
  }

  #down(): void {
    this.#link = undefined;
    for (const [peer, neighbour] of [...this.#neighbours]) this.#forget(peer, neighbour);
  }

  #send(message: SignalingMessage): void {
    this.#link?.send(encodeSignaling(message));
  }

  #setState(state: SignalingState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#options.events.onState?.(state);
  }
}
