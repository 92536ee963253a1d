/**
 * Who wants to know how the mesh stands, and of which space. A change of one space costs the same among a
 * thousand as among two: it is told of that space alone, and only that space is looked at again.
 */
import type { Clock } from '@atoll/kernel';

/** Status is told at most so often: a bulk transfer changes it thousands of times a second. */
const STATUS_EVERY_MS = 50;

/** What the watch needs. */
export interface StatusWatchOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** All spaces. */
  readonly spaces: () => Iterable<string>;
  /** Names the KUBEs that are reached: when they are others, every space stands differently. */
  readonly reached: () => string;
  /** Whether a space agrees with everybody who is connected. */
  readonly agrees: (space: string) => boolean;
}

/** Listeners, and what they have not been told yet. */
export class StatusWatch {
  readonly #options: StatusWatchOptions;
  readonly #listeners = new Set<() => void>();
  readonly #bySpace = new Map<string, Set<() => void>>();
  /** Spaces that have changed since listeners were told. */
  readonly #untold = new Set<string>();
  /** Spaces that may not agree with everybody: all others do. */
  readonly #doubtful = new Set<string>();
  #reachedTold = '';
  #reachedSeen = '';
  #telling = false;

  constructor(options: StatusWatchOptions) {
    this.#options = options;
  }

  /** Something has changed: of these spaces, or of none of them. */
  changed(...spaces: readonly string[]): void {
    for (const space of spaces) {
      this.#untold.add(space);
      this.#doubtful.add(space);
    }
    if (this.#telling) return;
    this.#telling = true;
    const { clock, signal } = this.#options;
    clock.sleep(STATUS_EVERY_MS, signal).then(
      () => this.#tell(),
      () => undefined, // Closed meanwhile.
    );
  }

  /** Every space agrees with everybody who is connected. Looks no further than the first that does not. */
  get isSettled(): boolean {
    const { agrees, reached, spaces } = this.#options;
    const now = reached();
    if (now !== this.#reachedSeen) {
      this.#reachedSeen = now;
      for (const space of spaces()) this.#doubtful.add(space);
    }
    for (const space of this.#doubtful) {
      if (!agrees(space)) return false;
      this.#doubtful.delete(space);
    }
    return true;
  }

  /** Calls back when anything has changed. Returns the way to stop. */
  onAny(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls back when something of a space has changed. Returns the way to stop. */
  onSpace(space: string, listener: () => void): () => void {
    const listeners = this.#bySpace.get(space) ?? new Set();
    this.#bySpace.set(space, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#bySpace.get(space) === listeners) {
        this.#bySpace.delete(space);
      }
    };
  }

  /** Tells nobody any more. */
  close(): void {
    this.#listeners.clear();
    this.#bySpace.clear();
  }

  #tell(): void {
    this.#telling = false;
    const now = this.#options.reached();
    const spaces = now === this.#reachedTold ? [...this.#untold] : [...this.#bySpace.keys()];
    this.#reachedTold = now;
    this.#untold.clear();
    for (const listener of [...this.#listeners]) listener();
    for (const space of spaces) {
      for (const listener of [...(this.#bySpace.get(space) ?? [])]) listener();
    }
  }
}
