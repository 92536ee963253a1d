/** Clients that lie, flood, stall or cut: each is refused with a count, and the others notice nothing. */
import { connect } from 'node:net';
import {
  KUBE_PEER,
  RELAY_WINDOW_BYTES,
  decodeSignaling,
  encodeSignaling,
  type SignalingMessage,
} from '@atoll/mesh';
import type { WebSocket } from 'ws';
import { describe, expect, test } from 'vitest';
import { SOCKET_MESSAGE_BYTES_MAX } from './socket-link.ts';
import { TestServer, closeCode, openSocket } from './testing/test-server.ts';

const HELLO = encodeSignaling({ kind: 'hello', version: 1 });
const ROOM = 'ab'.repeat(32);

/** Speaks the protocol by hand. */
class Client {
  readonly socket: WebSocket;
  readonly heard: SignalingMessage[] = [];
  #wake: () => void = () => undefined;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => {
      const message = decodeSignaling(new Uint8Array(data));
      if (message !== undefined) this.heard.push(message);
      this.#wake();
    });
    socket.on('close', () => this.#wake());
  }

  static async connect(server: TestServer): Promise<Client> {
    const client = new Client(await openSocket(server.socketUrl));
    client.say({ kind: 'hello', version: 1 });
    await client.hear('welcome');
    return client;
  }

  say(message: SignalingMessage): void {
    this.socket.send(encodeSignaling(message));
  }

  /** The first message of a kind; rejects when the connection ends before. */
  async hear<K extends SignalingMessage['kind']>(
    kind: K,
    count = 1,
  ): Promise<Extract<SignalingMessage, { kind: K }>> {
    for (;;) {
      const found = this.heard.filter((message) => message.kind === kind);
      const wanted = found[count - 1];
      if (wanted !== undefined) return wanted as Extract<SignalingMessage, { kind: K }>;
      if (this.socket.readyState !== this.socket.OPEN) throw new Error(`closed before ${kind}`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  get self(): string {
    const welcome = this.heard.find((message) => message.kind === 'welcome');
    return welcome?.kind === 'welcome' ? welcome.self : '';
  }
}

/** Two clients in a room, to show that the server still serves. */
async function stillServes(server: TestServer): Promise<void> {
  const [left, right] = [await Client.connect(server), await Client.connect(server)];
  left.say({ kind: 'join', room: ROOM });
  await left.hear('peers');
  right.say({ kind: 'join', room: ROOM });
  await right.hear('peers');
  await left.hear('joined');
  left.say({ kind: 'relay', peer: right.self, channel: 1, bytes: new Uint8Array([1, 2, 3]) });
  expect([...(await right.hear('relay')).bytes]).toEqual([1, 2, 3]);
  left.socket.terminate();
  right.socket.terminate();
}

const refusedCount = (server: TestServer, code: string): number =>
  server.kube.metrics.value('kube_refused_total', { code });

describe('a hostile client', () => {
  test('that sends garbage, text or nothing of the protocol is cut off and counted', async () => {
    await using server = await TestServer.start();
    const garbage = await openSocket(server.socketUrl);
    garbage.send(new Uint8Array([255, 254, 253]));
    await closeCode(garbage);
    expect(refusedCount(server, 'SIGNALING_MALFORMED')).toBe(1);
    const text = await openSocket(server.socketUrl);
    text.send('hello');
    expect(await closeCode(text)).toBe(1003);
    const early = await openSocket(server.socketUrl);
    early.send(encodeSignaling({ kind: 'join', room: ROOM }));
    await closeCode(early);
    expect(refusedCount(server, 'SIGNALING_ORDER')).toBe(1);
    const old = await openSocket(server.socketUrl);
    old.send(encodeSignaling({ kind: 'hello', version: 99 }));
    await closeCode(old);
    expect(refusedCount(server, 'SIGNALING_VERSION')).toBe(1);
    await stillServes(server);
  });

  test('that sends a giant message is cut off before the server has it in memory', async () => {
    await using server = await TestServer.start();
    const giant = await openSocket(server.socketUrl);
    giant.send(HELLO);
    giant.send(new Uint8Array(SOCKET_MESSAGE_BYTES_MAX + 1));
    expect(await closeCode(giant)).toBe(1009);
    await stillServes(server);
  });

  test('that breaks the frames, or cuts in the middle of the handshake, harms nobody', async () => {
    await using server = await TestServer.start();
    const { hostname, port } = new URL(server.url);
    const upgrade = `GET /atoll/v1 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n`;
    const key = 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n';
    const endings = [
      `${upgrade}${key}\xff\xff\xff\xff\xff`,
      `${upgrade}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: no\r\n\r\n`,
      `${upgrade}Sec-WebSocket-Version: 1\r\n\r\n`,
      upgrade,
    ];
    for (const ending of endings) {
      await new Promise<void>((resolve) => {
        const socket = connect(Number(port), hostname, () => {
          socket.write(Buffer.from(ending, 'latin1'), () => {
            if (ending === upgrade) socket.resetAndDestroy();
          });
        });
        socket.on('data', () => undefined);
        socket.on('error', () => undefined);
        socket.on('close', () => resolve());
      });
    }
    await stillServes(server);
  });

  test('at another path gets no socket', async () => {
    await using server = await TestServer.start();
    await expect(openSocket(`${server.socketUrl}/more`)).rejects.toThrow('404');
    await expect(openSocket(server.url.replace('http', 'ws'))).rejects.toThrow('404');
    expect(refusedCount(server, 'HTTP_404')).toBe(2);
  });

  test('gets no more connections at once than its address may have', async () => {
    await using server = await TestServer.start({}, { connectionsPerAddressMax: 3 });
    const open = [];
    for (let count = 0; count < 3; count++) open.push(await openSocket(server.socketUrl));
    await expect(openSocket(server.socketUrl)).rejects.toThrow('429');
    const [first] = open;
    const ended = first === undefined ? undefined : closeCode(first);
    first?.close();
    await ended;
    const again = await openSocket(server.socketUrl);
    expect(again.readyState).toBe(again.OPEN);
    expect(refusedCount(server, 'HTTP_429')).toBe(1);
  });

  test('gets no more new connections than its rate, and all together no more than the server has', async () => {
    await using slow = await TestServer.start({}, { connectBurst: 2, connectPerSecond: 0.001 });
    await openSocket(slow.socketUrl);
    await openSocket(slow.socketUrl);
    await expect(openSocket(slow.socketUrl)).rejects.toThrow('429');
    await using full = await TestServer.start({}, { connectionsMax: 1 });
    await openSocket(full.socketUrl);
    await expect(openSocket(full.socketUrl)).rejects.toThrow('503');
  });

  test('that floods with requests is refused for its rate', async () => {
    await using server = await TestServer.start();
    const client = await Client.connect(server);
    const closed = closeCode(client.socket);
    for (let nonce = 0; nonce < 5000; nonce++) client.say({ kind: 'ping', nonce });
    await closed;
    expect(refusedCount(server, 'SIGNALING_RATE')).toBe(1);
    await stillServes(server);
  });

  test('that sends faster than it may is read more slowly, and loses nothing', async () => {
    const limits = { messageBurst: 20, messagesPerSecond: 400 };
    await using server = await TestServer.start({}, limits);
    const client = await Client.connect(server);
    const nobody = 'cd'.repeat(16);
    for (let count = 0; count < 120; count++) {
      client.say({ kind: 'relay', peer: nobody, channel: 1, bytes: new Uint8Array(100) });
    }
    await client.hear('relay-end', 120);
    expect(server.kube.metrics.value('kube_throttled_total')).toBeGreaterThan(0);
  });

  test('that ignores credit is cut off, and what its victim does not read stays bounded', async () => {
    await using server = await TestServer.start();
    const victim = await Client.connect(server);
    victim.say({ kind: 'join', room: ROOM });
    await victim.hear('peers');
    const attacker = await Client.connect(server);
    attacker.say({ kind: 'join', room: ROOM });
    await attacker.hear('peers');
    victim.socket.pause();
    const bytes = new Uint8Array(16 * 1024);
    const sends = Math.ceil((8 * 1024 * 1024) / bytes.length);
    const closed = closeCode(attacker.socket);
    for (let count = 0; count < sends; count++) {
      attacker.say({ kind: 'relay', peer: victim.self, channel: 1, bytes });
    }
    await closed;
    expect(refusedCount(server, 'SIGNALING_CREDIT')).toBe(1);
    const buffered = server.kube.metrics.value('kube_buffered_bytes');
    expect(buffered).toBeLessThan(4 * RELAY_WINDOW_BYTES);
    victim.socket.terminate();
    await stillServes(server);
  });

  test('that begins sessions without end with the mailboxes is held to a rate', async () => {
    const limits = { sessionBurst: 5, sessionsPerSecond: 0.001 };
    await using server = await TestServer.start({}, limits);
    const client = await Client.connect(server);
    for (let channel = 1; channel <= 12; channel++) {
      client.say({ kind: 'relay', peer: KUBE_PEER, channel, bytes: new Uint8Array(50).fill(7) });
      await client.hear('relay-end', channel);
    }
    expect(refusedCount(server, 'KUBE_SESSION_RATE')).toBe(7);
    await stillServes(server);
  });
});
