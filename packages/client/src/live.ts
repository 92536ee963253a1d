/** Values that change over time, in the form that user interfaces subscribe to. */

/** A current value and news of its changes. Snapshots are immutable and keep their identity until changed. */
export interface Live<T> {
  get(): T;
  /** Calls back after each change. Returns the way to stop. */
  subscribe(listener: () => void): () => void;
}

/** A {@link Live} value that its owner sets. */
export class LiveCell<T> implements Live<T> {
  readonly #listeners = new Set<() => void>();
  readonly #same: (before: T, after: T) => boolean;
  #value: T;

  constructor(value: T, same: (before: T, after: T) => boolean = Object.is) {
    this.#value = value;
    this.#same = same;
  }

  get(): T {
    return this.#value;
  }

  /** Somebody wants to be told of changes. */
  get isHeard(): boolean {
    return this.#listeners.size > 0;
  }

  /** Sets the value and tells everybody, unless it is the same. */
  set(value: T): void {
    if (this.#same(this.#value, value)) return;
    this.#value = value;
    for (const listener of [...this.#listeners]) listener();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** A {@link Live} value that is worked out when somebody asks: for what changes often and is seen seldom. */
export class DerivedCell<T> implements Live<T> {
  readonly #listeners = new Set<() => void>();
  readonly #look: () => T;
  readonly #same: (before: T, after: T) => boolean;
  #value: T | undefined;
  #told: T | undefined;
  #isStale = true;

  constructor(look: () => T, same: (before: T, after: T) => boolean) {
    this.#look = look;
    this.#same = same;
  }

  get(): T {
    const before = this.#value;
    if (before !== undefined && !this.#isStale) return before;
    const now = this.#look();
    this.#isStale = false;
    this.#value = before !== undefined && this.#same(before, now) ? before : now;
    return this.#value;
  }

  /** What it is worked out from may have changed. Nobody is told before {@link DerivedCell.tell}. */
  stale(): void {
    this.#isStale = true;
  }

  /** Tells everybody if the value is another than they know. Costs nothing while nobody listens. */
  tell(): void {
    if (this.#listeners.size === 0) return;
    const now = this.get();
    if (now === this.#told) return;
    this.#told = now;
    for (const listener of [...this.#listeners]) listener();
  }

  subscribe(listener: () => void): () => void {
    // Whoever looked before subscribing has seen this one.
    if (this.#listeners.size === 0) this.#told = this.#value;
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** Equality of plain data by its JSON, for small status records. */
export function sameData<T>(before: T, after: T): boolean {
  return before === after || JSON.stringify(before) === JSON.stringify(after);
}

/** Resolves when the value satisfies `wanted`. Rejects with the signal's reason when it aborts first. */
export function liveUntil<T, U extends T>(
  live: Live<T>,
  wanted: (value: T) => value is U,
  signal?: AbortSignal,
): Promise<U>;
export function liveUntil<T>(
  live: Live<T>,
  wanted: (value: T) => boolean,
  signal?: AbortSignal,
): Promise<T>;
export function liveUntil<T>(
  live: Live<T>,
  wanted: (value: T) => boolean,
  signal?: AbortSignal,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const check = (): void => {
      const value = live.get();
      if (!wanted(value)) return;
      stop();
      resolve(value);
    };
    const onAbort = (): void => {
      stop();
      reject(signal?.reason);
    };
    const unsubscribe = live.subscribe(check);
    const stop = (): void => {
      unsubscribe();
      signal?.removeEventListener('abort', onAbort);
    };
    if (signal?.aborted === true) onAbort();
    else {
      signal?.addEventListener('abort', onAbort);
      check();
    }
  });
}

/** True for two maps that say the same, in the same order. */
export function sameEntries(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): boolean {
  return sameData([...before], [...after]);
}
