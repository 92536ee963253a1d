/**
 * One connection to a KUBE, for one space: its rooms, relay links to whoever is in them, and the mailbox
 * that holds what was written while nobody else was there. It carries nothing of any other space, and
 * nothing by which the KUBE could tell that two lines are of one device.
 */
import { freshAgreer } from '@atoll/crypto';
import {
  TokenBucket,
  type Clock,
  type KeyPlatform,
  type Link,
  type Log,
  type Rng,
  type WebSockets,
} from '@atoll/kernel';
import { jitter } from './jitter.ts';
import { MailboxClient, type MailboxSpace } from './mailbox-client.ts';
import type { SharedSpace } from './peer-session.ts';
import type { Peers } from './peers.ts';
import { openSecureChannel } from './secure-channel.ts';
import { HOSTILE_ENDS, type SessionEnd } from './session-end.ts';
import { KUBE_SECRET, utcDay } from './session-secret.ts';
import type { Cursors } from './session.ts';
import { SignalingClient, type SignalingState } from './signaling-client.ts';
import { KUBE_PEER, ROOMS_PER_CONNECTION_MAX, type SignalingRefusal } from './signaling.ts';

const HOUR_MS = 3_600_000;
/** Near midnight the rooms of both days count. */
const MIDNIGHT_MARGIN_MS: number = HOUR_MS;
/** How often it is looked whether the day has changed, on average; not in step with other lines. */
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

/** What a line needs. */
export interface KubeLineOptions {
  readonly url: string;
  readonly webSockets: WebSockets;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly keys?: KeyPlatform | undefined;
  readonly log?: Log | undefined;
  readonly cursors: Cursors;
  readonly peers: Peers;
  /** What is known of the line's space now. A line without a space only tells whether the KUBE is there. */
  readonly space: () => KubeSpace | undefined;
  readonly onChange: () => void;
}

/** One connection to a KUBE, for one space. */
export class KubeLine implements Disposable {
  /** When it was opened, on the monotonic clock. */
  readonly openedMs: number;
  readonly #options: KubeLineOptions;
  readonly #signaling: SignalingClient;
  readonly #abort = new AbortController();
  readonly #rooms = new Set<string>();
  readonly #dialed = new Set<string>();
  readonly #others = new Set<string>();
  readonly #callsByPeer = new Map<string, TokenBucket>();
  #refusal: SignalingRefusal | undefined;
  #kubeName: string | undefined;
  #clockOffsetMs = 0;
  #mailbox: MailboxClient | undefined;

  constructor(options: KubeLineOptions) {
    this.#options = options;
    const { webSockets, clock, rng, log, url, onChange } = options;
    this.openedMs = clock.monotonicMs();
    this.#signaling = new SignalingClient({
      url,
      webSockets,
      clock,
      rng,
      ...(log === undefined ? {} : { log }),
      events: {
        onState: onChange,
        onWelcome: (kubeName, kubeNowMs) => this.#welcome(kubeName, kubeNowMs),
        onPeer: (_room, peer) => {
          this.#others.add(peer);
          void this.#dial(peer);
        },
        onPeerGone: (peer) => {
          this.#others.delete(peer);
          this.#callsByPeer.delete(peer);
        },
        onLink: (peer, link) => void this.#answer(peer, link),
        onRefused: (refusal, room) => this.#refused(refusal, room),
      },
    });
    void this.#watchDay();
  }

  get state(): SignalingState {
    return this.#signaling.state;
  }

  get rttMs(): number | undefined {
    return this.#signaling.rttMs;
  }

  /** Why the KUBE refused the line last, if it did. */
  get refusal(): SignalingRefusal | undefined {
    return this.#refusal;
  }

  /** The session with the space's mailbox, while there is one. */
  get mailbox(): MailboxClient | undefined {
    return this.#mailbox;
  }

  /** Somebody else is in a room of the space. */
  get hasOthers(): boolean {
    return this.#others.size > 0;
  }

  /** What is known of the space has changed: rooms and mailbox follow. */
  refresh(): void {
    this.#joinRooms();
    const mailbox = this.#options.space()?.mailbox;
    if (mailbox !== undefined) void this.#mailbox?.open(mailbox);
  }

  /** After sleep. */
  wake(): void {
    this.#signaling.wake();
  }

  [Symbol.dispose](): void {
    this.#abort.abort();
    this.#mailbox?.session.close('SESSION_CLOSED');
    this.#signaling[Symbol.dispose]();
  }

  #welcome(kubeName: string, kubeNowMs: number): void {
    this.#kubeName = kubeName;
    this.#refusal = undefined;
    // Devices meet by the server's day, so that one whose clock is wrong by a year meets the others.
    this.#clockOffsetMs = kubeNowMs - this.#options.clock.nowMs();
    this.#joinRooms();
    if (this.#options.space() !== undefined) void this.#keepMailbox();
  }

  #joinRooms(): void {
    const space = this.#options.space();
    if (this.#kubeName === undefined || space === undefined) return;
    const wanted = new Set<string>();
    const nowMs = this.#nowMs();
    const days = new Set([
      utcDay(nowMs),
      utcDay(nowMs - MIDNIGHT_MARGIN_MS),
      utcDay(nowMs + MIDNIGHT_MARGIN_MS),
    ]);
    for (const day of days) {
      for (const room of space.roomTags(this.#kubeName, day)) wanted.add(room);
    }
    for (const room of [...this.#rooms]) {
      if (wanted.has(room)) continue;
      this.#rooms.delete(room);
      this.#signaling.leave(room);
    }
    for (const room of wanted) {
      if (this.#rooms.size >= ROOMS_PER_CONNECTION_MAX) break;
      this.#rooms.add(room);
      this.#signaling.join(room);
    }
  }

  /** The smaller name calls, and calls again as long as the other is there. */
  async #dial(peer: string): Promise<void> {
    if (this.#signaling.self > peer || this.#dialed.has(peer)) return;
    this.#dialed.add(peer);
    let failures = 0;
    while (!this.#abort.signal.aborted && this.#signaling.knows(peer)) {
      const space = this.#options.space();
      if (space === undefined) break;
      const beganMs = this.#options.clock.monotonicMs();
      const end = await this.#call(peer, space, failures);
      this.#options.log?.event('debug', 'mesh.relay.ended', { end });
      const lastedMs = this.#options.clock.monotonicMs() - beganMs;
      failures = lastedMs > AGAIN_LAST_MS ? 0 : failures + 1;
      const isHostile = HOSTILE_ENDS.includes(end);
      await this.#pause(isHostile ? HOSTILE_WAIT_MS : backoffMs(failures));
    }
    this.#dialed.delete(peer);
  }

  /** Who was away may hold only keys of before: each call that fails tries one that is older. */
  async #call(peer: string, space: SharedSpace, failures: number): Promise<SessionEnd> {
    const at = failures % space.secrets.length;
    try {
      const link = this.#signaling.dial(peer);
      return await this.#options.peers.run({
        link,
        role: 'initiator',
        only: space.id,
        secrets: space.secrets.slice(at, at + 1),
        day: this.#day(),
      });
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
    const space = this.#options.space();
    if (space === undefined || !calls.take(nowMs)) {
      link.close();
      return;
    }
    const end = await this.#options.peers.run({
      link,
      role: 'responder',
      only: space.id,
      secrets: space.secrets,
      day: this.#day(),
    });
    this.#options.log?.event('debug', 'mesh.relay.ended', { end });
  }

  #refused(refusal: SignalingRefusal, room: string | undefined): void {
    this.#options.log?.event('info', 'mesh.kube.refused', { refusal });
    if (room !== undefined) return;
    this.#refusal = refusal;
    this.#options.onChange();
  }

  /** A session with the KUBE itself as long as the connection lasts. */
  async #keepMailbox(): Promise<void> {
    const name = this.#signaling.self;
    let failures = 0;
    const isCurrent = (): boolean =>
      !this.#abort.signal.aborted &&
      this.#signaling.state === 'online' &&
      this.#signaling.self === name;
    while (isCurrent()) {
      await this.#openMailbox().catch(() => undefined);
      if (isCurrent()) await this.#pause(backoffMs(++failures));
    }
  }

  async #openMailbox(): Promise<void> {
    const { clock, rng, keys, log, cursors, onChange } = this.#options;
    const channel = await openSecureChannel({
      link: this.#signaling.dial(KUBE_PEER),
      role: 'initiator',
      clock,
      rng,
      // Fresh, so that a KUBE cannot recognise the device by it.
      keys,
      agreer: await freshAgreer(rng, keys),
      secrets: [KUBE_SECRET],
      purpose: 'kube',
      day: 0,
    });
    if (typeof channel === 'string') return;
    const mailbox: MailboxClient = new MailboxClient(channel, {
      clock,
      log,
      cursors,
      onAnswer: (_space, answer) => {
        // Asked again with growing pauses; other refusals last as long as the session.
        if (answer === 'busy') mailbox.session.close('SESSION_CLOSED');
        onChange();
      },
      onProgress: onChange,
    });
    this.#mailbox = mailbox;
    this.refresh();
    await channel.ended;
    this.#mailbox = undefined;
    onChange();
  }

  async #watchDay(): Promise<void> {
    while (!this.#abort.signal.aborted) {
      await this.#pause(DAY_CHECK_MS * (0.5 + jitter(this.#options.rng)));
      this.#joinRooms();
      this.#mailbox?.greet();
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
