/** Members to whom keys were not sealed: whole clients and one server, with and without others who are there. */
import { createGeneration, type KeyCopy } from '@atoll/halo';
import { ROOT_ZONE, type KeyId } from '@atoll/kernel';
import { defineType, s } from '@atoll/schema';
import { SimRng } from '@atoll/testkit';
import { expect, test } from 'vitest';
import type { AtollClient } from './client.ts';
import { handleOf } from './catch-up-town.fixture.ts';
import { ClientScene } from './testing/client-scene.ts';
import type { Space } from './api.ts';

// A world's clock does not wait for a part of the program to be loaded.
await import('./rights/rights-acts.ts');

const Note = defineType('org.example.Note', { text: s.string() });

/** What can be read; nothing while the space is folded anew. */
function texts(space: Space): readonly string[] {
  if (!handleOf(space).isOpen) return [];
  return space.db
    .query(Note)
    .run()
    .map(({ text }) => text ?? '')
    .sort();
}

/** Ada's space, with Jun and Kim in it. */
async function town(seed: number) {
  const scene = new ClientScene(seed);
  const people: AtollClient[] = [];
  for (const name of ['ada', 'jun', 'kim']) people.push(await scene.person(name));
  const [ada, jun, kim] = people as [AtollClient, AtollClient, AtollClient];
  const one = await scene.space(ada, 'Trip');
  one.db.add(Note, { text: 'first' });
  const two = await scene.join(one, jun);
  const three = await scene.join(one, kim);
  const all = [one, two, three];
  const settled = (): boolean => all.every((space) => texts(space).length === 1);
  expect(await scene.world.runUntil(settled, 60_000)).toBe(true);
  await pass(scene, 10_000);
  return { scene, ada, jun, kim, one, two, three };
}

/** Lets time go on. */
function pass({ world }: ClientScene, ms: number): Promise<void> {
  return world.run(world.nowMs + ms);
}

function identityOf(space: Space) {
  return handleOf(space).echo.identity;
}

/** Makes keys, and does not seal them to one of those who read. */
async function rotateWithout(scene: ClientScene, by: Space, who: Space): Promise<KeyId> {
  const { authority, id: space, identity, keys } = handleOf(by).echo;
  const previous = authority.keys.latest(ROOT_ZONE).flatMap((id) => keys.ring.get(id) ?? []);
  const readers = authority.readers(ROOT_ZONE);
  const rng = new SimRng(77);
  const made = createGeneration({ rng, space, of: ROOT_ZONE, readers, previous });
  const credential = authority.credentialFor(identity, 'read');
  if (credential === undefined) throw new RangeError('no right');
  const copies = made.copies.filter((copy) => copy.identity !== identityOf(who));
  await scene.world.during(
    handleOf(by).echo.publish({ statements: [made.rotation, ...copies], credential }),
  );
  keys.gain([made.secret], authority);
  by.db.add(Note, { text: 'under new keys' });
  await scene.world.during(by.flush());
  return made.secret.generation;
}

/** Copies that anybody has written for somebody. */
function copiesFor(at: Space, who: Space, generation: KeyId): readonly KeyCopy[] {
  return handleOf(at).echo.authority.keys.copiesFor(identityOf(who), generation);
}

test('who was sealed nothing is given the keys by whoever is there, and nothing is written about it', async () => {
  const { scene, one, two, three } = await town(31);
  const generation = await rotateWithout(scene, one, three);
  const hasIt = (): boolean => texts(three).includes('under new keys');
  expect(await scene.world.runUntil(hasIt, 60_000)).toBe(true);
  expect(copiesFor(two, three, generation)).toEqual([]);
  three.db.add(Note, { text: 'by Kim' });
  const back = (): boolean => texts(one).includes('by Kim');
  expect(await scene.world.runUntil(back, 60_000)).toBe(true);
  // No keys of its own were needed for that.
  expect(handleOf(one).echo.authority.keys.generations(ROOT_ZONE)).toHaveLength(2);
});

test('who finds only the mailbox says so there, and is answered there by one of those who come later', async () => {
  const { scene, ada, jun, kim, one, two, three } = await town(32);
  kim.network.setOnline(false);
  const generation = await rotateWithout(scene, one, three);
  await pass(scene, 30_000);
  for (const { network } of [ada, jun]) network.setOnline(false);
  await pass(scene, 5_000);
  kim.network.setOnline(true);
  await pass(scene, 90_000);
  expect(texts(three)).toEqual(['first']);
  kim.network.setOnline(false);
  await pass(scene, 5_000);
  for (const { network } of [ada, jun]) network.setOnline(true);
  await pass(scene, 60_000);
  expect(copiesFor(one, three, generation)).toHaveLength(1);
  for (const { network } of [ada, jun]) network.setOnline(false);
  await pass(scene, 5_000);
  kim.network.setOnline(true);
  const hasIt = (): boolean => texts(three).includes('under new keys');
  expect(await scene.world.runUntil(hasIt, 60_000)).toBe(true);
  for (const { network } of [ada, jun]) network.setOnline(true);
  await pass(scene, 60_000);
  const roots = [];
  for (const space of [one, two, three]) {
    roots.push((await scene.world.during(space.info())).root);
  }
  expect(new Set(roots).size).toBe(1);
});

test('who is removed before anybody answers is never given the keys', async () => {
  const { scene, ada, jun, kim, one, two, three } = await town(33);
  kim.network.setOnline(false);
  const generation = await rotateWithout(scene, one, three);
  await pass(scene, 30_000);
  for (const { network } of [ada, jun]) network.setOnline(false);
  kim.network.setOnline(true);
  await pass(scene, 90_000);
  const member = two.members.get().find(({ displayName }) => displayName === 'kim');
  if (member === undefined) return expect.unreachable();
  await scene.world.during(one.rights.remove(member.id));
  for (const { network } of [ada, jun]) network.setOnline(true);
  await pass(scene, 5 * 60_000);
  expect(handleOf(three).echo.keys.ring.get(generation)).toBeUndefined();
  expect(texts(three)).toEqual(['first']);
  expect(texts(two)).toEqual(['first', 'under new keys']);
});
