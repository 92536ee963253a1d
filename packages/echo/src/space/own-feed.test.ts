/** Which feed a slot goes on with, before anything was written in it. */
import { expect, test } from 'vitest';
import { openOwnFeed, type OwnFeed } from './own-feed.ts';
import { SpaceIndex } from './space-index.ts';
import { Person } from './testing/space-fixture.ts';

test('a reserved feed without blocks is gone on with, but never after an unclean end or a restore', async () => {
  const ada = await Person.make('Ada', 1);
  await using space = await ada.found();
  const index = new SpaceIndex(1);
  const open = (mayContinue: boolean): Promise<OwnFeed> =>
    openOwnFeed(ada.ports, { space: space.id, slot: 7, mayContinue, retired: [] }, index);
  const reserved = await open(true);
  expect((await open(true)).feed).toBe(reserved.feed);
  const fresh = await open(false);
  expect(fresh.feed).not.toBe(reserved.feed);
  expect(fresh.seq).toBe(0);
  expect((await open(true)).feed).toBe(fresh.feed);
});
