/** Logs whose stored positions are not those that a store gives. */
import type { Store, StoredBlock } from '@atoll/kernel';
import { MemoryStore } from '@atoll/testkit';
import { expect, test } from 'vitest';
import { readTail } from './stored-runs.ts';
import { Bench } from './testing/replica-bench.ts';

test('a log whose positions do not ascend is refused, where it would be read for ever', async () => {
  class Stuck extends MemoryStore {
    override async read(...from: Parameters<Store['read']>): Promise<readonly StoredBlock[]> {
      const page = await super.read(from[0], 0, from[2]);
      return page;
    }
  }
  const bench = new Bench();
  const feed = bench.feed();
  feed.writeMany(3);
  const disk = bench.disk();
  await using whole = await bench.replica(new MemoryStore(disk));
  await whole.receive(await feed.run(), 'a');
  const corrupt = expect.objectContaining({ code: 'FEED_LOG_CORRUPT' });
  await expect(bench.replica(new Stuck(disk))).rejects.toEqual(corrupt);
  const tail = readTail(
    { store: new Stuck(disk), space: bench.space.id, damaged: () => undefined },
    0,
  );
  await expect(Array.fromAsync(tail)).rejects.toEqual(corrupt);
});
