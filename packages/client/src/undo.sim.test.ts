/** Undo as applications use it: in one space, in one place, across spaces, over a restart. */
import { defineType, s } from '@atoll/schema';
import { expect, test } from 'vitest';
import type { Space } from './api.ts';
import { ClientScene } from './testing/client-scene.ts';

const Task = defineType('org.example.Task', { title: s.string(), notes: s.text() });

class Desk extends ClientScene {
  /** Lets the current tick end and a second pass. */
  override async pause(ms = 1_500): Promise<void> {
    await super.pause(ms);
  }
}

function titles(space: Space): string[] {
  return space.db
    .query(Task)
    .run()
    .map(({ title }) => title);
}

test('what was made together in two spaces is taken back and brought back together', async () => {
  const desk = new Desk(1);
  const client = await desk.person('desk');
  const [home, work] = [await desk.space(client, 'Home'), await desk.space(client, 'Work')];
  client.undo.run(
    () => {
      home.db.add(Task, { title: 'Pack' });
      work.db.add(Task, { title: 'Hand over' });
    },
    { label: 'Planned the trip' },
  );
  await desk.pause();
  work.db.add(Task, { title: 'Later' });
  await desk.pause();
  expect(client.undo.undo()).toMatchObject({ done: 1 });
  expect([titles(home), titles(work)]).toEqual([['Pack'], ['Hand over']]);
  expect(client.undo.state.get().entries.filter(({ undone }) => !undone)[0]?.label).toBe(
    'Planned the trip',
  );
  expect(client.undo.undo()).toMatchObject({ done: 2, skipped: 0 });
  expect([titles(home), titles(work)]).toEqual([[], []]);
  expect(client.undo.redo()).toMatchObject({ done: 2 });
  expect([titles(home), titles(work)]).toEqual([['Pack'], ['Hand over']]);
  expect(client.undo.redo()).toMatchObject({ done: 1 });
  expect(titles(work)).toContain('Later');
});

test('whatever is durable when the power fails can be taken back, however short before it was written', async () => {
  const desk = new Desk(7);
  const client = await desk.person('desk');
  const space = await desk.space(client, 'Home');
  space.db.add(Task, { title: 'Pack' });
  await desk.world.during(space.flush());
  await desk.pause();
  let now = space;
  const { id } = space;
  for (let at = 0; at < 12; at++) {
    const again = now.db.query(Task).first();
    if (again === undefined) throw new RangeError('no task');
    const before = again.title;
    // Sometimes the stacks have been stored as a whole before, and sometimes not.
    if (at % 3 === 0) await desk.pause();
    again.title = `Pack ${at}`;
    if (at % 4 === 2) again.notes.insert(0, 'boots ');
    await desk.world.during(now.flush());
    desk.machine('desk').crash();
    const opened = await desk.open('desk');
    expect(await desk.world.runUntil(() => opened.spaces.get(id) !== undefined, 30_000)).toBe(true);
    now = opened.spaces.get(id) as Space;
    const found = now.db.query(Task).first();
    expect([found?.title, found?.notes.toString()]).toEqual([
      `Pack ${at}`,
      at % 4 === 2 ? 'boots ' : '',
    ]);
    expect(now.undo.undo()).toMatchObject({ skipped: 0 });
    expect(titles(now)).toEqual([before]);
    await desk.world.during(now.flush());
    // And brought back, over the next failure of the power.
    desk.machine('desk').crash();
    const later = await desk.open('desk');
    expect(await desk.world.runUntil(() => later.spaces.get(id) !== undefined, 30_000)).toBe(true);
    now = later.spaces.get(id) as Space;
    expect(titles(now)).toEqual([before]);
    expect(now.undo.redo()).toMatchObject({ skipped: 0 });
    expect(titles(now)).toEqual([`Pack ${at}`]);
    now.undo.undo();
  }
});

test('an editor takes back its own typing and nothing else, also after a restart', async () => {
  const desk = new Desk(2);
  const client = await desk.person('desk');
  const space = await desk.space(client, 'Home');
  const task = space.db.add(Task, { title: 'Pack' });
  await desk.pause();
  task.notes.insert(0, 'boots');
  await desk.pause();
  task.title = 'Pack all';
  await desk.pause();
  await desk.world.during(client[Symbol.asyncDispose]());

  const again = await desk.open('desk');
  const reopened = again.spaces.get(space.id);
  const found = reopened?.db.query(Task).first();
  if (reopened === undefined || found === undefined) throw new RangeError('nothing is left');
  const editor = reopened.undo.in({ object: found.id, field: 'notes' });
  expect(editor.state.get()).toMatchObject({
    canUndo: true,
    undoLabel: 'Edited the text of Pack all',
  });
  expect(editor.undo()).toEqual({ done: 1, skipped: 0 });
  expect([found.title, found.notes.toString()]).toEqual(['Pack all', '']);
  expect(editor.state.get()).toMatchObject({ canUndo: false, canRedo: true });
  expect(editor.undo()).toMatchObject({ nothing: true });
  expect(reopened.undo.state.get().canUndo).toBe(true);
  expect(editor.redo()).toMatchObject({ done: 1 });
  expect(found.notes.toString()).toBe('boots');
});

test('one change of the list can be taken back alone, and says before what it would do', async () => {
  const desk = new Desk(3);
  const client = await desk.person('desk');
  const space = await desk.space(client, 'Home');
  const task = space.db.add(Task, { title: 'one' });
  await desk.pause();
  task.title = 'two';
  await desk.pause();
  task.title = 'three';
  await desk.pause();
  const entries = space.undo.state.get().entries;
  expect(entries.map(({ label }) => label)).toEqual([
    'Changed three',
    'Changed three',
    'Added three',
  ]);
  const [, second] = entries;
  if (second === undefined) throw new RangeError('no entry');
  expect(space.undo.preview(second.id)).toEqual({ done: 0, skipped: 1, left: [task.id] });
  expect(space.undo.undoEntry(second.id)).toEqual({ done: 0, skipped: 1, left: [task.id] });
  expect(task.title).toBe('three');
  expect(space.undo.preview(entries[0]?.id ?? '')).toEqual({ done: 1, skipped: 0 });
  expect(client.undo.state.get().entries).toHaveLength(2);
});

test('damaged stacks are dropped, which is said; objects stay, and what is done then can be undone', async () => {
  const desk = new Desk(4);
  const client = await desk.person('desk');
  const space = await desk.space(client, 'Home');
  space.db.add(Task, { title: 'Pack' });
  await desk.pause();
  await desk.world.during(client[Symbol.asyncDispose]());
  const process = desk.machine('desk').boot();
  const name = `undo/${space.id}`;
  const bytes = (await process.store.value(name)) ?? new Uint8Array(1);
  bytes[40] = (bytes[40] ?? 0) ^ 1;
  await desk.world.during(process.store.commit({ values: new Map([[name, bytes]]) }));
  process.kill();

  for (const times of [1, 2]) {
    const again = await desk.open('desk');
    const reopened = again.spaces.get(space.id);
    if (reopened === undefined) throw new RangeError('the space is lost');
    expect(titles(reopened)).toHaveLength(times);
    const { canUndo, notRestored } = reopened.undo.state.get();
    expect([canUndo, notRestored]).toEqual([
      times > 1,
      times > 1 ? undefined : 'ECHO_UNDO_DAMAGED',
    ]);
    reopened.db.add(Task, { title: 'Later' });
    expect(reopened.undo.undo()).toMatchObject({ done: 1 });
    expect(reopened.undo.redo()).toMatchObject({ done: 1 });
    await desk.world.during(again[Symbol.asyncDispose]());
  }
});

test('what a branch begins with is not taken back, and what is written in it is', async () => {
  const desk = new Desk(7);
  const client = await desk.person('desk');
  const home = await desk.space(client, 'Home');
  home.db.add(Task, { title: 'Pack', notes: 'boots' });
  await desk.pause();
  const branch = await desk.world.during(client.spaces.branch(home, { name: 'Draft' }));
  expect(branch.undo.state.get().canUndo).toBe(false);
  expect(branch.undo.undo()).toMatchObject({ nothing: true });
  const [copy] = branch.db.query(Task).run();
  if (copy !== undefined) copy.title = 'Pack light';
  await desk.pause();
  expect(client.undo.undo()).toMatchObject({ done: 1 });
  expect(titles(branch)).toEqual(['Pack']);
  expect(client.undo.undo()).toMatchObject({ skipped: 0 });
  expect([titles(home), titles(branch)]).toEqual([[], ['Pack']]);
  expect(branch.history.branchOrigin()).toMatchObject({ origin: home.id, objects: 1 });
});
