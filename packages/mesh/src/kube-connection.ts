/**
 * One KUBE, through a line for each space: connections that have nothing in common, so that it cannot tell
 * which of them are of one device. Opens them one after another, and lets idle ones take turns when there
 * are more spaces than a program should have connections.
 */
import {
  equalBytes,
  type Clock,
  type KeyPlatform,
  type Log,
  type Rng,
  type WebSockets,
} from '@atoll/kernel';
import { jitter } from './jitter.ts';
import { KubeLine, type KubeSpace } from './kube-line.ts';
import type { Peers } from './peers.ts';
import type { MailboxAnswer } from './session-messages.ts';
import type { Cursors, Session } from './session.ts';
import type { SignalingState } from './signaling-client.ts';
import type { SignalingRefusal } from './signaling.ts';

/** Connections of one program to one KUBE. Browsers allow some 200 to one server, for all windows. */
export const LINES_MAX = 64;
/** Longest wait between two lines that are opened, by chance shorter: not all at once. */
const OPEN_GAP_MS = 100;
/** Without spaces one line tells whether the KUBE is there; spaces mostly come before this. */
const PROBE_AFTER_MS = 1_000;
/** How often it is looked whether a space that waits can have a turn. */
const TURN_CHECK_MS = 5_000;
/** A line that has nothing to do keeps its turn for so long while others wait; less if they have news. */
const IDLE_TURN_MS = 60_000;
const IDLE_TURN_NEWS_MS = 2_000;
/** Any line keeps its turn for so long, whoever is in its room: direct sessions do not need it any more. */
const TURN_LAST_MS = 900_000;

/** What a connection to a KUBE needs. */
export interface KubeConnectionOptions {
  readonly url: string;
  readonly webSockets: WebSockets;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly keys?: KeyPlatform | undefined;
  readonly log?: Log | undefined;
  readonly cursors: Cursors;
  readonly peers: Peers;
  readonly spaces: ReadonlyMap<string, KubeSpace>;
  /** Of this space, or of the KUBE as a whole. */
  readonly onChange: (space?: string) => void;
}

/** How a KUBE stands. */
export interface KubeStatus {
  readonly url: string;
  /** Of the line that stands best. */
  readonly state: SignalingState;
  readonly rttMs: number | undefined;
  /** Why it refused us last, if it did; after some it is not tried again. */
  readonly refusal: SignalingRefusal | undefined;
  /** What it said of each space's mailbox, last. */
  readonly mailboxes: ReadonlyMap<string, MailboxAnswer>;
  /** Spaces that have a connection now, and those that wait for one. */
  readonly lines: { readonly open: number; readonly waiting: number };
}

/** What was known of a space when its line gave way to another. */
interface Rested {
  readonly answer: MailboxAnswer | undefined;
  /** Root of our log that the mailbox had, too. */
  readonly agreedRoot: Uint8Array | undefined;
}

/** One KUBE. */
export class KubeConnection implements Disposable {
  readonly url: string;
  readonly #options: KubeConnectionOptions;
  readonly #abort = new AbortController();
  readonly #lines = new Map<string, KubeLine>();
  readonly #rested = new Map<string, Rested>();
  /** Stands for all lines while there is no space. */
  #probe: KubeLine | undefined;
  #opening = false;
  #taking = false;

  constructor(options: KubeConnectionOptions) {
    this.url = options.url;
    this.#options = options;
    void this.#openLines();
    void this.#probeLater();
  }

  get status(): KubeStatus {
    const lines = this.#all();
    const online = lines.find(({ state }) => state === 'online');
    const isTried = lines.length === 0 || lines.some(({ state }) => state === 'connecting');
    const answers = new Map<string, MailboxAnswer>();
    const { spaces } = this.#options;
    for (const id of spaces.keys()) {
      const answer = this.answerOf(id);
      if (answer !== undefined) answers.set(id, answer);
    }
    return {
      url: this.url,
      state: online === undefined ? (isTried ? 'connecting' : 'offline') : 'online',
      rttMs: online?.rttMs,
      refusal: lines.find(({ refusal }) => refusal !== undefined)?.refusal,
      mailboxes: answers,
      lines: { open: this.#lines.size, waiting: spaces.size - this.#lines.size },
    };
  }

  /** A connection to it is open. */
  get isOnline(): boolean {
    return this.#all().some(({ state }) => state === 'online');
  }

  /** What it said of a space's mailbox, last. */
  answerOf(space: string): MailboxAnswer | undefined {
    const line = this.#lines.get(space);
    return line === undefined ? this.#rested.get(space)?.answer : line.mailbox?.answerOf(space);
  }

  /** The session with a space's mailbox, while there is one. */
  mailboxOf(space: string): Session | undefined {
    return this.#lines.get(space)?.mailbox?.session;
  }

  /** The space has no line now, and its mailbox had all that we have when it last had one. */
  isRested(space: KubeSpace): boolean {
    const { agreedRoot } = this.#rested.get(space.id) ?? {};
    return agreedRoot !== undefined && equalBytes(agreedRoot, space.replica.headsRoot());
  }

  /** A space was added or changed: its line, rooms and mailbox follow. */
  refresh(space: string): void {
    this.#lines.get(space)?.refresh();
    if (!this.#opening) void this.#openLines();
  }

  /** A space was removed. */
  remove(space: string): void {
    this.#lines.get(space)?.[Symbol.dispose]();
    this.#lines.delete(space);
    this.#rested.delete(space);
    if (!this.#opening) void this.#openLines();
  }

  /** After sleep. Not all lines at the same moment. */
  wake(): void {
    for (const [at, line] of this.#all().entries()) {
      void this.#pause(at === 0 ? 0 : jitter(this.#options.rng) * OPEN_GAP_MS * 5).then(() => {
        if (!this.#abort.signal.aborted) line.wake();
      });
    }
  }

  [Symbol.dispose](): void {
    this.#abort.abort();
    for (const line of this.#all()) line[Symbol.dispose]();
    this.#lines.clear();
    this.#probe = undefined;
  }

  #all(): KubeLine[] {
    return [...(this.#probe === undefined ? [] : [this.#probe]), ...this.#lines.values()];
  }

  async #openLines(): Promise<void> {
    this.#opening = true;
    while (!this.#abort.signal.aborted) {
      if (this.#lines.size >= LINES_MAX) {
        if (!this.#taking) void this.#takeTurns();
        break;
      }
      const next = this.#waiting()[0];
      if (next === undefined) break;
      this.#open(next);
      await this.#pause(jitter(this.#options.rng) * OPEN_GAP_MS);
    }
    this.#opening = false;
  }

  #open(space: KubeSpace): void {
    const { id } = space;
    this.#rested.delete(id);
    this.#lines.set(
      id,
      this.#line(id, () => this.#options.spaces.get(id)),
    );
    this.#probe?.[Symbol.dispose]();
    this.#probe = undefined;
    this.#options.onChange(id);
  }

  #line(id: string | undefined, space: () => KubeSpace | undefined): KubeLine {
    const { url, webSockets, clock, rng, keys, log, cursors, peers, onChange } = this.#options;
    return new KubeLine({
      url,
      webSockets,
      clock,
      rng,
      keys,
      log,
      cursors,
      peers,
      space,
      onChange: () => onChange(id),
    });
  }

  /** Spaces without a line: those that have news first, then those that have waited longest. */
  #waiting(): KubeSpace[] {
    const waiting = [...this.#options.spaces.values()].filter(({ id }) => !this.#lines.has(id));
    const order = new Map([...this.#rested.keys()].map((id, place) => [id, place]));
    const place = ({ id }: KubeSpace): number => order.get(id) ?? -1;
    const news = new Map(waiting.map((space) => [space, Number(this.isRested(space))]));
    return waiting.sort((a, b) => (news.get(a) ?? 0) - (news.get(b) ?? 0) || place(a) - place(b));
  }

  /** As long as spaces wait: lines that are not needed now give way. */
  async #takeTurns(): Promise<void> {
    this.#taking = true;
    for (;;) {
      await this.#pause(TURN_CHECK_MS * (0.5 + jitter(this.#options.rng)));
      if (this.#abort.signal.aborted) break;
      const waiting = this.#waiting();
      if (waiting.length === 0) break;
      for (const next of waiting) if (!this.#giveWay(next)) break;
      if (!this.#opening) void this.#openLines();
    }
    this.#taking = false;
  }

  #giveWay(next: KubeSpace): boolean {
    const nowMs = this.#options.clock.monotonicMs();
    const idleMs = this.isRested(next) ? IDLE_TURN_MS : IDLE_TURN_NEWS_MS;
    for (const [id, line] of this.#lines) {
      const openMs = nowMs - line.openedMs;
      const isAgreed = line.mailbox?.session.syncOf(id)?.isAgreed === true;
      const mayGo = openMs > TURN_LAST_MS || (isAgreed && !line.hasOthers && openMs > idleMs);
      if (!mayGo) continue;
      const space = this.#options.spaces.get(id);
      this.#rested.delete(id);
      this.#rested.set(id, {
        answer: line.mailbox?.answerOf(id),
        agreedRoot: isAgreed ? space?.replica.headsRoot() : undefined,
      });
      this.#lines.delete(id);
      line[Symbol.dispose]();
      return true;
    }
    return false;
  }

  async #probeLater(): Promise<void> {
    await this.#pause(PROBE_AFTER_MS);
    if (this.#abort.signal.aborted || this.#lines.size > 0) return;
    this.#probe = this.#line(undefined, () => undefined);
    this.#options.onChange();
  }

  async #pause(waitMs: number): Promise<void> {
    await this.#options.clock.sleep(waitMs, this.#abort.signal).catch(() => undefined);
  }
}
