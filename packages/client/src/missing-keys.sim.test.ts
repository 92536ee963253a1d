/** Members to whom keys were not sealed: whole clients and one server, with and without others who are there. */
import { createGeneration, type KeyCopy } from '@atoll/halo';
import { ROOT_ZONE, type KeyId } from '@atoll/kernel';
import { SimRng } from '@atoll/testkit';
import { expect, test } from 'vitest';
import { handleOf } from './catch-up-town.fixture.ts';
import type { ClientScene } from './testing/client-scene.ts';
import type { Space } from './api.ts';
import { Note, textsOf, trip } from './trip.fixture.ts';

// A world's clock does not wait for a part of the program to be loaded.
await import('./rights/rights-acts.ts');

function identityOf(space: Space) {
  return handleOf(space).echo.identity;
}

/** Makes keys, and does not seal them to one of those who read. */
async function rotateWithout(
  scene: ClientScene,
  by: Space,
  who: Space,
  of: 'membership' | typeof ROOT_ZONE = ROOT_ZONE,
): Promise<KeyId> {
  const { authority, id: space, identity, keys } = handleOf(by).echo;
  const previous = authority.keys.latest(of).flatMap((id) => keys.ring.get(id) ?? []);
  const readers = authority.readers(ROOT_ZONE);
  const rng = new SimRng(77 + authority.keys.generations(of).length);
  const made = createGeneration({ rng, space, of, readers, previous });
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
  const { scene, one, two, three } = await trip(31);
  await scene.pause(10_000);
  const generation = await rotateWithout(scene, one, three);
  const hasIt = (): boolean => textsOf(three).includes('under new keys');
  expect(await scene.world.runUntil(hasIt, 60_000)).toBe(true);
  expect(copiesFor(two, three, generation)).toEqual([]);
  three.db.add(Note, { text: 'by Kim' });
  const back = (): boolean => textsOf(one).includes('by Kim');
  expect(await scene.world.runUntil(back, 60_000)).toBe(true);
  // No keys of its own were needed for that.
  expect(handleOf(one).echo.authority.keys.generations(ROOT_ZONE)).toHaveLength(2);
});

test('who finds only the mailbox says so there, and is answered there by one of those who come later', async () => {
  const { scene, ada, jun, kim, one, two, three } = await trip(32);
  await scene.pause(10_000);
  kim.network.setOnline(false);
  const generation = await rotateWithout(scene, one, three);
  await scene.pause(30_000);
  for (const { network } of [ada, jun]) network.setOnline(false);
  await scene.pause(5_000);
  kim.network.setOnline(true);
  await scene.pause(90_000);
  expect(textsOf(three)).toEqual(['first']);
  // It says so, and not only by what is not there.
  expect(three.status.get().keysMissing).toBe(true);
  kim.network.setOnline(false);
  await scene.pause(5_000);
  for (const { network } of [ada, jun]) network.setOnline(true);
  await scene.pause(60_000);
  expect(copiesFor(one, three, generation)).toHaveLength(1);
  for (const { network } of [ada, jun]) network.setOnline(false);
  await scene.pause(5_000);
  kim.network.setOnline(true);
  const hasIt = (): boolean => textsOf(three).includes('under new keys');
  expect(await scene.world.runUntil(hasIt, 60_000)).toBe(true);
  const isSaid = (): boolean => three.status.get().keysMissing !== true;
  expect(await scene.world.runUntil(isSaid, 6 * 60_000)).toBe(true);
  for (const { network } of [ada, jun]) network.setOnline(true);
  await scene.pause(60_000);
  const roots = [];
  for (const space of [one, two, three]) {
    roots.push((await scene.world.during(space.info())).root);
  }
  expect(new Set(roots).size).toBe(1);
});

test('keys that each lie behind others which were not sealed to one come one soon after the other', async () => {
  const { scene, jun, one, three } = await trip(34);
  jun.network.setOnline(false);
  await scene.pause(10_000);
  const made: KeyId[] = [];
  for (let more = 0; more < 7; more++) {
    made.push(await rotateWithout(scene, one, three, 'membership'));
  }
  const { ring } = handleOf(three).echo.keys;
  const hasAll = (): boolean => made.every((generation) => ring.get(generation) !== undefined);
  expect(await scene.world.runUntil(hasAll, 90_000)).toBe(true);
});

test('who is removed before anybody answers is never given the keys', async () => {
  const { scene, ada, jun, kim, one, two, three } = await trip(33);
  await scene.pause(10_000);
  kim.network.setOnline(false);
  const generation = await rotateWithout(scene, one, three);
  await scene.pause(30_000);
  for (const { network } of [ada, jun]) network.setOnline(false);
  kim.network.setOnline(true);
  await scene.pause(90_000);
  const member = two.members.get().find(({ displayName }) => displayName === 'kim');
  if (member === undefined) return expect.unreachable();
  await scene.world.during(one.rights.remove(member.id));
  for (const { network } of [ada, jun]) network.setOnline(true);
  await scene.pause(5 * 60_000);
  expect(handleOf(three).echo.keys.ring.get(generation)).toBeUndefined();
  expect(textsOf(three)).toEqual(['first']);
  expect(textsOf(two)).toEqual(['first', 'under new keys']);
});
