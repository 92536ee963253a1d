/** Replicas that exchange runs in any order, with loss, repetition and forks, end with equal logs. */
import { MemoryStore } from '@atoll/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LogReplica } from './log-replica.ts';
import type { Run } from './run.ts';
import { Bench } from './testing/replica-bench.ts';
import type { TestFeed } from './testing/test-feed.ts';

const REPLICAS = 3;
const STEPS = 30;

async function all(runs: AsyncIterable<Run>): Promise<Run[]> {
  const list: Run[] = [];
  for await (const run of runs) list.push(run);
  return list;
}

/** Sends what `to` lacks, a part of it lost, the rest in random order and some of it twice. */
async function gossip(bench: Bench, from: LogReplica, to: LogReplica): Promise<void> {
  const runs = (await all(from.missingFor(to.tips()))).filter(() => !bench.rng.chance(0.2));
  for (const run of bench.rng.shuffle([...runs, ...runs.slice(0, 1)])) {
    const received = await to.receive(run, 'peer');
    expect(received.at).not.toBe('refused');
  }
}

/** Everything honest: no loss, in order, until nothing is left to send. */
async function settle(replicas: readonly LogReplica[]): Promise<void> {
  for (let round = 0; round < 4; round++) {
    for (const from of replicas) {
      for (const to of replicas) {
        if (from === to) continue;
        for (const run of await all(from.missingFor(to.tips()))) await to.receive(run, 'peer');
      }
    }
  }
}

async function writeSome(bench: Bench, feeds: TestFeed[], to: LogReplica): Promise<void> {
  const feed = bench.rng.pick(feeds);
  const from = feed.blocks.length;
  feed.writeMany(1 + bench.rng.int(4));
  const received = await to.receive(await feed.run(from), 'writer');
  // Its replica lacks what the feed wrote elsewhere: it waits, and comes again by gossip.
  expect(['stored', 'waiting']).toContain(received.at);
}

test('replicas converge to the same tips, whatever is lost, repeated, late or forked', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      const bench = new Bench(seed);
      const replicas: LogReplica[] = [];
      for (let count = 0; count < REPLICAS; count++) replicas.push(await bench.replica());
      const feeds = [bench.feed(), bench.feed()];
      for (let step = 0; step < STEPS; step++) {
        const [one, two] = bench.rng.shuffle(replicas) as [LogReplica, LogReplica];
        if (bench.rng.chance(0.4)) await writeSome(bench, feeds, one);
        else await gossip(bench, one, two);
        const victim = bench.rng.pick(feeds);
        if (bench.rng.chance(0.1) && feeds.length < 5 && victim.blocks.length > 1) {
          const fork = victim.forkAt(1 + bench.rng.int(victim.blocks.length - 1));
          fork.write(bench.rng.bytes(50));
          feeds.push(fork);
          await one.receive(await fork.run(), 'thief');
        }
      }
      // Every block is somewhere: what waits is handed in once more, in order.
      for (const feed of feeds) {
        if (feed.blocks.length > 0) await replicas[0]?.receive(await feed.run(), 'writer');
      }
      await settle(replicas);
      const roots = replicas.map((replica) => String(replica.headsRoot()));
      expect(new Set(roots).size).toBe(1);
      const written = new Set(feeds.flatMap((feed) => feed.blocks.map((block) => block.hash)));
      for (const replica of replicas) {
        expect(replica.index.blockCount).toBe(written.size);
        expect([...replica.refusals]).toEqual([]);
      }
    }),
    { numRuns: 40 },
  );
});

test('a replica opened again from any store has the tips that it had', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      const bench = new Bench(seed);
      const disk = bench.disk();
      const replica = await bench.replica(new MemoryStore(disk));
      const feeds = [bench.feed(), bench.feed()];
      for (let step = 0; step < 12; step++) await writeSome(bench, feeds, replica);
      const again = await bench.replica(new MemoryStore(disk));
      expect(again.tips()).toEqual(replica.tips());
      const served = await all(again.tailAfter(0));
      const blocks = served.reduce((sum, run) => sum + run.blocks.length, 0);
      expect(blocks).toBe(again.index.blockCount);
    }),
    { numRuns: 30 },
  );
});
