/** A node's clock in a simulated world: time passes only as the world's events do. */
import type { Clock } from '@atoll/kernel';
import type { Cancel, World } from './world.ts';

/** The clock of one node during one life of it. */
export class SimClock implements Clock {
  /** Added to the world's wall clock; 31,557,600,000 is a year ahead. Durations stay true. */
  skewMs: number;
  readonly #world: World;
  readonly #pending: Set<Cancel> = new Set();
  #stopped = false;

  constructor(world: World, skewMs = 0) {
    this.#world = world;
    this.skewMs = skewMs;
  }

  nowMs(): number {
    return this.#world.wallMs + this.skewMs;
  }

  monotonicMs(): number {
    return this.#world.nowMs;
  }

  sleep(delayMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      if (this.#stopped) return; // A dead machine's program waits for ever.
      const abort = (): void => {
        this.#pending.delete(cancel);
        cancel();
        reject(signal.reason);
      };
      const cancel = this.#world.schedule(Math.max(0, delayMs), () => {
        this.#pending.delete(cancel);
        signal.removeEventListener('abort', abort);
        resolve();
      });
      this.#pending.add(cancel);
      signal.addEventListener('abort', abort, { once: true });
    });
  }

  /** Ends the clock with its machine: whoever sleeps never wakes. */
  stop(): void {
    this.#stopped = true;
    for (const cancel of this.#pending) cancel();
    this.#pending.clear();
  }
}
