/** Objects as an application uses them, on two replicas that exchange blocks. */
import { defineRelation, defineType, s } from '@atoll/schema';
import { expect, test } from 'vitest';
import { WorldReplica } from './testing/log-world.ts';

const Person = defineType('org.example.Person', { name: s.string() });
const Task = defineType('org.example.Task', {
  title: s.string(),
  done: s.boolean().default(false),
  tags: s.set(s.string()),
  votes: s.counter(),
  notes: s.text(),
  assignee: s.ref(() => Person).optional(),
  items: s.list(s.string()),
  address: s.record({ street: s.string().optional(), city: s.string().optional() }),
  meta: s.map(s.string()),
  due: s.date().optional(),
});

function pair(): { readonly ada: WorldReplica; readonly bob: WorldReplica; sync(): void } {
  const ada = new WorldReplica('ada');
  const bob = new WorldReplica('bob');
  return {
    ada,
    bob,
    sync: () => {
      bob.pull(ada);
      ada.pull(bob);
      expect(ada.root()).toBe(bob.root());
    },
  };
}

test('an object is the same on the replica that made it and on one that received it', () => {
  const { ada, bob, sync } = pair();
  const person = ada.db.add(Person, { name: 'Grace' });
  const task = ada.db.add(Task, {
    title: 'Pack',
    tags: ['b', 'a', 'b'],
    votes: 3,
    notes: 'Hello',
    assignee: person,
    items: ['x', 'y'],
    address: { city: 'Turin' },
    meta: { colour: 'red' },
    due: new Date(1000),
  });
  const plain = {
    id: task.id,
    title: 'Pack',
    done: false,
    tags: ['a', 'b'],
    votes: 3,
    notes: 'Hello',
    assignee: person.id,
    items: ['x', 'y'],
    address: { city: 'Turin' },
    meta: { colour: 'red' },
    due: new Date(1000),
  };
  expect(ada.db.plain(0)).toMatchObject({ name: 'Grace' });
  expect(JSON.parse(JSON.stringify(task))).toEqual(JSON.parse(JSON.stringify(plain)));
  sync();
  bob.db.register(Task);
  const copy = bob.db.query(Task).first();
  expect(JSON.parse(JSON.stringify(copy))).toEqual(JSON.parse(JSON.stringify(plain)));
  expect(copy?.assignee?.$state).toBe('present');
  expect(bob.db.query(Person).first()?.name).toBe('Grace');
});

test('a peer without the type reads it from the space', () => {
  const { ada, bob, sync } = pair();
  ada.db.add(Task, { title: 'Pack', tags: ['a'] });
  sync();
  expect(bob.db.types().map((type) => type.name)).toEqual([Task.name]);
  const found = bob.db.query('org.example.Task').first();
  expect(found?.['title']).toBe('Pack');
  if (found !== undefined) (found as unknown as { title: string }).title = 'Unpack';
  sync();
  expect(ada.db.query(Task).first()?.title).toBe('Unpack');
});

test('assignments show at once and travel', () => {
  const { ada, bob, sync } = pair();
  const task = ada.db.add(Task, { title: 'a' });
  task.title = 'b';
  task.address.city = 'Rome';
  task.meta.set('k', 'v');
  task.tags.add('t');
  task.votes.increment(2);
  task.items.push('one', 'two', 'three');
  task.items.move(2, 0);
  task.items.set(1, 'ONE');
  task.notes.insert(0, 'hello');
  task.notes.insert(5, ' world');
  task.notes.delete(0, 1);
  expect(task.title).toBe('b');
  expect(task.items.toArray()).toEqual(['three', 'ONE', 'two']);
  sync();
  const copy = bob.db.query(Task).first();
  expect(JSON.stringify(copy)).toBe(JSON.stringify(task));
  expect(copy?.notes.toString()).toBe('ello world');
  expect(copy?.items.toArray()).toEqual(['three', 'ONE', 'two']);
  expect(copy?.votes.value).toBe(2);
});

test('concurrent assignments are siblings until somebody decides', () => {
  const { ada, bob, sync } = pair();
  const task = ada.db.add(Task, { title: 'a' });
  sync();
  const copy = bob.db.query(Task).first();
  if (copy === undefined) return expect.unreachable();
  task.title = 'from ada';
  copy.title = 'from bob';
  sync();
  expect(copy.title).toBe(task.title);
  const both = ada.db.conflicts(task, 'title').map((conflict) => conflict.value);
  expect(both.toSorted()).toEqual(['from ada', 'from bob']);
  expect(both[0]).toBe(task.title);
  task.title = 'decided';
  sync();
  expect(bob.db.conflicts(copy, 'title')).toHaveLength(1);
  expect(copy.title).toBe('decided');
});

test('an addition that a removal has not seen survives it, and increments add up', () => {
  const { ada, bob, sync } = pair();
  const task = ada.db.add(Task, { title: 'a', tags: ['x'] });
  sync();
  const copy = bob.db.query(Task).first();
  if (copy === undefined) return expect.unreachable();
  task.tags.delete('x');
  task.tags.add('x');
  copy.tags.delete('x');
  task.votes.increment(5);
  copy.votes.increment(-2);
  sync();
  expect(copy.tags.toArray()).toEqual(['x']);
  expect(task.votes.value).toBe(3);
  task.votes.assign(10);
  copy.votes.increment(100);
  sync();
  expect(copy.votes.value).toBe(10);
});

test('a deleted object is hidden, keeps edits, and comes back', () => {
  const { ada, bob, sync } = pair();
  const task = ada.db.add(Task, { title: 'a' });
  sync();
  const copy = bob.db.query(Task).first();
  if (copy === undefined) return expect.unreachable();
  ada.db.delete(task);
  copy.title = 'edited';
  sync();
  expect(bob.db.get(task.id)).toBeUndefined();
  expect(bob.db.query(Task).count()).toBe(0);
  expect(bob.db.query(Task).deleted('only').count()).toBe(1);
  expect(task.$state).toBe('deleted');
  bob.db.restore(copy);
  sync();
  expect(task.title).toBe('edited');
  expect(ada.db.query(Task).count()).toBe(1);
});

test('a ref by key resolves when the object with that key appears', () => {
  const Package = defineType('Package', {
    name: s.string(),
    depends: s.set(s.ref({ name: 'Package' }, { by: 'name' })),
  });
  const { ada, bob, sync } = pair();
  const tool = ada.db.add(Package, { name: 'tool', depends: ['libc6', 'perl'] });
  ada.db.add(Package, { name: 'perl', depends: ['libc6'] });
  sync();
  const [libc, perl] = tool.depends.toArray();
  expect([libc?.$key, libc?.$state, perl?.$state]).toEqual(['libc6', 'missing', 'present']);
  expect(bob.db.query('Package').refTo('libc6').count()).toBe(2);
  expect(bob.db.refsTo('perl').map((object) => object['name'])).toEqual(['tool']);
  const added = bob.db.add(Package, { name: 'libc6', depends: [] });
  sync();
  expect(libc?.$state).toBe('present');
  expect(ada.db.refsTo(added).length).toBe(2);
});

test('a relation is found from both of its ends', () => {
  const Knows = defineRelation('Knows', { source: Person, target: Person });
  const { ada } = pair();
  const one = ada.db.add(Person, { name: 'one' });
  const two = ada.db.add(Person, { name: 'two' });
  ada.db.add(Knows, { source: one, target: two });
  expect(ada.db.query(Knows).refTo(two, 'target').first()?.source.$target?.name).toBe('one');
  expect(ada.db.query(Knows).refTo(two, 'source').count()).toBe(0);
});

test('queries filter, order and cut', () => {
  const { ada } = pair();
  for (const [title, votes] of [
    ['c', 1],
    ['a', 3],
    ['b', 2],
    ['d', 3],
  ] as const) {
    ada.db.add(Task, { title, votes, done: votes === 3, tags: [title] });
  }
  const titles = (query: { run(): readonly { title: string }[] }): string =>
    query
      .run()
      .map((task) => task.title)
      .join('');
  const tasks = ada.db.query(Task);
  expect(titles(tasks)).toBe('cabd');
  expect(titles(tasks.orderBy('title'))).toBe('abcd');
  expect(titles(tasks.orderBy('votes', 'desc').orderBy('title', 'desc'))).toBe('dabc');
  expect(titles(tasks.where({ done: false }))).toBe('cb');
  expect(titles(tasks.where({ votes: { gte: 2, lt: 3 } }))).toBe('b');
  expect(titles(tasks.where({ title: { in: ['a', 'c'] } }))).toBe('ca');
  expect(titles(tasks.where({ title: { ne: 'a' }, done: true }))).toBe('d');
  expect(titles(tasks.where({ tags: { contains: 'b' } }))).toBe('b');
  expect(titles(tasks.where({ title: { prefix: 'c' } }))).toBe('c');
  expect(titles(tasks.where({ due: { exists: true } }))).toBe('');
  expect(titles(tasks.orderBy('title').offset(1).limit(2))).toBe('bc');
  const second = tasks.orderBy('title').run()[1];
  if (second !== undefined) expect(titles(tasks.orderBy('title').after(second))).toBe('cd');
  expect(titles(ada.db.queryForm(tasks.where({ done: true }).toJSON()) as never)).toBe('ad');
  expect(() => ada.db.query(Task.name).where({ nothing: 1 }).run()).toThrow(/no field/);
});

test('a listener is told once a tick, and only of what concerns it', () => {
  const { ada } = pair();
  const seen: string[] = [];
  const first = ada.db.add(Task, { title: 'b' });
  const other = ada.db.add(Task, { title: 'x', done: true });
  const stop = ada.db
    .query(Task)
    .where({ done: false })
    .orderBy('title')
    .subscribe((tasks) => seen.push(tasks.map((task) => task.title).join('')));
  ada.tick();
  ada.db.add(Task, { title: 'a' });
  ada.db.add(Task, { title: 'c' });
  ada.tick();
  first.title = 'd';
  ada.tick();
  other.title = 'y';
  ada.tick();
  other.done = false;
  ada.tick();
  ada.db.delete(first);
  ada.tick();
  stop();
  ada.db.add(Task, { title: 'z' });
  ada.tick();
  expect(seen).toEqual(['b', 'b', 'abc', 'acd', 'acdy', 'acy']);
});

test('a transaction is one block', () => {
  const { ada } = pair();
  ada.db.transaction(() => {
    const task = ada.db.add(Task, { title: 'a' });
    task.title = 'b';
  });
  expect(ada.own).toHaveLength(1);
  expect(() =>
    ada.db.transaction(() => {
      for (let at = 0; at < 10; at++) ada.db.add(Task, { title: 'x'.repeat(100_000) });
    }),
  ).toThrow(expect.objectContaining({ code: 'ECHO_TRANSACTION_TOO_LARGE' }));
});

test('a value that does not fit is refused before anything is written', () => {
  const { ada } = pair();
  const task = ada.db.add(Task, { title: 'a' });
  ada.tick();
  expect(() => ada.db.add(Task, { title: 7 as unknown as string })).toThrow(/title/);
  expect(() => {
    task.title = '\ud800';
  }).toThrow(expect.objectContaining({ code: 'ECHO_VALUE' }));
  expect(() => task.notes.insert(4, 'x')).toThrow(
    expect.objectContaining({ code: 'ECHO_POSITION' }),
  );
  expect(ada.own).toHaveLength(1);
});
