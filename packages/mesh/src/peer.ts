/**
 * Another running program that we share spaces with: all sessions with it, for each space the best of
 * which carries sync, and the way from relay to direct. Through a KUBE there is a session for each space,
 * so that the KUBE cannot see which spaces two devices share; directly, one for all.
 */
import type { Clock, Link, Rtc, RtcSignal } from '@atoll/kernel';
import { DirectUpgrade } from './direct-upgrade.ts';
import type { PeerSession } from './peer-session.ts';
import type { SpaceRefusal } from './session-messages.ts';

/** Sessions of one peer for one space over one kind of path: two KUBEs, and some about to be noticed as dead. */
export const SESSIONS_PER_PATH_MAX = 4;
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
  #bestBySpace: ReadonlyMap<string, PeerSession> = new Map();
  #upgrade: DirectUpgrade | undefined;
  #via: PeerSession | undefined;

  constructor(name: string, remote: string, options: PeerOptions) {
    this.name = name;
    this.remote = remote;
    this.#options = options;
    void this.#greetNowAndThen();
  }

  /** The session that carries sync of a space. */
  bestOf(space: string): PeerSession | undefined {
    return this.#bestBySpace.get(space);
  }

  /** Spaces that no session carries, with the reason that the other side has given last. */
  get refusals(): ReadonlyMap<string, SpaceRefusal> {
    const refusals = this.sessions.flatMap((session) => [...session.refusals]);
    return new Map(refusals.filter(([space]) => !this.#bestBySpace.has(space)));
  }

  /** The best of all sessions: how the peer is reached. */
  get best(): PeerSession | undefined {
    return bestOf(this.sessions);
  }

  /** Takes a session that has just found out who is there. */
  add(session: PeerSession): void {
    this.sessions.push(session);
    const rivals = this.sessions.filter((other) => areRivals(other, session));
    const [oldest] = rivals;
    if (oldest !== undefined && rivals.length > SESSIONS_PER_PATH_MAX) {
      this.sessions.splice(this.sessions.indexOf(oldest), 1);
      oldest.session.close('SESSION_REPLACED');
    }
    if (session.session.path === 'direct') this.#upgrade?.succeeded();
    this.choose();
    this.#startUpgrade(session);
  }

  /** A session has ended; `false` when it was the last. */
  drop(session: PeerSession): boolean {
    const at = this.sessions.indexOf(session);
    if (at >= 0) this.sessions.splice(at, 1);
    if (this.sessions.length === 0) {
      this.stop();
      return false;
    }
    this.choose();
    return true;
  }

  /** Decides for each space anew which session carries it. */
  choose(): void {
    const before = this.#bestBySpace;
    const now = new Map<string, PeerSession>();
    for (const session of this.sessions) {
      for (const space of session.sharedSpaces) {
        // Where the other side says nothing of a space, nothing of it is carried: another session may.
        if (session.refusalOf(space) !== undefined) continue;
        const best = now.get(space);
        if (best === undefined || rank(session) >= rank(best)) now.set(space, session);
      }
    }
    this.#bestBySpace = now;
    for (const [session, lost] of notIn(before, now)) session.standDown(lost);
    for (const [session, won] of notIn(now, before)) session.activate(won);
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
      if (this.#abort.signal.aborted) return;
      for (const session of new Set(this.#bestBySpace.values())) session.greet();
    }
  }
}

/** Spaces that sessions carry in one division and not in another, by session. */
function notIn(
  these: ReadonlyMap<string, PeerSession>,
  those: ReadonlyMap<string, PeerSession>,
): ReadonlyMap<PeerSession, readonly string[]> {
  const found = new Map<PeerSession, string[]>();
  for (const [space, session] of these) {
    if (those.get(space) === session) continue;
    const spaces = found.get(session);
    if (spaces === undefined) found.set(session, [space]);
    else spaces.push(space);
  }
  return found;
}

function bestOf(sessions: readonly PeerSession[]): PeerSession | undefined {
  return sessions.reduce<PeerSession | undefined>(
    (best, next) => (best === undefined || rank(next) >= rank(best) ? next : best),
    undefined,
  );
}

/** Both are for the same, so that many of them are too many. */
function areRivals(a: PeerSession, b: PeerSession): boolean {
  const shared = new Set(a.sharedSpaces);
  const isEmpty = shared.size === 0 && b.sharedSpaces.length === 0;
  const overlap = isEmpty || b.sharedSpaces.some((space) => shared.has(space));
  return a.session.path === b.session.path && overlap;
}

function rank({ session }: PeerSession): number {
  return RANK[session.path];
}
