/** Acts that go one after the other, in the order in which they were asked for, whatever becomes of each. */

/** See above. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Does it once those before are done; what it fails with is its own caller's. */
  take<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(act);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
