/** What a removal does to those who stay, to who was away, and to who was removed: whole clients and one server. */
import { expect, test } from 'vitest';
import { found, type ClientScene } from './testing/client-scene.ts';
import type { Space } from './api.ts';
import { Note, textsOf, trip } from './trip.fixture.ts';

// A world's clock does not wait for a part of the program to be loaded.
await import('./rights/rights-acts.ts');

async function remove(scene: ClientScene, space: Space, name: string): Promise<void> {
  const member = space.members.get().find(({ displayName }) => displayName === name);
  if (member === undefined) throw new RangeError(`no ${name}`);
  await scene.world.during(space.rights.remove(member.id));
}

test('who was away finds the new keys where the old ones led, and who was removed finds nothing', async () => {
  const { scene, ada, jun, kim, one, three } = await trip(1);
  await scene.pause(5_000);
  kim.network.setOnline(false);
  await scene.pause(5_000);
  await remove(scene, one, 'jun');
  one.db.add(Note, { text: 'without Jun' });
  await scene.world.during(one.flush());
  // Ada goes, too: only the server is there when Kim comes back.
  await scene.pause(60_000);
  ada.network.setOnline(false);
  await scene.pause(5_000);
  kim.network.setOnline(true);
  const hasIt = (): boolean => textsOf(three).includes('without Jun');
  expect(await scene.world.runUntil(hasIt, 120_000)).toBe(true);
  three.db.add(Note, { text: 'by Kim' });
  ada.network.setOnline(true);
  const back = (): boolean => textsOf(one).includes('by Kim');
  expect(await scene.world.runUntil(back, 120_000)).toBe(true);
  await scene.pause(60_000);
  expect(textsOf(found(jun, one.id))).toEqual(['first']);
  expect((await scene.world.during(one.info())).root).toBe(
    (await scene.world.during(three.info())).root,
  );
});

test('two who are never there at once come to the same keys, however early one of them was cut off', async () => {
  for (const [at, ms] of [0, 16, 60, 400].entries()) {
    const { scene, ada, kim, one, three } = await trip(10 + at);
    await scene.pause(5_000);
    kim.network.setOnline(false);
    await remove(scene, one, 'jun');
    one.db.add(Note, { text: 'without Jun' });
    await scene.pause(ms);
    ada.network.setOnline(false);
    three.db.add(Note, { text: 'by Kim' });
    for (let turn = 0; turn < 2; turn++) {
      for (const { network } of [kim, ada]) {
        network.setOnline(true);
        await scene.pause(60_000);
        network.setOnline(false);
        await scene.pause(5_000);
      }
    }
    kim.network.setOnline(true);
    await scene.pause(60_000);
    const all = ['by Kim', 'first', 'without Jun'];
    expect([ms, textsOf(one), textsOf(three)]).toEqual([ms, all, all]);
  }
});

test('keys that have changed are there after a restart', async () => {
  const { scene, kim, one, three } = await trip(2);
  await remove(scene, one, 'jun');
  one.db.add(Note, { text: 'without Jun' });
  const hasIt = (): boolean => textsOf(three).includes('without Jun');
  expect(await scene.world.runUntil(hasIt, 120_000)).toBe(true);
  await scene.pause(60_000);
  await scene.world.during(kim[Symbol.asyncDispose]());
  const again = await scene.open('kim');
  await scene.world.during(again.spaces.ready());
  const space = found(again, one.id);
  expect(textsOf(space)).toEqual(['first', 'without Jun']);
  one.db.add(Note, { text: 'later' });
  const hasLater = (): boolean => textsOf(space).includes('later');
  expect(await scene.world.runUntil(hasLater, 120_000)).toBe(true);
});
