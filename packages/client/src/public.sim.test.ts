/** Public spaces in a simulated world: who has the link reads, nobody knows who does, and it ends. */
import { defineType, s } from '@atoll/schema';
import { expect, test } from 'vitest';
import type { AtollClient } from './client.ts';
import type { Space } from './api.ts';
import { loadPublishing } from '@atoll/halo';
import { ClientScene } from './testing/client-scene.ts';

const Note = defineType('org.example.Note', { text: s.string() });

// A world's clock does not wait for a part of the program to be loaded.
await loadPublishing();
await import('./public/publish-space.ts');
await import('./public/followed-space.ts');

const MINUTE_MS = 60_000;

async function until(scene: ClientScene, isSo: () => boolean, what: string): Promise<void> {
  expect(await scene.world.runUntil(isSo, 3 * MINUTE_MS), what).toBe(true);
}

function notes(space: Space): readonly string[] {
  if (space.state.get() !== 'open') return [];
  return space.db
    .query(Note)
    .run()
    .map(({ text }) => text)
    .sort();
}

/** Waits until the server has everything, then nobody is there. */
async function handOver(scene: ClientScene, client: AtollClient, space: Space): Promise<void> {
  await scene.world.during(space.flush());
  const isThere = (): boolean =>
    space.status.get().mailbox === 'has-everything' && space.status.get().unsentBlocks === 0;
  await until(scene, isThere, 'the server has everything');
  await scene.world.during(client.close());
}

async function garden(
  seed: number,
): Promise<{ scene: ClientScene; ada: AtollClient; space: Space; url: string }> {
  const scene = new ClientScene(seed);
  const ada = await scene.person('ada');
  const space = await scene.space(ada, 'Garden');
  space.db.add(Note, { text: 'Tomatoes' });
  const url = await scene.world.during(space.publication.publish());
  return { scene, ada, space, url };
}

test('who has the link reads from the server alone, while nobody is there', async () => {
  const { ada, scene, space, url } = await garden(1);
  expect(url.length).toBeLessThan(100);
  expect(space.publication.state.get()).toEqual({ links: 1, url });
  await handOver(scene, ada, space);
  const kim = await scene.person('kim');
  const theirs = await scene.world.during(kim.spaces.follow(url));
  await until(scene, () => notes(theirs).length === 1, 'what was written is there');
  expect(notes(theirs)).toEqual(['Tomatoes']);
  expect(theirs.name.get()).toBe('Garden');
  expect(theirs.isFollowed).toBe(true);
  expect(theirs.myRole.get()).toBe('reader');
  expect(theirs.publication.state.get()).toEqual({ links: 1 });
  expect(theirs.members.get().map(({ displayName }) => displayName)).toEqual(['ada']);
  expect(() => theirs.db.add(Note, { text: 'Weeds' })).toThrow(/reads it/);
});

test('nobody learns who follows: no name, no device and no block of theirs comes near the space', async () => {
  const { scene, space, url } = await garden(2);
  const kim = await scene.person('kim');
  // They know each other elsewhere.
  const other = await scene.space(kim, 'Choir');
  const theirs = await scene.world.during(kim.spaces.follow(url));
  await until(scene, () => notes(theirs).length === 1, 'the follower has it');
  const blocks = (await scene.world.during(space.info())).blocks;
  space.db.add(Note, { text: 'Beans' });
  await until(scene, () => notes(theirs).length === 2, 'it goes on');
  await scene.world.during(kim.halo.updateProfile({ displayName: 'Kimberley' }));
  await scene.world.run(scene.world.nowMs + MINUTE_MS);
  expect((await scene.world.during(space.info())).blocks).toBe(blocks + 1);
  expect((await scene.world.during(theirs.info())).blocks).toBe(blocks + 1);
  expect(space.members.get()).toHaveLength(1);
  const names = space.status.get().peers.map(({ displayName }) => displayName);
  expect(names.filter((name) => name !== '')).toEqual([]);
  expect(other.members.get()).toHaveLength(1);
});

test('two followers and a member read the same, over restarts and with changed keys', async () => {
  const { ada, scene, space, url } = await garden(3);
  const jun = await scene.person('jun');
  await scene.join(space, jun);
  const [kim, leo] = [await scene.person('kim'), await scene.person('leo')];
  const kims = await scene.world.during(kim.spaces.follow(url));
  const leos = await scene.world.during(leo.spaces.follow(url));
  await until(scene, () => notes(kims).length === 1 && notes(leos).length === 1, 'both have it');
  await scene.world.during(leo.close());
  const junId = jun.halo.identity.get()?.id ?? '';
  await scene.world.during(space.rights.remove(junId));
  space.db.add(Note, { text: 'After Jun' });
  await until(scene, () => notes(kims).length === 2, 'who is there has the new keys');
  await handOver(scene, ada, space);
  const again = await scene.open('leo');
  const after = again.spaces.get(space.id);
  if (after === undefined) throw new RangeError('the space is not listed');
  expect(after.isFollowed).toBe(true);
  await until(scene, () => notes(after).length === 2, 'who was away follows to them');
});

test('who comes with the link after keys were changed reads all of it', async () => {
  const { ada, scene, space, url } = await garden(4);
  const jun = await scene.person('jun');
  await scene.join(space, jun);
  await scene.world.during(space.rights.remove(jun.halo.identity.get()?.id ?? ''));
  space.db.add(Note, { text: 'After Jun' });
  await scene.world.run(scene.world.nowMs + MINUTE_MS);
  await handOver(scene, ada, space);
  const kim = await scene.person('kim');
  const theirs = await scene.world.during(kim.spaces.follow(url));
  await until(scene, () => notes(theirs).length === 2, 'all is there');
});

test('when it ends, followers read nothing that is written from then on, and the link leads nowhere', async () => {
  const { scene, space, url } = await garden(5);
  const kim = await scene.person('kim');
  const theirs = await scene.world.during(kim.spaces.follow(url));
  await until(scene, () => notes(theirs).length === 1, 'the follower has it');
  await scene.world.during(space.publication.unpublish());
  expect(space.publication.state.get()).toEqual({ links: 0 });
  // Nobody was removed, and nobody is told that he was.
  expect(space.rights.removals.get()).toEqual([]);
  space.db.add(Note, { text: 'For members alone' });
  await scene.world.during(space.flush());
  await scene.world.run(scene.world.nowMs + 2 * MINUTE_MS);
  expect(notes(theirs)).toEqual(['Tomatoes']);
  await until(scene, () => theirs.publication.state.get().links === 0, 'the follower is told');
  expect(theirs.rights.removed.get()).toBeUndefined();
  const leo = await scene.person('leo');
  await expect(scene.world.during(leo.spaces.follow(url))).rejects.toMatchObject({
    code: 'CLIENT_LINK_ENDED',
  });
  const next = await scene.world.during(space.publication.publish());
  expect(next).not.toBe(url);
  const leos = await scene.world.during(leo.spaces.follow(next));
  await until(scene, () => notes(leos).length === 2, 'a new link is a new beginning');
});

test('a follower stops by leaving, and becomes a member by an invitation', async () => {
  const { scene, space, url } = await garden(6);
  const kim = await scene.person('kim');
  const followed = await scene.world.during(kim.spaces.follow(url));
  await until(scene, () => notes(followed).length === 1, 'the follower has it');
  expect(await scene.world.during(kim.spaces.follow(url))).toBe(followed);
  const joined = await scene.join(space, kim);
  expect(joined.isFollowed).toBe(false);
  await until(scene, () => joined.myRole.get() === 'writer', 'the role is there');
  joined.db.add(Note, { text: 'From Kim' });
  await until(scene, () => notes(space).length === 2, 'what she writes counts');
  const leo = await scene.person('leo');
  const leos = await scene.world.during(leo.spaces.follow(url));
  await until(scene, () => notes(leos).length === 2, 'another follower has it');
  await scene.world.during(leos.leave({ discard: true }));
  expect(leo.spaces.get(space.id)).toBeUndefined();
});

test('only who controls a space publishes it or ends that', async () => {
  const { scene, space } = await garden(7);
  const jun = await scene.person('jun');
  const theirs = await scene.join(space, jun);
  await until(scene, () => theirs.myRole.get() === 'writer', 'the role is there');
  const code = { code: 'CLIENT_NOT_ALLOWED' };
  await expect(scene.world.during(theirs.publication.publish())).rejects.toMatchObject(code);
  await expect(scene.world.during(theirs.publication.unpublish())).rejects.toMatchObject(code);
  expect(theirs.publication.state.get()).toEqual({ links: 1 });
});
