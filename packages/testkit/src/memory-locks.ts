/** Exclusive locks between the simulated tabs or processes of one profile. */
import type { Locks } from '@atoll/kernel';

/** The locks of one machine; each process of it takes a {@link MemoryLocks} from here. */
export class LockTable {
  readonly holderByName: Map<string, object> = new Map();
}

/** {@link Locks} of one process. */
export class MemoryLocks implements Locks {
  readonly #table: LockTable;
  readonly #held: Set<string> = new Set();
  readonly #process: object = {};
  #isOver = false;

  constructor(table: LockTable = new LockTable()) {
    this.#table = table;
  }

  async tryAcquire(name: string): Promise<AsyncDisposable | undefined> {
    if (this.#isOver || this.#table.holderByName.has(name)) return undefined;
    this.#table.holderByName.set(name, this.#process);
    this.#held.add(name);
    let held = true;
    return {
      [Symbol.asyncDispose]: async () => {
        if (held) this.#release(name);
        held = false;
      },
    };
  }

  /** The process is gone: all its locks are free, and it takes no more. */
  releaseAll(): void {
    this.#isOver = true;
    for (const name of this.#held) this.#release(name);
  }

  #release(name: string): void {
    // A late disposal by a dead process must not free what its successor holds.
    if (this.#table.holderByName.get(name) === this.#process) this.#table.holderByName.delete(name);
    this.#held.delete(name);
  }
}
