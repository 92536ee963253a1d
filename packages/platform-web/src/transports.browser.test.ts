// WebRTC between two connections of this page, and the bus between two channels of it.
import { busContract, linkContract, rtcPair } from '@atoll/testkit/contracts';
import { expect, test } from 'vitest';
import { webBus } from './bus.ts';
import { webRtc } from './rtc.ts';
import { webWebSockets } from './web-socket.ts';

linkContract('WebRTC in a browser', () => rtcPair(webRtc, webRtc));

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
