// Two real WebRTC peers of this machine, in the child processes of two adapters.
import type { RtcSignal } from '@atoll/kernel';
import { linkContract, type LinkPair } from '@atoll/testkit/contracts';
import { afterAll, expect, test } from 'vitest';
import { NodeRtc } from './rtc.ts';

const left = new NodeRtc();
const right = new NodeRtc();

afterAll(() => {
  left[Symbol.dispose]();
  right[Symbol.dispose]();
});

async function makePair(): Promise<LinkPair> {
  const toRight: RtcSignal[] = [];
  const a = left.attempt({
    initiate: true,
    iceServers: [],
    signal: (signal) => {
      if (b === undefined) toRight.push(signal);
      else b.accept(signal);
    },
  });
  const b = right.attempt({ initiate: false, iceServers: [], signal: (s) => a.accept(s) });
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

linkContract('WebRTC in Node', makePair);

test('a description that is none fails the attempt and harms no other', async () => {
  await using pair = await makePair();
  const attempt = right.attempt({ initiate: false, iceServers: [], signal: () => undefined });
  attempt.accept({ kind: 'offer', sdp: 'v=0\r\nnonsense' });
  await expect(attempt.link).rejects.toThrow('no direct way');
  const arrived = new Promise((resolve) => pair.b.onMessage((message) => resolve(message.length)));
  pair.a.send(new Uint8Array(7));
  expect(await arrived).toBe(7);
});
