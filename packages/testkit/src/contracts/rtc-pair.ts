/** Two ends of a direct connection, negotiated between two adapters of this machine. */
import type { Rtc, RtcSignal } from '@atoll/kernel';
import type { LinkPair } from './link-contract.ts';

/** Connects `left`, which offers, with `right`. Disposal closes both ends. */
export async function rtcPair(left: Rtc, right: Rtc): Promise<LinkPair> {
  const early: RtcSignal[] = [];
  const a = left.attempt({
    initiate: true,
    iceServers: [],
    signal: (signal) => {
      if (b === undefined) early.push(signal);
      else b.accept(signal);
    },
  });
  const b = right.attempt({ initiate: false, iceServers: [], signal: (s) => a.accept(s) });
  for (const signal of early) b.accept(signal);
  const [linkA, linkB] = await Promise.all([a.link, b.link]);
  return {
    a: linkA,
    b: linkB,
    [Symbol.asyncDispose]: () => {
      a.close();
      b.close();
      return Promise.resolve();
    },
  };
}
