/** Work that a removal made void, as applications meet it: kept, shown, taken up, taken back. */
import { defineType, s } from '@atoll/schema';
import type { IdentityId } from '@atoll/kernel';
import { expect, test } from 'vitest';
import type { Space } from './api.ts';
import type { AtollClient } from './client.ts';
import { ClientScene, found as spaceOf } from './testing/client-scene.ts';

const Task = defineType('org.example.Task', { title: s.string() });

function titles(space: Space): string[] {
  return space.db
    .query(Task)
    .run()
    .map(({ title }) => title)
    .sort();
}

function idOf(client: AtollClient): IdentityId {
  return (client.halo.identity.get()?.id ?? '') as IdentityId;
}

test('what somebody wrote offline after he was removed is kept, and an admin takes it up and back', async () => {
  const scene = new ClientScene(811);
  const { world } = scene;
  const [ada, jun] = [await scene.person('ada'), await scene.person('jun')];
  const at = await scene.space(ada, 'Home');
  at.db.add(Task, { title: 'Pack' });
  const joined = await scene.join(at, jun);
  expect(await world.runUntil(() => titles(joined).length === 1, 60_000)).toBe(true);
  jun.network.setOnline(false);
  joined.db.add(Task, { title: 'Sail' });
  await world.during(joined.flush());
  const home = ada.spaces.get(at.id) as Space & {
    opened(): Promise<{ remove(id: string): Promise<void> }>;
  };
  await world.during((await home.opened()).remove(idOf(jun)));
  jun.network.setOnline(true);
  let found: Awaited<ReturnType<typeof at.history.setAside>> = [];
  for (let round = 0; found.length === 0 && round < 60; round++) {
    await world.run(world.nowMs + 1_000);
    found = await world.during(at.history.setAside());
  }
  expect(titles(at)).toEqual(['Pack']);
  const [lost] = found;
  if (lost === undefined) return expect.unreachable();
  expect([lost.author, lost.changed.length]).toEqual([idOf(jun), 1]);
  const taken = await world.during(at.history.takeUp(lost, { label: 'Took up' }));
  expect(taken.objects).toHaveLength(1);
  expect(titles(at)).toEqual(['Pack', 'Sail']);
  expect(at.undo.undo()).toMatchObject({ skipped: 0 });
  expect(titles(at)).toEqual(['Pack']);
});

test('what was removed with its writer long ago, and comes late, is found where he sends it; he gets nothing by it', async () => {
  const scene = new ClientScene(812);
  const { world } = scene;
  const [ada, jun, mira] = [
    await scene.person('ada'),
    await scene.person('jun'),
    await scene.person('mira'),
  ];
  const at = await scene.space(ada, 'Home');
  at.db.add(Task, { title: 'Pack' });
  const joined = await scene.join(at, jun);
  const other = await scene.join(at, mira, { role: 'admin' });
  const hasPacked = (): boolean => [joined, other].every((space) => titles(space).length === 1);
  expect(await world.runUntil(hasPacked, 60_000)).toBe(true);
  await scene.pause(60_000);
  jun.network.setOnline(false);
  joined.db.add(Task, { title: 'Sail' });
  joined.db.add(Task, { title: 'Row' });
  await world.during(joined.flush());
  await world.during(at.rights.remove(idOf(jun)));
  // All others have moved to the mailbox of the new keys, and are restarted.
  await scene.pause(10 * 60_000);
  await world.during(ada.close());
  await world.during(mira.close());
  const [adaNow, miraNow] = [await scene.open('ada'), await scene.open('mira')];
  const [home, hers] = [spaceOf(adaNow, at.id), spaceOf(miraNow, at.id)];
  home.db.add(Task, { title: 'Secret' });
  await world.during(home.flush());
  await scene.pause(60_000);
  jun.network.setOnline(true);
  await scene.pause(60_000);
  expect(joined.rights.removed.get()).toBeDefined();
  await scene.pause(3 * 60 * 60_000);
  for (const space of [home, hers]) {
    const [late] = await world.during(space.history.setAside());
    expect([late?.author, late?.changed.length]).toEqual([idOf(jun), 2]);
    expect(titles(space)).toEqual(['Pack', 'Secret']);
  }
  const [late] = await world.during(hers.history.setAside());
  if (late === undefined) return expect.unreachable();
  await world.during(hers.history.takeUp(late, { label: 'Took up' }));
  await world.during(hers.flush());
  const isTaken = (): boolean => titles(home).join() === 'Pack,Row,Sail,Secret';
  expect(await world.runUntil(isTaken, 60_000)).toBe(true);
  await scene.pause(3 * 60 * 60_000);
  expect(titles(joined)).toEqual(['Pack']);
  expect(joined.members.get().map(({ displayName }) => displayName)).not.toContain('jun');
});
