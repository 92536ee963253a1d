// Meshes of several devices in simulated time, over a KUBE in memory.
import { toHex } from '@atoll/kernel';
import { World } from '@atoll/testkit';
import { describe, expect, test } from 'vitest';
import { TestKube } from './testing/test-kube.ts';
import { MailboxKube, TestNode, TestSpace } from './testing/test-node.ts';

const URL = 'ws://kube.test';

function equalLogs(space: TestSpace, ...nodes: readonly TestNode[]): boolean {
  const roots = nodes.map((node) => String(node.replica(space).headsRoot()));
  return roots.every((root) => root === roots[0]);
}

describe('two devices over a relay', () => {
  test('what each wrote alone, both have soon after they meet; then news come live', async () => {
    const world = new World(1);
    const kube = new TestKube(world, 20);
    const space = new TestSpace(1);
    const a = new TestNode({ world, webSockets: kube });
    const b = new TestNode({ world, webSockets: kube });
    await a.add(space);
    await b.add(space);
    await a.write(space, 70);
    await b.write(space, 3);
    a.mesh.connectKube(URL);
    b.mesh.connectKube(URL);
    expect(await world.runUntil(() => equalLogs(space, a, b), 5_000)).toBe(true);
    expect(a.replica(space).index.blockCount).toBe(73);
    await world.run(world.nowMs + 2_000);
    const beganMs = world.nowMs;
    await a.write(space, 1);
    expect(await world.runUntil(() => equalLogs(space, a, b), 1_000)).toBe(true);
    expect(world.nowMs - beganMs).toBeLessThanOrEqual(45);
    expect(a.mesh.status.spaces.get(space.id)).toMatchObject({ reach: 'relay', peers: 1 });
    await world.run(world.nowMs + 2_000);
    expect(a.mesh.status.spaces.get(space.id)?.settled).toBe(true);
    expect(b.mesh.status.spaces.get(space.id)?.settled).toBe(true);
  });

  test('a device that cannot introduce itself gets nothing, and learns nothing', async () => {
    const world = new World(2);
    const kube = new TestKube(world, 20);
    const space = new TestSpace(2);
    const a = new TestNode({ world, webSockets: kube });
    const thief = new TestNode({ world, webSockets: kube });
    await a.add(space);
    const stolen = await thief.add(space);
    // Knows the space's secret, but its key is nobody's.
    const introduce = thief.agreer.publicKey[0] as number;
    thief.agreer.publicKey[0] = introduce;
    a.mesh.removeSpace(space.id);
    a.mesh.addSpace({
      id: space.id,
      replica: a.replica(space),
      sessionSecrets: [space.secret],
      roomTags: (name, day) => [space.roomTag(name, day)],
      mayHave: () => 'unknown',
      introduce: () => Promise.resolve(new Uint8Array(3)),
      checkIntroduction: () => Promise.resolve(false),
    });
    await a.write(space, 20);
    a.mesh.connectKube(URL);
    thief.mesh.connectKube(URL);
    await world.run(30_000);
    expect(stolen.index.blockCount).toBe(0);
    expect(a.mesh.status.spaces.get(space.id)?.peers).toBe(0);
  });

  test('a device with another secret never gets past the handshake', async () => {
    const world = new World(3);
    const kube = new TestKube(world, 20);
    const space = new TestSpace(3);
    const a = new TestNode({ world, webSockets: kube });
    const removed = new TestNode({ world, webSockets: kube });
    await a.add(space);
    const old = await removed.add(space, new Uint8Array(32).fill(9));
    TestNode.introduceAll(a, removed);
    await a.write(space, 20);
    a.mesh.connectKube(URL);
    removed.mesh.connectKube(URL);
    await world.run(30_000);
    expect(a.mesh.status.peers).toEqual([]);
    expect(old.index.blockCount).toBe(0);
  });

  test('a transfer that is cut in its middle goes on where it was, not from the start', async () => {
    const world = new World(4);
    const kube = new TestKube(world, 20);
    const space = new TestSpace(4);
    const a = new TestNode({ world, webSockets: kube });
    const b = new TestNode({ world, webSockets: kube });
    await a.add(space);
    const replica = await b.add(space);
    await a.write(space, 1_000, 4_000);
    a.mesh.connectKube(URL);
    b.mesh.connectKube(URL);
    expect(await world.runUntil(() => replica.index.blockCount > 300, 20_000)).toBe(true);
    kube.cutAll();
    const before = replica.index.blockCount;
    expect(before).toBeLessThan(1_000);
    let bytesBefore = 0;
    for (const message of kube.tap) bytesBefore += message.length;
    expect(await world.runUntil(() => equalLogs(space, a, b), 60_000)).toBe(true);
    let bytes = -bytesBefore;
    for (const message of kube.tap) bytes += message.length;
    expect(bytes).toBeLessThan((1_000 - before) * 5_500 + 200_000);
  });

  test('25 spaces without news: a line each, not all at once, one round trip and 700 bytes for each', async () => {
    const world = new World(5);
    const kube = new TestKube(world, 50);
    const spaces = Array.from({ length: 25 }, (_, index) => new TestSpace(100 + index));
    const a = new TestNode({ world, webSockets: kube });
    const b = new TestNode({ world, webSockets: kube });
    TestNode.introduceAll(a, b);
    for (const space of spaces) {
      await a.add(space);
      await b.add(space);
      await a.write(space, 2);
    }
    a.mesh.connectKube(URL);
    b.mesh.connectKube(URL);
    const allEqual = (): boolean => spaces.every((space) => equalLogs(space, a, b));
    expect(await world.runUntil(allEqual, 10_000)).toBe(true);
    await world.run(world.nowMs + 5_000);
    b.restart(spaces);
    await world.run(world.nowMs + 1_000);
    const before = kube.pairs.length;
    b.mesh.connectKube(URL);
    await world.run(world.nowMs + 60);
    expect(kube.pairs.length - before).toBeLessThan(6);
    const lines = (): unknown => b.mesh.status.kubes[0]?.lines;
    const allOpen = (): boolean => kube.pairs.length - before === spaces.length;
    expect(await world.runUntil(allOpen, 3_000)).toBe(true);
    expect(lines()).toEqual({ open: 25, waiting: 0 });
    const settled = (node: TestNode): boolean =>
      spaces.every((space) => node.mesh.status.spaces.get(space.id)?.settled === true);
    const openedMs = world.nowMs;
    expect(await world.runUntil(() => settled(a) && settled(b), 5_000)).toBe(true);
    // Welcome, joining, three messages of a handshake, offer and answer, hello and equal: one way through
    // the relay takes 100 ms, and to the server 50.
    expect(world.nowMs - openedMs).toBeLessThanOrEqual(950);
    const [peer, ...others] = b.mesh.status.peers;
    expect(others).toEqual([]);
    expect(peer?.spaces).toHaveLength(25);
    const bytes = (peer?.bytesIn ?? 0) + (peer?.bytesOut ?? 0);
    expect(bytes / spaces.length).toBeGreaterThan(400);
    expect(bytes / spaces.length).toBeLessThan(700);
  });

  test('more spaces than lines: all get a turn, and what is new in one that waits goes out soon', async () => {
    const world = new World(50);
    const kube = new MailboxKube(world, 20);
    const spaces = Array.from({ length: 70 }, (_, index) => new TestSpace(200 + index));
    const a = new TestNode({ world, webSockets: kube });
    for (const space of spaces) {
      await a.add(space);
      await a.write(space, 1);
    }
    a.mesh.connectKube(URL);
    const isSettled = (space: TestSpace): boolean =>
      a.mesh.status.spaces.get(space.id)?.settled === true;
    await world.run(world.nowMs + 20_000);
    expect(spaces.filter(isSettled)).toHaveLength(70);
    expect(a.mesh.status.kubes[0]?.lines).toEqual({ open: 64, waiting: 6 });
    expect(kube.mailboxes.size).toBe(70);
    const [resting] = spaces.filter(
      ({ id }) => a.mesh.status.spaces.get(id)?.reach === 'offline',
    ) as [TestSpace];
    await a.write(resting, 1);
    expect(isSettled(resting)).toBe(false);
    expect(await world.runUntil(() => isSettled(resting), 12_000)).toBe(true);
    // Nobody's turn lasts for ever.
    const turns = new Set<string>();
    for (let minute = 0; minute < 4 && turns.size < spaces.length; minute += 0.25) {
      await world.run(world.nowMs + 15_000);
      const { spaces: all } = a.mesh.status;
      for (const [id, { reach }] of all) if (reach !== 'offline') turns.add(id);
    }
    expect(turns.size).toBe(spaces.length);
  });

  test('a device that was removed is told so once, and asks no more', async () => {
    const world = new World(60);
    const kube = new TestKube(world, 20);
    const space = new TestSpace(60);
    const a = new TestNode({ world, webSockets: kube });
    const b = new TestNode({ world, webSockets: kube });
    TestNode.introduceAll(a, b);
    for (const node of [a, b]) await node.add(space);
    await a.write(space, 1);
    for (const node of [a, b]) node.mesh.connectKube(URL);
    expect(await world.runUntil(() => equalLogs(space, a, b), 5_000)).toBe(true);
    await world.run(world.nowMs + 3_000);
    a.removed.add(toHex(b.agreer.publicKey));
    a.mesh.recheckSpace(space.id);
    await world.run(world.nowMs + 1_000);
    const [peer] = b.mesh.status.peers;
    expect(peer?.refusals).toEqual(new Map([[space.id, 'MESH_REMOVED']]));
    expect(b.mesh.peersOf(space.id)).toMatchObject([{ refusal: 'MESH_REMOVED' }]);
    await a.write(space, 1);
    const before = kube.tap.length;
    await world.run(world.nowMs + 300_000);
    expect(equalLogs(space, a, b)).toBe(false);
    // Signs of life of two connections and one session, and nothing else.
    expect(kube.tap.length - before).toBeLessThan(150);
    const sent = kube.tap.slice(before).reduce((sum, message) => sum + message.length, 0);
    expect(sent).toBeLessThan(8_000);
  });

  test('a clock that is wrong by a year keeps nobody from meeting', async () => {
    const world = new World(6);
    const kube = new TestKube(world, 20);
    const space = new TestSpace(6);
    const a = new TestNode({ world, webSockets: kube, skewMs: 31_557_600_000 });
    const b = new TestNode({ world, webSockets: kube });
    await a.add(space);
    await b.add(space);
    await a.write(space, 5);
    a.mesh.connectKube(URL);
    b.mesh.connectKube(URL);
    expect(await world.runUntil(() => equalLogs(space, a, b), 5_000)).toBe(true);
  });

  test('a space that is added later is found on the session that is there', async () => {
    const world = new World(7);
    const kube = new TestKube(world, 20);
    const [first, second] = [new TestSpace(7), new TestSpace(8)];
    const a = new TestNode({ world, webSockets: kube });
    const b = new TestNode({ world, webSockets: kube });
    for (const node of [a, b]) await node.add(first);
    a.mesh.connectKube(URL);
    b.mesh.connectKube(URL);
    await world.run(2_000);
    await a.add(second);
    await a.write(second, 4);
    await world.run(4_000);
    await b.add(second);
    expect(await world.runUntil(() => equalLogs(second, a, b), 2_000)).toBe(true);
    b.mesh.removeSpace(second.id);
    await a.write(second, 1);
    await world.run(world.nowMs + 2_000);
    expect(equalLogs(second, a, b)).toBe(false);
    expect(b.mesh.status.peers.length).toBe(1);
  });
});

test('a space that both add at the same moment is shared once, although both offer it', async () => {
  const world = new World(9);
  const kube = new TestKube(world, 20);
  const [first, second] = [new TestSpace(9), new TestSpace(10)];
  const nodes = [0, 1].map(() => new TestNode({ world, webSockets: kube })) as [TestNode, TestNode];
  for (const node of nodes) {
    await node.add(first);
    node.mesh.connectKube(URL);
  }
  await world.run(2_000);
  for (const node of nodes) await node.add(second);
  for (const node of nodes) await node.write(second, 3);
  expect(await world.runUntil(() => equalLogs(second, ...nodes), 3_000)).toBe(true);
  await world.run(world.nowMs + 3_000);
  for (const node of nodes) {
    expect(node.mesh.status.peers[0]?.spaces.toSorted()).toEqual([first.id, second.id].sort());
  }
  await nodes[0].write(second, 1);
  const beganMs = world.nowMs;
  expect(await world.runUntil(() => equalLogs(second, ...nodes), 1_000)).toBe(true);
  expect(world.nowMs - beganMs).toBeLessThan(50);
});

describe('three devices and a mailbox', () => {
  test('what one wrote while alone online, another gets from the mailbox when the first has gone', async () => {
    const world = new World(11);
    const kube = new MailboxKube(world, 20);
    const space = new TestSpace(11);
    const a = new TestNode({ world, webSockets: kube });
    const b = new TestNode({ world, webSockets: kube });
    await a.add(space);
    await b.add(space);
    await a.write(space, 50);
    a.mesh.connectKube(URL);
    const isSettled = (): boolean => a.mesh.status.spaces.get(space.id)?.settled === true;
    expect(await world.runUntil(isSettled, 5_000)).toBe(true);
    expect(a.mesh.status.spaces.get(space.id)?.mailbox).toBe(true);
    a.mesh[Symbol.dispose]();
    b.mesh.connectKube(URL);
    expect(await world.runUntil(() => equalLogs(space, a, b), 5_000)).toBe(true);
    expect(kube.mailboxes.size).toBe(1);
  });

  test('a device that joins gets everything about once, though three could send it', async () => {
    const world = new World(13);
    const kube = new MailboxKube(world, 20);
    const space = new TestSpace(13);
    const nodes = [0, 1, 2].map(() => new TestNode({ world, webSockets: kube }));
    const joiner = new TestNode({ world, webSockets: kube });
    TestNode.introduceAll(joiner, ...nodes);
    for (const node of nodes) {
      await node.add(space);
      node.mesh.connectKube(URL);
    }
    await nodes[0]?.write(space, 400, 4_000);
    expect(await world.runUntil(() => equalLogs(space, ...nodes), 60_000)).toBe(true);
    await world.run(world.nowMs + 5_000);
    const stored = 400 * 5_200;
    const before = kube.tap.length;
    await joiner.add(space);
    joiner.mesh.connectKube(URL);
    const all = [joiner, ...nodes];
    expect(await world.runUntil(() => equalLogs(space, ...all), 60_000)).toBe(true);
    await world.run(world.nowMs + 5_000);
    let received = 0;
    for (const { bytesIn } of joiner.mesh.status.peers) received += bytesIn;
    let sent = 0;
    for (const message of kube.tap.slice(before)) sent += message.length;
    expect(received + sent).toBeLessThan(stored * 2.4);
    for (const node of all) {
      expect(node.mesh.status.spaces.get(space.id)).toMatchObject({ settled: true, peers: 3 });
    }
  });

  test('three that write at once, with losses of the server in between, end with the same log', async () => {
    const world = new World(12);
    const kube = new MailboxKube(world, 15);
    const space = new TestSpace(12);
    const nodes = [0, 1, 2].map(() => new TestNode({ world, webSockets: kube }));
    for (const node of nodes) {
      await node.add(space);
      node.mesh.connectKube(URL);
    }
    for (let round = 0; round < 12; round++) {
      for (const node of nodes) await node.write(space, 1 + world.rng.int(5));
      await world.run(world.nowMs + world.rng.int(900));
      if (round % 4 === 1) kube.cutAll();
      if (round === 6) kube.stop();
      if (round === 8) kube.start();
    }
    expect(await world.runUntil(() => equalLogs(space, ...nodes), 90_000)).toBe(true);
  });
});

describe('a space of many feeds', () => {
  async function manyFeeds(seed: number): Promise<{
    world: World;
    kube: TestKube;
    space: TestSpace;
    a: TestNode;
    b: TestNode;
  }> {
    const world = new World(seed);
    const kube = new TestKube(world, 20);
    const space = new TestSpace(seed);
    const a = new TestNode({ world, webSockets: kube });
    const b = new TestNode({ world, webSockets: kube });
    TestNode.introduceAll(a, b);
    const replica = await a.add(space);
    await b.add(space);
    for (let index = 0; index < 100; index++) {
      const feed = space.bench.feed();
      feed.writeMany(2);
      await replica.receive(await feed.run(), 'own');
    }
    a.mesh.connectKube(URL);
    b.mesh.connectKube(URL);
    expect(await world.runUntil(() => equalLogs(space, a, b), 5_000)).toBe(true);
    await world.run(world.nowMs + 2_000);
    return { world, kube, space, a, b };
  }

  test('costs only its tail after a reconnection: the position is remembered', async () => {
    const { world, space, a, b } = await manyFeeds(21);
    b.restart([space]);
    await a.write(space, 1);
    b.mesh.connectKube(URL);
    expect(await world.runUntil(() => equalLogs(space, a, b), 5_000)).toBe(true);
    const [peer] = b.mesh.status.peers;
    expect((peer?.bytesIn ?? 0) + (peer?.bytesOut ?? 0)).toBeLessThan(4_000);
  });

  test('is found by its tips where the position is of another store', async () => {
    const { world, space, a, b } = await manyFeeds(22);
    for (const [name, cursor] of b.cursors.byName) {
      b.cursors.byName.set(name, { ...cursor, incarnation: 'another' });
    }
    b.restart([space]);
    await a.write(space, 1);
    b.mesh.connectKube(URL);
    expect(await world.runUntil(() => equalLogs(space, a, b), 5_000)).toBe(true);
  });

  test('is repaired by its tips where the position claims too much', async () => {
    const { world, space, a, b } = await manyFeeds(23);
    await a.write(space, 3);
    b.restart([space]);
    const position = await a.replica(space).position();
    for (const [name, cursor] of b.cursors.byName) {
      b.cursors.byName.set(name, { ...cursor, position });
    }
    b.mesh.connectKube(URL);
    expect(await world.runUntil(() => equalLogs(space, a, b), 60_000)).toBe(true);
  });
});
