/** Indexes beside a snapshot: asked without being made again, true after any change, of no harm when damaged. */
import type { Store } from '@atoll/kernel';
import { defineType, s } from '@atoll/schema';
import { expect, test } from 'vitest';
import { StoredColumns } from '../query/index-page.ts';
import { Space } from '../space/space.ts';
import { Person, rootOf } from '../space/testing/space-fixture.ts';
import { randomFrom } from '../testing/random-edits.ts';
import { decodeHead } from './head.ts';
import { PageStore } from './page-store.ts';
import { RecordedStore } from './testing/recorded-store.ts';

const NEVER = { blocks: 1e9, bytes: 1e9, blocksAtClose: 1e9, bytesAtClose: 1e9 };
const COUNT = 1_300;
const Task = defineType('org.example.IndexedTask', {
  title: s.string().index(),
  rank: s.integer().index(),
  note: s.string(),
});

interface Opened {
  readonly space: Space;
  /** What was told of snapshots and of indexes. */
  readonly told: readonly string[];
}

async function open(person: Person, closed: Space, store: Store): Promise<Opened> {
  const told: string[] = [];
  const log = {
    event: (
      _level: string,
      event: string,
      details?: { readonly [name: string]: unknown },
    ): void => {
      if (event.endsWith('-dropped')) told.push(`${event} ${String(details?.['code'])}`);
    },
  };
  const { ring } = closed.keys;
  const writer = { ...person.writer(), snapshots: NEVER };
  const space = await Space.open(
    { ...person.ports, store, log },
    { space: closed.id, ring, writer },
  );
  return { space, told };
}

function fill(space: Space, count: number): void {
  const { database } = space;
  database.transaction(() => {
    for (let at = 0; at < count; at++) {
      database.add(Task, { title: `task ${at % 97}`, rank: (at * 31) % 1009, note: `${at}` });
    }
  });
}

/** Changes, deletes and adds some; the types' indexes must follow. */
function change(space: Space, random: (below: number) => number, times: number): void {
  const { database } = space;
  const tasks = database.query(Task).run();
  database.transaction(() => {
    for (let at = 0; at < times; at++) {
      const task = tasks[random(tasks.length)];
      if (task === undefined) continue;
      if (random(4) === 0) database.delete(task);
      else if (random(3) === 0) database.add(Task, { title: 'new', rank: random(1009), note: '' });
      else if (random(2) === 0) task.rank = random(1009);
      else task.title = `changed ${random(50)}`;
    }
  });
}

/** What indexes answer must be what looking at each object gives. */
function checkAnswers({ database }: Space): void {
  const all = database.query(Task).run();
  for (const rank of [0, 31, 500]) {
    const found = database.query(Task).where({ rank: { lte: rank } });
    expect(found.explain().plan.kind).toBe('ordered');
    expect(found.count()).toBe(all.filter((task) => task.rank <= rank).length);
  }
  for (const title of ['task 3', 'new', 'changed 7', 'nothing']) {
    const found = database.query(Task).where({ title }).run();
    expect(found.map(({ note }) => note).sort()).toEqual(
      all
        .filter((task) => task.title === title)
        .map(({ note }) => note)
        .sort(),
    );
  }
  const first = database.query(Task).orderBy('rank').limit(20).run();
  expect(first.map(({ rank }) => rank)).toEqual(
    all
      .map(({ rank }) => rank)
      .sort((a, b) => a - b)
      .slice(0, 20),
  );
}

async function written(seed: number): Promise<{
  person: Person;
  store: RecordedStore;
  space: Space;
}> {
  const store = new RecordedStore();
  const person = await Person.make('Ada', seed, store);
  const space = await Space.found(person.ports, { ...person.writer(), snapshots: NEVER });
  fill(space, COUNT);
  await space.flush();
  expect(await space.writeSnapshot()).toBe(true);
  return { person, store, space };
}

test('declared indexes are kept though nobody asked, and what follows is in the answers', async () => {
  const { person, store, space } = await written(1);
  const random = randomFrom(1);
  let current = space;
  for (let round = 0; round < 5; round++) {
    change(current, random, round === 2 ? 900 : 12);
    await current.flush();
    if (round % 2 === 0) expect(await current.writeSnapshot()).toBe(true);
    await current[Symbol.asyncDispose]();
    const again = await open(person, current, store);
    change(again.space, random, 9);
    checkAnswers(again.space);
    expect(again.told).toEqual([]);
    current = again.space;
  }
});

test('the first question of an opened space makes no index', async () => {
  const { person, store, space } = await written(2);
  await space[Symbol.asyncDispose]();
  const { space: again } = await open(person, space, store);
  expect(again.database.query(Task).where({ rank: 31 }).count()).toBeGreaterThan(0);
  const opened = again.database.indexes.cut().map(({ columns }) => columns?.constructor);
  // The other one was not looked at.
  expect(new Set(opened)).toEqual(new Set([StoredColumns, undefined]));
});

/** Names of the pages with columns of indexes. */
async function indexPages(person: Person, space: Space, store: Store): Promise<string[]> {
  const { ports } = person;
  const secret = person.writer().haloSecret;
  const pages = new PageStore({ store, rng: ports.rng, space: space.id, secret });
  const head = decodeHead((await pages.readHead()) ?? new Uint8Array());
  return head.pages
    .filter(({ first, kind }) => kind === 'index' && first > 0)
    .map(({ name }) => name);
}

test('a changed object writes no page of an index anew but the list of them', async () => {
  const { person, store, space } = await written(3);
  await space[Symbol.asyncDispose]();
  const { space: again } = await open(person, space, store);
  const before = await indexPages(person, space, store);
  const [task] = again.database.query(Task).where({ rank: 31 }).run();
  if (task === undefined) expect.unreachable();
  task.rank = 7;
  await again.flush();
  expect(await again.writeSnapshot()).toBe(true);
  expect(await indexPages(person, space, store)).toEqual(before);
});

test('a page of an index with any byte changed is noticed, told of, and the index made anew', async () => {
  const { person, store, space } = await written(4);
  const root = rootOf(space);
  await space[Symbol.asyncDispose]();
  const random = randomFrom(4);
  let damagedIndexes = 0;
  for (const name of (await store.names('snapshot/')).filter((each) => !each.endsWith('/head'))) {
    const bytes = (await store.value(name)) as Uint8Array;
    const at = random(bytes.length);
    const wrong = bytes.slice();
    wrong[at] = (wrong[at] as number) ^ (1 << random(8));
    const damaged = await store.after(1e9);
    await damaged.commit({ values: new Map([[name, wrong]]) });
    const { space: again, told } = await open(person, space, damaged);
    checkAnswers(again);
    expect(rootOf(again)).toBe(root);
    expect(told).toHaveLength(1);
    if (told[0] !== 'space.index-dropped SNAPSHOT_CORRUPT') continue;
    damagedIndexes++;
    expect(await again.writeSnapshot()).toBe(true);
    const { space: repaired, told: quiet } = await open(person, again, damaged);
    checkAnswers(repaired);
    expect(quiet).toEqual([]);
  }
  // Two indexes and their list.
  expect(damagedIndexes).toBe(3);
});

test('an index with a page missing is made anew, and the snapshot stays', async () => {
  const { person, store, space } = await written(5);
  await space[Symbol.asyncDispose]();
  const codes = new Set<string>();
  for (const name of await store.names('snapshot/')) {
    const damaged = await store.after(1e9);
    await damaged.commit({ values: new Map([[name, undefined]]) });
    const { space: again, told } = await open(person, space, damaged);
    checkAnswers(again);
    for (const each of told) codes.add(each);
  }
  expect([...codes].sort()).toEqual([
    'space.index-dropped SNAPSHOT_MISSING',
    'space.snapshot-dropped SNAPSHOT_MISSING',
  ]);
});

test('indexes follow a space through a crash after any commit', async () => {
  const { person, store, space } = await written(6);
  const random = randomFrom(6);
  change(space, random, 30);
  await space.flush();
  expect(await space.writeSnapshot()).toBe(true);
  change(space, random, 1_200);
  await space.flush();
  expect(await space.writeSnapshot()).toBe(true);
  for (let commits = 1; commits <= store.batches.length; commits++) {
    const crashed = await store.after(commits);
    if ((await crashed.lastPosition(space.id)) === 0) continue;
    const { space: again, told } = await open(person, space, crashed);
    if (again.database.query(Task).count() > 0) checkAnswers(again);
    expect(told).toEqual([]);
  }
});

test('changes while indexes are made ready for a snapshot begin no second one', async () => {
  const person = await Person.make('Ada', 7);
  const held: (() => void)[] = [];
  let isHeld = false;
  const sleep = (): Promise<void> =>
    isHeld ? new Promise((resolve) => void held.push(resolve)) : Promise.resolve();
  const clock = { ...person.ports.clock, sleep };
  const often = { blocks: 1, bytes: 1, blocksAtClose: 1, bytesAtClose: 1 };
  const space = await Space.found(
    { ...person.ports, clock },
    { ...person.writer(), snapshots: often },
  );
  expect(await space.writeSnapshot()).toBe(true);
  isHeld = true;
  for (let batch = 0; batch < 5; batch++) {
    fill(space, COUNT);
    await space.flush();
  }
  expect(held).toHaveLength(1);
  isHeld = false;
  for (const resolve of held) resolve();
  await space[Symbol.asyncDispose]();
});
