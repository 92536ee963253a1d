/** Branches that have no place where history was dropped: it comes back from whoever has it, or stays dropped. */
import { defineType, s } from '@atoll/schema';
import { expect, test } from 'vitest';
import type { Space } from './api.ts';
import type { AtollClient } from './client.ts';
import { Town, handleOf, titleIn } from './catch-up-town.fixture.ts';
import type { HistoryReturn } from './history-return.ts';
import { liveUntil } from './live.ts';
import { found } from './testing/client-scene.ts';

const Task = defineType('org.example.Task', { title: s.string() });

interface Parted {
  readonly ada: AtollClient;
  /** Ada's, who has dropped what Jun's branch parts under. */
  readonly trip: Space;
  readonly jun: AtollClient;
  /** Jun's, from an old backup, written on while he was away. */
  readonly theirs: Space;
}

/** Jun's old backup is put back, where a mailbox has everything, and Ada has dropped what it lacks. */
async function part(town: Town): Promise<Parted> {
  const [ada, jun] = [await town.person('ada'), await town.person('jun')];
  const trip = await town.space(ada, 'Trip');
  await town.write(trip, 'old', 10);
  const first = await town.join(trip, jun);
  await town.world.during(liveUntil(first.myRole, (role) => role === 'writer'));
  await town.write(first, 'early', 3);
  await town.expectSame(trip, first);
  await town.world.during(jun[Symbol.asyncDispose]());
  const { disk } = town.machine('jun');
  const backup = disk.backup();
  const again = await town.open('jun');
  await town.write(found(again, trip.id), 'lost', 20);
  await town.expectSame(trip, found(again, trip.id));
  await town.world.during(again[Symbol.asyncDispose]());
  expect(await town.seal(trip, 1)).toBeGreaterThan(15);
  await town.write(trip, 'new', 3);
  await town.pause(30_000);
  disk.restore(backup);
  town.network.partition(['jun'], ['kube.test', 'ada']);
  const back = await town.open('jun');
  const theirs = found(back, trip.id);
  await town.world.during(theirs.open());
  await town.write(theirs, 'offline', 3);
  theirs.db.add(Task, { title: 'only here' });
  await town.world.during(theirs.flush());
  return { ada, trip, jun: back, theirs };
}

function returnOf(space: Space): HistoryReturn {
  const { historyReturn } = handleOf(space).place;
  if (historyReturn === undefined) throw new RangeError('no space');
  return historyReturn;
}

const titles = (space: Space): readonly string[] =>
  space.db
    .query(Task)
    .run()
    .map(({ title }) => title);

test('who has dropped takes the history back from a mailbox, by itself, and has the branch', async () => {
  const town = new Town(21, true);
  const { theirs, trip } = await part(town);
  town.network.heal();
  await town.expectSame(trip, theirs, 600_000);
  expect(titles(trip)).toContain('only here');
  expect(returnOf(trip).returned).toBe(1);
  expect(theirs.epochs.status.get()).toMatchObject({ brought: 0, apart: 0 });
  const whole = await town.world.during(handleOf(trip).echo.epochs.isHistoryWhole());
  expect(whole).toBe(true);
  await town.write(trip, 'after', 2);
  await town.expectSame(trip, theirs);
  await town.pause(60_000);
  for (const space of [trip, theirs]) {
    expect(space.status.get()).toMatchObject({ unsentBlocks: 0, mailbox: 'has-everything' });
    expect(space.status.get().incomplete).toBeUndefined();
  }
  // The next epoch has both sides, and both drop for it again.
  await town.world.during(trip.epochs.propose());
  await town.world.during(liveUntil(theirs.epochs.status, ({ number }) => number === 2));
  await town.pause(60_000);
  for (const space of [trip, theirs]) {
    const dropped = await town.world.during(space.epochs.dropHistory({ olderThanMs: 0 }));
    expect(dropped).toMatchObject({ at: 'dropped' });
  }
  await town.write(theirs, 'at last', 1);
  await town.expectSame(trip, theirs);
  expect(titleIn(trip)).toBe('at last 0');
});

test('history that comes from a member is resumed after a restart, and shown as it was until it is whole', async () => {
  const town = new Town(22, true);
  const { theirs, trip } = await part(town);
  // The mailbox gives Jun what he lacks, and is gone before Ada may ask it.
  town.network.heal();
  town.network.partition(['ada'], ['kube.test', 'jun']);
  const all = (): boolean => handleOf(theirs).echo.index.branches.blockCount > 60;
  await town.world.runUntil(all, 60_000);
  expect(await town.world.during(handleOf(theirs).echo.epochs.isHistoryWhole())).toBe(true);
  town.network.heal();
  const { replica } = handleOf(trip).echo;
  const isRefused = (): boolean => replica.refusals.get('FEED_FORGOTTEN') !== undefined;
  expect(await town.world.runUntil(isRefused, 120_000)).toBe(true);
  const shown = titles(trip);
  const { place } = handleOf(trip);
  expect(await town.world.runUntil(() => place.replica.isTakingBack, 120_000)).toBe(true);
  expect(titles(trip)).toEqual(shown);
  // Power fails while it is on its way.
  await town.world.run(town.world.nowMs + 40);
  town.machine('ada').crash();
  const again = found(await town.open('ada'), trip.id);
  await town.world.during(again.open());
  await town.expectSame(again, theirs, 600_000);
  expect(titles(again)).toContain('only here');
});

test('where nobody has the history it stays dropped, and he who wrote the branch brings his work over', async () => {
  const town = new Town(23);
  const { theirs, trip } = await part(town);
  town.network.heal();
  const { status } = theirs.epochs;
  expect(await town.world.runUntil(() => status.get().brought > 0, 600_000)).toBe(true);
  await town.expectSame(trip, theirs, 600_000);
  expect(titles(trip)).toContain('only here');
  await town.pause(30 * 60_000);
  expect(returnOf(trip).returned).toBe(0);
  expect(handleOf(trip).place.replica.isTakingBack).toBe(false);
  for (const space of [trip, theirs]) expect(space.status.get().incomplete).toBeUndefined();
  await town.write(trip, 'after', 2);
  await town.expectSame(trip, theirs);
});
