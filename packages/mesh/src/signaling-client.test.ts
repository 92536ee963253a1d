// Client and server of signaling together, in simulated time.
import type { Link } from '@atoll/kernel';
import { SimClock, World } from '@atoll/testkit';
import { describe, expect, test } from 'vitest';
import { SignalingClient, type SignalingEvents } from './signaling-client.ts';
import { KUBE_PEER, encodeSignaling } from './signaling.ts';
import { TestKube } from './testing/test-kube.ts';

const ROOM = '11'.repeat(32);
const OTHER_ROOM = '22'.repeat(32);

function client(kube: TestKube, events: SignalingEvents): SignalingClient {
  const { world } = kube;
  return new SignalingClient({
    url: 'ws://kube.test',
    webSockets: kube,
    clock: new SimClock(world),
    rng: world.rng.fork(),
    events,
  });
}

interface Heard {
  readonly peers: string[];
  readonly gone: string[];
  readonly links: Link[];
  readonly refusals: string[];
}

function listener(): SignalingEvents & Heard {
  const heard: Heard = { peers: [], gone: [], links: [], refusals: [] };
  return {
    ...heard,
    onPeer: (_room, peer) => heard.peers.push(peer),
    onPeerGone: (peer) => heard.gone.push(peer),
    onLink: (_peer, link) => heard.links.push(link),
    onRefused: (refusal) => heard.refusals.push(refusal),
  };
}

describe('signaling', () => {
  test('two clients of a room see each other once each, and talk over a relay link', async () => {
    const world = new World(1);
    const kube = new TestKube(world, 10);
    const heardA = listener();
    const heardB = listener();
    const a = client(kube, heardA);
    const b = client(kube, heardB);
    a.join(ROOM);
    b.join(ROOM);
    await world.run(200);
    expect(heardA.peers).toEqual([b.self]);
    expect(heardB.peers).toEqual([a.self]);
    const link = a.dial(b.self);
    const received: number[] = [];
    link.send(Uint8Array.of(7, 7));
    await world.run(300);
    heardB.links[0]?.onMessage((bytes) => received.push(bytes.length));
    heardB.links[0]?.send(Uint8Array.of(1));
    link.onMessage((bytes) => received.push(bytes.length));
    await world.run(400);
    expect(received).toEqual([2, 1]);
    heardB.links[0]?.close();
    await world.run(500);
    expect(await link.ended).toBe('closed');
  });

  test('a client without a common room can neither see nor reach another', async () => {
    const world = new World(2);
    const kube = new TestKube(world, 10);
    const heardB = listener();
    const a = client(kube, listener());
    const b = client(kube, heardB);
    a.join(ROOM);
    b.join(OTHER_ROOM);
    await world.run(200);
    expect(() => a.dial(b.self)).toThrowError('nobody of that name');
    expect(heardB.peers).toEqual([]);
    const raw = await kube.connect('', new AbortController().signal);
    raw.send(encodeSignaling({ kind: 'hello', version: 1 }));
    raw.send(encodeSignaling({ kind: 'relay', peer: b.self, channel: 1, bytes: Uint8Array.of(1) }));
    await world.run(400);
    expect(heardB.links).toEqual([]);
  });

  test('a window of megabytes arrives whole and in order, whatever credit it has to wait for', async () => {
    const world = new World(3);
    const kube = new TestKube(world, 20);
    const heardB = listener();
    const a = client(kube, listener());
    const b = client(kube, heardB);
    a.join(ROOM);
    b.join(ROOM);
    await world.run(200);
    const link = a.dial(b.self);
    const work = (async () => {
      for (let index = 0; index < 300; index++) {
        const message = new Uint8Array(16_000);
        new DataView(message.buffer).setUint32(0, index);
        link.send(message);
        await link.drained(64 * 1024);
      }
    })();
    const seen: number[] = [];
    await world.run(300);
    heardB.links[0]?.onMessage((bytes) => seen.push(new DataView(bytes.buffer).getUint32(0)));
    const arrived = await world.runUntil(() => seen.length === 300, 20_000);
    await work;
    expect(arrived).toBe(true);
    expect(seen).toEqual(Array.from({ length: 300 }, (_, index) => index));
  });

  test('links to several peers share one socket without keeping each other waiting for ever', async () => {
    const world = new World(7);
    const kube = new TestKube(world, 20);
    const heard = [listener(), listener(), listener()];
    const [a, ...others] = [listener(), ...heard].map((events) => client(kube, events));
    if (a === undefined) throw new Error('no client');
    for (const one of [a, ...others]) one.join(ROOM);
    await world.run(300);
    const counts = others.map(() => 0);
    const works = others.map(async (other) => {
      const link = a.dial(other.self);
      for (let count = 0; count < 120; count++) {
        link.send(new Uint8Array(12_000));
        await link.drained(16 * 1024);
      }
    });
    await world.run(400);
    for (const [at, { links }] of heard.entries()) {
      links[0]?.onMessage(() => (counts[at] = (counts[at] ?? 0) + 1));
    }
    await world.during(Promise.all(works));
    await world.run(world.nowMs + 500);
    expect(counts).toEqual([120, 120, 120]);
  });

  test('after a loss a client comes back by itself and joins its rooms again', async () => {
    const world = new World(4);
    const kube = new TestKube(world, 10);
    const heardA = listener();
    const a = client(kube, heardA);
    const b = client(kube, listener());
    a.join(ROOM);
    b.join(ROOM);
    await world.run(200);
    kube.stop();
    await world.run(5_000);
    expect(a.state).not.toBe('online');
    expect(heardA.gone.length).toBe(1);
    kube.start();
    expect(await world.runUntil(() => heardA.peers.length === 2, 40_000)).toBe(true);
    expect(heardA.peers[1]).toBe(b.self);
    expect(a.dial(KUBE_PEER).path).toBe('relay');
  });

  test('a bad frame ends that connection alone, with a code', async () => {
    const world = new World(5);
    const kube = new TestKube(world, 5);
    const heardA = listener();
    const a = client(kube, heardA);
    a.join(ROOM);
    await world.run(100);
    for (const bytes of [Uint8Array.of(250, 1), new Uint8Array(0), new Uint8Array(16_000)]) {
      const raw = await kube.connect('', new AbortController().signal);
      const answers: Uint8Array[] = [];
      raw.onMessage((answer) => answers.push(answer));
      raw.send(bytes);
      await world.run(world.nowMs + 100);
      expect(await raw.ended).toBe('closed');
      expect(answers.length).toBe(1);
    }
    expect(a.state).toBe('online');
    expect(heardA.gone).toEqual([]);
  });

  test('a sender that ignores its window is closed, and its target keeps its connection', async () => {
    const world = new World(6);
    const kube = new TestKube(world, 5);
    const b = client(kube, listener());
    b.join(ROOM);
    await world.run(100);
    const raw = await kube.connect('', new AbortController().signal);
    raw.send(encodeSignaling({ kind: 'hello', version: 1 }));
    raw.send(encodeSignaling({ kind: 'join', room: ROOM }));
    for (let index = 0; index < 40; index++) {
      raw.send(
        encodeSignaling({
          kind: 'relay',
          peer: b.self,
          channel: 2,
          bytes: new Uint8Array(16_000),
        }),
      );
    }
    await world.run(300);
    expect(await raw.ended).toBe('closed');
    expect(b.state).toBe('online');
  });

  test('clients of a server that ends are told, and come back one by one', async () => {
    const world = new World(30);
    const kube = new TestKube(world, 10);
    const heard = listener();
    const back: number[] = [];
    for (let at = 0; at < 40; at++) {
      let welcomes = 0;
      client(kube, {
        ...heard,
        onWelcome: () => {
          if (++welcomes > 1) back.push(world.nowMs);
        },
      });
    }
    await world.run(1_000);
    kube.host?.[Symbol.dispose]();
    kube.host = undefined;
    kube.start();
    await world.run(10_000);
    expect(heard.refusals.filter((code) => code === 'SIGNALING_CLOSING')).toHaveLength(40);
    expect(back).toHaveLength(40);
    back.sort((a, b) => a - b);
    expect((back.at(-1) ?? 0) - (back[0] ?? 0)).toBeGreaterThan(1_500);
    expect(back[0]).toBeGreaterThan(1_500);
  });
});
