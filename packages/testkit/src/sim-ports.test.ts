/** The simulated disk, network and bus pass the contracts of the ports, in worlds whose time flows. */
import { expect, test } from 'vitest';
import { busContract, keysContract, linkContract, storeContract } from './contracts/index.ts';
import { MemoryStore } from './memory-store.ts';
import { SimBus } from './sim-bus.ts';
import { SimDisk } from './sim-disk.ts';
import { simKeys } from './sim-keys.ts';
import { SimNetwork } from './sim-network.ts';
import { World } from './world.ts';

storeContract('simulated disk', async () => {
  const world = new World(1);
  const stop = world.flow();
  const disk = new SimDisk(world);
  return {
    open: async () => new MemoryStore(disk),
    [Symbol.asyncDispose]: async () => stop(),
  };
});

linkContract('simulated link', async () => {
  const world = new World(2);
  const stop = world.flow();
  const network = new SimNetwork(world, {
    delayMs: [1, 50],
    lossRate: 0,
    bytesPerMs: 100,
    noticeMs: [0, 10],
  });
  const [a, b] = network.pair('a', 'b');
  return { a, b, [Symbol.asyncDispose]: async () => stop() };
});

busContract('simulated bus', async () => {
  const world = new World(3);
  const stop = world.flow();
  const bus = new SimBus(world);
  return { one: bus, two: bus, [Symbol.asyncDispose]: async () => stop() };
});

keysContract('simulated keys', simKeys);

test('a lossy bus loses, doubles and reorders, and a good one does none of it', async () => {
  const heard = async (lossRate: number, duplicateRate: number): Promise<number[]> => {
    const world = new World(4);
    const bus = new SimBus(world, { delayMs: [0, 30], lossRate, duplicateRate });
    const numbers: number[] = [];
    bus.join('x', (message) => numbers.push(message[0] ?? -1));
    const sender = bus.join('x', () => {});
    for (let number = 0; number < 100; number++) sender.post(Uint8Array.of(number));
    await world.run(100);
    return numbers;
  };
  const good = await heard(0, 0);
  expect(good).not.toEqual([...good].sort((a, b) => a - b));
  expect(new Set(good).size).toBe(100);
  const bad = await heard(0.2, 0.3);
  expect(new Set(bad).size).toBeLessThan(100);
  expect(bad.length).toBeGreaterThan(new Set(bad).size);
});
