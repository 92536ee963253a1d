/** When a collector removes pieces that nothing names, and when it does not dare to. */
import type { SpaceId } from '@atoll/kernel';
import { MemoryDisk, MemoryStore, SimChunkDisk, SimChunks, SimRng } from '@atoll/testkit';
import { expect, test } from 'vitest';
import { collectBlobs } from './blob-collector.ts';
import { BlobIndex } from './blob-index.ts';

const BUCKET = '11'.repeat(16) as SpaceId;
const ID = 'ab'.repeat(32);

test('nothing is removed, on servers either, while a part of the history cannot be read', async () => {
  const chunks = new SimChunks(new SimChunkDisk());
  const index = new BlobIndex(new MemoryStore(new MemoryDisk(new SimRng(1))), BUCKET);
  await chunks.put(BUCKET, [{ id: ID, bytes: new Uint8Array(100) }], 0);
  await index.note(ID, [ID]);
  const dropped: string[] = [];
  const collect = (unreadable: number) =>
    collectBlobs({
      chunks,
      bucket: BUCKET,
      index,
      visit: () => Promise.resolve({ unreadable }),
      inUse: () => [],
      nowMs: 10,
      graceMs: 0,
      dryRun: false,
      dropElsewhere: (ids) => Promise.resolve(dropped.push(...ids)),
    });
  await expect(collect(1)).rejects.toMatchObject({ code: 'BLOB_GC_UNSURE' });
  expect(await chunks.has(BUCKET, [ID])).toEqual([true]);
  expect([dropped, await index.known()]).toEqual([[], [ID]]);
  expect((await collect(0)).looseChunks).toBe(1);
  expect(await chunks.has(BUCKET, [ID])).toEqual([false]);
  expect([dropped, await index.known()]).toEqual([[ID], []]);
});
