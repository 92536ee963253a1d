/** A space that is closed and opened again under the handle that an application holds. */
import { defineType, s } from '@atoll/schema';
import { expect, test } from 'vitest';
import type { Space, UndoOutcome } from './api.ts';
import { SpaceHandle } from './space-handle.ts';
import { ClientScene } from './testing/client-scene.ts';

const Task = defineType('org.example.Task', { title: s.string() });

function handleOf(space: Space): SpaceHandle {
  if (space instanceof SpaceHandle) return space;
  throw new RangeError('no handle');
}

function titles(space: Space): string[] {
  return space.db
    .query(Task)
    .orderBy('title')
    .run()
    .map(({ title }) => title);
}

class House extends ClientScene {
  override async pause(ms = 5_000): Promise<void> {
    await super.pause(ms);
  }

  later({ later }: UndoOutcome): Promise<UndoOutcome> {
    if (later === undefined) throw new RangeError('nothing is to come');
    return this.world.during(later);
  }

  close(space: Space): Promise<boolean> {
    return this.world.during(handleOf(space).place.close());
  }
}

test('a space that was closed and opened again is the same to whoever holds it', async () => {
  const house = new House(1);
  const ada = await house.person('ada');
  const space = await house.space(ada, 'Home');
  const { db } = space;
  const kept = db.add(Task, { title: 'Pack' });
  await house.pause();
  const seen: unknown[] = [];
  space.state.subscribe(() => seen.push(space.state.get()));
  const [before, status] = [space.members.get(), space.status.get()];
  expect(await house.close(space)).toBe(true);
  expect([space.state.get(), space.name.get(), space.myRole.get()]).toEqual([
    'closed',
    'Home',
    'owner',
  ]);
  expect(space.members.get()).toEqual(before);
  expect(space.status.get()).toEqual(status);
  expect(() => db.add(Task, { title: 'Lost' })).toThrow('not open for writing');
  expect(() => (kept.title = 'Lost')).toThrow('not open for writing');
  expect(() => space.db).toThrow(expect.objectContaining({ code: 'CLIENT_SPACE_CLOSED' }));
  await house.world.during(space.open());
  expect(seen).toEqual(['closed', 'opening', 'open']);
  space.db.add(Task, { title: 'Go' });
  expect(titles(space)).toEqual(['Go', 'Pack']);
  expect(space.undo.undo()).toMatchObject({ done: 1 });
  expect(titles(space)).toEqual(['Pack']);
});

test('queries that somebody listens to go on when a space was closed and opened again', async () => {
  const house = new House(6);
  const ada = await house.person('ada');
  const space = await house.space(ada, 'Home');
  space.db.add(Task, { title: 'Pack' });
  await house.pause();
  const seen: string[][] = [];
  const counts: number[] = [];
  const tasks = space.db.query(Task).orderBy('title');
  const stop = tasks.subscribe((found) => seen.push(found.map(({ title }) => title)));
  tasks.subscribeCount((count) => counts.push(count));
  tasks.subscribe(() => undefined)();
  await house.world.during(handleOf(space).place.reopen(() => Promise.resolve()));
  expect([seen, counts]).toEqual([
    [['Pack'], ['Pack']],
    [1, 1],
  ]);
  // They are heard as before: a space is not closed under who listens.
  const handle = handleOf(space);
  expect(handle.isNeeded).toBe(true);
  await house.world.during(handle.rest());
  expect(space.state.get()).toBe('open');
  const [pack] = space.db.query(Task).run();
  if (pack === undefined) throw new RangeError('lost');
  pack.title = 'Unpack';
  space.db.add(Task, { title: 'Go' });
  await house.pause();
  expect([seen.at(-1), counts.at(-1)]).toEqual([['Go', 'Unpack'], 2]);
  stop();
  const told = seen.length;
  space.db.add(Task, { title: 'More' });
  await house.pause();
  expect([seen.length, counts.at(-1)]).toEqual([told, 3]);
});

test('what others write while a space is closed opens it and is there', async () => {
  const house = new House(2);
  const [ada, bob] = [await house.person('ada'), await house.person('bob')];
  const home = await house.space(ada, 'Home');
  const there = await house.join(home, bob);
  await house.pause();
  await house.close(there);
  await house.pause();
  expect(there.state.get()).toBe('closed');
  expect(there.status.get()).toMatchObject({ unsentBlocks: 0 });
  home.db.add(Task, { title: 'Pack' });
  await house.pause();
  expect(there.state.get()).toBe('open');
  expect(titles(there)).toEqual(['Pack']);
  there.db.add(Task, { title: 'Go' });
  await house.pause();
  expect(titles(home)).toEqual(['Go', 'Pack']);
});

test('nobody who was connected has to connect anew when a space is opened again', async () => {
  const house = new House(3);
  const [ada, bob] = [await house.person('ada'), await house.person('bob')];
  const home = await house.space(ada, 'Home');
  const there = await house.join(home, bob);
  await house.pause();
  const peers = there.status.get().peers.map(({ id }) => id);
  expect(peers).toHaveLength(1);
  const meanwhile = Promise.withResolvers<undefined>();
  const reopened = handleOf(there).place.reopen(() => meanwhile.promise);
  home.db.add(Task, { title: 'Meanwhile' });
  await house.pause();
  expect(there.state.get()).toBe('closed');
  meanwhile.resolve(undefined);
  await house.world.during(reopened);
  await house.pause();
  expect(there.status.get().peers.map(({ id }) => id)).toEqual(peers);
  expect(titles(there)).toEqual(['Meanwhile']);
  expect(there.presence.others.get()).toEqual([]);
  home.presence.setPart('draw', { at: 3 });
  home.presence.set({ view: 'list' });
  await house.pause();
  expect(there.presence.others.get()).toMatchObject([
    { displayName: 'ada', state: { view: 'list', parts: { draw: { at: 3 } } } },
  ]);
});

test('undo across spaces opens the closed one whose change is the newest', async () => {
  const house = new House(4);
  const ada = await house.person('ada');
  const [home, work] = [await house.space(ada, 'Home'), await house.space(ada, 'Work')];
  work.db.add(Task, { title: 'First' });
  await house.pause();
  home.db.add(Task, { title: 'Second' });
  await house.pause();
  await house.close(home);
  expect(ada.undo.state.get().entries.map(({ label }) => label)).toEqual([
    'Added Second',
    'Added First',
  ]);
  const outcome = ada.undo.undo();
  expect(outcome).toMatchObject({ done: 0, skipped: 0 });
  expect(await house.later(outcome)).toMatchObject({ done: 1 });
  expect([titles(home), titles(work)]).toEqual([[], ['First']]);
  await house.close(home);
  expect(ada.undo.undo()).toMatchObject({ done: 1 });
  const redone = ada.undo.redo();
  expect(redone).toMatchObject({ done: 1 });
  expect(titles(work)).toEqual(['First']);
});

test('what belongs together in two spaces is taken back together although one is closed', async () => {
  const house = new House(5);
  const ada = await house.person('ada');
  const [home, work] = [await house.space(ada, 'Home'), await house.space(ada, 'Work')];
  ada.undo.run(() => {
    home.db.add(Task, { title: 'Pack' });
    work.db.add(Task, { title: 'Hand over' });
  });
  await house.pause();
  await house.close(work);
  const outcome = ada.undo.undo();
  expect(titles(home)).toEqual(['Pack']);
  expect(await house.later(outcome)).toMatchObject({ done: 2 });
  expect([titles(home), titles(work)]).toEqual([[], []]);
});
