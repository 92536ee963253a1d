/**
 * What received blocks and sealed epochs wait in on their way into the rows: two queues, because admission
 * waits for the first within a turn of the replica, and the second asks for such turns.
 */

/** The queues of one open space. */
export class Intake {
  readonly #adoptEpochs: () => Promise<boolean>;
  readonly #changed: () => void;
  #folding: Promise<void> = Promise.resolve();
  #adopting: Promise<void> = Promise.resolve();

  /** `adoptEpochs`: true if rows were put behind a further epoch. */
  constructor(adoptEpochs: () => Promise<boolean>, changed: () => void) {
    this.#adoptEpochs = adoptEpochs;
    this.#changed = changed;
  }

  /** Folds after all that came before. `fold` must not ask for a turn of the replica: it would wait for itself. */
  fold(fold: () => Promise<void>): void {
    this.#folding = this.#folding.then(async () => {
      await fold();
      this.#changed();
      void this.adopt();
    });
  }

  /** Folds own blocks in their turn. What `fold` throws is thrown here, and others go on. */
  inTurn(fold: () => Promise<void>): Promise<void> {
    const done = this.#folding.then(fold);
    this.#folding = done.catch(() => undefined);
    return done;
  }

  /** Adopts the epochs that are sealed by now. */
  adopt(): Promise<void> {
    this.#adopting = this.#adopting.then(async () => {
      if (await this.#adoptEpochs()) this.#changed();
    });
    return this.#adopting;
  }

  /** Resolves when everything received so far has been folded. */
  async folded(): Promise<void> {
    let waited: Promise<void> | undefined;
    while (waited !== this.#folding) {
      waited = this.#folding;
      await waited;
    }
  }

  /** The same, and sealed epochs are adopted. */
  async settled(): Promise<void> {
    let adopting: Promise<void> | undefined;
    do {
      await this.folded();
      adopting = this.#adopting;
      await adopting;
    } while (adopting !== this.#adopting);
  }
}
