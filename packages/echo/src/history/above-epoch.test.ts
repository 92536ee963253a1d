/** History above an epoch whose blocks were dropped: what it was is told as by one that dropped nothing. */
import { defineType, s } from '@atoll/schema';
import { expect, test } from 'vitest';
import type { Database } from '../database.ts';
import { Space } from '../space/space.ts';
import { Person, exchange, rootOf } from '../space/testing/space-fixture.ts';
import { randomEdit, randomFrom } from '../testing/random-edits.ts';
import { randomKindsEdit, registerKinds } from '../testing/random-kinds.ts';
import { startBranch } from './branch.ts';
import type { HistoryFrontier } from './cut.ts';
import { forkOf, mergeFork } from './testing/branch-fixture.ts';

const Task = defineType('Task', { title: s.string(), notes: s.text(), steps: s.list(s.string()) });

interface Pair {
  readonly ada: Person;
  /** Drops what is under its epochs. */
  one: Space;
  /** Keeps everything. */
  readonly witness: Space;
}

/** Two admins of one space with a first epoch of `edits` random edits. */
async function pair(seed: number, edits: number): Promise<Pair> {
  const ada = await Person.make('Ada', seed);
  const jun = await Person.make('Jun', seed + 1);
  const one = await ada.found();
  const witness = await jun.join(one, ada.deviceSigner, 'admin');
  for (const space of [one, witness]) register(space);
  await witness.introduce();
  await edit(one, seed, edits);
  await exchange(one, witness);
  await edit(witness, seed + 2, edits);
  await exchange(one, witness);
  return { ada, one, witness };
}

function register(space: Space): void {
  registerKinds(space.database);
  space.database.register(Task);
}

async function edit(space: Space, seed: number, count: number): Promise<void> {
  const random = randomFrom(seed);
  for (let at = 0; at < count; at++) {
    if (at % 2 === 0) randomEdit(space.database, random);
    else randomKindsEdit(space.database, random);
    await space.flush();
  }
}

async function seal({ one, witness }: Pair, number: number): Promise<void> {
  await Promise.all([one.epochs.propose(), witness.epochs.propose()]);
  for (let round = 0; round < 6; round++) {
    await exchange(one, witness);
    await one.epochs.settled();
    await witness.epochs.settled();
  }
  expect(one.epochs.status().current?.number).toBe(number);
}

/** Opened again, it knows only those blocks of the epoch that something still names. */
async function reopen(of: Pair): Promise<void> {
  const { ada, one } = of;
  const { ring } = one.keys;
  await one[Symbol.asyncDispose]();
  of.one = await Space.open(ada.ports, { space: one.id, ring, writer: ada.writer() });
  register(of.one);
}

/** Edits of both, after each other and beside each other; where the space stood on the way. */
async function writeAbove({ one, witness }: Pair, seed: number): Promise<HistoryFrontier[]> {
  const points: HistoryFrontier[] = [];
  for (let round = 0; round < 3; round++) {
    await edit(one, seed + round * 10, 4);
    if (round % 2 === 0) await exchange(one, witness);
    await edit(witness, seed + round * 10 + 1, 4);
    await exchange(one, witness);
    points.push(witness.history.frontier());
  }
  return points;
}

/** What people see of a database: deleted objects only while they are kept. */
function seen(db: Database): unknown {
  const { rows } = db.fold;
  const all: [string, unknown][] = [];
  for (let row = 0; row < rows.count; row++) {
    const id = rows.id(row);
    const page = (db.get(id) as { page?: { toDocument(): unknown } } | undefined)?.page;
    if (db.get(id) === undefined) continue;
    all.push([id, [JSON.stringify(db.plain(row)), page?.toDocument()]]);
  }
  return all.sort(([a], [b]) => (a < b ? -1 : 1));
}

function rootIn(db: Database): string {
  return [...db.stateRoot(new Uint8Array(32).fill(7))].join(',');
}

test('each state above a dropped epoch is the one that a witness sees, whole and by object', async () => {
  const seed = 10;
  const of = await pair(seed, 12);
  await seal(of, 1);
  const start = of.one.history.frontier();
  const above = await writeAbove(of, seed + 100);
  expect(await of.one.epochs.dropHistory(0)).toBeGreaterThan(10);
  const points = [start, ...above, ...(await writeAbove(of, seed + 200))];
  for (const isOpenedAgain of [false, true]) {
    if (isOpenedAgain) await reopen(of);
    const { one, witness } = of;
    for (const point of points) {
      const [past, right] = [await one.history.at(point), await witness.history.at(point)];
      expect(rootIn(past.db)).toBe(rootIn(right.db));
      expect(seen(past.db)).toEqual(seen(right.db));
      expect([past.frontier, past.timeMs]).toEqual([right.frontier, right.timeMs]);
    }
    for (const id of idsOf(witness).slice(0, 6)) {
      const point = points[2] ?? [];
      const [past, right] = [
        await one.history.at(point, [id]),
        await witness.history.at(point, [id]),
      ];
      expect(seen(past.db)).toEqual(seen(right.db));
      expect(await one.history.diff(id, point)).toEqual(await witness.history.diff(id, point));
    }
    expect(await one.history.compare(start)).toEqual(await witness.history.compare(start));
    expect(await one.history.compare('now')).toEqual([]);
  }
});

function idsOf({ database }: Space): ReturnType<Database['fold']['rows']['id']>[] {
  const { rows } = database.fold;
  return Array.from({ length: rows.count }, (_, row) => rows.id(row)).sort();
}

test('what later epochs collect is in no state that can be seen, and all else is', async () => {
  const of = await pair(40, 25);
  for (let number = 1; number <= 4; number++) {
    await seal(of, number);
    if (number === 2) expect(await of.one.epochs.dropHistory(0)).toBeGreaterThan(20);
    if (number === 3) await reopen(of);
    const points = await writeAbove(of, 400 + number * 50);
    for (const point of number < 2 ? [] : points) {
      const [past, right] = [await of.one.history.at(point), await of.witness.history.at(point)];
      expect(seen(past.db)).toEqual(seen(right.db));
    }
    const now = await of.one.history.at('now');
    expect(seen(now.db)).toEqual(seen(of.one.database));
  }
  expect(await of.one.epochs.dropHistory(0)).toBeGreaterThan(20);
  const now = await of.one.history.at('now');
  expect(seen(now.db)).toEqual(seen(of.one.database));
  expect((await of.one.history.begins())?.epoch).toBe(4);
  expect(rootOf(of.one)).toBe(rootOf(of.witness));
});

test('a timeline ends where history begins and says so, and above it is the whole one', async () => {
  const of = await pair(50, 6);
  const task = of.one.database.add(Task, { title: 'Pack', notes: 'boots', steps: ['a', 'b'] });
  await exchange(of.one, of.witness);
  await seal(of, 1);
  const [early] = (await of.one.history.timeline(task.id)).entries;
  expect((await of.one.history.timeline(task.id)).begins).toBe(undefined);
  expect(await of.one.epochs.dropHistory(0)).toBeGreaterThan(5);
  await reopen(of);
  const { one, witness } = of;
  for (let step = 0; step < 6; step++) {
    const { database } = step % 2 === 0 ? witness : one;
    const [mine] = database.query(Task).run();
    if (mine === undefined) throw new RangeError('there is a task');
    mine.title = `Pack ${step}`;
    mine.notes.insert(2, `${step}`);
    if (step === 3) mine.notes.delete(0, 2);
    mine.steps.move(1, 0);
    await exchange(one, witness);
  }
  const whole = (await witness.history.timeline(task.id, { pauseMs: 0 })).entries;
  const page = await one.history.timeline(task.id, { pauseMs: 0 });
  const rest = whole.length - page.entries.length;
  expect(rest).toBeGreaterThan(0);
  expect(page.entries).toEqual(whole.slice(0, -rest));
  expect(page.entries.flatMap(({ blocks }) => blocks)).not.toContain(early?.id);
  expect(page.begins).toEqual(await one.history.begins());
  const first = await one.history.timeline(task.id, { pauseMs: 0, limit: 2 });
  expect([first.begins, first.entries]).toEqual([undefined, page.entries.slice(0, 2)]);
  await expect(one.history.timeline(task.id, { after: early?.id ?? '' })).rejects.toThrow(
    expect.objectContaining({ code: 'HISTORY_CURSOR' }) as Error,
  );
  for (const entry of page.entries) {
    const past = await one.history.at(entry.frontier, [task.id]);
    const right = await witness.history.at(entry.frontier, [task.id]);
    expect(seen(past.db)).toEqual(seen(right.db));
  }
});

test('points below are refused with what to do, and the beginning itself is a point', async () => {
  const of = await pair(60, 8);
  const [before] = idsOf(of.one);
  const below = of.one.history.frontier();
  of.one.history.versions.create('Below', 1_000);
  await exchange(of.one, of.witness);
  await seal(of, 1);
  expect(await of.one.history.begins()).toBe(undefined);
  await of.one.epochs.dropHistory(0);
  await reopen(of);
  const { one, witness } = of;
  const begins = await one.history.begins();
  if (begins === undefined || before === undefined) throw new RangeError('history was dropped');
  const dropped = expect.objectContaining({
    code: 'HISTORY_DROPPED',
    sinceMs: begins.sinceMs,
    droppedMs: begins.droppedMs,
  }) as Error;
  for (const point of [{ version: 'Below' }, below, { timeMs: 1 }, []]) {
    await expect(one.history.at(point)).rejects.toThrow(dropped);
    await expect(one.history.restore(before, point)).rejects.toThrow(dropped);
  }
  const right = await witness.history.at(begins.frontier);
  for (const point of [begins.frontier, { timeMs: begins.sinceMs }]) {
    expect(seen((await one.history.at(point)).db)).toEqual(seen(right.db));
  }
  one.history.versions.create('Above', 2_000);
  await one.flush();
  await edit(one, 66, 10);
  await one.history.restoreSpace({ version: 'Above' });
  await one.flush();
  expect(await one.history.compare({ version: 'Above' })).toEqual([]);
  await exchange(one, witness);
  expect(rootOf(one)).toBe(rootOf(witness));
});

test('a branch from a point above a dropped epoch has what stood there', async () => {
  const of = await pair(70, 4);
  const task = of.one.database.add(Task, { title: 'Pack', notes: 'boots', steps: ['a', 'b'] });
  await exchange(of.one, of.witness);
  await seal(of, 1);
  await of.one.epochs.dropHistory(0);
  await reopen(of);
  const { ada, one } = of;
  const [mine] = one.database.query(Task).run();
  mine?.notes.insert(5, ', socks');
  await one.flush();
  const point = one.history.frontier();
  mine?.notes.insert(0, 'Later: ');
  await one.flush();
  const branch = await ada.found();
  const past = await one.history.at(point, [task.id]);
  const { history } = branch;
  const objects = [task.id];
  const apart = (change: () => void): void => change();
  await startBranch({ past, present: one.database, branch: history, objects, apart });
  const [copy] = branch.database.query(Task).run();
  expect([copy?.title, String(copy?.notes), [...(copy?.steps ?? [])]]).toEqual([
    'Pack',
    'boots, socks',
    ['a', 'b'],
  ]);
});

test('what somebody wrote beside the epoch is told as written on what it kept', async () => {
  const of = await pair(80, 4);
  const task = of.one.database.add(Task, { title: 'Pack', notes: 'boots' });
  await exchange(of.one, of.witness);
  const [theirs] = of.witness.database.query(Task).run();
  await Promise.all([of.one.epochs.propose(), of.witness.epochs.propose()]);
  theirs?.notes.insert(5, ', socks');
  await of.witness.flush();
  await seal(of, 1);
  await of.one.epochs.dropHistory(0);
  await reopen(of);
  const { entries } = await of.one.history.timeline(task.id);
  for (const entry of entries) {
    const past = await of.one.history.at(entry.frontier, [task.id]);
    expect(past.db.get(task.id)).toBeDefined();
  }
  const [last] = entries;
  if (last === undefined) throw new RangeError('somebody wrote above the epoch');
  const past = await of.one.history.at(last.frontier, [task.id]);
  expect(String(past.db.query(Task).run()[0]?.notes)).toBe('boots, socks');
  expect(last.changes.map(({ field }) => field)).toEqual(['notes']);
});

test('what an epoch has forgotten comes back as copies where it stood', async () => {
  const ada = await Person.make('Ada', 90);
  const one = await ada.found();
  const input = { title: 'Pack', notes: 'warm boots, socks', steps: ['a', 'b', 'c'] };
  const task = one.database.add(Task, input);
  await one.epochs.propose();
  const point = one.history.frontier();
  for (const epochs of [1, 3]) {
    task.notes.delete(5, 7);
    task.steps.delete(1);
    await one.flush();
    for (let at = 0; at < epochs; at++) {
      await one.epochs.propose();
      task.title = `Pack ${at}`;
      await one.flush();
    }
    await one.history.restore(task.id, point);
    await one.flush();
    expect([task.title, String(task.notes), [...task.steps]]).toEqual(Object.values(input));
    expect((await one.history.at('now')).db.query(Task).run().map(String)).toHaveLength(1);
  }
});

test('a branch that grew below cannot be merged where that was dropped, is told so, and can be elsewhere', async () => {
  const of = await pair(90, 6);
  const { branch } = await forkOf(of.ada, of.one, { register });
  branch.database.add(Task, { title: 'Made in the branch' });
  await branch.flush();
  await seal(of, 1);
  await of.one.epochs.dropHistory(0);
  await reopen(of);
  const choice = 'branch';
  await expect(mergeFork({ origin: of.one, branch }, { choice })).rejects.toMatchObject({
    code: 'HISTORY_FORK',
  });
  await mergeFork({ origin: of.witness, branch }, { choice });
  expect(of.witness.database.query(Task).where({ title: 'Made in the branch' }).count()).toBe(1);
});
