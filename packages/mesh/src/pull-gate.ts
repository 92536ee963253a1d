/**
 * What the sessions of one program know together about a replica. One transfer into it at a time: several
 * peers that have the same news would otherwise all send them. Who waited looks again before asking,
 * and mostly finds that nothing is missing any more. And: which news came from others just now.
 */
import type { Run } from '@atoll/feed';
import { equalBytes, type Clock } from '@atoll/kernel';

/** A transfer that has brought nothing for so long does not keep others waiting. */
export const STALL_MS = 5_000;

/** Lets one pull into a replica go on; others wait, unless it stalls. */
export class PullGate {
  static readonly #byReplica = new WeakMap<object, PullGate>();
  readonly #holders = new Set<object>();
  /** Runs that are being stored; true for those that we have asked for. */
  readonly #storing = new Map<Run, boolean>();
  #waiting = new Set<() => void>();
  #holds = 0;
  #lastMs = 0;

  /** The gate of a replica, the same for all sessions of this program. */
  static of(replica: object): PullGate {
    const known = PullGate.#byReplica.get(replica) ?? new PullGate();
    PullGate.#byReplica.set(replica, known);
    return known;
  }

  /** Resolves when `holder` may go on, or `signal` has aborted. */
  async enter(holder: object, clock: Clock, signal: AbortSignal): Promise<void> {
    for (;;) {
      const stallsInMs = this.#lastMs + STALL_MS - clock.monotonicMs();
      const isFree = this.#holders.size === 0 || this.#holders.has(holder) || stallsInMs <= 0;
      if (signal.aborted || (isFree && this.#holds === 0)) break;
      await this.#changed(clock, isFree ? STALL_MS : stallsInMs, signal);
    }
    if (signal.aborted) return;
    this.#holders.add(holder);
    this.#lastMs = clock.monotonicMs();
  }

  /** The holder's transfer has brought something. */
  progressed(holder: object, clock: Clock): void {
    if (this.#holders.has(holder)) this.#lastMs = clock.monotonicMs();
  }

  /** A run from some peer is being stored: one that we have asked for, or one of its news. */
  storing(run: Run, isAskedFor: boolean): void {
    this.#storing.set(run, isAskedFor);
  }

  /** It has been dealt with. */
  stored(run: Run): void {
    this.#storing.delete(run);
  }

  /** Whether some peer has just sent us this run, or one that it is a part of; and whether we had asked. */
  originOf(run: Run): 'here' | 'news' | 'transfer' {
    for (const [storing, isAskedFor] of this.#storing) {
      if (isPartOf(run, storing)) return isAskedFor ? 'transfer' : 'news';
    }
    return 'here';
  }

  /** Lets nobody pull until what it returns is called: there may be a shorter way to what is missing. */
  hold(): () => void {
    this.#holds++;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#holds--;
      this.#wake();
    };
  }

  /** The holder is done, or has gone. */
  leave(holder: object): void {
    if (this.#holders.delete(holder)) this.#wake();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const wake of waiting) wake();
  }

  async #changed(clock: Clock, atMostMs: number, signal: AbortSignal): Promise<void> {
    const enough = new AbortController();
    const wake = (): void => enough.abort();
    this.#waiting.add(wake);
    const until = AbortSignal.any([signal, enough.signal]);
    await clock.sleep(atMostMs, until).catch(() => undefined);
    this.#waiting.delete(wake);
  }
}

/** A long run is told as several, one for each signature in it: a part is recognised by its last block. */
export function isPartOf(part: Run, whole: Run): boolean {
  if (part.feed !== whole.feed) return false;
  const firstSeq = whole.endSeq + 1 - whole.blocks.length;
  const theirs = whole.blocks[part.endSeq - firstSeq];
  const ours = part.blocks.at(-1);
  return theirs !== undefined && ours !== undefined && equalBytes(theirs, ours);
}
