/**
 * When an epoch is wished for without anybody asking: the log has grown by more than is alive. Only a hint, by clock
 * and chance; what it leads to is decided by votes.
 */
import type { Clock, Rng } from '@atoll/kernel';

/** When to propose. */
export interface EpochPolicy {
  /** Blocks above the frontier, at least; and at least twice as many as there are objects. */
  readonly blocks: number;
  /** Greatest time from then on until the first voter proposes; each waits a part of it by chance. */
  readonly proposeWithinMs: number;
  /** Time without a step of the vote until somebody begins a ballot of its own, and up to twice that. */
  readonly lateAfterMs: number;
}

/** A few thousand edits; a minute for others to agree on who begins; ten for a vote to move. */
export const DEFAULT_EPOCH_POLICY: EpochPolicy = {
  blocks: 4096,
  proposeWithinMs: 60_000,
  lateAfterMs: 600_000,
};
/**
 * Blocks for each object, at least: one may have created it, and is no history that an epoch could shorten. An
 * import of one object a block would else be folded a second time as soon as it was written.
 */
const BLOCKS_AN_OBJECT = 2;
/** Blocks between two looks at whether it is time: looking counts all objects. */
const LOOK_EVERY_BLOCKS = 64;
/** Or this part of those that are missing, where that is more: objects may be deleted meanwhile. */
const LOOK_EVERY_PART = 1 / 8;

/** What the pace is set by. */
export interface PaceParts {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly policy: EpochPolicy;
  /** Blocks in all, and how many of them lie above the frontier; objects. */
  readonly blocks: () => number;
  readonly above: () => number;
  readonly objects: () => number;
  readonly propose: () => Promise<void>;
}

/** Watches one space. */
export class EpochPace {
  readonly #parts: PaceParts;
  readonly #abort = new AbortController();
  /** Blocks in all at the next look. */
  #lookAt = 0;
  #isWaiting = false;

  constructor(parts: PaceParts) {
    this.#parts = parts;
  }

  /** Blocks were added. */
  changed(): void {
    const { blocks } = this.#parts;
    if (this.#isWaiting || blocks() < this.#lookAt) return;
    const missing = this.#missing;
    this.#lookAt = blocks() + Math.max(LOOK_EVERY_BLOCKS, missing * LOOK_EVERY_PART);
    if (missing <= 0) void this.#proposeSoon().catch(() => undefined);
  }

  /** Waits for nothing any more. */
  stop(): void {
    this.#abort.abort();
  }

  /** Blocks above the frontier until an epoch is due. */
  get #missing(): number {
    const { above, objects, policy } = this.#parts;
    const blocks = above();
    return blocks < policy.blocks ? policy.blocks - blocks : BLOCKS_AN_OBJECT * objects() - blocks;
  }

  async #proposeSoon(): Promise<void> {
    const { clock, policy, propose, rng } = this.#parts;
    this.#isWaiting = true;
    try {
      const [byte = 0, next = 0] = rng.bytes(2);
      const waitMs = policy.proposeWithinMs * ((byte * 256 + next) / 65_536);
      await clock.sleep(Math.ceil(waitMs), this.#abort.signal);
      if (this.#missing <= 0) await propose();
    } finally {
      this.#isWaiting = false;
    }
  }
}
