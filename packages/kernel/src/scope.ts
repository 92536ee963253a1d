/** Ownership of resources: what is used in a scope is released with it, once, in reverse order. */

/** Anything that can be ended. */
export type Releasable = AsyncDisposable | Disposable;

/** A stack of resources with one signal that aborts before they are released. */
export class Scope implements AsyncDisposable {
  readonly #controller = new AbortController();
  readonly #stack: AsyncDisposableStack = new AsyncDisposableStack();
  #ending: Promise<void> | undefined;

  /** Aborted when the scope ends. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Takes ownership of a resource, or of the one that a promise gives. */
  async use<T extends Releasable>(resource: T | Promise<T>): Promise<T> {
    const owned = await resource;
    this.#stack.use(owned);
    return owned;
  }

  /** Runs `release` when the scope ends. */
  defer(release: () => void | Promise<void>): void {
    this.#stack.defer(release);
  }

  /** Aborts, then releases in reverse order. Later calls wait for the first. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#ending ??= (async () => {
      this.#controller.abort();
      await this.#stack.disposeAsync();
    })();
    return this.#ending;
  }
}
