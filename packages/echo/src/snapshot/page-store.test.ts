/** Pages of a snapshot: each opens only as what it was written as. */
import { idFromBytes, type SpaceId } from '@atoll/kernel';
import { MemoryDisk, MemoryStore, SimRng } from '@atoll/testkit';
import { expect, test } from 'vitest';
import { PageStore } from './page-store.ts';

const space: SpaceId = idFromBytes('space', new Uint8Array(32).fill(1));

test('a page in the place of another, or of another space, does not open', async () => {
  const rng = new SimRng(1);
  const store = new MemoryStore(new MemoryDisk(rng));
  const secret = new Uint8Array(32).fill(7);
  const pages = new PageStore({ store, rng, space, secret });
  const [one, two] = [await pages.write(Uint8Array.of(1)), await pages.write(Uint8Array.of(2))];
  await pages.flush();
  expect(await pages.read(one)).toEqual(Uint8Array.of(1));
  const path = (name: string, of: SpaceId = space): string => `snapshot/${of}/${name}`;
  const first = await store.value(path(one));
  const other: SpaceId = idFromBytes('space', new Uint8Array(32).fill(2));
  await store.commit({
    values: new Map([
      [path(two), first],
      [path(one, other), first],
    ]),
  });
  await expect(pages.read(two)).rejects.toMatchObject({ code: 'SNAPSHOT_CORRUPT' });
  const elsewhere = new PageStore({ store, rng, space: other, secret });
  await expect(elsewhere.read(one)).rejects.toMatchObject({ code: 'SNAPSHOT_CORRUPT' });
});
