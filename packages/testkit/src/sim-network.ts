/** Named hosts that listen and connect, over paths that can be slow, lossy, partitioned and healed. */
import { KernelError, type Link, type WebSockets } from '@atoll/kernel';
import { GOOD_PATH, SimWire, type PathQuality, type SimLink, type Tap } from './sim-link.ts';
import type { SimRng } from './sim-rng.ts';
import type { World } from './world.ts';

/** A connection attempt into a partition gives up after this time. */
const CONNECT_TIMEOUT_MS = 5_000;

/** Takes a connection made to an address; `from` is the name of the host that connected. */
export type Accept = (link: Link, from: string) => void;

/** All hosts of a world and what lies between them. */
export class SimNetwork {
  /** Quality of paths that have none of their own. May be changed at any time. */
  quality: PathQuality;
  readonly #world: World;
  readonly #rng: SimRng;
  readonly #qualityByPath: Map<string, PathQuality> = new Map();
  readonly #listenerByAddress: Map<string, { host: string; accept: Accept }> = new Map();
  readonly #wires: Set<SimWire> = new Set();
  readonly #taps: Tap[] = [];
  #islandByHost: Map<string, number> = new Map();

  constructor(world: World, quality: PathQuality = GOOD_PATH) {
    this.#world = world;
    this.#rng = world.rng.fork();
    this.quality = quality;
  }

  /** Gives the path between two hosts a quality of its own; `undefined` takes it away. */
  setQuality(a: string, b: string, quality: PathQuality | undefined): void {
    if (quality === undefined) this.#qualityByPath.delete(pathName(a, b));
    else this.#qualityByPath.set(pathName(a, b), quality);
  }

  /** Shows every message to `tap`, before it arrives or is lost. */
  addTap(tap: Tap): void {
    this.#taps.push(tap);
  }

  /** Splits the network: hosts reach only their own island; those not named share one. */
  partition(...islands: readonly (readonly string[])[]): void {
    this.#islandByHost = new Map();
    for (const [at, hosts] of islands.entries()) {
      for (const host of hosts) this.#islandByHost.set(host, at + 1);
    }
    this.breakWires((a, b) => !this.areJoined(a, b));
  }

  /** Ends the partition. Connections that broke stay broken. */
  heal(): void {
    this.#islandByHost.clear();
  }

  /** True if no partition lies between two hosts. */
  areJoined(a: string, b: string): boolean {
    return (this.#islandByHost.get(a) ?? 0) === (this.#islandByHost.get(b) ?? 0);
  }

  /** Breaks connections in the middle of whatever they carry. */
  breakWires(which: (a: string, b: string) => boolean = () => true): void {
    for (const wire of this.#wires) if (which(...wire.names)) wire.break();
  }

  /** Connections that have not ended on both sides. */
  get wireCount(): number {
    return this.#wires.size;
  }

  /** Makes an address answer at `host`. Returns the way to stop. */
  listen(host: string, address: string, accept: Accept): () => void {
    const listener = { host, accept };
    this.#listenerByAddress.set(address, listener);
    return () => {
      if (this.#listenerByAddress.get(address) === listener)
        this.#listenerByAddress.delete(address);
    };
  }

  /** Joins two hosts directly, as a transport does that has found its peer. */
  pair(a: string, b: string, path: Link['path'] = 'memory'): readonly [SimLink, SimLink] {
    const wire = new SimWire({
      world: this.#world,
      rng: this.#rng,
      path,
      quality: () => this.#qualityByPath.get(pathName(a, b)) ?? this.quality,
      names: [a, b],
      tap: (from, to, message) => {
        for (const tap of this.#taps) tap(from, to, message);
      },
    });
    this.#wires.add(wire);
    void Promise.all(wire.ends.map(({ ended }) => ended)).then(() => this.#wires.delete(wire));
    if (!this.areJoined(a, b)) wire.break();
    return wire.ends;
  }

  /** Connects from a host to an address. @throws KernelError `KERNEL_CLOSED` if nobody answers. */
  async connect(from: string, address: string, signal: AbortSignal): Promise<Link> {
    const target = this.#listenerByAddress.get(address);
    const isReachable = target !== undefined && this.areJoined(from, target.host);
    const quality = target && this.#qualityByPath.get(pathName(from, target.host));
    const { delayMs } = quality ?? this.quality;
    const roundTripMs = 2 * (delayMs[0] + this.#rng.float() * (delayMs[1] - delayMs[0]));
    const isSilent = target !== undefined && !isReachable;
    await this.#wait(isSilent ? CONNECT_TIMEOUT_MS : roundTripMs, signal);
    const listener = this.#listenerByAddress.get(address);
    if (listener === undefined || !this.areJoined(from, listener.host)) {
      throw new KernelError('KERNEL_CLOSED', `nobody answers at ${address}`);
    }
    const [near, far] = this.pair(from, listener.host, 'relay');
    listener.accept(far, from);
    return near;
  }

  /** The WebSocket port of a host. */
  webSockets(host: string): WebSockets {
    return { connect: (url, signal) => this.connect(host, url, signal) };
  }

  #wait(delayMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      const abort = (): void => {
        cancel();
        reject(signal.reason);
      };
      const cancel = this.#world.schedule(delayMs, () => {
        signal.removeEventListener('abort', abort);
        resolve();
      });
      signal.addEventListener('abort', abort, { once: true });
    });
  }
}

function pathName(a: string, b: string): string {
  return a < b ? `${a}\n${b}` : `${b}\n${a}`;
}
