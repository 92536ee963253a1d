/**
 * Any query over random worlds is answered as by looking at every object, at once and after each change:
 * edits, deletions, restorations, merges, blocks that turn void, types and objects that come late.
 */
import { fc, test } from '@fast-check/vitest';
import { defineType, s } from '@atoll/schema';
import { expect } from 'vitest';
import { randomFrom } from '../testing/random-edits.ts';
import { WorldReplica, type WorldBlock } from '../testing/log-world.ts';
import { referenceGroups, referenceRun } from '../testing/reference-query.ts';
import type { Database } from '../database.ts';
import type { Group } from './groups.ts';
import type { QueryForm } from './query-form.ts';
import type { Query } from './query.ts';
import type { AnyObject } from '../database.ts';

const Person = defineType('q.Person', {
  name: s.string().index(),
  age: s.integer().optional().index(),
  friend: s.ref({ name: 'q.Person' }).optional(),
});
const Task = defineType('q.Task', {
  title: s.string().searchable().default('new'),
  size: s.number().optional().index(),
  kind: s.string().nullable().optional().index(),
  done: s.boolean().default(false),
  due: s.date().optional(),
  big: s.bigint().optional(),
  votes: s.counter(),
  tags: s.set(s.string()),
  notes: s.text().searchable(),
  assignee: s.ref(() => Person).optional(),
  owner: s.ref(() => Person, { by: 'name' }).optional(),
  blocks: s.set(s.ref({ name: 'q.Task' })),
  after: s.ref({ name: 'q.Task' }).optional(),
});

const WORDS = ['a', 'ab', 'b', 'ba', 'Éa', '\u{1F600}', '\uFF5E', '東京都', ''];
const NAMES = ['ann', 'bob', 'cyd'];

type Random = (below: number) => number;

function pickOf<T>(random: Random, items: readonly T[]): T | undefined {
  return items[random(items.length)];
}

function edit(db: Database, random: Random): void {
  const people = db.query(Person).deleted('include').run();
  const tasks = db.query(Task).deleted('include').run();
  const person = pickOf(random, people);
  const task = pickOf(random, tasks);
  const word = pickOf(random, WORDS) as string;
  const name = pickOf(random, NAMES) as string;
  const maybe = <T>(value: T): T | undefined => (random(4) === 0 ? undefined : value);
  const changes: (() => void)[] = [
    () => db.add(Person, { name, age: maybe(random(5)), friend: maybe(person) }),
    () =>
      db.add(Task, {
        title: word,
        size: maybe(random(8) / 4),
        tags: [name, word],
        assignee: maybe(person),
        owner: maybe(name),
        blocks: task === undefined ? [] : [task],
        notes: `${word} ${name}`,
      }),
  ];
  if (person !== undefined) {
    changes.push(
      () => (person.name = name),
      () => (person.age = maybe(random(5))),
      () => (person.friend = maybe(pickOf(random, people))),
      () => (random(2) === 0 ? db.delete(person) : db.restore(person)),
    );
  }
  if (task !== undefined) {
    const other = pickOf(random, tasks) as typeof task;
    changes.push(
      () => (task.title = word),
      () => (task.size = maybe(random(8) / 4)),
      () => (task.kind = random(3) === 0 ? null : maybe(word)),
      () => (task.done = random(2) === 0),
      () => (task.due = maybe(new Date(random(3) * 1000))),
      () => (task.big = maybe(BigInt(random(3)) << 60n)),
      () => task.votes.increment(random(3)),
      () => (random(2) === 0 ? task.tags.add(name) : task.tags.delete(name)),
      () => task.notes.insert(0, `${word} `),
      () => (task.assignee = maybe(person)),
      () => (task.owner = maybe(name) as unknown as typeof task.owner),
      () => (random(2) === 0 ? task.blocks.add(other) : task.blocks.delete(other)),
      () => (task.after = maybe(other)),
      () => (random(2) === 0 ? db.delete(task) : db.restore(task)),
    );
  }
  pickOf(random, changes)?.();
}

function scalarWhere(random: Random): Record<string, unknown> {
  const word = pickOf(random, WORDS) as string;
  const comparison = pickOf(random, ['eq', 'ne', 'lt', 'lte', 'gt', 'gte']) as string;
  const choices: Record<string, unknown>[] = [
    { title: { [comparison]: word } },
    { title: pickOf(random, [{ prefix: word }, { contains: word }, { text: word }]) },
    { size: { [comparison]: random(8) / 4 } },
    { size: { gte: random(4) / 4, lt: random(8) / 4 } },
    {
      size: pickOf(random, [
        { eq: null },
        { exists: true },
        { in: [0.25, null] },
        { in: [1, 0.5] },
      ]),
    },
    { kind: pickOf(random, [{ eq: null }, { ne: null }, { exists: false }, { prefix: word }]) },
    { kind: { [comparison]: word } },
    { done: random(2) === 0 },
    { due: { [comparison]: new Date(random(3) * 1000).toISOString() } },
    { big: { [comparison]: String(BigInt(random(3)) << 60n) } },
    { votes: { [comparison]: random(4) } },
    { tags: pickOf(random, [{ contains: pickOf(random, NAMES) }, { exists: false }]) },
    { notes: pickOf(random, [{ text: word }, { contains: word }, { exists: true }]) },
    { $text: `${word} ${pickOf(random, NAMES)}` },
  ];
  return pickOf(random, choices) as Record<string, unknown>;
}

function personWhere(random: Random): Record<string, unknown> {
  const name = pickOf(random, NAMES) as string;
  const choices: Record<string, unknown>[] = [
    {},
    { name },
    { age: { gt: random(4) } },
    { $not: { name } },
    { friend: { to: { name }, depth: 1 + random(3) } },
  ];
  return pickOf(random, choices) as Record<string, unknown>;
}

function taskWhere(db: Database, random: Random, depth = 0): Record<string, unknown> {
  const some = pickOf(random, db.query(Task).deleted('include').run());
  const person = pickOf(random, db.query(Person).deleted('include').run());
  const inner = (): Record<string, unknown> => taskWhere(db, random, depth + 1);
  const choices: (() => Record<string, unknown>)[] = [
    () => scalarWhere(random),
    () => scalarWhere(random),
    () => ({ assignee: { to: personWhere(random) } }),
    () => ({ owner: { to: personWhere(random) } }),
    () => ({ owner: pickOf(random, NAMES) }),
    () => ({ $refTo: { key: pickOf(random, NAMES) } }),
    () => (person === undefined ? {} : { $refTo: { id: person.id } }),
    () => (some === undefined ? {} : { $refTo: { id: some.id, field: 'blocks', depth: 3 } }),
    () => (some === undefined ? {} : { $id: [some.id] }),
  ];
  if (depth < 2) {
    choices.push(
      () => ({ blocks: { to: inner(), depth: 1 + random(3) } }),
      () => ({ after: { to: inner() } }),
      () => ({ $from: { type: Task.name, field: 'blocks', where: inner(), depth: 1 + random(3) } }),
      () => ({ $from: { type: Task.name, field: 'after', where: inner() } }),
      () => ({ $and: [inner(), inner()] }),
      () => ({ $or: [inner(), inner()] }),
      () => ({ $not: inner() }),
      () => ({ ...inner(), ...inner() }),
    );
  }
  return pickOf(random, choices)?.() ?? {};
}

function queryForm(db: Database, random: Random): QueryForm {
  if (random(5) === 0) {
    const where =
      random(2) === 0
        ? personWhere(random)
        : {
            $from: {
              type: Task.name,
              field: pickOf(random, ['owner', 'assignee']),
              where: scalarWhere(random),
            },
          };
    return { type: Person.name, where, orderBy: [{ field: 'age', direction: 'desc' }] };
  }
  const fields = ['title', 'size', 'kind', 'due', 'votes', 'big', 'done'];
  const orderBy = Array.from({ length: random(3) }, () => ({
    field: pickOf(random, fields) as string,
    direction: random(2) === 0 ? ('asc' as const) : ('desc' as const),
    ...(random(3) === 0 ? { nulls: random(2) === 0 ? ('first' as const) : ('last' as const) } : {}),
  }));
  return {
    type: Task.name,
    where: taskWhere(db, random),
    ...(orderBy.length === 0 ? {} : { orderBy }),
    ...(random(2) === 0 ? { limit: 1 + random(4) } : {}),
    ...(random(4) === 0 ? { offset: random(3) } : {}),
    ...(random(4) === 0
      ? { deleted: random(2) === 0 ? ('include' as const) : ('only' as const) }
      : {}),
    ...(random(3) === 0
      ? { hidden: random(2) === 0 ? ('include' as const) : ('only' as const) }
      : {}),
  };
}

/** A moderator hides some objects and shows others, also such as are not here yet. */
function moderate(db: Database, random: Random, elsewhere: Database): void {
  const all = [db, elsewhere].flatMap((each) =>
    each.typeNames().flatMap((type) => each.query(type).hidden('include').run()),
  );
  db.hidden.replace(new Set(all.map(({ id }) => id).filter(() => random(3) === 0)));
}

/** A query with what its listeners were told last. */
interface Watched {
  readonly form: QueryForm;
  list: readonly string[];
  count: number;
  groups: readonly Group[];
}

function watch(db: Database, form: QueryForm): Watched {
  const query = db.queryForm(form);
  const watched: Watched = { form, list: [], count: 0, groups: [] };
  query.subscribe((objects) => (watched.list = objects.map(({ id }) => id)));
  query.subscribeCount((count) => (watched.count = count));
  if (form.type === Task.name) {
    grouped(query).subscribeGroups((groups) => (watched.groups = groups));
  }
  return watched;
}

function grouped(query: Query<AnyObject>): Query<AnyObject> {
  return query
    .groupBy('tags')
    .aggregate({ sum: { sum: 'size' }, min: { min: 'size' }, max: { max: 'size' } });
}

function textOf(groups: readonly Group[]): string[] {
  return groups
    .map(({ key, count, figures }) => {
      const { sum, min, max } = figures;
      return `${String(key['tags'])}: ${count} ${String(sum)} ${String(min)} ${String(max)}`;
    })
    .sort();
}

function check(db: Database, watched: Watched): void {
  const query = db.queryForm(watched.form);
  const form = query.toJSON();
  const shown = JSON.stringify(form);
  const wanted = referenceRun(db, form);
  expect(
    query.run().map(({ id }) => id),
    shown,
  ).toEqual(wanted);
  expect(watched.list, `kept: ${shown}`).toEqual(wanted);
  const { limit: _limit, offset: _offset, ...whole } = form;
  const count = referenceRun(db, whole).length;
  expect(query.count(), shown).toBe(count);
  expect(watched.count, `kept: ${shown}`).toBe(count);
  expect(query.explain().found, shown).toBe(wanted.length);
  if (form.type !== Task.name) return;
  const groups = referenceGroups(db, form, 'tags', 'size');
  expect(textOf(grouped(query).groups()), shown).toEqual(groups);
  expect(textOf(watched.groups), `kept: ${shown}`).toEqual(groups);
}

test.prop([fc.integer({ min: 0, max: 2 ** 31 })], { numRuns: 40 })(
  'any query finds what looking at every object finds, at once and after each change or hiding',
  (seed) => {
    const random = randomFrom(seed);
    const voids = new Set<WorldBlock>();
    const isVoid = (block: WorldBlock): boolean => voids.has(block);
    const replicas = [new WorldReplica('ada', isVoid), new WorldReplica('bob')] as const;
    const [ada, bob] = replicas;
    const known = random(2) === 0;
    if (known) for (const { db } of replicas) for (const type of [Person, Task]) db.register(type);
    for (let step = random(12); step > 0; step--) edit(ada.db, random);
    ada.tick();
    if (random(2) === 0) bob.pull(ada);
    const watched = replicas.map(({ db }) =>
      Array.from({ length: 3 }, () => watch(db, queryForm(ada.db, random))),
    );
    for (let round = 0; round < 6; round++) {
      replicas.forEach((replica, at) => {
        if (replica === bob && !known && bob.db.typeNames().length === 0) return;
        for (let step = random(5); step > 0; step--) edit(replica.db, random);
        if (random(3) === 0) moderate(replica.db, random, (replica === bob ? ada : bob).db);
        replica.tick();
        for (const each of watched[at] ?? []) check(replica.db, each);
      });
      if (random(2) === 0) bob.pull(ada);
      else ada.pull(bob);
      const doubted = pickOf(random, bob.own);
      // A member turns out to have had no right to write, or to have had it after all.
      if (doubted !== undefined && ada.log.includes(doubted)) {
        if (!voids.delete(doubted)) voids.add(doubted);
        ada.setVoid([doubted], isVoid);
      }
      replicas.forEach((replica, at) => {
        if (replica.db.typeNames().length < 2) return;
        for (const each of watched[at] ?? []) check(replica.db, each);
      });
    }
  },
);
