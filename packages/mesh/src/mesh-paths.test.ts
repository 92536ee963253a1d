// Ways between devices other than the relay: direct, other tabs, invitations; and what rides beside sync.
import { toHex, type Link } from '@atoll/kernel';
import { SimBus, World } from '@atoll/testkit';
import { describe, expect, test } from 'vitest';
import { TestKube } from './testing/test-kube.ts';
import { TestNode, TestSpace } from './testing/test-node.ts';
import { TestRtcNet } from './testing/test-rtc.ts';

const URL = 'ws://kube.test';

async function twoNodes(seed: number): Promise<{
  world: World;
  kube: TestKube;
  rtc: TestRtcNet;
  space: TestSpace;
  a: TestNode;
  b: TestNode;
}> {
  const world = new World(seed);
  const kube = new TestKube(world, 20);
  const rtc = new TestRtcNet(world);
  const space = new TestSpace(seed);
  const a = new TestNode({ world, webSockets: kube, rtc });
  const b = new TestNode({ world, webSockets: kube, rtc });
  await a.add(space);
  await b.add(space);
  a.mesh.connectKube(URL);
  b.mesh.connectKube(URL);
  return { world, kube, rtc, space, a, b };
}

function equalLogs(space: TestSpace, a: TestNode, b: TestNode): boolean {
  return String(a.replica(space).headsRoot()) === String(b.replica(space).headsRoot());
}

describe('from relay to direct', () => {
  test('a direct session takes over and carries all sync; the relay stays as it is', async () => {
    const { world, kube, space, a, b } = await twoNodes(1);
    const isDirect = (): boolean =>
      [a, b].every((node) => node.mesh.status.peers[0]?.reach === 'direct');
    expect(await world.runUntil(isDirect, 5_000)).toBe(true);
    await world.run(world.nowMs + 3_000);
    const tapped = kube.tap.length;
    await a.write(space, 5);
    await b.write(space, 5);
    const beganMs = world.nowMs;
    expect(await world.runUntil(() => equalLogs(space, a, b), 1_000)).toBe(true);
    expect(world.nowMs - beganMs).toBeLessThan(20);
    expect(kube.tap.length).toBe(tapped);
    expect(a.mesh.status.spaces.get(space.id)?.reach).toBe('direct');
  });

  test('when the direct session is lost, the relay goes on at once, and direct is tried again', async () => {
    const { world, rtc, space, a, b } = await twoNodes(2);
    expect(await world.runUntil(() => a.mesh.status.peers[0]?.reach === 'direct', 5_000)).toBe(
      true,
    );
    await world.run(world.nowMs + 3_000);
    rtc.works = false;
    for (const pair of rtc.pairs) pair.cut();
    await a.write(space, 3);
    expect(await world.runUntil(() => equalLogs(space, a, b), 1_000)).toBe(true);
    expect(b.mesh.status.peers[0]?.reach).toBe('relay');
    rtc.works = true;
    expect(await world.runUntil(() => b.mesh.status.peers[0]?.reach === 'direct', 120_000)).toBe(
      true,
    );
    await b.write(space, 3);
    expect(await world.runUntil(() => equalLogs(space, a, b), 1_000)).toBe(true);
  });

  test('where no direct way exists, attempts become rare and the relay is never dropped', async () => {
    const { world, rtc, space, a, b } = await twoNodes(3);
    rtc.works = false;
    await world.run(600_000);
    expect(rtc.attempts).toBeLessThan(20);
    expect(a.mesh.status.peers.length).toBe(1);
    await a.write(space, 1);
    expect(await world.runUntil(() => equalLogs(space, a, b), 1_000)).toBe(true);
  });

  test('a space that one side gives up and takes back is found again on the direct session', async () => {
    for (const pauseMs of [0, 30, 5_000]) {
      const { kube, world, space, a, b } = await twoNodes(8);
      const isDirect = (): boolean =>
        [a, b].every((node) => node.mesh.status.peers[0]?.reach === 'direct');
      expect(await world.runUntil(isDirect, 5_000)).toBe(true);
      await world.run(world.nowMs + 3_000);
      b.mesh.removeSpace(space.id);
      await world.run(world.nowMs + pauseMs);
      await b.add(space);
      await a.write(space, 5);
      expect(await world.runUntil(() => equalLogs(space, a, b), 5_000)).toBe(true);
      // What is written from now on goes by the direct session or not at all.
      await world.run(world.nowMs + 2_000);
      kube.stop();
      await a.write(space, 5);
      expect(await world.runUntil(() => equalLogs(space, a, b), 1_000)).toBe(true);
      expect(b.mesh.status.spaces.get(space.id)?.reach).toBe('direct');
      await b.write(space, 5);
      expect(await world.runUntil(() => equalLogs(space, a, b), 5_000)).toBe(true);
      expect(a.mesh.status.peers[0]?.refusals).toEqual(new Map());
    }
  });

  test('a device that is refused for a while is in sync again as soon as it is let in', async () => {
    const { world, space, a, b } = await twoNodes(9);
    const isDirect = (): boolean =>
      [a, b].every((node) => node.mesh.status.peers[0]?.reach === 'direct');
    expect(await world.runUntil(isDirect, 5_000)).toBe(true);
    await world.run(world.nowMs + 3_000);
    // What is known of each other as devices of the space goes for a while.
    a.removed.add(toHex(b.agreer.publicKey));
    a.mesh.recheckSpace(space.id);
    await world.run(world.nowMs + 1_000);
    await a.write(space, 5);
    await world.run(world.nowMs + 5_000);
    expect(equalLogs(space, a, b)).toBe(false);
    a.removed.clear();
    a.mesh.recheckSpace(space.id);
    expect(await world.runUntil(() => equalLogs(space, a, b), 5_000)).toBe(true);
  });

  test('a direct session survives the loss of the server', async () => {
    const { world, kube, space, a, b } = await twoNodes(4);
    expect(await world.runUntil(() => a.mesh.status.peers[0]?.reach === 'direct', 5_000)).toBe(
      true,
    );
    await world.run(world.nowMs + 2_000);
    kube.stop();
    await a.write(space, 4);
    expect(await world.runUntil(() => equalLogs(space, a, b), 1_000)).toBe(true);
    await world.run(world.nowMs + 100_000);
    expect(b.mesh.status.spaces.get(space.id)?.reach).toBe('direct');
  });
});

describe('tabs of one profile', () => {
  test('find each other on a bus that reorders and repeats, and share what they write', async () => {
    const world = new World(5);
    const bus = new SimBus(world, { delayMs: [0, 20], lossRate: 0, duplicateRate: 0.2 });
    const space = new TestSpace(5);
    const a = new TestNode({ world, bus });
    const b = new TestNode({ world, bus });
    await a.add(space);
    await b.add(space);
    await a.write(space, 30);
    expect(await world.runUntil(() => equalLogs(space, a, b), 10_000)).toBe(true);
    expect(b.mesh.status.spaces.get(space.id)?.reach).toBe('tabs');
  });
});

describe('presence', () => {
  test('is heard by others of the space, follows changes, and ends with a goodbye or with time', async () => {
    const { world, space, a, b } = await twoNodes(6);
    await world.runUntil(() => b.mesh.status.spaces.get(space.id)?.peers === 1, 5_000);
    const atA = a.mesh.presence(space.id);
    const atB = b.mesh.presence(space.id);
    const heard = (): string => String(atB.others.map(({ bytes }) => bytes[0]));
    atA.set(Uint8Array.of(1));
    await world.run(world.nowMs + 200);
    expect(heard()).toBe('1');
    for (let value = 2; value < 50; value++) atA.set(Uint8Array.of(value));
    await world.run(world.nowMs + 300);
    expect(heard()).toBe('49');
    await world.run(world.nowMs + 120_000);
    expect(heard()).toBe('49');
    atA.set(undefined);
    await world.run(world.nowMs + 200);
    expect(heard()).toBe('');
    atA.set(Uint8Array.of(7));
    await world.run(world.nowMs + 200);
    a.clock.stop(); // The machine dies without a word.
    await world.run(world.nowMs + 61_000);
    expect(heard()).toBe('');
  });

  test('is told to somebody who comes later', async () => {
    const world = new World(7);
    const kube = new TestKube(world, 20);
    const space = new TestSpace(7);
    const a = new TestNode({ world, webSockets: kube });
    const b = new TestNode({ world, webSockets: kube });
    await a.add(space);
    await b.add(space);
    a.mesh.connectKube(URL);
    a.mesh.presence(space.id).set(Uint8Array.of(9));
    await world.run(5_000);
    b.mesh.connectKube(URL);
    const others = b.mesh.presence(space.id);
    expect(await world.runUntil(() => others.others.length === 1, 2_000)).toBe(true);
    expect(others.others[0]?.remote).toBe(
      a.mesh.status.peers.length === 1 ? others.others[0]?.remote : '',
    );
  });
});

describe('invitation links', () => {
  test('lead from a guest to the host, and not to another guest', async () => {
    const world = new World(8);
    const kube = new TestKube(world, 20);
    const [host, guest, other] = [0, 1, 2].map(() => new TestNode({ world, webSockets: kube })) as [
      TestNode,
      TestNode,
      TestNode,
    ];
    const room = new Uint8Array(32).fill(4);
    const guests: Link[] = [];
    const signal = new AbortController().signal;
    const early = guest.mesh.dialInvitation({ url: URL, room }, signal);
    await world.run(1_000);
    const listening = host.mesh.listenInvitation({ url: URL, room }, (link) => guests.push(link));
    const link = await world.during(early);
    const second = await world.during(other.mesh.dialInvitation({ url: URL, room }, signal));
    expect(guests.length).toBe(2);
    link.send(Uint8Array.of(5));
    const arrived = new Promise<Uint8Array>((resolve) => guests[0]?.onMessage(resolve));
    expect(await world.during(arrived)).toEqual(Uint8Array.of(5));
    second.close();
    expect(await world.during(guests[1]?.ended ?? Promise.reject())).toBe('closed');
    listening[Symbol.dispose]();
    expect(await world.during(link.ended)).toBe('lost');
  });

  test('to nobody fail with a code after a while, and at once when cancelled', async () => {
    const world = new World(9);
    const kube = new TestKube(world, 20);
    const guest = new TestNode({ world, webSockets: kube });
    const room = new Uint8Array(32).fill(4);
    const never = new AbortController();
    const late = guest.mesh.dialInvitation({ url: URL, room }, never.signal);
    late.catch(() => undefined);
    await world.run(31_000);
    await expect(late).rejects.toMatchObject({ code: 'MESH_UNREACHABLE' });
    const cancelled = guest.mesh.dialInvitation({ url: URL, room }, never.signal);
    cancelled.catch(() => undefined);
    never.abort();
    await world.settle();
    await expect(cancelled).rejects.toMatchObject({ code: 'MESH_CLOSED' });
  });
});

describe('a server', () => {
  test('sees neither space ids, nor keys of devices, nor feeds, in anything that crosses it', async () => {
    const { world, kube, space, a, b } = await twoNodes(31);
    await a.write(space, 40);
    expect(await world.runUntil(() => equalLogs(space, a, b), 5_000)).toBe(true);
    await world.run(world.nowMs + 3_000);
    const seen = kube.tap.map((message) => toHex(message)).join(' ');
    expect(seen.length).toBeGreaterThan(10_000);
    const secrets = [space.id, toHex(a.agreer.publicKey), toHex(b.agreer.publicKey)];
    for (const feed of a.feeds.values()) secrets.push(feed.key);
    for (const secret of secrets) expect(seen).not.toContain(secret);
  });

  test('that has silently gone is noticed soon after waking up, and is come back to', async () => {
    const { world, kube, rtc, space, a, b } = await twoNodes(32);
    rtc.works = false;
    await world.runUntil(() => a.mesh.status.spaces.get(space.id)?.peers === 1, 5_000);
    for (const pair of kube.pairs.splice(0)) {
      pair.left.send = () => undefined;
      pair.right.send = () => undefined;
    }
    await world.run(world.nowMs + 1_000);
    expect(a.mesh.status.kubes[0]?.state).toBe('online');
    for (const node of [a, b]) node.mesh.wake();
    await a.write(space, 1);
    expect(await world.runUntil(() => equalLogs(space, a, b), 8_000)).toBe(true);
  });
});
