// Two real WebRTC peers of this machine, in the child processes of two adapters.
import { linkContract, rtcPair } from '@atoll/testkit/contracts';
import { afterAll, expect, test } from 'vitest';
import { NodeRtc } from './rtc.ts';

const left = new NodeRtc();
const right = new NodeRtc();

afterAll(() => {
  left[Symbol.dispose]();
  right[Symbol.dispose]();
});

linkContract('WebRTC in Node', () => rtcPair(left, right));

test('a description that is none fails the attempt and harms no other', async () => {
  await using pair = await rtcPair(left, right);
  const attempt = right.attempt({ initiate: false, iceServers: [], signal: () => undefined });
  attempt.accept({ kind: 'offer', sdp: 'v=0\r\nnonsense' });
  await expect(attempt.link).rejects.toThrow('no direct way');
  const arrived = new Promise((resolve) => pair.b.onMessage((message) => resolve(message.length)));
  pair.a.send(new Uint8Array(7));
  expect(await arrived).toBe(7);
});
