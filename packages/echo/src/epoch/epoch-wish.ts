/**
 * What this device wants of a vote and could not do at once: it is tried again until it is done. Whoever begins the
 * vote may be away, or does not know of the wish; what an epoch says may be beyond this device for a while, as its keys
 * or blocks are still on their way; and a vote that others have begun may stand still. Only hints, by clock and chance;
 * what they lead to is decided by votes.
 */
import type { Clock, Rng } from '@atoll/kernel';

/** Each time is so much later than the one before, as long as nobody has begun. */
const LATER_BY = 2;

/** What it is tried by. */
export interface WishParts {
  readonly clock: Clock;
  readonly rng: Rng;
  /** Time until the first try, and up to twice that. */
  readonly firstMs: number;
  /** Time without a step of a vote that has begun until it is tried again, and up to twice that. */
  readonly lateAfterMs: number;
  /** True while there is anything left to do. */
  readonly isOpen: () => boolean;
  /** Changes with each step of the vote; `undefined` while nobody has begun. */
  readonly voteStep: () => string | undefined;
  /** Does what can be done, with a ballot of its own if nothing else can. Never rejects. */
  readonly again: () => Promise<void>;
}

/** See above. */
export class EpochWish {
  readonly #parts: WishParts;
  readonly #abort = new AbortController();
  #isWaiting = false;

  constructor(parts: WishParts) {
    this.#parts = parts;
  }

  /** There may be something left to do. */
  noted(): void {
    if (this.#isWaiting || !this.#parts.isOpen()) return;
    this.#isWaiting = true;
    void this.#wait()
      .catch(() => undefined)
      .finally(() => (this.#isWaiting = false));
  }

  /** Tries no more. */
  stop(): void {
    this.#abort.abort();
  }

  async #wait(): Promise<void> {
    const { again, firstMs, isOpen, lateAfterMs, voteStep } = this.#parts;
    let waitMs = firstMs;
    for (let before = voteStep(); isOpen(); before = voteStep()) {
      await this.#sleep(waitMs);
      // While others take steps, they are not disturbed.
      if (isOpen() && voteStep() === before) await again();
      const isBegun = voteStep() !== undefined;
      waitMs = isBegun ? lateAfterMs : Math.min(waitMs * LATER_BY, lateAfterMs);
    }
  }

  #sleep(waitMs: number): Promise<void> {
    const { clock, rng } = this.#parts;
    const [byte = 0] = rng.bytes(1);
    return clock.sleep(Math.ceil(waitMs * (1 + byte / 256)), this.#abort.signal);
  }
}
