/** A person who joins while a member and the mailbox could both give everything: what the wire carries. */
import { ready } from '@atoll/crypto';
import { beforeAll, expect, test } from 'vitest';
import { Scene, addTask, echoOf, headsOf } from '../faults/scene.ts';

beforeAll(() => ready());

test.each([2, 3])('everything comes once, and nothing of it goes back (seed %i)', async (seed) => {
  const scene = new Scene(seed);
  const ada = await scene.person('ada');
  const jun = await scene.person('jun');
  const trip = await scene.create(ada, 'Trip');
  for (let at = 0; at < 120; at++) {
    addTask(trip, `task ${at}`).notes.insert(0, `${at} word `.repeat(400));
    await scene.world.during(trip.flush());
  }
  const stored = (): boolean => trip.status.get().mailbox === 'has-everything';
  expect(await scene.world.runUntil(stored, 60_000)).toBe(true);
  let bytes = 0;
  for await (const run of echoOf(trip).replica.missingFor([])) {
    for (const block of run.blocks) bytes += block.length;
  }
  const count = { down: 0, up: 0 };
  scene.network.addTap((from, to, message) => {
    if (to === 'jun') count.down += message.length;
    if (from === 'jun') count.up += message.length;
  });
  const theirs = await scene.join(trip, jun);
  const same = (): boolean => headsOf(theirs) === headsOf(trip);
  expect(await scene.world.runUntil(same, 60_000)).toBe(true);
  await scene.pass(10_000);
  expect(count.down).toBeLessThan(bytes * 1.05);
  expect(count.up).toBeLessThan(bytes * 0.1);
});
