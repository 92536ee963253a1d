/** A store of a machine that stops before one commit. */
import { StoreError, type Store, type StoreBatch } from '@atoll/kernel';

/** See above. Reading goes on: what runs on does not matter any more. */
export class DyingStore implements Store {
  readonly #store: Store;
  #left: number;
  #isDead = false;
  /** Only commits made meanwhile are counted. */
  isCounting = false;

  /** `commits`: so many that are counted go through. */
  constructor(store: Store, commits: number) {
    this.#store = store;
    this.#left = commits;
  }

  /** True once the machine has stopped. */
  get isDead(): boolean {
    return this.#isDead;
  }

  get incarnation(): string {
    return this.#store.incarnation;
  }

  async commit(batch: StoreBatch): Promise<number | undefined> {
    if (this.isCounting) this.#isDead ||= this.#left-- <= 0;
    if (this.#isDead) throw new StoreError('STORE_CLOSED', 'the machine has stopped');
    return this.#store.commit(batch);
  }

  read: Store['read'] = (...of) => this.#store.read(...of);
  get: Store['get'] = (...of) => this.#store.get(...of);
  spaces: Store['spaces'] = () => this.#store.spaces();
  lastPosition: Store['lastPosition'] = (...of) => this.#store.lastPosition(...of);
  value: Store['value'] = (...of) => this.#store.value(...of);
  names: Store['names'] = (...of) => this.#store.names(...of);
  onForeignCommit: Store['onForeignCommit'] = (...of) => this.#store.onForeignCommit(...of);

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.resolve();
  }
}
