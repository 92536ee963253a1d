/** Who is told that a space has changed: at once, or once for all that one turn changes. */

/** Listeners of one space. */
export class ChangeNews {
  readonly #listeners = new Set<() => void>();
  #isTelling = false;

  /** Calls back at every change. Returns the way to stop. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Tells everybody. */
  tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  /** A turn may seal thousands of blocks: `tell` is called once after all of them. */
  soon(tell: () => void): void {
    if (this.#isTelling) return;
    this.#isTelling = true;
    void Promise.resolve().then(() => {
      this.#isTelling = false;
      tell();
    });
  }

  /** Nobody is told any more. */
  close(): void {
    this.#listeners.clear();
  }
}
