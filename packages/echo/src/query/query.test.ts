import { defineType, s, type InstanceOf } from '@atoll/schema';
import { expect, test } from 'vitest';
import type { WhereFor } from './query-types.ts';
import { WorldReplica } from '../testing/log-world.ts';

const Person = defineType('e.Person', { name: s.string() });
const Task = defineType('e.Task', {
  title: s.string(),
  size: s.integer().index(),
  state: s.string().index(),
  area: s.string(),
  amount: s.number(),
  assignee: s.ref(() => Person).optional(),
});
type TaskObject = InstanceOf<typeof Task>;

const COUNT = 200;

function makeWorld(): { replica: WorldReplica; tasks: TaskObject[] } {
  const replica = new WorldReplica('ada');
  const { db } = replica;
  const people = ['ann', 'bob', 'cyd', 'dan'].map((name) => db.add(Person, { name }));
  const tasks = Array.from({ length: COUNT }, (_, at) =>
    db.add(Task, {
      title: `task ${at}`,
      size: at,
      state: at % 50 === 0 ? 'rare' : 'usual',
      area: `area ${at % 4}`,
      amount: at / 10,
      assignee: people[at % 4],
    }),
  );
  replica.tick();
  return { replica, tasks };
}

test('the planner takes the index that knows of the fewest objects, and says so', () => {
  const { db } = makeWorld().replica;
  const tasks = db.query(Task);
  const rare = tasks.where({ state: 'rare', size: { gte: 10 } }).explain();
  expect(rare).toMatchObject({ index: 'state', examined: 4, found: 3 });
  const narrow = tasks.where({ state: 'usual', size: { gte: 10, lt: 13 } }).explain();
  expect(narrow).toMatchObject({ index: 'size', examined: 3, found: 3 });
  const apart = tasks
    .where({ size: { gte: 10 } })
    .where({ size: { lt: 13 } })
    .explain();
  expect(apart).toMatchObject({ index: 'size', examined: 3, found: 3 });
  const either = tasks.where({ $or: [{ state: 'rare' }, { size: 7 }] }).explain();
  expect(either.plan).toMatchObject({ kind: 'union', estimate: 5 });
  const all = tasks.where({ title: { contains: '1' } }).explain();
  expect(all).toMatchObject({ index: undefined, examined: COUNT });
  expect(all.words).toContain('all 200 objects of e.Task');
  const hop = tasks.where({ assignee: { to: { name: 'bob' } }, state: 'usual' }).explain();
  expect(hop.plan.kind).toBe('hop');
  expect(hop.found).toBe(50);
});

test('the first few in the order of an index are found without looking at the rest', () => {
  const { db } = makeWorld().replica;
  const largest = db
    .query(Task)
    .where({ area: { ne: 'area 3' } })
    .orderBy('size', 'desc')
    .limit(3);
  const { examined, order, words } = largest.explain();
  expect(largest.run().map(({ size }) => size)).toEqual([198, 197, 196]);
  expect(examined).toBeLessThan(10);
  expect([order, words]).toEqual(['walked', expect.stringContaining('No sorting was needed')]);
});

test('equal queries share one array, and what has not changed stays the same', () => {
  const { replica, tasks } = makeWorld();
  const { db } = replica;
  const told: (readonly TaskObject[])[] = [];
  const rare = (): ReturnType<typeof db.query<typeof Task>> =>
    db.query(Task).where({ state: 'rare' }).orderBy('size');
  const stops = [rare(), rare()].map((query) => query.subscribe((found) => told.push(found)));
  expect(told).toHaveLength(2);
  expect(told[1]).toBe(told[0]);
  // Several changes of one tick are told once; those of others not at all.
  (tasks[1] as TaskObject).title = 'elsewhere';
  replica.tick();
  expect(told).toHaveLength(2);
  (tasks[1] as TaskObject).state = 'rare';
  (tasks[2] as TaskObject).state = 'rare';
  replica.tick();
  expect(told).toHaveLength(4);
  expect(told[3]).toBe(told[2]);
  expect(told[3]?.map(({ size }) => size)).toEqual([0, 1, 2, 50, 100, 150]);
  expect(told[0]).toHaveLength(4);
  for (const stop of stops) stop();
  (tasks[3] as TaskObject).state = 'rare';
  replica.tick();
  expect(told).toHaveLength(4);
});

test('a query whose field is gone from the type finds nothing, and leaves the others alone', () => {
  const replica = new WorldReplica('ada');
  const { db } = replica;
  const Old = defineType('e.Page', { title: s.string(), size: s.integer() });
  const Next = defineType('e.Page', { title: s.string() });
  db.add(Old, { title: 'a', size: 1 });
  const told: string[] = [];
  db.query(Old)
    .where({ size: 1 })
    .subscribe((found) => told.push(`size ${found.length}`));
  db.query(Old)
    .where({ title: 'a' })
    .subscribe((found) => told.push(`title ${found.length}`));
  replica.tick();
  told.length = 0;
  db.register(Next);
  replica.tick();
  expect(told).toContain('size 0');
  expect(told).not.toContain('title 0');
  db.register(Old);
  replica.tick();
  expect(told).toContain('size 1');
});

test('of several objects with one key, refs lead to the one that was created first', () => {
  const { db } = new WorldReplica('ada');
  const Part = defineType('e.Part', {
    name: s.string(),
    size: s.integer(),
    needs: s.ref({ name: 'e.Part' }, { by: 'name' }).optional(),
  });
  const [first] = [1, 2, 3].map((size) => db.add(Part, { name: 'bolt', size }));
  db.add(Part, { name: 'wheel', size: 9, needs: first });
  const needing = (size: number): number =>
    db
      .query(Part)
      .where({ needs: { to: { size } } })
      .count();
  expect([needing(1), needing(2)]).toEqual([1, 0]);
  if (first !== undefined) db.delete(first);
  expect([needing(1), needing(2)]).toEqual([0, 1]);
});

test('listeners of one tick see one state, though they ask in between', () => {
  const { replica, tasks } = makeWorld();
  const { db } = replica;
  const rare = db.query(Task).where({ state: 'rare' });
  const seen: number[][] = [];
  let count = 0;
  rare.subscribeCount((now) => (count = now));
  rare.subscribe((found) => seen.push([found.length, count, rare.count()]));
  (tasks[1] as TaskObject).state = 'rare';
  replica.tick();
  expect(seen).toEqual([
    [4, 4, 4],
    [5, 5, 5],
  ]);
});

test('groups that have not changed stay the same objects', () => {
  const { replica, tasks } = makeWorld();
  const told: (readonly { readonly count: number }[])[] = [];
  replica.db
    .query(Task)
    .groupBy('area')
    .aggregate({ sum: { sum: 'amount' }, mean: { avg: 'size' } })
    .subscribeGroups((groups) => told.push(groups));
  (tasks[0] as TaskObject).amount = 0.3;
  replica.tick();
  expect(told[1]?.slice(1)).toEqual(told[0]?.slice(1));
  expect(told[1]?.map((group, at) => group === told[0]?.[at])).toEqual([false, true, true, true]);
});

test('a mean that is kept is over what is there after each change', () => {
  const replica = new WorldReplica('ada');
  const task = (size: number): TaskObject =>
    replica.db.add(Task, { title: '', size, state: '', area: 'one', amount: 0 }) as TaskObject;
  const [first] = [task(2), task(4)];
  const told: unknown[] = [];
  replica.db
    .query(Task)
    .groupBy('area')
    .aggregate({ mean: { avg: 'size' } })
    .subscribeGroups((groups) => told.push(JSON.stringify(groups)));
  const means = (): string[] => told.map((text) => /"mean":[^,}]*/.exec(String(text))?.[0] ?? '');
  expect(means().at(-1)).toBe('"mean":3');
  if (first !== undefined) first.size = 8;
  replica.tick();
  expect(means().at(-1)).toBe('"mean":6');
  if (first !== undefined) replica.db.delete(first);
  replica.tick();
  expect(means().at(-1)).toBe('"mean":4');
});

test('sums are exact however numbers come and go', () => {
  const { db } = new WorldReplica('ada');
  const amounts = [0.1, 0.2, 0.3, 1e300, -1e300, 2 ** 53, 1, 5e-324];
  const objects = amounts.map((amount) =>
    db.add(Task, { title: '', size: 0, state: '', area: '', amount }),
  );
  const tasks = db.query(Task);
  // The exact value is 2^53 + 1.6 and a little: the nearest double is even.
  expect(tasks.sum('amount')).toBe(2 ** 53 + 2);
  db.delete(objects[5] as TaskObject);
  expect(tasks.sum('amount')).toBe(1.6);
  expect(tasks.max('amount')).toBe(1e300);
});

test('a union is asked for moments, big integers and bytes, apart from texts that look like them', () => {
  const Mixed = defineType('e.Mixed', {
    name: s.string(),
    of: s.union([s.string(), s.date(), s.bigint(), s.bytes()]),
    next: s.ref({ name: 'e.Mixed' }).optional(),
  });
  const { db } = new WorldReplica('ada');
  const moment = new Date('2026-03-01T10:00:00.000Z');
  const date = db.add(Mixed, { name: 'date', of: moment });
  db.add(Mixed, { name: 'text', of: moment.toISOString() });
  db.add(Mixed, { name: 'big', of: 5n });
  db.add(Mixed, { name: 'bytes', of: Uint8Array.of(5) });
  db.add(Mixed, { name: 'after', of: 'x', next: date });
  const all = db.query(Mixed);
  const names = (query: typeof all): string[] => query.run().map(({ name }) => name);
  expect(names(all.where({ of: moment }))).toEqual(['date']);
  expect(names(all.where({ of: moment.toISOString() }))).toEqual(['text']);
  expect(names(all.where({ of: { in: [moment, new Date(0)] } }))).toEqual(['date']);
  expect(names(all.where({ of: Uint8Array.of(5) }))).toEqual(['bytes']);
  expect(names(all.where({ $not: { of: { ne: 5n } } }))).toEqual(['big']);
  expect(names(all.where({ next: { to: { of: moment } } }))).toEqual(['after']);
  const again = db.queryForm(all.where({ of: moment }).toJSON()).run();
  expect(again.map(({ id }) => id)).toEqual([date.id]);
});

test('moments and refs in a union are asked for as themselves, also in plain data and in entries of maps', () => {
  const Note = defineType('u.Note', {
    about: s.union([s.date(), s.string(), s.ref({ name: 'u.Note' })]).optional(),
    seen: s.map(s.record({ at: s.union([s.date(), s.string()]) })),
  });
  const { db } = new WorldReplica('ada');
  const moment = new Date('2026-05-01T00:00:00.000Z');
  const first = db.add(Note, { about: moment });
  const second = db.add(Note, { about: first, seen: { a: { at: moment } } });
  db.add(Note, { about: moment.toISOString(), seen: { a: { at: moment.toISOString() } } });
  const ids = (where: Record<string, unknown>): readonly string[] => {
    const built = db.query(Note).where(where).run();
    expect(db.queryForm({ type: Note.name, where }).run()).toEqual(built);
    return built.map(({ id }) => id);
  };
  expect(ids({ about: moment })).toEqual([first.id]);
  expect(ids({ about: { in: [moment] } })).toEqual([first.id]);
  expect(ids({ about: first })).toEqual([second.id]);
  expect(ids({ seen: { some: { at: moment } } })).toEqual([second.id]);
  expect(ids({ seen: { some: { $not: { at: moment } } } })).toHaveLength(1);
});

test('numbers and big integers are compared with each other, exactly, and in plain data too', () => {
  const Size = defineType('e.Size', {
    name: s.string(),
    small: s.integer().index(),
    broken: s.number(),
    big: s.bigint(),
    count: s.counter(),
    all: s.set(s.integer()),
  });
  const { db } = new WorldReplica('ada');
  const most = Number.MAX_SAFE_INTEGER;
  const of = (name: string, small: number, broken: number, big: bigint): void => {
    const size = db.add(Size, { name, small, broken, big, all: [small] });
    size.count.increment(small === most ? 9 : 2);
  };
  of('two', 2, 2.5, 2n);
  of('most', most, 2 ** 60, 2n ** 64n);
  const names = (where: WhereFor<InstanceOf<typeof Size>>): string[] => {
    const query = db.query(Size).where(where);
    const found = query.run().map(({ name }) => name);
    const form = JSON.parse(JSON.stringify(query.toJSON())) as ReturnType<typeof query.toJSON>;
    const again = db.queryForm(form).run() as readonly { readonly name?: unknown }[];
    expect(again.map(({ name }) => name)).toEqual(found);
    return found;
  };
  expect(names({ small: 2n })).toEqual(['two']);
  expect(names({ small: { gt: 2n } })).toEqual(['most']);
  expect(names({ small: { lt: 2n ** 80n } })).toEqual(['two', 'most']);
  expect(names({ small: BigInt(most) + 1n })).toEqual([]);
  expect(names({ small: { in: [2n, 2n ** 70n] } })).toEqual(['two']);
  expect(names({ broken: 2n ** 60n })).toEqual(['most']);
  expect(names({ broken: { gte: 2n ** 60n + 1n } })).toEqual([]);
  expect(names({ broken: { lt: 3n } })).toEqual(['two']);
  expect(names({ big: { gt: 1.5, lt: 2.5 } })).toEqual(['two']);
  expect(names({ big: 2 ** 64 })).toEqual(['most']);
  expect(names({ count: { gt: 2n } })).toEqual(['most']);
  expect(names({ all: { contains: 2n } })).toEqual(['two']);
  const misfit = expect.objectContaining({ code: 'ECHO_QUERY' });
  const words = db.queryForm({ type: 'e.Size', where: { small: { gt: 'two' } } });
  expect(() => words.run()).toThrow(misfit);
});
