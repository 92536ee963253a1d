/**
 * Everything that goes through one KUBE: the rooms of our spaces, relay links to whoever is in them,
 * and the mailboxes that hold what was written while nobody else was there.
 */
import { newAgreer } from '@atoll/crypto';
import type { Clock, Link, Log, Rng, WebSockets } from '@atoll/kernel';
import { MailboxClient, type MailboxSpace } from './mailbox-client.ts';
import type { SharedSpace } from './peer-session.ts';
import type { Peers } from './peers.ts';
import { openSecureChannel } from './secure-channel.ts';
import { HOSTILE_ENDS, type SessionEnd } from './session-end.ts';
import { KUBE_SECRET, utcDay } from './session-secret.ts';
import type { MailboxAnswer } from './session-messages.ts';
import type { Cursors } from './session.ts';
import { SignalingClient, type SignalingState } from './signaling-client.ts';
import { KUBE_PEER, ROOMS_PER_CONNECTION_MAX, type SignalingRefusal } from './signaling.ts';
import { TokenBucket } from './token-bucket.ts';

const HOUR_MS = 3_600_000;
/** Near midnight the rooms of both days count. */
const MIDNIGHT_MARGIN_MS: number = HOUR_MS;
/** How often it is looked whether the day has changed. */
const DAY_CHECK_MS: number = HOUR_MS / 4;
/** First wait before a session that failed is tried again; doubles up to the last. */
const AGAIN_FIRST_MS = 1_000;
const AGAIN_LAST_MS = 60_000;
/** A peer that broke the protocol is left alone for so long. */
const HOSTILE_WAIT_MS = 300_000;

/** Sessions that one peer may open at once and a second. */
const CALLS_BURST = 8;
const CALLS_PER_SECOND = 0.1;

/** A space as it appears at a KUBE. */
export interface KubeSpace extends SharedSpace {
  /** Room tags of a day, 32 bytes each in hex: one for each generation of the key that still counts. */
  readonly roomTags: (kubeName: string, day: number) => readonly string[];
  /** Present when the space has mailboxes. */
  readonly mailbox?: MailboxSpace;
}

/** What a connection to a KUBE needs. */
export interface KubeConnectionOptions {
  readonly url: string;
  readonly webSockets: WebSockets;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log?: Log | undefined;
  readonly cursors: Cursors;
  readonly peers: Peers;
  readonly spaces: () => readonly KubeSpace[];
  readonly onChange: () => void;
}

/** How a KUBE stands. */
export interface KubeStatus {
  readonly url: string;
  readonly state: SignalingState;
  readonly rttMs: number | undefined;
  /** Why it refused us last, if it did; after some it is not tried again. */
  readonly refusal: SignalingRefusal | undefined;
  /** What it said of each space's mailbox. */
  readonly mailboxes: ReadonlyMap<string, MailboxAnswer>;
}

/** One KUBE. */
export class KubeConnection implements Disposable {
  readonly url: string;
  readonly #options: KubeConnectionOptions;
  readonly #signaling: SignalingClient;
  readonly #abort = new AbortController();
  readonly #spaceByRoom = new Map<string, string>();
  readonly #dialed = new Set<string>();
  readonly #callsByPeer = new Map<string, TokenBucket>();
  #refusal: SignalingRefusal | undefined;
  #kubeName: string | undefined;
  #clockOffsetMs = 0;
  #mailboxes: MailboxClient | undefined;

  constructor(options: KubeConnectionOptions) {
    this.url = options.url;
    this.#options = options;
    const { webSockets, clock, rng, log, url, onChange } = options;
    this.#signaling = new SignalingClient({
      url,
      webSockets,
      clock,
      rng,
      ...(log === undefined ? {} : { log }),
      events: {
        onState: onChange,
        onWelcome: (kubeName, kubeNowMs) => this.#welcome(kubeName, kubeNowMs),
        onPeer: (room, peer) => void this.#dial(room, peer),
        onPeerGone: (peer) => this.#callsByPeer.delete(peer),
        onLink: (peer, link) => void this.#answer(peer, link),
        onRefused: (refusal, room) => this.#refused(refusal, room),
      },
    });
    void this.#watchDay();
  }

  get status(): KubeStatus {
    const answers = new Map<string, MailboxAnswer>();
    for (const { id } of this.#options.spaces()) {
      const answer = this.#mailboxes?.answerOf(id);
      if (answer !== undefined) answers.set(id, answer);
    }
    const { state, rttMs } = this.#signaling;
    return { url: this.url, state, rttMs, refusal: this.#refusal, mailboxes: answers };
  }

  /** The session with the KUBE itself, while there is one. */
  get mailboxes(): MailboxClient | undefined {
    return this.#mailboxes;
  }

  /** Spaces were added or removed: rooms and mailboxes follow. */
  refresh(): void {
    this.#joinRooms();
    for (const { mailbox } of this.#options.spaces()) {
      if (mailbox !== undefined) void this.#mailboxes?.open(mailbox);
    }
  }

  /** A space was removed. */
  remove(space: string): void {
    this.#mailboxes?.remove(space);
    this.#joinRooms();
  }

  /** After sleep. */
  wake(): void {
    this.#signaling.wake();
  }

  [Symbol.dispose](): void {
    this.#abort.abort();
    this.#mailboxes?.session.close('SESSION_CLOSED');
    this.#signaling[Symbol.dispose]();
  }

  #welcome(kubeName: string, kubeNowMs: number): void {
    this.#kubeName = kubeName;
    this.#refusal = undefined;
    // Devices meet by the server's day, so that one whose clock is wrong by a year meets the others.
    this.#clockOffsetMs = kubeNowMs - this.#options.clock.nowMs();
    this.#joinRooms();
    void this.#keepMailboxes();
  }

  #joinRooms(): void {
    if (this.#kubeName === undefined) return;
    const wanted = new Map<string, string>();
    const nowMs = this.#nowMs();
    const days = new Set([
      utcDay(nowMs),
      utcDay(nowMs - MIDNIGHT_MARGIN_MS),
      utcDay(nowMs + MIDNIGHT_MARGIN_MS),
    ]);
    for (const day of days) {
      for (const space of this.#options.spaces()) {
        for (const room of space.roomTags(this.#kubeName, day)) wanted.set(room, space.id);
      }
    }
    for (const room of [...this.#spaceByRoom.keys()]) {
      if (wanted.has(room)) continue;
      this.#spaceByRoom.delete(room);
      this.#signaling.leave(room);
    }
    for (const [room, space] of wanted) {
      if (this.#spaceByRoom.size >= ROOMS_PER_CONNECTION_MAX) break;
      this.#spaceByRoom.set(room, space);
      this.#signaling.join(room);
    }
  }

  /** The smaller name calls, and calls again as long as the other is there. */
  async #dial(room: string, peer: string): Promise<void> {
    if (this.#signaling.self > peer || this.#dialed.has(peer)) return;
    this.#dialed.add(peer);
    let failures = 0;
    while (!this.#abort.signal.aborted && this.#signaling.knows(peer)) {
      const space = this.#options.spaces().find(({ id }) => id === this.#spaceByRoom.get(room));
      if (space === undefined) break;
      const beganMs = this.#options.clock.monotonicMs();
      const end = await this.#call(peer, space);
      this.#options.log?.event('debug', 'mesh.relay.ended', { end });
      const lastedMs = this.#options.clock.monotonicMs() - beganMs;
      failures = lastedMs > AGAIN_LAST_MS ? 0 : failures + 1;
      const isHostile = HOSTILE_ENDS.includes(end);
      await this.#pause(isHostile ? HOSTILE_WAIT_MS : backoffMs(failures));
    }
    this.#dialed.delete(peer);
  }

  async #call(peer: string, space: SharedSpace): Promise<SessionEnd> {
    try {
      const link = this.#signaling.dial(peer);
      const secrets = space.secrets.slice(0, 1);
      return await this.#options.peers.run({ link, role: 'initiator', secrets, day: this.#day() });
    } catch {
      return 'SESSION_LOST'; // They have just gone.
    }
  }

  /** Who calls too often is not answered: each call costs us two agreements. */
  async #answer(peer: string, link: Link): Promise<void> {
    const nowMs = this.#options.clock.monotonicMs();
    const calls =
      this.#callsByPeer.get(peer) ??
      new TokenBucket({ burst: CALLS_BURST, perSecond: CALLS_PER_SECOND, nowMs });
    this.#callsByPeer.set(peer, calls);
    if (!calls.take(nowMs)) {
      link.close();
      return;
    }
    const end = await this.#options.peers.run({ link, role: 'responder', day: this.#day() });
    this.#options.log?.event('debug', 'mesh.relay.ended', { end });
  }

  #refused(refusal: SignalingRefusal, room: string | undefined): void {
    this.#options.log?.event('info', 'mesh.kube.refused', { refusal });
    if (room !== undefined) return;
    this.#refusal = refusal;
    this.#options.onChange();
  }

  /** A session with the KUBE itself as long as the connection lasts. */
  async #keepMailboxes(): Promise<void> {
    const name = this.#signaling.self;
    let failures = 0;
    const isCurrent = (): boolean =>
      !this.#abort.signal.aborted &&
      this.#signaling.state === 'online' &&
      this.#signaling.self === name;
    while (isCurrent()) {
      await this.#openMailboxes().catch(() => undefined);
      if (isCurrent()) await this.#pause(backoffMs(++failures));
    }
  }

  async #openMailboxes(): Promise<void> {
    const { clock, rng, log, cursors, onChange } = this.#options;
    const channel = await openSecureChannel({
      link: this.#signaling.dial(KUBE_PEER),
      role: 'initiator',
      clock,
      rng,
      // Fresh, so that a KUBE cannot recognise the device by it.
      agreer: newAgreer(rng).agreer,
      secrets: [KUBE_SECRET],
      purpose: 'kube',
      day: 0,
    });
    if (typeof channel === 'string') return;
    const mailboxes = new MailboxClient(channel, {
      clock,
      log,
      cursors,
      onAnswer: onChange,
      onProgress: onChange,
    });
    this.#mailboxes = mailboxes;
    this.refresh();
    await channel.ended;
    this.#mailboxes = undefined;
    onChange();
  }

  async #watchDay(): Promise<void> {
    while (!this.#abort.signal.aborted) {
      await this.#pause(DAY_CHECK_MS);
      this.#joinRooms();
      this.#mailboxes?.greet();
    }
  }

  #nowMs(): number {
    return this.#options.clock.nowMs() + this.#clockOffsetMs;
  }

  #day(): number {
    return utcDay(this.#nowMs());
  }

  async #pause(waitMs: number): Promise<void> {
    await this.#options.clock.sleep(waitMs, this.#abort.signal).catch(() => undefined);
  }
}

function backoffMs(failures: number): number {
  return Math.min(AGAIN_LAST_MS, AGAIN_FIRST_MS * 2 ** Math.max(0, failures - 1));
}
