/**
 * Which spaces are open: those that somebody uses, and the ones that were used last. The others are closed
 * when there are more than enough, and opened when somebody wants something of them.
 */
import { errorCode, type Clock, type Log } from '@atoll/kernel';

/** Spaces that stay open although nobody uses them, unless the application says otherwise. */
export const OPEN_SPACES_MAX = 32;
/** A space that nobody has used for so long is closed if there are too many, unless it is said otherwise. */
export const IDLE_MS = 60_000;
/** Spaces that are opened at the same time, unless somebody waits for one: each reads its log. */
const WAKING_MAX = 4;
/** How often it is looked whether spaces can be closed, while too many are open. */
const SWEEP_MS = 2_000;
/** How often it is looked what other tabs and processes have written, while they do. */
const FOREIGN_MS = 10_000;

/** A space that can be closed. */
export interface Closable {
  readonly isOpen: boolean;
  /** Somebody uses it, or something is on its way. */
  readonly isNeeded: boolean;
  /** When it was used last, on the monotonic clock. */
  readonly usedMs: number;
  /** What is known of it is what its log says. */
  readonly isKnown: boolean;
  /** The log has grown since it was closed. @throws StoreError. */
  hasGrown(): Promise<boolean>;
  open(): Promise<void>;
  /** Closes it unless it is needed after all. */
  rest(): Promise<void>;
}

/** What decides. */
export interface OpenSpacesOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly openSpacesMax: number;
  readonly idleMs: number;
  readonly list: () => readonly Closable[];
  /** There is no space any more of which nothing is known. */
  readonly onLearned: () => void;
  /** Another tab or process has written something. */
  readonly onForeignCommit: (listener: () => void) => () => void;
}

/** Keeps the number of open spaces in bounds. */
export class OpenSpaces {
  readonly openSpacesMax: number;
  readonly idleMs: number;
  readonly #options: OpenSpacesOptions;
  #waking = 0;
  readonly #waiting: (() => void)[] = [];
  #isSweeping = false;
  #isLearning = false;
  #isLooking = false;

  constructor(options: OpenSpacesOptions) {
    this.#options = options;
    this.openSpacesMax = options.openSpacesMax;
    this.idleMs = options.idleMs;
    const stop = options.onForeignCommit(() => void this.#lookAtForeign());
    options.signal.addEventListener('abort', stop);
  }

  /** Opens a space when it is its turn: a few at a time, those asked for last before the others. */
  async wake<T>(open: () => Promise<T>): Promise<T> {
    if (this.#waking >= WAKING_MAX) await new Promise<void>((next) => this.#waiting.push(next));
    else this.#waking++;
    try {
      return await open();
    } finally {
      const next = this.#waiting.pop();
      if (next === undefined) this.#waking--;
      else next();
    }
  }

  /** A space was opened. */
  opened(): void {
    if (!this.#isSweeping) void this.#sweep();
  }

  /** There are spaces of which nothing is known. */
  get isLearning(): boolean {
    return this.#isLearning;
  }

  /** Spaces were listed of which nothing is known: looks at them one after another. */
  learn(): void {
    if (!this.#isLearning) void this.#learnAll();
  }

  async #sweep(): Promise<void> {
    const { clock, signal } = this.#options;
    this.#isSweeping = true;
    while (this.#surplus().length > 0) {
      await clock.sleep(SWEEP_MS, signal).catch(() => undefined);
      if (signal.aborted) break;
      await this.#closeSome();
    }
    this.#isSweeping = false;
  }

  /** Those that were used last at the end, without as many of them as may be open. */
  #surplus(): readonly Closable[] {
    const open = this.#options.list().filter(({ isOpen }) => isOpen);
    const surplus = open.length - this.openSpacesMax;
    if (surplus <= 0) return [];
    return open.sort((a, b) => a.usedMs - b.usedMs);
  }

  async #closeSome(): Promise<void> {
    const { clock, idleMs } = this.#options;
    const surplus = this.#surplus();
    let left = surplus.length - this.openSpacesMax;
    for (const space of surplus) {
      if (left <= 0) return;
      if (clock.monotonicMs() - space.usedMs < idleMs || space.isNeeded) continue;
      left--;
      await space.rest().catch((failure: unknown) => this.#failed(failure));
    }
  }

  async #learnAll(): Promise<void> {
    const { list, signal } = this.#options;
    this.#isLearning = true;
    const tried = new Set<Closable>();
    for (;;) {
      const next = list().find((space) => !space.isKnown && !tried.has(space));
      if (next === undefined || signal.aborted) break;
      tried.add(next);
      await this.#lookInto(next);
    }
    this.#isLearning = false;
    this.#options.onLearned();
  }

  /** Opens a space to see what is in it; it is closed again at once if too many are open. */
  async #lookInto(space: Closable): Promise<void> {
    try {
      await this.wake(() => space.open());
      const isTooMany = this.#surplus().length > 0;
      if (isTooMany && !space.isNeeded) await space.rest();
    } catch (failure) {
      this.#failed(failure);
    }
  }

  /** What another tab or process has written into a closed space is looked at soon. */
  async #lookAtForeign(): Promise<void> {
    const { clock, list, signal } = this.#options;
    if (this.#isLooking) return;
    this.#isLooking = true;
    await clock.sleep(FOREIGN_MS, signal).catch(() => undefined);
    this.#isLooking = false;
    if (signal.aborted) return;
    for (const space of list()) {
      if (space.isOpen || signal.aborted) continue;
      const hasGrown = await space.hasGrown().catch(() => false);
      if (hasGrown) await this.#lookInto(space);
    }
  }

  #failed(failure: unknown): void {
    if (this.#options.signal.aborted) return;
    this.#options.log.event('warn', 'client.space-not-opened', { code: errorCode(failure) });
  }
}
