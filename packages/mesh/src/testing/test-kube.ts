/** A KUBE in memory and sockets to it, in simulated time. For this package's tests alone. */
import type { Link, WebSockets } from '@atoll/kernel';
import { SimClock, type World } from '@atoll/testkit';
import { memoryLinkPair, type MemoryLinkPair } from '../memory-link.ts';
import { SignalingHost, type SignalingHostOptions } from '../signaling-host.ts';

/** A server that can be stopped, started again, and cut from its clients. */
export class TestKube implements WebSockets {
  readonly world: World;
  readonly clock: SimClock;
  readonly latencyMs: number;
  readonly pairs: MemoryLinkPair[] = [];
  /** Everything that crossed the server's sockets, for taps. */
  readonly tap: Uint8Array[] = [];
  host: SignalingHost | undefined;
  readonly #onLink: SignalingHostOptions['onLink'];

  constructor(world: World, latencyMs: number, onLink?: SignalingHostOptions['onLink']) {
    this.world = world;
    this.clock = new SimClock(world);
    this.latencyMs = latencyMs;
    this.#onLink = onLink;
    this.start();
  }

  start(): void {
    this.host ??= new SignalingHost({
      kubeName: 'kube.test',
      clock: this.clock,
      rng: this.world.rng.fork(),
      ...(this.#onLink === undefined ? {} : { onLink: this.#onLink }),
    });
  }

  /** Cuts every connection and refuses new ones until `start`. */
  stop(): void {
    this.cutAll();
    this.host?.[Symbol.dispose]();
    this.host = undefined;
  }

  cutAll(): void {
    for (const pair of this.pairs.splice(0)) pair.cut();
  }

  connect(_url: string, signal: AbortSignal): Promise<Link> {
    if (this.host === undefined || signal.aborted) return Promise.reject(new Error('refused'));
    const pair = memoryLinkPair({ path: 'relay', clock: this.clock, latencyMs: this.latencyMs });
    this.pairs.push(pair);
    const send = pair.left.send.bind(pair.left);
    pair.left.send = (message) => {
      this.tap.push(message.slice());
      send(message);
    };
    this.host.attach(pair.right);
    return Promise.resolve(pair.left);
  }
}
