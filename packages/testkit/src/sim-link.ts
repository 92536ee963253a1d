/**
 * A reliable, ordered connection in a simulated world. A network that loses a packet makes such a
 * connection slow or ends it: here, `lossRate` is the chance that a message ends it as `lost`.
 */
import { LINK_MESSAGE_BYTES_MAX, assert, type Link, type LinkEnd } from '@atoll/kernel';
import type { SimRng } from './sim-rng.ts';
import type { World } from './world.ts';

/** How good a path is. */
export interface PathQuality {
  /** Least and greatest delay of a message, one way. */
  readonly delayMs: readonly [number, number];
  /** Chance for each message that the connection breaks with it. */
  readonly lossRate: number;
  /** Bytes a millisecond; unlimited where left out. */
  readonly bytesPerMs?: number;
  /** Least and greatest time until an end notices that the connection is broken. */
  readonly noticeMs: readonly [number, number];
}

/** A good network across a continent. */
export const GOOD_PATH: PathQuality = { delayMs: [5, 40], lossRate: 0, noticeMs: [0, 2_000] };

/** Sees every message that crosses, as an eavesdropper does. */
export type Tap = (from: string, to: string, message: Uint8Array) => void;

/** What a wire needs to know. */
export interface WireOptions {
  readonly world: World;
  readonly rng: SimRng;
  readonly path: Link['path'];
  /** Asked for each message, so that a path can get better or worse. */
  readonly quality: () => PathQuality;
  readonly names: readonly [string, string];
  readonly tap?: Tap;
}

/** Two joined ends. */
export class SimWire {
  readonly ends: readonly [SimLink, SimLink];
  readonly names: readonly [string, string];
  readonly #options: WireOptions;
  #broken = false;

  constructor(options: WireOptions) {
    this.#options = options;
    this.names = options.names;
    this.ends = [new SimLink(this, 0), new SimLink(this, 1)];
  }

  get world(): World {
    return this.#options.world;
  }

  get path(): Link['path'] {
    return this.#options.path;
  }

  get isBroken(): boolean {
    return this.#broken;
  }

  quality(): PathQuality {
    return this.#options.quality();
  }

  draw([least, greatest]: readonly [number, number]): number {
    return least + this.#options.rng.float() * (greatest - least);
  }

  /** One message passes an eavesdropper and the path's chance of breaking. */
  crossing(side: 0 | 1, message: Uint8Array): void {
    const { names, rng, tap } = this.#options;
    tap?.(names[side], names[side === 0 ? 1 : 0], message);
    if (rng.chance(this.quality().lossRate)) this.break();
  }

  /** Nothing arrives any more; each end notices in its time. */
  break(): void {
    if (this.#broken) return;
    this.#broken = true;
    for (const end of this.ends) {
      this.world.schedule(this.draw(this.quality().noticeMs), () => end.finish('lost'));
    }
  }
}

/** One end of a {@link SimWire}. */
export class SimLink implements Link {
  readonly ended: Promise<LinkEnd>;
  readonly #wire: SimWire;
  readonly #side: 0 | 1;
  readonly #early: Uint8Array<ArrayBuffer>[] = [];
  readonly #drainers: Set<{ readonly lowBytes: number; readonly resolve: () => void }> = new Set();
  #receive: ((message: Uint8Array<ArrayBuffer>) => void) | undefined;
  #resolveEnded: (end: LinkEnd) => void = () => {};
  #end: LinkEnd | undefined;
  #bufferedBytes = 0;
  #departsMs = 0;
  #arrivesMs = 0;

  constructor(wire: SimWire, side: 0 | 1) {
    this.#wire = wire;
    this.#side = side;
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
  }

  get path(): Link['path'] {
    return this.#wire.path;
  }

  get bufferedBytes(): number {
    return this.#bufferedBytes;
  }

  send(message: Uint8Array): void {
    assert(message.length <= LINK_MESSAGE_BYTES_MAX, 'a message fits in one frame of a link');
    if (this.#end !== undefined) return;
    const copy = new Uint8Array(message);
    this.#bufferedBytes += copy.length;
    const { world } = this.#wire;
    const { bytesPerMs } = this.#wire.quality();
    const durationMs = bytesPerMs === undefined ? 0 : copy.length / bytesPerMs;
    this.#departsMs = Math.max(this.#departsMs, world.nowMs) + durationMs;
    world.scheduleAt(this.#departsMs, () => this.#depart(copy));
  }

  drained(lowBytes: number): Promise<void> {
    if (this.#end !== undefined || this.#bufferedBytes <= lowBytes) return Promise.resolve();
    return new Promise((resolve) => this.#drainers.add({ lowBytes, resolve }));
  }

  onMessage(receive: (message: Uint8Array<ArrayBuffer>) => void): void {
    this.#receive = receive;
    // The setter comes first, as with a real socket: no message before this turn ends.
    queueMicrotask(() => {
      while (this.#early.length > 0 && this.#receive === receive) {
        receive(this.#early.shift() as Uint8Array<ArrayBuffer>);
      }
    });
  }

  close(): void {
    if (this.#end !== undefined) return;
    const { world } = this.#wire;
    this.finish('closed');
    this.#early.length = 0; // After its own close a side hears nothing, not even what has arrived.
    const departedMs = Math.max(this.#departsMs, world.nowMs);
    world.scheduleAt(departedMs, () => this.#arriveInOrder(() => this.#other().finish('closed')));
  }

  /** Ends this side; called by the wire and by the other side's close. */
  finish(end: LinkEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#bufferedBytes = 0;
    for (const { resolve } of this.#drainers) resolve();
    this.#drainers.clear();
    this.#resolveEnded(end);
  }

  #depart(message: Uint8Array<ArrayBuffer>): void {
    // After this side's own close, what it had accepted still goes out: then nothing is counted.
    if (this.#end === undefined) this.#bufferedBytes -= message.length;
    for (const drainer of this.#drainers) {
      if (this.#bufferedBytes > drainer.lowBytes) continue;
      this.#drainers.delete(drainer);
      drainer.resolve();
    }
    if (this.#wire.isBroken) return;
    this.#wire.crossing(this.#side, message);
    this.#arriveInOrder(() => this.#other().#take(message));
  }

  #arriveInOrder(act: () => void): void {
    const { world } = this.#wire;
    const delayMs = this.#wire.draw(this.#wire.quality().delayMs);
    this.#arrivesMs = Math.max(this.#arrivesMs, world.nowMs + delayMs);
    world.scheduleAt(this.#arrivesMs, () => {
      if (!this.#wire.isBroken) act();
    });
  }

  #take(message: Uint8Array<ArrayBuffer>): void {
    if (this.#end !== undefined) return;
    if (this.#receive === undefined || this.#early.length > 0) this.#early.push(message);
    else this.#receive(message);
  }

  #other(): SimLink {
    return this.#wire.ends[this.#side === 0 ? 1 : 0];
  }
}
