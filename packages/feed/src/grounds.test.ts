/** Logs without keys that begin in the middle of chains, because nobody has what lies before. */
import { ready } from '@atoll/crypto';
import { MemoryStore } from '@atoll/testkit';
import { beforeAll, expect, test } from 'vitest';
import type { TestFeed } from './testing/index.ts';
import { Bench } from './testing/index.ts';
import type { Tip } from './tip.ts';

beforeAll(ready);

function endOf(feed: TestFeed, seq: number): Tip {
  return { feed: feed.key, seq, hash: feed.blocks[seq]?.hash ?? ('00'.repeat(32) as Tip['hash']) };
}

test('what waits behind an end that was named is stored, served, and there after a restart', async () => {
  const bench = new Bench(1);
  const disk = bench.disk();
  const [feed, over] = [bench.feed(), bench.feed()];
  feed.writeMany(10);
  over.writeMany(3);
  const replica = await bench.replica(new MemoryStore(disk));
  expect((await replica.receive(await feed.run(6, 8), 'ann')).at).toBe('waiting');
  const grounds = [endOf(feed, 5), endOf(over, 2)].sort((a, b) => (a.feed < b.feed ? -1 : 1));
  expect(replica.lacks(grounds)).toEqual(grounds);
  await replica.reground(grounds);
  expect(replica.lacks(grounds)).toEqual([]);
  const tips = [endOf(feed, 7), endOf(over, 2)].sort((a, b) => (a.feed < b.feed ? -1 : 1));
  expect(replica.tips()).toEqual(tips);
  expect((await replica.receive(await feed.run(8), 'ann')).at).toBe('stored');
  expect(await replica.receive(await feed.run(0, 4), 'ann')).toMatchObject({
    at: 'refused',
    code: 'FEED_FORGOTTEN',
  });
  const again = await bench.replica(new MemoryStore(disk), { grounds });
  expect(again.headsRoot()).toEqual(replica.headsRoot());
  const runs = await Array.fromAsync(again.missingFor([]));
  expect(runs.map(({ blocks, endSeq }) => [blocks.length, endSeq])).toEqual([[4, 9]]);
});

test('a chain that reaches the end that was named stays whole; one that does not is left', async () => {
  const bench = new Bench(2);
  const disk = bench.disk();
  const [whole, broken] = [bench.feed(), bench.feed()];
  whole.writeMany(10);
  broken.writeMany(10);
  const replica = await bench.replica(new MemoryStore(disk));
  await replica.receive(await whole.run(0, 8), 'ann');
  await replica.receive(await broken.run(0, 4), 'ann');
  const grounds = [endOf(whole, 5), endOf(broken, 7)].sort((a, b) => (a.feed < b.feed ? -1 : 1));
  await replica.reground(grounds);
  await replica.receive(await broken.run(8), 'ann');
  await replica.receive(await whole.run(8), 'ann');
  const ends = [endOf(whole, 9), endOf(broken, 9)].sort((a, b) => (a.feed < b.feed ? -1 : 1));
  expect(replica.tips()).toEqual(ends);
  const again = await bench.replica(new MemoryStore(disk), { grounds });
  expect(again.tips()).toEqual(ends);
  // Without them it is as it was before they were named.
  const before = await bench.replica(new MemoryStore(disk));
  const left = [endOf(whole, 9), endOf(broken, 3)].sort((a, b) => (a.feed < b.feed ? -1 : 1));
  expect(before.tips()).toEqual(left);
});

test('another ground takes the place of one on which nothing stands', async () => {
  const bench = new Bench(3);
  const feed = bench.feed();
  feed.writeMany(10);
  const replica = await bench.replica();
  await replica.reground([endOf(feed, 2)]);
  expect((await replica.receive(await feed.run(7), 'ann')).at).toBe('waiting');
  await replica.reground([endOf(feed, 6)]);
  expect(replica.tips()).toEqual([endOf(feed, 9)]);
});
