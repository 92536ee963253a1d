/** WebRTC in simulated time: an attempt succeeds when both sides have exchanged signals, if it may. */
import type { Link, Rtc, RtcAttempt, RtcSignal } from '@atoll/kernel';
import { SimClock, type World } from '@atoll/testkit';
import { memoryLinkPair, type MemoryLinkPair } from '../memory-link.ts';

/** All simulated direct connections of a world. */
export class TestRtcNet implements Rtc {
  readonly pairs: MemoryLinkPair[] = [];
  /** Attempts fail while this is false. */
  works = true;
  attempts = 0;
  readonly #clock: SimClock;
  readonly #offers = new Map<string, { resolve: (link: Link) => void }>();
  #lastOffer = 0;

  constructor(world: World) {
    this.#clock = new SimClock(world);
  }

  attempt(options: Parameters<Rtc['attempt']>[0]): RtcAttempt {
    this.attempts++;
    const { promise, resolve, reject } = Promise.withResolvers<Link>();
    promise.catch(() => undefined);
    if (options.initiate) {
      const sdp = `offer ${++this.#lastOffer}`;
      this.#offers.set(sdp, { resolve });
      options.signal({ kind: 'offer', sdp });
    }
    return {
      accept: (signal: RtcSignal) => {
        if (signal.kind !== 'offer' || !this.works) return;
        const offer = this.#offers.get(signal.sdp);
        const pair = memoryLinkPair({ path: 'direct', clock: this.#clock, latencyMs: 5 });
        this.pairs.push(pair);
        options.signal({ kind: 'answer', sdp: 'answer' });
        offer?.resolve(pair.left);
        resolve(pair.right);
      },
      link: promise,
      close: () => reject(new Error('closed')),
    };
  }
}
