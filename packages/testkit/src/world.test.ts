/** Repeatability: the same seed gives the same world, time passes only by events, faults are as said. */
import { describe, expect, test } from 'vitest';
import { utf8, type BlockHash, type FeedKey, type NewBlock, type SpaceId } from '@atoll/kernel';
import { MemoryStore } from './memory-store.ts';
import { SimDisk, type DiskFault } from './sim-disk.ts';
import { SimMachine } from './sim-machine.ts';
import { SimNetwork } from './sim-network.ts';
import { SimRng } from './sim-rng.ts';
import { World } from './world.ts';

const SPACE = 'aa'.repeat(32) as SpaceId;
const never = (): AbortSignal => new AbortController().signal;

function block(seq: number): NewBlock {
  const hash = seq.toString(16).padStart(64, '0') as BlockHash;
  const feed = '0f'.repeat(32) as FeedKey;
  return { space: SPACE, feed, seq, hash, bytes: utf8(`block ${seq}`), origin: 'own' };
}

/** Two machines that talk and store for a while; the outcome is all that happened, in order. */
async function history(seed: number): Promise<{ lines: string[]; trace: number }> {
  const world = new World(seed);
  const network = new SimNetwork(world);
  const lines: string[] = [];
  const note = (text: string): void => void lines.push(`${world.nowMs.toFixed(3)} ${text}`);
  const machines = ['ada', 'bob'].map((name) => new SimMachine({ world, network, name }));
  const [ada, bob] = machines.map((machine) => machine.boot());
  network.listen('bob', 'sim://bob', (link) => {
    link.onMessage((message) => {
      note(`bob hears ${message.length}`);
      link.send(message.subarray(1));
    });
  });
  const talk = async (): Promise<void> => {
    const link = await ada?.webSockets.connect('sim://bob', never());
    link?.onMessage((message) => {
      note(`ada hears ${message.length}`);
      if (message.length > 0) link.send(message);
    });
    link?.send(ada?.rng.bytes(20) ?? utf8(''));
    const signer = await ada?.keystore.signer('device');
    note(`ada is ${signer?.publicKey.join('.')}`);
  };
  const write = async (): Promise<void> => {
    for (let seq = 0; seq < 10; seq++) {
      await bob?.store.commit({ blocks: [block(seq)] });
      note(`bob stored ${seq}`);
      await bob?.clock.sleep(bob.rng.int(20), never());
    }
  };
  await world.during(Promise.all([talk(), write()]));
  await world.run(5_000);
  return { lines, trace: world.trace };
}

test.each([1, 2, 2 ** 40])('a world repeats itself exactly, seed %i', async (seed) => {
  const [first, second] = [await history(seed), await history(seed)];
  expect(second).toEqual(first);
  expect(first.lines.length).toBeGreaterThan(30);
});

test('worlds of different seeds differ', async () => {
  const traces = await Promise.all([1, 2, 3, 2 ** 32 + 1].map((seed) => history(seed)));
  expect(new Set(traces.map(({ trace }) => trace)).size).toBe(4);
});

test('a clock a year wrong still measures durations truly', async () => {
  const world = new World(1);
  const network = new SimNetwork(world);
  const yearMs = 365 * 86_400_000;
  const options = { world, network, name: 'late', skewMs: -yearMs };
  const { clock } = new SimMachine(options).boot();
  expect(clock.nowMs()).toBe(world.wallMs - yearMs);
  await world.during(clock.sleep(1_000, never()));
  expect(world.nowMs).toBe(1_000);
  expect(clock.monotonicMs()).toBe(1_000);
});

test('what an event throws ends the run with it', async () => {
  const world = new World(1);
  world.schedule(5, () => world.fail(new RangeError('broken')));
  await expect(world.run(10)).rejects.toThrow('broken');
});

test('a checker sees every step', async () => {
  const world = new World(1);
  let checks = 0;
  world.addChecker(() => checks++);
  for (let at = 0; at < 7; at++) world.schedule(at, () => {});
  await world.run(100);
  expect(checks).toBe(7);
  expect(world.steps).toBe(7);
});

describe('a simulated disk', () => {
  const faults: readonly DiskFault[] = [
    'full',
    'fsync',
    'crash-before',
    'crash-torn',
    'crash-after',
  ];

  test.each(faults)(
    'loses nothing acknowledged and shows no part of a batch after %s',
    async (fault) => {
      for (let seed = 1; seed <= 20; seed++) {
        const world = new World(seed);
        const disk = new SimDisk(world);
        const store = new MemoryStore(disk);
        disk.failAt(3, fault);
        const acknowledged: number[] = [];
        const write = async (seq: number): Promise<void> => {
          const values = new Map([['last', Uint8Array.of(seq)]]);
          await store.commit({ blocks: [block(seq), block(seq + 1)], values });
          acknowledged.push(seq);
        };
        await world.during(Promise.allSettled([write(0), write(2), write(4), write(6)]));
        disk.crash();
        const after = new MemoryStore(disk);
        const last = await after.lastPosition(SPACE);
        const mark = (await after.value('last'))?.[0];
        expect(acknowledged.slice(0, 2)).toEqual([0, 2]);
        expect(last % 2).toBe(0);
        expect(last).toBeGreaterThanOrEqual(acknowledged.length * 2);
        const stored = await after.read(SPACE, 0, 20);
        expect(stored.at(-2)?.seq).toBe(mark);
        const kept = new Set(stored.map(({ seq }) => seq));
        expect(acknowledged.every((seq) => kept.has(seq) && kept.has(seq + 1))).toBe(true);
        await expect(store.lastPosition(SPACE)).rejects.toMatchObject({ code: 'STORE_CLOSED' });
      }
    },
  );

  test('may bring back a commit whose fsync failed, but never beside one that took its place', async () => {
    const returned = new Set<boolean>();
    for (let seed = 1; seed <= 30; seed++) {
      const world = new World(seed);
      const disk = new SimDisk(world);
      const store = new MemoryStore(disk);
      disk.failAt(1, 'fsync');
      const failed = world.during(store.commit({ blocks: [block(0)] }));
      await expect(failed).rejects.toMatchObject({ code: 'STORE_IO' });
      expect(await store.lastPosition(SPACE)).toBe(0);
      if (seed % 3 === 0) await world.during(store.commit({ blocks: [block(1)] }));
      disk.crash();
      const kept = await new MemoryStore(disk).read(SPACE, 0, 9);
      if (seed % 3 === 0) expect(kept.map(({ seq }) => seq)).toEqual([1]);
      else returned.add(kept.length === 1);
    }
    expect(returned.size).toBe(2);
  });

  test('a restored backup is the old content under the old incarnation', async () => {
    const world = new World(1);
    const disk = new SimDisk(world);
    const store = new MemoryStore(disk);
    await world.during(store.commit({ blocks: [block(0)] }));
    const backup = disk.backup();
    await world.during(store.commit({ blocks: [block(1)] }));
    disk.restore(backup);
    expect(await new MemoryStore(disk).lastPosition(SPACE)).toBe(1);
  });
});

describe('a simulated network', () => {
  test('a partition breaks what crosses it, refuses new connections, and heals', async () => {
    const world = new World(9);
    const network = new SimNetwork(world);
    network.listen('kube', 'sim://kube', () => {});
    const link = await world.during(network.connect('ada', 'sim://kube', never()));
    network.partition(['ada', 'bob']);
    expect(await world.during(link.ended)).toBe('lost');
    const refused = world.during(network.connect('ada', 'sim://kube', never()));
    await expect(refused).rejects.toMatchObject({ code: 'KERNEL_CLOSED' });
    network.heal();
    await world.during(network.connect('ada', 'sim://kube', never()));
  });

  test('a connection that breaks in mid-transfer delivers a beginning, and both sides learn of it', async () => {
    const world = new World(10);
    const network = new SimNetwork(world, {
      delayMs: [1, 20],
      lossRate: 0.02,
      bytesPerMs: 100,
      noticeMs: [0, 50],
    });
    const [a, b] = network.pair('ada', 'bob');
    const heard: number[] = [];
    b.onMessage((message) => heard.push(message[0] ?? -1));
    for (let number = 0; number < 250; number++) a.send(Uint8Array.of(number));
    expect(await world.during(Promise.all([a.ended, b.ended]))).toEqual(['lost', 'lost']);
    expect(heard.length).toBeLessThan(250);
    expect(heard).toEqual(heard.map((_, at) => at));
    await world.settle();
    expect(network.wireCount).toBe(0);
  });

  test('a tap sees every message with its sender', async () => {
    const world = new World(11);
    const network = new SimNetwork(world);
    const seen: string[] = [];
    network.addTap((from, to, message) => seen.push(`${from}>${to} ${message.length}`));
    const [a, b] = network.pair('ada', 'bob');
    a.send(new Uint8Array(3));
    b.send(new Uint8Array(4));
    await world.run(100);
    expect(seen.sort()).toEqual(['ada>bob 3', 'bob>ada 4']);
  });
});

test('a killed process frees its locks, never wakes, and its links break', async () => {
  const world = new World(12);
  const network = new SimNetwork(world);
  const machine = new SimMachine({ world, network, name: 'ada' });
  const first = machine.boot();
  await first.locks.tryAcquire('slot');
  let woke = false;
  void first.clock.sleep(10, never()).then(() => (woke = true));
  const [, far] = network.pair('ada', 'bob');
  first.kill();
  expect(await world.during(far.ended)).toBe('lost');
  await world.run(10_000);
  expect(woke).toBe(false);
  const second = machine.boot();
  expect(await second.locks.tryAcquire('slot')).toBeDefined();
  expect(second.fingerprint).toBe(first.fingerprint);
});

test('simulated randomness is uniform enough for chances to be what they say', () => {
  const rng = new SimRng(77);
  const counts = Array.from({ length: 10 }, () => 0);
  for (let draw = 0; draw < 100_000; draw++) {
    const at = rng.int(10);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  let hits = 0;
  for (let draw = 0; draw < 100_000; draw++) if (rng.chance(0.05)) hits++;
  expect(Math.abs(hits - 5_000)).toBeLessThan(300);
  expect(rng.shuffle([1, 2, 3, 4, 5]).sort()).toEqual([1, 2, 3, 4, 5]);
});
