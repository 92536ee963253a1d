// WebSocket links between this process and itself, over a real socket.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { errorCode, type Link } from '@atoll/kernel';
import { linkContract, type LinkPair } from '@atoll/testkit/contracts';
import { expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { WebSocketLink, nodeWebSockets } from './web-socket.ts';

async function makePair(): Promise<LinkPair> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const accepted = new Promise<Link>((resolve) => {
    server.once('connection', (socket) => resolve(new WebSocketLink(socket)));
  });
  const signal = new AbortController().signal;
  const a = await nodeWebSockets.connect(`ws://127.0.0.1:${port}`, signal);
  const b = await accepted;
  return {
    a,
    b,
    [Symbol.asyncDispose]: async () => {
      a.close();
      b.close();
      for (const client of server.clients) client.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

linkContract('WebSocket in Node', makePair);

test('a server that is not there is an error with a code, and so is an address that is none', async () => {
  const signal = new AbortController().signal;
  for (const url of ['ws://127.0.0.1:1', 'no address', 'ws://']) {
    const failure = await nodeWebSockets.connect(url, signal).catch((caught: unknown) => caught);
    expect(errorCode(failure)).toBe('MESH_UNREACHABLE');
  }
});

test('an aborted connect is refused at once', async () => {
  const abort = new AbortController();
  const connecting = nodeWebSockets.connect('ws://10.255.255.1:9', abort.signal);
  abort.abort();
  expect(errorCode(await connecting.catch((caught: unknown) => caught))).toBe('MESH_UNREACHABLE');
});
