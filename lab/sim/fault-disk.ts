/**
 * The disk of one simulated device, without time: commits become durable in order, a few turns after they
 * were begun. It can lose power at any of them, be full, and be put back to what it held earlier.
 */
import { StoreError, toHex, type BlockHash, type SpaceId, type StoreBatch } from '@atoll/kernel';
import { StoreImage, type Medium, type SimRng } from '@atoll/testkit';
import { copyBatch } from '../../packages/testkit/src/store-image.ts';

/** Turns that a commit takes at most. */
const TURNS_MAX = 4;

interface Pending {
  readonly batch: StoreBatch;
  isDone: boolean;
}

/** See the head of this file; open stores on it with `new MemoryStore(disk)`. */
export class FaultDisk implements Medium {
  readonly incarnation: string;
  readonly #rng: SimRng;
  readonly #listeners = new Map<object, Set<() => void>>();
  #image = new StoreImage();
  #life = 0;
  /** Everything durable, in order. */
  #journal: StoreBatch[] = [];
  #pending: Pending[] = [];
  #turn: Promise<void> = Promise.resolve();
  /** Commits until a fault, and which. */
  #fault: { left: number; readonly kind: 'crash' | 'full' } | undefined;

  constructor(rng: SimRng) {
    this.#rng = rng;
    this.incarnation = toHex(rng.bytes(16));
  }

  get image(): StoreImage {
    return this.#image;
  }

  get life(): number {
    return this.#life;
  }

  /** How many batches are durable: where {@link FaultDisk.restore} can go back to. */
  get length(): number {
    return this.#journal.length;
  }

  /** Lets the n-th commit from now (the next is 1) fail, or the power with it. */
  failAt(commitsFromNow: number, kind: 'crash' | 'full'): void {
    this.#fault = { left: commitsFromNow, kind };
  }

  /** No planned fault any more. */
  calm(): void {
    this.#fault = undefined;
  }

  /** True if a block is durable. */
  has(space: SpaceId, hash: BlockHash): boolean {
    return this.#image.get(space, hash) !== undefined;
  }

  async commit(writer: object, batch: StoreBatch): Promise<undefined> {
    const life = this.#life;
    const pending: Pending = { batch: copyBatch(batch), isDone: false };
    this.#pending.push(pending);
    const done = this.#turn.then(() => this.#commitInTurn(pending, life));
    this.#turn = done.catch(() => undefined);
    try {
      await done;
    } finally {
      this.#pending = this.#pending.filter((each) => each !== pending);
    }
    for (const [owner, listeners] of this.#listeners) {
      if (owner !== writer) for (const listener of listeners) queueMicrotask(listener);
    }
  }

  listen(owner: object, listener: () => void): () => void {
    const listeners = this.#listeners.get(owner) ?? new Set();
    this.#listeners.set(owner, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  /** Power fails: of the commits that are under way the first few are durable, the others never were. */
  crash(): void {
    this.#life++;
    this.#fault = undefined;
    const waiting = this.#pending.filter(({ isDone }) => !isDone);
    for (const each of waiting.slice(0, this.#rng.int(waiting.length + 1))) this.#write(each);
    this.#pending = [];
    this.#listeners.clear();
  }

  /** Puts back what was durable after so many batches. Open stores are dead. */
  restore(length: number): void {
    this.crash();
    this.#journal.length = Math.min(length, this.#journal.length);
    this.#image = new StoreImage();
    for (const batch of this.#journal) this.#image.apply(batch);
  }

  /** Another disk with the same content. */
  copy(): FaultDisk {
    const copy = new FaultDisk(this.#rng.fork());
    copy.#journal = [...this.#journal];
    for (const batch of copy.#journal) copy.#image.apply(batch);
    return copy;
  }

  async #commitInTurn(pending: Pending, life: number): Promise<void> {
    for (let turns = this.#rng.int(TURNS_MAX); turns > 0; turns--) await Promise.resolve();
    this.#refuseDead(life);
    if (this.#fault !== undefined && --this.#fault.left <= 0) {
      const { kind } = this.#fault;
      this.#fault = undefined;
      if (kind === 'full') throw new StoreError('STORE_FULL', 'the simulated disk is full');
      this.crash();
      this.#refuseDead(life);
    }
    this.#write(pending);
  }

  #write(pending: Pending): void {
    this.#image.apply(pending.batch);
    this.#journal.push(pending.batch);
    pending.isDone = true;
  }

  #refuseDead(life: number): void {
    if (life !== this.#life) throw new StoreError('STORE_CLOSED', 'the machine has lost power');
  }
}
