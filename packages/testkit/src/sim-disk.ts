/**
 * A disk in a simulated world: commits take time, and can find the disk full, fail their fsync, or
 * be cut off by a power failure at any write. Below the image that readers see lies a journal; a
 * crash rebuilds the image from what the journal then holds, as real recovery does.
 */
import { StoreError, toHex, type StoreBatch } from '@atoll/kernel';
import { CommitListeners, type Medium } from './memory-store.ts';
import type { SimRng } from './sim-rng.ts';
import { StoreImage, copyBatch } from './store-image.ts';
import type { World } from './world.ts';

/** What can go wrong with one commit. */
export type DiskFault =
  | 'full' // Refused before anything is written.
  | 'fsync' // Written, not synced: refused, yet a crash before the next success may bring it back.
  | 'crash-before' // Power fails before the first byte.
  | 'crash-torn' // Power fails with a part of the batch in the journal.
  | 'crash-after'; // Power fails when all is durable and nobody has been told.

/** Behaviour of a {@link SimDisk}. */
export interface SimDiskOptions {
  /** Least and greatest duration of a commit. */
  readonly delayMs?: readonly [number, number];
  /** Chance of `full` for each commit. */
  readonly fullRate?: number;
  /** Chance of `fsync` for each commit. */
  readonly fsyncRate?: number;
}

interface Entry {
  readonly batch: StoreBatch;
  /** Parts in the journal, of `partsTotal`: recovery takes only whole batches. */
  partsWritten: number;
  readonly partsTotal: number;
  synced: boolean;
}

/** {@link Medium} with time and faults. Open stores on it with `new MemoryStore(disk)`. */
export class SimDisk implements Medium {
  /** Commits begun so far; `failAt` counts in these. */
  operations = 0;
  /** Called when the power fails, so that the machine around the disk dies with it. */
  onCrash: () => void = () => {};
  fullRate: number;
  fsyncRate: number;
  readonly incarnation: string;
  readonly #world: World;
  readonly #rng: SimRng;
  readonly #delayMs: readonly [number, number];
  readonly #faultByOperation: Map<number, DiskFault> = new Map();
  readonly #listeners: CommitListeners = new CommitListeners();
  readonly #dead: WeakSet<object> = new WeakSet();
  #journal: Entry[] = [];
  #image: StoreImage = new StoreImage();
  #life = 0;
  #turn: Promise<void> = Promise.resolve();

  constructor(world: World, options: SimDiskOptions = {}) {
    this.#world = world;
    this.#rng = world.rng.fork();
    this.#delayMs = options.delayMs ?? [1, 8];
    this.fullRate = options.fullRate ?? 0;
    this.fsyncRate = options.fsyncRate ?? 0;
    this.incarnation = toHex(this.#rng.bytes(16));
  }

  get image(): StoreImage {
    return this.#image;
  }

  get life(): number {
    return this.#life;
  }

  /** Lets the n-th commit from now (the next is 1) meet a fault. */
  failAt(commitsFromNow: number, fault: DiskFault): void {
    this.#faultByOperation.set(this.operations + commitsFromNow, fault);
  }

  /** Takes back every planned fault that no commit has met. */
  spare(): void {
    this.#faultByOperation.clear();
  }

  commit(writer: object, batch: StoreBatch): Promise<number | undefined> {
    const life = this.#life;
    const copy = copyBatch(batch);
    const committed = this.#turn.then(() => this.#commitInTurn(writer, copy, life));
    this.#turn = committed.then(
      () => undefined,
      () => undefined,
    );
    return committed;
  }

  listen(owner: object, listener: () => void): () => void {
    return this.#listeners.listen(owner, listener);
  }

  /** A process ended without a word: what it was writing may or may not become durable. */
  abandon(writer: object): void {
    this.#dead.add(writer);
  }

  /** Power fails now. Stores that are open are dead; what was not synced is there, torn or gone. */
  crash(): void {
    this.#life++;
    for (const entry of this.#journal) {
      if (!entry.synced) entry.partsWritten = this.#rng.int(entry.partsTotal + 1);
    }
    this.#recover();
    this.onCrash();
  }

  /** The whole content as bytes on the disk are now, for {@link restore}: a backup. */
  backup(): readonly StoreBatch[] {
    return this.#journal.filter(({ synced }) => synced).map(({ batch }) => copyBatch(batch));
  }

  /** Puts a backup back, as a user does who knows no better. Open stores are dead. */
  restore(backup: readonly StoreBatch[]): void {
    this.#life++;
    this.#journal = backup.map((batch) => entryOf(batch, true));
    this.#recover();
    this.onCrash();
  }

  async #commitInTurn(
    writer: object,
    batch: StoreBatch,
    life: number,
  ): Promise<number | undefined> {
    this.#refuseDead(life);
    this.operations++;
    const fault = this.#drawFault();
    this.#journal = this.#journal.filter(({ synced }) => synced); // A ghost is written over.
    this.#image.check(batch);
    if (fault === 'full') throw new StoreError('STORE_FULL', 'the simulated disk is full');
    if (fault === 'crash-before') this.#crashDuring(life);
    const entry = entryOf(batch, false);
    this.#journal.push(entry);
    await this.#pass();
    this.#refuseDead(life);
    if (fault === 'crash-torn') this.#crashDuring(life);
    if (this.#dead.has(writer) && this.#rng.chance(0.5)) return undefined;
    if (fault === 'fsync') {
      throw new StoreError('STORE_IO', 'the simulated disk could not sync');
    }
    entry.partsWritten = entry.partsTotal;
    entry.synced = true;
    const first = this.#image.apply(batch);
    if (fault === 'crash-after') this.#crashDuring(life);
    this.#listeners.announce(writer);
    return first;
  }

  #crashDuring(life: number): void {
    this.crash();
    this.#refuseDead(life);
  }

  #refuseDead(life: number): void {
    if (life !== this.#life) throw new StoreError('STORE_CLOSED', 'the machine has lost power');
  }

  #drawFault(): DiskFault | undefined {
    const planned = this.#faultByOperation.get(this.operations);
    this.#faultByOperation.delete(this.operations);
    const full = this.#rng.chance(this.fullRate);
    const fsync = this.#rng.chance(this.fsyncRate);
    return planned ?? (full ? 'full' : fsync ? 'fsync' : undefined);
  }

  #pass(): Promise<void> {
    const [least, greatest] = this.#delayMs;
    const delayMs = least + this.#rng.float() * (greatest - least);
    return new Promise((resolve) => this.#world.schedule(delayMs, resolve));
  }

  #recover(): void {
    const torn = this.#journal.findIndex(
      ({ partsWritten, partsTotal }) => partsWritten < partsTotal,
    );
    if (torn >= 0) this.#journal.length = torn;
    this.#image = new StoreImage();
    for (const entry of this.#journal) {
      entry.synced = true;
      this.#image.apply(entry.batch);
    }
  }
}

function entryOf(batch: StoreBatch, synced: boolean): Entry {
  const partsTotal = 1 + (batch.blocks?.length ?? 0) + (batch.values?.size ?? 0);
  return { batch, partsWritten: synced ? partsTotal : 0, partsTotal, synced };
}
