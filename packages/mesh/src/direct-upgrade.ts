/**
 * From relay to direct: negotiates a WebRTC channel inside an existing session, then runs a session of
 * its own over it. The relay session stays as it is, whatever comes of the attempt.
 */
import type { Clock, Link, Rtc, RtcAttempt, RtcSignal } from '@atoll/kernel';

/** A direct connection is there after this time, or will not be. */
const ATTEMPT_TIMEOUT_MS = 20_000;
/** A program that ends sooner than this has no use for a direct connection. */
const SETTLE_MS = 400;
/** First wait after a failure; doubles up to the last. */
const RETRY_FIRST_MS = 15_000;
const RETRY_LAST_MS = 600_000;
/** Signals of one attempt; more are no negotiation. */
const SIGNALS_MAX = 64;

/** What an upgrade needs of its peer. */
export interface DirectUpgradeOptions {
  readonly rtc: Rtc;
  readonly clock: Clock;
  readonly iceServers: readonly string[];
  /** Makes the offers. The other side only answers. */
  readonly initiate: boolean;
  /** Sends a signal of an attempt through the session; `false` when there is none. */
  readonly signal: (attempt: number, signal: RtcSignal) => boolean;
  /** Takes an open channel. */
  readonly onLink: (link: Link) => void;
}

/** Attempts at a direct connection with one peer, one at a time. */
export class DirectUpgrade {
  readonly #options: DirectUpgradeOptions;
  readonly #abort = new AbortController();
  #current: { readonly number: number; readonly attempt: RtcAttempt; signals: number } | undefined;
  #lastNumber = 0;
  #failures = 0;
  #waiting = false;

  constructor(options: DirectUpgradeOptions) {
    this.#options = options;
  }

  /** Starts an attempt, unless one is under way or is waited for. The answering side does nothing. */
  start(): void {
    const { initiate } = this.#options;
    if (!initiate || this.#current !== undefined || this.#waiting) return;
    if (this.#abort.signal.aborted) return;
    void this.#startLater(SETTLE_MS);
  }

  /** The direct session has proved itself: the next loss is tried again soon. */
  succeeded(): void {
    this.#failures = 0;
  }

  /** A signal of the other side. A newer attempt takes the place of an older one. */
  accept(number: number, signal: RtcSignal): void {
    if (this.#abort.signal.aborted) return;
    if (!this.#options.initiate && number > this.#lastNumber) {
      this.#current?.attempt.close();
      this.#lastNumber = number;
      void this.#run(number);
    }
    const current = this.#current;
    if (current?.number !== number || ++current.signals > SIGNALS_MAX) return;
    current.attempt.accept(signal);
  }

  /** Gives up for good. */
  stop(): void {
    this.#abort.abort();
    this.#current?.attempt.close();
    this.#current = undefined;
  }

  async #run(number: number): Promise<void> {
    const { rtc, clock, iceServers, initiate, signal, onLink } = this.#options;
    const attempt = rtc.attempt({
      initiate,
      iceServers,
      signal: (what) => void signal(number, what),
    });
    this.#current = { number, attempt, signals: 0 };
    const patience = new AbortController();
    void clock
      .sleep(ATTEMPT_TIMEOUT_MS, patience.signal)
      .then(() => attempt.close())
      .catch(() => undefined);
    try {
      const link = await attempt.link;
      patience.abort();
      if (this.#abort.signal.aborted) link.close();
      else onLink(link);
      await link.ended;
    } catch {
      // No direct way for now. The relay goes on.
    }
    patience.abort();
    attempt.close();
    if (this.#current?.number !== number) return;
    this.#current = undefined;
    if (!initiate) return;
    await this.#startLater(Math.min(RETRY_LAST_MS, RETRY_FIRST_MS * 2 ** this.#failures++));
  }

  async #startLater(waitMs: number): Promise<void> {
    this.#waiting = true;
    await this.#options.clock.sleep(waitMs, this.#abort.signal).catch(() => undefined);
    this.#waiting = false;
    if (!this.#abort.signal.aborted) await this.#run(++this.#lastNumber);
  }
}
