/**
 * Another running program that we share a space with: all sessions with it, the best of which carries
 * sync, and the way from relay to direct.
 */
import type { Clock, Link, Rtc, RtcSignal } from '@atoll/kernel';
import { DirectUpgrade } from './direct-upgrade.ts';
import type { PeerSession } from './peer-session.ts';

/** Sessions of one peer: two KUBEs, tabs, direct, and one that is about to be noticed as dead. */
export const SESSIONS_PER_PEER_MAX = 6;
/** How often logs are compared although nothing seems to be missing. */
const GREET_EVERY_MS = 60_000;

/** Better paths first; of equal ones the newest, since an older one may be dead. */
const RANK = { direct: 4, lan: 3, memory: 2, tabs: 2, relay: 1 } as const;

/** What a peer needs of the mesh. */
export interface PeerOptions {
  readonly clock: Clock;
  /** We make the offers of direct connections; the other side knows that it does not. */
  readonly initiates: boolean;
  readonly rtc: Rtc | undefined;
  readonly iceServers: readonly string[];
  /** Runs a session over a direct link that was negotiated over `via`. */
  readonly onDirectLink: (link: Link, via: PeerSession) => void;
}

/** One peer. */
export class Peer {
  /** Static key and instance. */
  readonly name: string;
  /** Static key, in hex. */
  readonly remote: string;
  readonly sessions: PeerSession[] = [];
  readonly #options: PeerOptions;
  readonly #abort = new AbortController();
  #best: PeerSession | undefined;
  #upgrade: DirectUpgrade | undefined;
  #via: PeerSession | undefined;

  constructor(name: string, remote: string, options: PeerOptions) {
    this.name = name;
    this.remote = remote;
    this.#options = options;
    void this.#greetNowAndThen();
  }

  /** The session that carries sync. */
  get best(): PeerSession | undefined {
    return this.#best;
  }

  /** Takes a session that has just found out who is there. */
  add(session: PeerSession): void {
    this.sessions.push(session);
    while (this.sessions.length > SESSIONS_PER_PEER_MAX) {
      const worst = this.sessions.toSorted((a, b) => rank(a) - rank(b))[0];
      if (worst === undefined || worst === session) break;
      this.sessions.splice(this.sessions.indexOf(worst), 1);
      worst.session.close('SESSION_REPLACED');
    }
    if (session.session.path === 'direct') this.#upgrade?.succeeded();
    this.#choose();
    this.#startUpgrade(session);
  }

  /** A session has ended; `false` when it was the last. */
  drop(session: PeerSession): boolean {
    const at = this.sessions.indexOf(session);
    if (at >= 0) this.sessions.splice(at, 1);
    if (this.#best === session) this.#best = undefined;
    if (this.sessions.length === 0) {
      this.stop();
      return false;
    }
    this.#choose();
    return true;
  }

  /** A signal of the other side about a direct connection; the answers go the way it came. */
  signal(session: PeerSession, attempt: number, signal: RtcSignal): void {
    if (!this.#options.initiates) this.#via = session;
    this.#upgrade?.accept(attempt, signal);
  }

  /** Asks all sessions for a sign of life, soon. */
  wake(timeoutMs: number): void {
    for (const { session } of this.sessions) void session.mux.check(timeoutMs);
  }

  /** Ends what belongs to the peer as a whole. Sessions end by themselves. */
  stop(): void {
    this.#abort.abort();
    this.#upgrade?.stop();
  }

  #choose(): void {
    let best: PeerSession | undefined;
    for (const session of this.sessions) {
      if (best === undefined || rank(session) >= rank(best)) best = session;
    }
    if (best === this.#best) return;
    this.#best?.standDown();
    this.#best = best;
    best?.activate();
  }

  #startUpgrade(session: PeerSession): void {
    const { rtc, clock, iceServers, initiates, onDirectLink } = this.#options;
    if (rtc === undefined || !session.peerHasRtc || session.session.path !== 'relay') return;
    this.#upgrade ??= new DirectUpgrade({
      rtc,
      clock,
      iceServers,
      initiate: initiates,
      signal: (attempt, signal) => {
        const via = this.#carrier();
        via?.session.send({ kind: 'rtc', attempt, signal });
        return via !== undefined;
      },
      onLink: (link) => {
        const via = this.#carrier();
        if (via === undefined) link.close();
        else onDirectLink(link, via);
      },
    });
    this.#upgrade.start();
  }

  /** The relay session that carries the negotiation. */
  #carrier(): PeerSession | undefined {
    if (this.#via !== undefined && this.sessions.includes(this.#via)) return this.#via;
    this.#via = this.sessions.find(({ session }) => session.path === 'relay');
    return this.#via;
  }

  /** Repairs what was missed for whatever reason. Jitter comes from when sessions began. */
  async #greetNowAndThen(): Promise<void> {
    while (!this.#abort.signal.aborted) {
      await this.#options.clock.sleep(GREET_EVERY_MS, this.#abort.signal).catch(() => undefined);
      if (!this.#abort.signal.aborted) this.#best?.greet();
    }
  }
}

function rank({ session }: PeerSession): number {
  return RANK[session.path];
}
