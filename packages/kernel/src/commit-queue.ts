/** The queue before a store: batches that arrive together share a transaction, and its way to the disk. */
import { assert } from './errors.ts';
import { StoreError, type StoreBatch } from './store.ts';

/** What became of one batch: refused, or durable and perhaps known where. */
export type CommitOutcome = StoreError | number | undefined;

/** What a store's queue needs of it. */
export interface CommitQueueOptions {
  /** Blocks joined into one transaction at most, except for a single larger batch. */
  readonly blocksMax: number;
  /** Resolves when whatever else commits in this turn has done so. */
  readonly turnEnd: () => Promise<void>;
  /**
   * One transaction: an outcome for each batch in order, an error or what {@link Store.commit} gives. A
   * rejection refuses them all.
   */
  readonly commit: (batches: readonly StoreBatch[]) => Promise<readonly CommitOutcome[]>;
  /** What a rejection of `commit` is told as. */
  readonly failure: (failure: unknown) => StoreError;
}

interface Waiting {
  readonly batch: StoreBatch;
  readonly resolve: (position: number | undefined) => void;
  readonly reject: (failure: StoreError) => void;
}

/** Commits batches in the order they came, as many at a time as have come. */
export class CommitQueue {
  readonly #options: CommitQueueOptions;
  #waiting: Waiting[] = [];
  #draining: Promise<void> | undefined;

  constructor(options: CommitQueueOptions) {
    this.#options = options;
  }

  /** Resolves when the batch is durable, as {@link Store.commit}. @throws StoreError. */
  add(batch: StoreBatch): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      // Checked here, because inside the transaction a defect of one caller would refuse them all.
      for (const name of batch.values?.keys() ?? []) {
        assert(/^[ -~]{1,200}$/.test(name), 'a value name is 1 to 200 printable ASCII characters');
      }
      this.#waiting.push({ batch, resolve, reject });
      this.#draining ??= this.#drain();
    });
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    await this.#draining;
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#options.turnEnd();
      await this.#commitGroup(this.#takeGroup());
    }
    this.#draining = undefined;
  }

  #takeGroup(): Waiting[] {
    let blocks = 0;
    let count = 0;
    for (const { batch } of this.#waiting) {
      blocks += batch.blocks?.length ?? 0;
      if (count > 0 && blocks > this.#options.blocksMax) break;
      count++;
      // What is appended after a drop must find it done.
      if (batch.drops !== undefined || batch.forgets !== undefined) break;
    }
    return this.#waiting.splice(0, count);
  }

  async #commitGroup(group: readonly Waiting[]): Promise<void> {
    try {
      const outcomes = await this.#options.commit(group.map(({ batch }) => batch));
      for (const [at, { resolve, reject }] of group.entries()) {
        const outcome = outcomes[at];
        if (outcome instanceof StoreError) reject(outcome);
        else resolve(outcome);
      }
    } catch (failure) {
      for (const { reject } of group) reject(this.#options.failure(failure));
    }
  }
}
