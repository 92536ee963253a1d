// Streams over a secure channel: whole messages, back-pressure, urgency, and keys that are replaced.
import { SimClock, World, simAgreer } from '@atoll/testkit';
import { describe, expect, test } from 'vitest';
import { memoryLinkPair } from './memory-link.ts';
import { STREAM_WINDOW_BYTES, type StreamPriority, type StreamReceiver } from './mux-stream.ts';
import { Mux } from './mux.ts';
import { REKEY_EVERY_FRAMES, openSecureChannel, type SecureChannel } from './secure-channel.ts';
import { KUBE_SECRET } from './session-secret.ts';

const MESSAGE_MAX = 2_000_000;

interface Rig {
  readonly world: World;
  readonly left: Mux;
  readonly right: Mux;
  readonly datagrams: Uint8Array[];
}

async function channels(world: World, latencyMs: number): Promise<[SecureChannel, SecureChannel]> {
  const clock = new SimClock(world);
  const pair = memoryLinkPair({ clock, latencyMs, path: 'relay' });
  const open = (role: 'initiator' | 'responder', link: typeof pair.left) =>
    openSecureChannel({
      link,
      role,
      clock,
      rng: world.rng.fork(),
      agreer: simAgreer(world.rng.bytes(32)),
      secrets: [KUBE_SECRET],
      purpose: 'peer',
    });
  const both = await world.during(
    Promise.all([open('initiator', pair.left), open('responder', pair.right)]),
  );
  const [left, right] = both;
  if (typeof left === 'string' || typeof right === 'string') throw new Error('no channel');
  return [left, right];
}

async function rig(latencyMs = 5): Promise<Rig> {
  const world = new World(1);
  const [a, b] = await channels(world, latencyMs);
  const clock = new SimClock(world);
  const datagrams: Uint8Array[] = [];
  const left = new Mux(a, clock, { onDatagram: () => undefined });
  const right = new Mux(b, clock, {
    onDatagram: (_stream, bytes) => datagrams.push(bytes.slice()),
  });
  return { world, left, right, datagrams };
}

function open(
  mux: Mux,
  number: number,
  receiver: StreamReceiver = () => undefined,
  priority: StreamPriority = 'live',
): ReturnType<Mux['open']> {
  return mux.open({ number, priority, messageBytesMax: MESSAGE_MAX, receiver });
}

describe('streams', () => {
  test('carry messages of every size whole and in order, also far above the window', async () => {
    const { world, left, right } = await rig();
    const sizes = [0, 1, 127, 128, 16_000, 16_384, 300_000, MESSAGE_MAX, 5];
    const seen: number[] = [];
    const stream = open(left, 1);
    open(right, 1, (message) => {
      expect(message.every((byte) => byte === message.length % 251)).toBe(true);
      seen.push(message.length);
    });
    left.start();
    right.start();
    for (const size of sizes) stream.send(new Uint8Array(size).fill(size % 251));
    expect(await world.runUntil(() => seen.length === sizes.length, 60_000)).toBe(true);
    expect(seen).toEqual(sizes);
  });

  test('wait for a receiver that takes its time: no more than the window is on its way', async () => {
    const { world, left, right } = await rig();
    const stream = open(left, 1);
    let release = (): void => undefined;
    let taken = 0;
    open(right, 1, () => {
      taken++;
      return new Promise((resolve) => (release = resolve));
    });
    left.start();
    right.start();
    for (let count = 0; count < 100; count++) stream.send(new Uint8Array(10_000));
    await world.run(world.nowMs + 10_000);
    expect(taken).toBe(1);
    expect(stream.queuedBytes).toBeGreaterThan(1_000_000 - STREAM_WINDOW_BYTES - 1_000);
    for (let count = 0; count < 99; count++) {
      release();
      await world.run(world.nowMs + 100);
    }
    expect(taken).toBe(100);
    expect(stream.queuedBytes).toBe(0);
  });

  test('an urgent message overtakes bulk that waits', async () => {
    const { world, left, right } = await rig(50);
    const order: string[] = [];
    const bulk = open(left, 1, undefined, 'bulk');
    const urgent = open(left, 2, undefined, 'control');
    open(right, 1, () => void order.push('bulk'));
    open(right, 2, () => void order.push('urgent'));
    left.start();
    right.start();
    for (let count = 0; count < 20; count++) bulk.send(new Uint8Array(100_000));
    urgent.send(Uint8Array.of(1));
    await world.run(world.nowMs + 30_000);
    expect(order.length).toBe(21);
    expect(order.indexOf('urgent')).toBeLessThan(2);
  });

  test('datagrams are dropped while the link is busy, and do not wait', async () => {
    const { world, left, right, datagrams } = await rig(50);
    const bulk = open(left, 1, undefined, 'bulk');
    open(right, 1);
    left.start();
    right.start();
    expect(left.datagram(1, Uint8Array.of(1))).toBe(true);
    bulk.send(new Uint8Array(500_000));
    expect(left.datagram(1, Uint8Array.of(2))).toBe(false);
    await world.run(world.nowMs + 30_000);
    expect(left.datagram(1, new Uint8Array(2_000))).toBe(false);
    expect(left.datagram(1, Uint8Array.of(3))).toBe(true);
    await world.run(world.nowMs + 1_000);
    expect(datagrams.map(([first]) => first)).toEqual([1, 3]);
  });

  test('a session that hears nothing any more ends by itself', async () => {
    const { world, left, right } = await rig();
    left.start();
    right.start();
    left.channel.link.send = () => undefined;
    const end = right.channel.ended;
    await world.run(world.nowMs + 60_000);
    expect(await world.during(end)).toBe('SESSION_TIMEOUT');
  });
});

test('keys are replaced after so many frames, in step on both sides', async () => {
  const world = new World(2);
  const [a, b] = await channels(world, 0);
  let received = 0;
  b.onFrame(() => received++);
  for (let count = 0; count < REKEY_EVERY_FRAMES + 10; count++) {
    a.send(Uint8Array.of(1));
    if (count % 4_096 === 0) await world.run(world.nowMs + 1);
  }
  await world.run(world.nowMs + 1);
  expect(received).toBe(REKEY_EVERY_FRAMES + 10);
  expect(b.isEnded).toBe(false);
});
