/** History on devices over time: it goes when nothing is lost by it, and never by the clock alone. */
import { defineType, s } from '@atoll/schema';
import { expect, test } from 'vitest';
import type { Space } from './api.ts';
import { liveUntil } from './live.ts';
import { SpaceHandle } from './space-handle.ts';
import { ClientScene, found } from './testing/client-scene.ts';

const Task = defineType('org.example.Task', { title: s.string() });
const HOUR_MS = 60 * 60 * 1000;

function handleOf(space: Space): SpaceHandle {
  if (space instanceof SpaceHandle) return space;
  throw new RangeError('no handle');
}

class Years extends ClientScene {
  async write(space: Space, times: number): Promise<void> {
    for (let at = 0; at < times; at++) {
      const task = space.db.query(Task).first() ?? space.db.add(Task, { title: '' });
      task.title = `title ${at}`;
      await this.world.during(space.flush());
    }
  }

  async seal(space: Space): Promise<void> {
    await this.world.during(space.epochs.propose());
    await this.world.during(liveUntil(space.epochs.status, ({ number }) => number === 1));
  }

  pass(hours: number): Promise<void> {
    return this.world.run(this.world.nowMs + hours * HOUR_MS);
  }

  isWhole(space: Space): Promise<boolean> {
    return this.world.during(handleOf(space).echo.epochs.isHistoryWhole());
  }
}

// Ninety days in the small: sessions that ask for signs of life all the time take long to simulate.
const options = { historyMs: 1.5 * HOUR_MS };

test('history goes by itself when it was kept long enough and the mailbox has all of it', async () => {
  const years = new Years(1, options);
  const ada = await years.person('ada');
  const trip = await years.space(ada, 'Trip');
  await years.write(trip, 12);
  const drop = (olderThanMs?: number): ReturnType<typeof trip.epochs.dropHistory> =>
    years.world.during(trip.epochs.dropHistory(olderThanMs === undefined ? {} : { olderThanMs }));
  expect(await drop(0)).toEqual({ at: 'kept', why: 'no-epoch' });
  await years.seal(trip);
  expect(await drop()).toEqual({ at: 'kept', why: 'too-new' });
  await years.pass(1);
  expect(await years.isWhole(trip)).toBe(true);
  await years.pass(1.2);
  expect(await years.isWhole(trip)).toBe(false);
  expect(await drop(0)).toMatchObject({ at: 'dropped' });
  // Somebody who joins while nobody is there has it from the mailbox.
  const jun = await years.person('jun');
  const theirs = await years.join(trip, jun);
  ada.network.setOnline(false);
  const isSame = (): boolean => theirs.db.query(Task).first()?.title === 'title 11';
  expect(await years.world.runUntil(isSame, 60_000)).toBe(true);
  expect((await years.world.during(theirs.info())).root).toBe(
    (await years.world.during(trip.info())).root,
  );
});

test('nothing goes as long as nobody else has it, however long that is', async () => {
  const years = new Years(2, options, { keepsMailboxes: false });
  const ada = await years.person('ada');
  const trip = await years.space(ada, 'Trip');
  await years.write(trip, 12);
  await years.seal(trip);
  await years.pass(4);
  expect(await years.isWhole(trip)).toBe(true);
  const refused = { at: 'kept', why: 'no-other-holder' };
  expect(await years.world.during(trip.epochs.dropHistory({ olderThanMs: 0 }))).toEqual(refused);
  // A member who has the blocks but keeps no snapshot of the epoch yet is no holder: he may drop them, too.
  const jun = await years.person('jun');
  const theirs = await years.join(trip, jun);
  await years.world.during(liveUntil(theirs.epochs.status, ({ number }) => number === 1));
  expect(await years.world.during(trip.epochs.dropHistory({ olderThanMs: 0 }))).toEqual(refused);
  await years.pass(4);
  expect(await years.isWhole(trip)).toBe(false);
  expect(await years.isWhole(theirs)).toBe(false);
  expect((await years.world.during(theirs.info())).root).toBe(
    (await years.world.during(trip.info())).root,
  );
});

test('the clock of a device that is wrong by years drops nothing that others lack', async () => {
  const years = new Years(3, { historyMs: 0 }, { keepsMailboxes: false });
  const ada = await years.person('ada');
  const trip = await years.space(ada, 'Trip');
  await years.write(trip, 12);
  await years.seal(trip);
  await years.pass(1.2);
  expect(await years.isWhole(trip)).toBe(true);
  await years.world.during(ada[Symbol.asyncDispose]());
  const again = await years.open('ada');
  await years.world.runUntil(() => again.spaces.get(trip.id) !== undefined, 10_000);
  await years.pass(1.2);
  expect(await years.isWhole(found(again, trip.id))).toBe(true);
});
