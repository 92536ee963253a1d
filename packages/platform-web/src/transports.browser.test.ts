// WebRTC between two connections of this page, and the bus between two channels of it.
import type { RtcSignal } from '@atoll/kernel';
import { busContract, linkContract, type LinkPair } from '@atoll/testkit/contracts';
import { expect, test } from 'vitest';
import { webBus } from './bus.ts';
import { webRtc } from './rtc.ts';
import { webWebSockets } from './web-socket.ts';

async function makePair(): Promise<LinkPair> {
  const toRight: RtcSignal[] = [];
  const a = webRtc.attempt({
    initiate: true,
    iceServers: [],
    signal: (signal) => {
      if (b === undefined) toRight.push(signal);
      else b.accept(signal);
    },
  });
  const b = webRtc.attempt({ initiate: false, iceServers: [], signal: (s) => a.accept(s) });
  for (const signal of toRight) b.accept(signal);
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

linkContract('WebRTC in a browser', makePair);

busContract('BroadcastChannel', () =>
  Promise.resolve({ one: webBus, two: webBus, [Symbol.asyncDispose]: () => Promise.resolve() }),
);

test('a server that is not there is an error with a code', async () => {
  const connecting = webWebSockets.connect('ws://127.0.0.1:1', new AbortController().signal);
  await expect(connecting).rejects.toMatchObject({ code: 'MESH_UNREACHABLE' });
});

test('a bad description ends the attempt', async () => {
  const attempt = webRtc.attempt({ initiate: false, iceServers: [], signal: () => undefined });
  attempt.accept({ kind: 'offer', sdp: 'nonsense' });
  await expect(attempt.link).rejects.toMatchObject({ code: 'MESH_UNREACHABLE' });
});
