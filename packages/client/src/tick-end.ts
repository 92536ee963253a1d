/** Work that follows from many small changes and is done once for all of them. */
import type { Clock } from '@atoll/kernel';

/** Runs a task after the tick in which it was asked for, once however often it was asked. */
export class TickEnd {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #task: () => void;
  #isAsked = false;

  /** `signal`: once aborted, nothing runs any more. */
  constructor(options: {
    readonly clock: Clock;
    readonly signal: AbortSignal;
    readonly task: () => void;
  }) {
    this.#clock = options.clock;
    this.#signal = options.signal;
    this.#task = options.task;
  }

  /** Asks for the task. */
  ask(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    this.#clock.sleep(0, this.#signal).then(
      () => {
        this.#isAsked = false;
        this.#task();
      },
      () => undefined, // Closed meanwhile.
    );
  }
}
