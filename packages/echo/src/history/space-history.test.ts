/** History of real spaces: sealed blocks in a log, two members, a reopened space. */
import { defineType, s } from '@atoll/schema';
import { expect, test } from 'vitest';
import { Space } from '../space/space.ts';
import { Person, exchange, rootOf } from '../space/testing/space-fixture.ts';
import { UndoLog } from '../undo-log.ts';

const Task = defineType('org.example.Task', {
  title: s.string(),
  done: s.boolean().default(false),
  notes: s.text(),
});

test('the past opens read-only beside a present that goes on, also after opening again', async () => {
  const ada = await Person.make('Ada', 1);
  const space = await ada.found();
  const task = space.database.add(Task, { title: 'Pack', notes: 'boots' });
  await space.flush();
  const packed = space.history.frontier();
  task.title = 'Pack the bags';
  space.database.add(Task, { title: 'Sail' });
  await space.flush();
  const root = rootOf(space);
  const past = await space.history.at(packed);
  expect(
    past.db
      .query(Task)
      .run()
      .map(({ title }) => title),
  ).toEqual(['Pack']);
  const [was] = past.db.query(Task).run();
  expect(() => {
    if (was !== undefined) was.title = 'Other';
  }).toThrow(expect.objectContaining({ code: 'HISTORY_READ_ONLY' }) as Error);
  expect(was?.title).toBe('Pack');
  expect(rootOf(space)).toBe(root);
  const { ring } = space.keys;
  await space[Symbol.asyncDispose]();
  const again = await Space.open(ada.ports, { space: space.id, ring, writer: ada.writer() });
  const [later] = (await again.history.at(packed, [task.id])).db.query(Task).run();
  expect([later?.title, String(later?.notes)]).toEqual(['Pack', 'boots']);
});

test('a timeline names who changed what, and bringing back is one step of undo', async () => {
  const ada = await Person.make('Ada', 2);
  const jun = await Person.make('Jun', 3);
  const one = await ada.found();
  const two = await jun.join(one, ada.deviceSigner, 'writer');
  const task = one.database.add(Task, { title: 'Pack' });
  await exchange(one, two);
  const created = one.history.frontier();
  const other = two.database.query(Task).run()[0];
  if (other === undefined) throw new RangeError('the task has not arrived');
  other.title = 'Pack all';
  other.notes.insert(0, 'boots');
  await exchange(one, two);
  const { entries } = await one.history.timeline(task.id);
  expect(entries.map(({ author, life }) => [author, life])).toEqual([
    [two.identity, 'kept'],
    [one.identity, 'created'],
  ]);
  expect(entries[0]?.changes).toEqual([
    { field: 'title', kind: 'value', before: 'Pack', after: 'Pack all' },
    {
      field: 'notes',
      kind: 'text',
      pieces: [{ change: 'added', text: 'boots', author: two.identity }],
    },
  ]);
  const undo = new UndoLog(one.database);
  await one.history.restore(task.id, created);
  await one.flush();
  expect([task.title, String(task.notes)]).toEqual(['Pack', '']);
  expect(undo.entries).toHaveLength(1);
  undo.undo();
  expect([task.title, String(task.notes)]).toEqual(['Pack all', 'boots']);
  await exchange(one, two);
  expect(rootOf(one)).toBe(rootOf(two));
});

test('what came and went again between two states is no difference of them', async () => {
  const ada = await Person.make('Ada', 9);
  const space = await ada.found();
  const task = space.database.add(Task, { title: 'Pack' });
  await space.flush();
  const packed = space.history.frontier();
  const fleeting = space.database.add(Task, { title: 'Sail', notes: 'west' });
  await space.flush();
  const both = space.history.frontier();
  space.database.delete(fleeting);
  await space.flush();
  expect(await space.history.compare(packed)).toEqual([]);
  expect(await space.history.compare(both)).toMatchObject([{ id: fleeting.id, life: 'deleted' }]);
  task.title = 'Pack all';
  expect(await space.history.compare(packed)).toMatchObject([{ id: task.id, life: 'kept' }]);
  await space[Symbol.asyncDispose]();
});

test('versions are named states that every member finds, and a name is given once', async () => {
  const ada = await Person.make('Ada', 4);
  const jun = await Person.make('Jun', 5);
  const one = await ada.found();
  const two = await jun.join(one, ada.deviceSigner, 'writer');
  const task = one.database.add(Task, { title: 'Draft' });
  one.history.versions.create(' First ', 1_000);
  task.title = 'Final';
  await exchange(one, two);
  const [version] = two.history.versions.list();
  expect(version).toMatchObject({ name: 'First', author: one.identity, atMs: 1_000 });
  const then = await two.history.at({ version: 'First' });
  expect(then.db.query(Task).run()[0]?.title).toBe('Draft');
  expect(() => two.history.versions.create('First', 2_000)).toThrow(/already/);
  expect(() => two.history.versions.create('  ', 2_000)).toThrow(/characters/);
  await expect(two.history.at({ version: 'None' })).rejects.toThrow(/no version/);
  await two.history.restoreSpace({ version: 'First' });
  await exchange(one, two);
  expect(task.title).toBe('Draft');
  one.history.versions.delete('First');
  expect(one.history.versions.list()).toEqual([]);
  expect(() => one.history.versions.delete('First')).toThrow(/no version/);
});

test('points, objects and moments that are not here are refused with a code', async () => {
  const ada = await Person.make('Ada', 6);
  const one = await ada.found();
  const task = one.database.add(Task, { title: 'Pack' });
  await one.flush();
  await expect(one.history.at(['00'.repeat(32)])).rejects.toThrow(
    expect.objectContaining({ code: 'HISTORY_POINT' }) as Error,
  );
  await expect(one.history.timeline('00'.repeat(16) as typeof task.id)).rejects.toThrow(
    expect.objectContaining({ code: 'HISTORY_OBJECT' }) as Error,
  );
  await expect(one.history.restore(task.id, { timeMs: 0 })).rejects.toThrow(
    expect.objectContaining({ code: 'HISTORY_OBJECT' }) as Error,
  );
});

test('where an epoch dropped history, the refusal says since when it is here', async () => {
  const ada = await Person.make('Ada', 7);
  const space = await ada.found();
  const old = space.database.add(Task, { title: 'Old' });
  await space.flush();
  const before = space.history.frontier();
  for (let step = 0; step < 60; step++) {
    old.title = `Old ${step}`;
    await space.flush();
  }
  expect(await space.history.sinceMs()).toBe(0);
  await space.epochs.propose();
  expect(await space.epochs.dropHistory(0)).toBeGreaterThan(50);
  const young = space.database.add(Task, { title: 'Young' });
  await space.flush();
  young.title = 'Younger';
  await space.flush();
  const begins = await space.history.begins();
  if (begins === undefined) throw new RangeError('history was dropped');
  const { sinceMs } = begins;
  expect(sinceMs).toBe(await space.history.sinceMs());
  expect(begins).toMatchObject({ epoch: 1, droppedMs: expect.any(Number) as number });
  const dropped = expect.objectContaining({
    code: 'HISTORY_DROPPED',
    sinceMs,
    droppedMs: begins.droppedMs,
    message: expect.stringMatching(/begins .* before was dropped/) as string,
  }) as Error;
  await expect(space.history.at(before, [old.id])).rejects.toThrow(dropped);
  expect(await space.history.timeline(old.id)).toEqual({ entries: [], begins });
  const { entries } = await space.history.timeline(young.id);
  expect(entries.reduce((sum, { ops }) => sum + ops, 0)).toBe(2);
});
