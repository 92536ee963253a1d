/**
 * Chunks in a simulated world: a disk that takes time, is full, fails, loses power at any write, and
 * forgets a bit now and then; and the store that a process opens on it.
 */
import {
  StoreError,
  assert,
  type ChunkStore,
  type ChunkTotals,
  type NewChunk,
  type StoredChunk,
} from '@atoll/kernel';
import type { DiskFault } from './sim-disk.ts';
import type { SimRng } from './sim-rng.ts';
import type { World } from './world.ts';

interface Held {
  readonly bytes: Uint8Array<ArrayBuffer>;
  atMs: number;
}

/** What is durable, and what goes wrong. */
export class SimChunkDisk {
  /** Puts, and removals of what was listed, begun so far; `failAt` counts in these. */
  operations = 0;
  /** Called when the power fails during a put. */
  onCrash: () => void = () => {};
  /** Bytes that fit; more is `STORE_FULL`. */
  bytesMax: number = Number.POSITIVE_INFINITY;
  readonly #world: World | undefined;
  readonly #faultByOperation: Map<number, DiskFault> = new Map();
  readonly #buckets: Map<string, Map<string, Held>> = new Map();
  #random: SimRng | undefined;
  #life = 0;

  /** Without a world it is instant. */
  constructor(world?: World) {
    this.#world = world;
  }

  /** Grows when the machine loses power: stores that were open then are dead. */
  get life(): number {
    return this.#life;
  }

  /** Lets the n-th put from now (the next is 1) meet a fault. */
  failAt(putsFromNow: number, fault: DiskFault): void {
    this.#faultByOperation.set(this.operations + putsFromNow, fault);
  }

  /** Power fails now. */
  crash(): void {
    this.#life++;
  }

  /** Changes one byte of a chunk, as a failing disk does. False if it is not there. */
  damage(bucket: string, id: string): boolean {
    const held = this.#buckets.get(bucket)?.get(id);
    if (held === undefined) return false;
    const at = Math.floor(held.bytes.length / 2);
    held.bytes[at] = (held.bytes[at] ?? 0) ^ 1;
    return true;
  }

  /** Everything durable, by bucket and id. */
  bucket(bucket: string): ReadonlyMap<string, Held> {
    return this.#buckets.get(bucket) ?? new Map();
  }

  /** Names of the buckets that hold something. */
  get names(): readonly string[] {
    return [...this.#buckets].filter(([, held]) => held.size > 0).map(([name]) => name);
  }

  put(bucket: string, chunks: readonly NewChunk[], atMs: number): Promise<void> {
    return this.#operate(chunks, (written) => {
      for (const chunk of written) this.#write(bucket, chunk, atMs);
    });
  }

  delete(bucket: string, ids: readonly string[]): void {
    for (const id of ids) this.#buckets.get(bucket)?.delete(id);
  }

  async deleteListed(bucket: string, chunks: readonly StoredChunk[]): Promise<readonly string[]> {
    await this.#operate(chunks, (gone) => {
      const held = this.#buckets.get(bucket);
      for (const { atMs, id } of gone) if (held?.get(id)?.atMs === atMs) held.delete(id);
    });
    const held = this.#buckets.get(bucket);
    return chunks.flatMap(({ id }) => (held?.has(id) === true ? [id] : []));
  }

  /** One operation that changes something, with the fault that is meant for it. */
  async #operate<C>(chunks: readonly C[], change: (done: readonly C[]) => void): Promise<void> {
    const life = this.#life;
    this.operations++;
    const fault = this.#faultByOperation.get(this.operations);
    this.#faultByOperation.delete(this.operations);
    if (fault === 'full') throw new StoreError('STORE_FULL', 'the simulated disk is full');
    if (fault === 'crash-before') this.#crashDuring(life);
    await this.#pass();
    this.#refuseDead(life);
    // Each chunk is there as a whole or not at all; of several, any number may be.
    const torn = fault === 'crash-torn' || fault === 'fsync';
    change(torn ? chunks.slice(0, this.#rng().int(chunks.length + 1)) : chunks);
    if (fault === 'fsync') throw new StoreError('STORE_IO', 'the simulated disk could not sync');
    if (torn || fault === 'crash-after') this.#crashDuring(life);
  }

  #write(bucket: string, chunk: NewChunk, atMs: number): void {
    const held = this.#buckets.get(bucket) ?? new Map<string, Held>();
    this.#buckets.set(bucket, held);
    const known = held.get(chunk.id);
    if (known !== undefined) known.atMs = atMs;
    else if (this.#used() + chunk.bytes.length > this.bytesMax) {
      throw new StoreError('STORE_FULL', 'the simulated disk is full');
    } else held.set(chunk.id, { bytes: chunk.bytes.slice(), atMs });
  }

  #used(): number {
    let bytes = 0;
    for (const held of this.#buckets.values()) {
      for (const chunk of held.values()) bytes += chunk.bytes.length;
    }
    return bytes;
  }

  #crashDuring(life: number): void {
    this.crash();
    this.onCrash();
    this.#refuseDead(life);
  }

  #refuseDead(life: number): void {
    if (life !== this.#life) throw new StoreError('STORE_CLOSED', 'the machine has lost power');
  }

  async #pass(): Promise<void> {
    const world = this.#world;
    if (world === undefined) return;
    await new Promise<void>((resolve) => world.schedule(1 + this.#rng().float() * 7, resolve));
  }

  /** Drawn at first use, so that worlds without chunks take the steps that they always took. */
  #rng(): SimRng {
    const world = this.#world;
    assert(world !== undefined, 'faults that are drawn need a world');
    this.#random ??= world.rng.fork();
    return this.#random;
  }
}

/** {@link ChunkStore} over a simulated disk. */
export class SimChunks implements ChunkStore {
  readonly #disk: SimChunkDisk;
  readonly #life: number;
  #closed = false;

  constructor(disk: SimChunkDisk) {
    this.#disk = disk;
    this.#life = disk.life;
  }

  async put(bucket: string, chunks: readonly NewChunk[], atMs: number): Promise<void> {
    this.#requireOpen();
    await this.#disk.put(
      bucket,
      chunks.map(({ id, bytes }) => ({ id, bytes: bytes.slice() })),
      atMs,
    );
    this.#requireOpen();
  }

  async get(bucket: string, id: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    this.#requireOpen();
    return this.#disk.bucket(bucket).get(id)?.bytes.slice();
  }

  async has(bucket: string, ids: readonly string[]): Promise<readonly boolean[]> {
    this.#requireOpen();
    const held = this.#disk.bucket(bucket);
    return ids.map((id) => held.has(id));
  }

  async delete(bucket: string, ids: readonly string[]): Promise<void> {
    this.#requireOpen();
    this.#disk.delete(bucket, ids);
  }

  async deleteListed(bucket: string, chunks: readonly StoredChunk[]): Promise<readonly string[]> {
    this.#requireOpen();
    const there = await this.#disk.deleteListed(bucket, chunks);
    this.#requireOpen();
    return there;
  }

  async list(
    bucket: string,
    options: { readonly prefix?: string; readonly after?: string; readonly limit: number },
  ): Promise<readonly StoredChunk[]> {
    this.#requireOpen();
    const { prefix = '', after = '', limit } = options;
    return [...this.#disk.bucket(bucket)]
      .filter(([id]) => id.startsWith(prefix) && id > after)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .slice(0, limit)
      .map(([id, { bytes, atMs }]) => ({ id, sizeBytes: bytes.length, atMs }));
  }

  async totals(bucket: string): Promise<ChunkTotals> {
    this.#requireOpen();
    const held = [...this.#disk.bucket(bucket).values()];
    return { chunks: held.length, bytes: held.reduce((sum, { bytes }) => sum + bytes.length, 0) };
  }

  async buckets(): Promise<readonly string[]> {
    this.#requireOpen();
    return [...this.#disk.names].sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
  }

  #requireOpen(): void {
    if (this.#closed || this.#life !== this.#disk.life) {
      throw new StoreError('STORE_CLOSED', 'the chunks were closed');
    }
  }
}
