/** Clients whose peers have dropped the history that they lack: what they get instead, and from whom. */
import { toHex } from '@atoll/kernel';
import { defineType, s } from '@atoll/schema';
import { SimRng } from '@atoll/testkit';
import { describe, expect, test } from 'vitest';
import type { Space } from './api.ts';
import { Town, catchUpOf, handleOf, titleIn } from './catch-up-town.fixture.ts';
import type { AtollClient } from './client.ts';
import { liveUntil } from './live.ts';
import { found } from './testing/client-scene.ts';

const Task = defineType('org.example.Task', { title: s.string() });

describe('where history was dropped and no mailbox has it', () => {
  test('somebody who joins gets the epoch and the tail, and is not up to date before', async () => {
    const town = new Town(1);
    const [ada, jun] = [await town.person('ada'), await town.person('jun')];
    const trip = await town.space(ada, 'Trip');
    await town.write(trip, 'old', 20);
    expect(await town.seal(trip, 1)).toBeGreaterThan(15);
    await town.write(trip, 'new', 3);
    const theirs = await town.join(trip, jun);
    const seen: string[] = [];
    theirs.status.subscribe(() => {
      const { incomplete, peers } = theirs.status.get();
      const isAll = theirs.state.get() === 'open' && titleIn(theirs) === 'new 2';
      const isShown = incomplete !== true && peers.some(({ upToDate }) => upToDate);
      if (!isAll) seen.push(isShown ? 'lie' : 'truth');
    });
    await town.expectSame(trip, theirs);
    expect(new Set(seen)).toEqual(new Set(['truth']));
    expect(titleIn(theirs)).toBe('new 2');
    await town.world.during(liveUntil(theirs.myRole, (role) => role === 'writer'));
    await town.write(theirs, 'theirs', 2);
    await town.expectSame(trip, theirs);
    await town.pause(30_000);
    expect(await handleOf(theirs).echo.exchange.trial()).toBe('none');
    expect(theirs.status.get()).toMatchObject({ unsentBlocks: 0 });
    expect(theirs.status.get().incomplete).toBeUndefined();
    expect(theirs.epochs.status.get().number).toBe(1);
    // A restart begins from what was taken over.
    const root = await town.rootOf(theirs);
    await town.world.during(jun[Symbol.asyncDispose]());
    const again = await town.open('jun');
    await town.world.runUntil(() => again.spaces.get(trip.id) !== undefined, 10_000);
    expect(await town.rootOf(found(again, trip.id))).toBe(root);
  });

  test('a member who was away over two epochs loses nothing of what he wrote', async () => {
    const town = new Town(2);
    const [ada, jun] = [await town.person('ada'), await town.person('jun')];
    const trip = await town.space(ada, 'Trip');
    await town.editAll(trip, 1, 20);
    const theirs = await town.join(trip, jun);
    await town.world.during(liveUntil(theirs.myRole, (role) => role === 'writer'));
    await town.editAll(theirs, 2, 6);
    await town.expectSame(trip, theirs);
    let shown: readonly string[] = [];
    theirs.db.query(Task).subscribe((tasks) => (shown = tasks.map(({ title }) => title)));
    jun.network.setOnline(false);
    await town.editAll(theirs, 3, 16);
    theirs.db.add(Task, { title: 'written away' });
    for (const number of [1, 2]) {
      await town.editAll(trip, 10 + number, 10);
      await town.seal(trip, number);
    }
    await town.editAll(trip, 20, 4);
    jun.network.setOnline(true);
    await town.expectSame(trip, theirs);
    expect(titleIn(trip)).toBe('written away');
    expect(catchUpOf(theirs)).toMatchObject({ taken: 1, refused: 0 });
    await town.editAll(theirs, 30, 4);
    await town.expectSame(trip, theirs);
    // Who listened before hears what comes after.
    trip.db.add(Task, { title: 'after all' });
    const isShown = (): boolean => shown.includes('after all') && shown.includes('written away');
    expect(await town.world.runUntil(isShown, 30_000)).toBe(true);
  });

  test('a transfer that is cut in its middle goes on where it was', async () => {
    const town = new Town(3);
    const [ada, jun] = [await town.person('ada'), await town.person('jun')];
    const trip = await town.space(ada, 'Trip');
    for (let at = 0; at < 3_000; at++) trip.db.add(Task, { title: `task ${at} ${'x'.repeat(90)}` });
    await town.write(trip, 'old', 10);
    await town.seal(trip, 1);
    const { exchange } = handleOf(trip).echo;
    const answer = exchange.answer.bind(exchange);
    const asked: string[] = [];
    exchange.answer = (question) => {
      if (question.length > 1 && asked.push(question.join()) === 12) ada.network.setOnline(false);
      return answer(question);
    };
    const theirs = await town.join(trip, jun);
    expect(await town.world.runUntil(() => asked.length >= 12, 60_000)).toBe(true);
    await town.pause(20_000);
    expect(titleIn(theirs)).toBeUndefined();
    ada.network.setOnline(true);
    await town.expectSame(trip, theirs);
    expect(catchUpOf(theirs)).toMatchObject({ taken: 1, refused: 0 });
    // What was answered before the cut is not asked for again: four at most were on their way.
    expect(asked.length - new Set(asked).size).toBeLessThanOrEqual(4);
  });

  test('two who have both dropped it give it to a third, whoever of them is there', async () => {
    const town = new Town(4);
    const { ada, trip, theirs } = await town.droppedByBoth();
    const kim = await town.person('kim');
    const invitation = await town.join(trip, kim);
    ada.network.setOnline(false);
    await town.expectSame(theirs, invitation);
  });
});

describe('a device whose profile was put back from an old backup', () => {
  /** Jun's profile from before `word` was written there, while Ada keeps only a state with it. */
  async function putBack(town: Town): Promise<{ readonly trip: Space; readonly theirs: Space }> {
    const [ada, jun] = [await town.person('ada'), await town.person('jun')];
    const trip = await town.space(ada, 'Trip');
    await town.write(trip, 'old', 3);
    const first = await town.join(trip, jun);
    await town.world.during(liveUntil(first.myRole, (role) => role === 'writer'));
    await town.write(first, 'early', 3);
    await town.expectSame(trip, first);
    await town.pause(30_000);
    await town.world.during(jun[Symbol.asyncDispose]());
    const { disk } = town.machine('jun');
    const backup = disk.backup();
    const again = await town.open('jun');
    await town.write(found(again, trip.id), 'lost', 20);
    await town.expectSame(trip, found(again, trip.id));
    await town.world.during(again[Symbol.asyncDispose]());
    expect(await town.seal(trip, 1)).toBeGreaterThan(15);
    await town.write(trip, 'new', 3);
    ada.network.setOnline(false);
    disk.restore(backup);
    const back = await town.open('jun');
    const theirs = found(back, trip.id);
    town.clients.set(theirs, back);
    await town.world.during(theirs.open());
    expect(titleIn(theirs)).toBe('early 2');
    const { network } = ada;
    goOnline.set(trip, () => network.setOnline(true));
    return { trip, theirs };
  }

  const goOnline = new WeakMap<Space, () => void>();

  test('takes the state over by itself if it has written nothing since', async () => {
    const town = new Town(11);
    const { theirs, trip } = await putBack(town);
    goOnline.get(trip)?.();
    await town.expectSame(trip, theirs);
    expect(theirs.epochs.status.get().apart).toBe(0);
    expect(titleIn(theirs)).toBe('new 2');
  });

  test('brings over what it has written, once, beside what the others have', async () => {
    const town = new Town(12);
    const { theirs, trip } = await putBack(town);
    await town.write(theirs, 'offline', 5);
    theirs.db.add(Task, { title: 'only here' });
    await town.world.during(theirs.flush());
    const { status } = theirs.epochs;
    const seen: boolean[] = [];
    status.subscribe(() => seen.push(status.get().bringing));
    goOnline.get(trip)?.();
    await town.world.runUntil(() => status.get().brought > 0, 120_000);
    expect(status.get()).toMatchObject({ apart: 0, bringing: false, brought: 6 });
    expect(seen).toContain(true);
    await town.expectSame(trip, theirs);
    const titles = trip.db.query(Task).run();
    expect(titles).toHaveLength(2);
    const [task] = titles.filter(({ title }) => title !== 'only here');
    if (task === undefined) throw new RangeError('no task');
    const values = trip.db.conflicts(task, 'title').map(({ value }) => value);
    expect(values.sort()).toEqual(['new 2', 'offline 4']);
    // Nobody waits for anything any more, and what is written from now on is of one piece.
    await town.pause(60_000);
    for (const space of [trip, theirs]) expect(space.status.get().incomplete).toBeUndefined();
    await town.write(theirs, 'after', 2);
    await town.expectSame(trip, theirs);
    expect(titleIn(trip)).toBe('after 1');
    const root = await town.rootOf(theirs);
    await town.world.during(town.clientOf(theirs)[Symbol.asyncDispose]());
    const again = found(await town.open('jun'), trip.id);
    expect(await town.rootOf(again)).toBe(root);
    expect(again.epochs.status.get()).toMatchObject({ apart: 0, brought: 0 });
  });

  test('gives it up when it is told to, also over a restart', async () => {
    const town = new Town(13);
    const { theirs, trip } = await putBack(town);
    await town.write(theirs, 'offline', 5);
    await town.world.during(theirs.epochs.leaveWork());
    await town.world.during(town.clientOf(theirs)[Symbol.asyncDispose]());
    const again = found(await town.open('jun'), trip.id);
    await town.world.during(again.open());
    expect(titleIn(again)).toBe('offline 4');
    goOnline.get(trip)?.();
    await town.expectSame(trip, again);
    expect(again.epochs.status.get()).toMatchObject({ apart: 0, brought: 0 });
    expect(titleIn(again)).toBe('new 2');
  });
});

test('when the window that keeps ends, another one takes over and drops', async () => {
  const town = new Town(10);
  const [ada, first] = [await town.person('ada'), await town.person('jun')];
  const trip = await town.space(ada, 'Trip');
  await town.write(trip, 'old', 6);
  const theirs = await town.join(trip, first);
  await town.expectSame(trip, theirs);
  const second = await town.open('jun');
  await town.world.runUntil(() => second.spaces.get(trip.id) !== undefined, 10_000);
  const other = found(second, trip.id);
  await town.expectSame(trip, other);
  const dropped = (): ReturnType<Space['epochs']['dropHistory']> =>
    town.world.during(other.epochs.dropHistory({ olderThanMs: 0 }));
  expect(await dropped()).toEqual({ at: 'kept', why: 'busy' });
  await town.world.during(first[Symbol.asyncDispose]());
  await town.pause(10_000);
  second.network.setOnline(false);
  await town.write(trip, 'while away', 10);
  await town.seal(trip, 1);
  second.network.setOnline(true);
  await town.expectSame(trip, other);
  expect(catchUpOf(other).taken).toBe(1);
  await town.write(trip, 'later', 3);
  await town.world.during(trip.epochs.propose());
  await town.world.during(liveUntil(other.epochs.status, (epochs) => epochs.number === 2));
  expect(await town.world.runUntil(() => other.status.get().incomplete !== true, 60_000)).toBe(
    true,
  );
  await town.pause(30_000);
  await town.world.during(trip.epochs.dropHistory({ olderThanMs: 0 }));
  expect(await dropped()).toMatchObject({ at: 'dropped' });
});

describe('with a mailbox that has all blocks', () => {
  /** Ada has dropped a history that is much longer than what it led to. */
  async function pruned(seed: number): Promise<{
    readonly town: Town;
    readonly trip: Space;
    readonly ada: AtollClient;
    readonly jun: AtollClient;
  }> {
    const town = new Town(seed, true);
    const [ada, jun] = [await town.person('ada'), await town.person('jun')];
    const trip = await town.space(ada, 'Trip');
    const title = randomText();
    for (let at = 0; at < 60; at++) await town.write(trip, `${at} ${title.slice(at)}`, 1);
    await town.pause();
    await town.seal(trip, 1);
    await town.write(trip, 'new', 3);
    await town.pause();
    return { ada, town, trip, jun };
  }

  /** Bytes that come to Jun until he has all that Ada has. */
  async function joined(
    town: Town,
    trip: Space,
    jun: AtollClient,
  ): Promise<{ readonly bytes: number; readonly theirs: Space }> {
    let bytes = 0;
    town.network.addTap((_from, to, message) => (bytes += to === 'jun' ? message.length : 0));
    const theirs = await town.join(trip, jun);
    await town.expectSame(trip, theirs);
    await town.pause(10_000);
    return { bytes, theirs };
  }

  test('who joins gets the epoch of a member who has dropped them, for less than a third', async () => {
    const long = await pruned(6);
    handleOf(long.trip).echo.exchange.answer = () => Promise.resolve(undefined);
    // It is enough where no member gives an epoch.
    const whole = await joined(long.town, long.trip, long.jun);
    expect(catchUpOf(whole.theirs).taken).toBe(0);
    const { world } = long.town;
    expect(await world.during(handleOf(whole.theirs).echo.epochs.isHistoryWhole())).toBe(true);
    const { jun, town, trip } = await pruned(6);
    const short = await joined(town, trip, jun);
    expect(catchUpOf(short.theirs).taken).toBe(1);
    expect(titleIn(short.theirs)).toBe('new 2');
    expect(short.bytes).toBeLessThan(whole.bytes / 3);
    await town.pause(30_000);
    expect(await handleOf(short.theirs).echo.exchange.trial()).toBe('none');
    expect(short.theirs.status.get().incomplete).toBeUndefined();
    expect(short.theirs.status.get().mailbox).toBe('has-everything');
  });

  test('who joins one who keeps an epoch and the history gets the history', async () => {
    const town = new Town(7, true);
    const [ada, jun] = [await town.person('ada'), await town.person('jun')];
    const trip = await town.space(ada, 'Trip');
    await town.write(trip, 'old', 10);
    await town.world.during(trip.epochs.propose());
    await town.world.during(liveUntil(trip.epochs.status, (epochs) => epochs.number === 1));
    await town.world.during(handleOf(trip).echo.epochs.keepSnapshot(0));
    const { theirs } = await joined(town, trip, jun);
    expect(catchUpOf(theirs).taken).toBe(0);
    expect(await town.world.during(handleOf(theirs).echo.epochs.isHistoryWhole())).toBe(true);
  });

  test('when the member goes away in the middle, the mailbox gives the blocks', async () => {
    const { ada, jun, town, trip } = await pruned(8);
    const { exchange } = handleOf(trip).echo;
    const answer = exchange.answer.bind(exchange);
    exchange.answer = (question) => {
      if (question.length === 1) return answer(question);
      ada.network.setOnline(false);
      return Promise.resolve(undefined);
    };
    const theirs = await town.join(trip, jun);
    await town.expectSame(trip, theirs);
    expect(catchUpOf(theirs).taken).toBe(0);
  });
});

/** Text that does not get shorter. */
function randomText(): string {
  return toHex(new SimRng(5).bytes(4_000));
}
