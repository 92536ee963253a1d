import { defineType, s } from '@atoll/schema';
import { expect, test } from 'vitest';
import { Space } from './space.ts';
import { Person, exchange, restored, rootOf } from './testing/space-fixture.ts';

const Task = defineType('org.example.Task', {
  title: s.string(),
  done: s.boolean().default(false),
  notes: s.text(),
});

test('a founder sees its own objects at once and after opening again', async () => {
  const ada = await Person.make('Ada', 1);
  const space = await ada.found();
  const task = space.database.add(Task, { title: 'Pack' });
  task.title = 'Pack the bags';
  expect(space.database.query(Task).run()).toHaveLength(1);
  await space.flush();
  const root = rootOf(space);
  const { ring } = space.keys;
  await space[Symbol.asyncDispose]();
  const again = await Space.open(ada.ports, { space: space.id, ring, writer: ada.writer() });
  expect(again.database.query(Task).run()[0]?.title).toBe('Pack the bags');
  expect(rootOf(again)).toBe(root);
  expect(again.myRole).toBe('owner');
});

test('two members who write at once come to the same root, title and text', async () => {
  const ada = await Person.make('Ada', 2);
  const jun = await Person.make('Jun', 3);
  const one = await ada.found();
  const two = await jun.join(one, ada.deviceSigner, 'writer');
  expect(two.myRole).toBe('writer');
  const task = one.database.add(Task, { title: 'Pack' });
  task.notes.insert(0, 'boots');
  await exchange(one, two);
  const other = two.database.query(Task).run()[0];
  expect(other?.notes.toString()).toBe('boots');
  task.title = 'Pack bags';
  task.notes.insert(5, ' and maps');
  if (other !== undefined) {
    other.title = 'Pack all';
    other.notes.insert(0, 'dry ');
  }
  await exchange(one, two);
  expect(rootOf(one)).toBe(rootOf(two));
  expect(task.title).toBe(other?.title);
  expect(task.notes.toString()).toBe('dry boots and maps');
  expect(one.authority.members().map((member) => member.role)).toEqual(
    two.authority.members().map((member) => member.role),
  );
});

test('what an editor writes in answer to a change just received counts for everybody', async () => {
  const ada = await Person.make('Ada', 40);
  const jun = await Person.make('Jun', 41);
  const one = await ada.found();
  const two = await jun.join(one, ada.deviceSigner, 'writer');
  const task = one.database.add(Task, { title: 'Pack' });
  await exchange(one, two);
  const other = two.database.query(Task).run()[0];
  if (other === undefined) throw new RangeError('the task has not arrived');
  // Editors commit what is held when a change of somebody else is told to them.
  let answers = 0;
  const answer = (): void => {
    if (answers++ < 3) other.notes.insert(other.notes.length, ` ${answers}.`);
  };
  other.notes.subscribe((_, origin) => {
    if (origin === 'foreign') answer();
  });
  for (const word of ['one', ' two', ' three']) {
    task.notes.insert(task.notes.length, word);
    await exchange(one, two);
  }
  await exchange(one, two);
  expect(answers).toBe(3);
  expect(two.counters.sectionsVoid).toBe(0);
  expect(other.notes.toString()).toBe('one 1. two 2. three 3.');
  expect(task.notes.toString()).toBe(other.notes.toString());
  expect(rootOf(one)).toBe(rootOf(two));
});

test('a reader cannot write, and what it writes anyway counts nowhere', async () => {
  const ada = await Person.make('Ada', 4);
  const rea = await Person.make('Rea', 5);
  const one = await ada.found();
  const two = await rea.join(one, ada.deviceSigner, 'reader');
  expect(() => two.database.add(Task, { title: 'Mine' })).toThrow(
    expect.objectContaining({ code: 'SPACE_READ_ONLY' }),
  );
  expect(two.database.query(Task).run()).toEqual([]);
});

test('after an unclean end the slot writes a new feed that knows the old one', async () => {
  const ada = await Person.make('Ada', 6);
  const space = await ada.found();
  space.database.add(Task, { title: 'One' });
  await space.flush();
  const { ring } = space.keys;
  const writer = ada.writer({ mayContinue: false });
  const again = await Space.open(ada.ports, { space: space.id, ring, writer });
  again.database.add(Task, { title: 'Two' });
  await again.flush();
  expect(again.index.branches.feeds()).toHaveLength(2);
  const third = await Space.open(ada.ports, { space: space.id, ring, writer: ada.writer() });
  expect(third.database.query(Task).count()).toBe(2);
});

test('a copied profile that wrote on leaves the taken feed when it hears of it', async () => {
  const ada = await Person.make('Ada', 7);
  const jun = await Person.make('Jun', 8);
  const one = await ada.found();
  const two = await jun.join(one, ada.deviceSigner, 'writer');
  one.database.add(Task, { title: 'Before' });
  await exchange(one, two);
  const { ring } = one.keys;
  const ports = await restored(ada.ports, one.id);
  const copy = await Space.open(ports, { space: one.id, ring, writer: ada.writer() });
  one.database.add(Task, { title: 'In the original' });
  await exchange(one, two);
  await exchange(copy, two);
  copy.database.add(Task, { title: 'In the copy' });
  await exchange(copy, two);
  await exchange(one, two);
  expect(two.database.query(Task).count()).toBe(3);
  expect(rootOf(one)).toBe(rootOf(two));
  expect(rootOf(copy)).toBe(rootOf(two));
});
