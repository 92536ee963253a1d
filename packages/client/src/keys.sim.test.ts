/** What a removal does to those who stay, to who was away, and to who was removed: whole clients and one server. */
import { defineType, s } from '@atoll/schema';
import { expect, test } from 'vitest';
import type { AtollClient } from './client.ts';
import { ClientScene, found } from './testing/client-scene.ts';
import type { Space } from './api.ts';

// A world's clock does not wait for a part of the program to be loaded.
await import('./rights/rights-acts.ts');

const Note = defineType('org.example.Note', { text: s.string() });

function texts(space: Space): readonly string[] {
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
  return { scene, ada, jun, kim, one, two, three };
}

/** Lets time go on. */
function pass({ world }: ClientScene, ms: number): Promise<void> {
  return world.run(world.nowMs + ms);
}

async function remove(scene: ClientScene, space: Space, name: string): Promise<void> {
  const member = space.members.get().find(({ displayName }) => displayName === name);
  if (member === undefined) throw new RangeError(`no ${name}`);
  await scene.world.during(space.rights.remove(member.id));
}

test('who was away finds the new keys where the old ones led, and who was removed finds nothing', async () => {
  const { scene, ada, jun, kim, one, three } = await town(1);
  await pass(scene, 5_000);
  kim.network.setOnline(false);
  await pass(scene, 5_000);
  await remove(scene, one, 'jun');
  one.db.add(Note, { text: 'without Jun' });
  await scene.world.during(one.flush());
  // Ada goes, too: only the server is there when Kim comes back.
  await pass(scene, 60_000);
  ada.network.setOnline(false);
  await pass(scene, 5_000);
  kim.network.setOnline(true);
  const hasIt = (): boolean => texts(three).includes('without Jun');
  expect(await scene.world.runUntil(hasIt, 120_000)).toBe(true);
  three.db.add(Note, { text: 'by Kim' });
  ada.network.setOnline(true);
  const back = (): boolean => texts(one).includes('by Kim');
  expect(await scene.world.runUntil(back, 120_000)).toBe(true);
  await pass(scene, 60_000);
  expect(texts(found(jun, one.id))).toEqual(['first']);
  expect((await scene.world.during(one.info())).root).toBe(
    (await scene.world.during(three.info())).root,
  );
});

test('two who are never there at once come to the same keys, however early one of them was cut off', async () => {
  for (const [at, ms] of [0, 16, 60, 400].entries()) {
    const { scene, ada, kim, one, three } = await town(10 + at);
    await pass(scene, 5_000);
    kim.network.setOnline(false);
    await remove(scene, one, 'jun');
    one.db.add(Note, { text: 'without Jun' });
    await pass(scene, ms);
    ada.network.setOnline(false);
    three.db.add(Note, { text: 'by Kim' });
    for (let turn = 0; turn < 2; turn++) {
      for (const { network } of [kim, ada]) {
        network.setOnline(true);
        await pass(scene, 60_000);
        network.setOnline(false);
        await pass(scene, 5_000);
      }
    }
    kim.network.setOnline(true);
    await pass(scene, 60_000);
    const all = ['by Kim', 'first', 'without Jun'];
    expect([ms, texts(one), texts(three)]).toEqual([ms, all, all]);
  }
});

test('keys that have changed are there after a restart', async () => {
  const { scene, kim, one, three } = await town(2);
  await remove(scene, one, 'jun');
  one.db.add(Note, { text: 'without Jun' });
  const hasIt = (): boolean => texts(three).includes('without Jun');
  expect(await scene.world.runUntil(hasIt, 120_000)).toBe(true);
  await pass(scene, 60_000);
  await scene.world.during(kim[Symbol.asyncDispose]());
  const again = await scene.open('kim');
  await scene.world.during(again.spaces.ready());
  const space = found(again, one.id);
  expect(texts(space)).toEqual(['first', 'without Jun']);
  one.db.add(Note, { text: 'later' });
  const hasLater = (): boolean => texts(space).includes('later');
  expect(await scene.world.runUntil(hasLater, 120_000)).toBe(true);
});
