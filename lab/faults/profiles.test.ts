/**
 * Profiles that are not what their device thinks: power that was cut between a change and its commit, an old
 * backup put back, a copy that goes on beside the original. No honest work is lost.
 */
import { ready } from '@atoll/crypto';
import type { Space } from '@atoll/client';
import { beforeAll, expect, test } from 'vitest';
import { Scene, addTask, echoOf, titles } from './scene.ts';

beforeAll(() => ready());

function spaceOf(client: Awaited<ReturnType<Scene['open']>>, id: string): Space {
  const space = client.spaces.get(id);
  if (space === undefined) throw new RangeError('the space is lost');
  return space;
}

function feedsOf(space: Space): number {
  return echoOf(space).index.branches.feeds().length;
}

test('after an end without a word a device goes on in a new feed, after a clean one in its old', async () => {
  const scene = new Scene(51);
  const ada = await scene.person('ada');
  const trip = await scene.create(ada, 'Trip');
  addTask(trip, 'one');
  await scene.world.during(trip.flush());
  const before = feedsOf(trip);
  await scene.world.during(ada[Symbol.asyncDispose]());
  const process = scene.machine('ada').boot();
  const again = spaceOf(await scene.open('ada', process), trip.id);
  addTask(again, 'two');
  await scene.world.during(again.flush());
  expect(feedsOf(again)).toBe(before);
  process.kill();
  const last = spaceOf(await scene.open('ada'), trip.id);
  addTask(last, 'three');
  await scene.world.during(last.flush());
  expect(feedsOf(last)).toBe(before + 1);
  expect(titles(last)).toEqual(['one', 'three', 'two']);
});

test('power that is cut between a change and its commit: nobody has what the device has not', async () => {
  for (let delay = 0; delay < 12; delay++) {
    const scene = new Scene(60 + delay);
    const ada = await scene.person('ada');
    const jun = await scene.person('jun');
    const trip = await scene.create(ada, 'Trip');
    const theirs = await scene.join(trip, jun);
    addTask(trip, 'flushed');
    await scene.oneRoot([trip, theirs]);
    const { flush } = { flush: trip.flush().catch(() => undefined) };
    addTask(trip, 'in between');
    await scene.pass(delay);
    scene.machine('ada').crash();
    await scene.world.during(flush);
    await scene.pass(30_000);
    const again = spaceOf(await scene.open('ada'), trip.id);
    if (titles(theirs).includes('in between')) expect(titles(again)).toContain('in between');
    addTask(again, 'afterwards');
    addTask(theirs, 'meanwhile');
    await scene.oneRoot([again, theirs]);
    expect(titles(again)).toEqual(expect.arrayContaining(['afterwards', 'flushed', 'meanwhile']));
  }
});

test('an old backup that is put back: what others had of the device since comes back to it', async () => {
  const scene = new Scene(71);
  const ada = await scene.person('ada');
  const jun = await scene.person('jun');
  const trip = await scene.create(ada, 'Trip');
  const theirs = await scene.join(trip, jun);
  addTask(trip, 'in the backup');
  await scene.oneRoot([trip, theirs]);
  const machine = scene.machine('ada');
  const backup = machine.disk.backup();
  addTask(trip, 'after the backup');
  await scene.oneRoot([trip, theirs]);
  machine.disk.restore(backup);
  const again = spaceOf(await scene.open('ada'), trip.id);
  // Written before anybody tells it what it has lost.
  addTask(again, 'after the restoration');
  addTask(theirs, 'meanwhile');
  await scene.oneRoot([again, theirs]);
  const all = ['after the backup', 'after the restoration', 'in the backup', 'meanwhile'];
  expect(titles(again)).toEqual(all);
  expect(titles(theirs)).toEqual(all);
});

test('a copy of a profile on another machine: both write on, and nothing of either is lost', async () => {
  const scene = new Scene(81);
  const ada = await scene.person('ada');
  const jun = await scene.person('jun');
  const trip = await scene.create(ada, 'Trip');
  const theirs = await scene.join(trip, jun);
  addTask(trip, 'before');
  await scene.oneRoot([trip, theirs]);
  await scene.world.during(ada[Symbol.asyncDispose]());
  const machine = scene.machine('ada');
  const backup = machine.disk.backup();
  const one = spaceOf(await scene.open('ada'), trip.id);
  addTask(one, 'of the original');
  await scene.oneRoot([one, theirs]);
  // The copy takes the place of the original: the same keys, the same clean end, an older log.
  machine.disk.restore(backup);
  const two = spaceOf(await scene.open('ada'), trip.id);
  addTask(two, 'of the copy');
  await scene.oneRoot([two, theirs]);
  const feeds = feedsOf(two);
  addTask(two, 'once it has heard of the other');
  await scene.oneRoot([two, theirs]);
  // The old feed is not forked any further.
  expect(feedsOf(two)).toBe(feeds + 1);
  const all = ['before', 'of the copy', 'of the original', 'once it has heard of the other'];
  expect(titles(two)).toEqual(all);
  expect(titles(theirs)).toEqual(all);
});
