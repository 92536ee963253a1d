/** A copied profile of the device that decided alone: what is told of it. */
import { defineType, s } from '@atoll/schema';
import { expect, test } from 'vitest';
import type { Space } from './api.ts';
import { Town, handleOf } from './catch-up-town.fixture.ts';
import { AtollClient } from './client.ts';
import { found } from './testing/client-scene.ts';

const Task = defineType('org.example.Task', { title: s.string() });

const titles = (space: Space): readonly string[] =>
  space.db
    .query(Task)
    .run()
    .map(({ title }) => title)
    .sort();

async function add(town: Town, space: Space, ...names: readonly string[]): Promise<void> {
  for (const title of names) {
    space.db.add(Task, { title });
    await town.world.during(space.flush());
  }
}

/** Ada's profile, and a copy of it at another machine. Both have gone on and sealed an epoch. */
async function copied(town: Town, drops: boolean): Promise<readonly [Space, Space]> {
  const first = await town.person('ada');
  const trip = await town.space(first, 'Trip');
  await add(town, trip, 'both', 'both too');
  await town.world.during(first[Symbol.asyncDispose]());
  const machine = town.machine('ada').copy('copy');
  const ada = await town.open('ada');
  const options = { kubes: [town.kube.url], deviceName: 'copy' };
  const copy = await town.world.during(AtollClient.open(machine.boot(), options));
  for (const client of [ada, copy]) client.network.setOnline(false);
  const [one, other] = [found(ada, trip.id), found(copy, trip.id)];
  for (const space of [one, other]) await town.world.during(space.open());
  await add(town, one, 'one', 'one more', 'one yet');
  await add(town, other, 'other', 'other more');
  for (const space of [one, other]) {
    if (drops) expect(await town.seal(space, 1)).toBeGreaterThan(0);
    else await town.world.during(space.epochs.propose());
  }
  await add(town, one, 'one above');
  await add(town, other, 'other above');
  for (const client of [ada, copy]) client.network.setOnline(true);
  return [one, other];
}

test('two epochs of a copied device that were dropped for are told of, and each side keeps what it has', async () => {
  const town = new Town(31);
  const [one, other] = await copied(town, true);
  const isApart = (space: Space) => (): boolean =>
    space.epochs.status.get().sealedTwice === 'apart';
  expect(await town.world.runUntil(isApart(one), 300_000)).toBe(true);
  expect(await town.world.runUntil(isApart(other), 300_000)).toBe(true);
  await town.pause(20 * 60_000);
  expect(titles(one)).toEqual(['both', 'both too', 'one', 'one above', 'one more', 'one yet']);
  expect(titles(other)).toEqual(['both', 'both too', 'other', 'other above', 'other more']);
  // Nobody takes the other one on trial: it could never stand here.
  for (const space of [one, other]) {
    expect(handleOf(space).place.catchUp).toMatchObject({ taken: 0, refused: 0 });
    expect(space.status.get().incomplete).toBe(true);
  }
});

test('copies that have not dropped take the same one, and say that there were two', async () => {
  const town = new Town(32);
  const [one, other] = await copied(town, false);
  await town.expectSame(one, other, 600_000);
  for (const space of [one, other]) {
    expect(space.epochs.status.get()).toMatchObject({ sealedTwice: 'settled', number: 1 });
    expect(titles(space)).toHaveLength(9);
  }
});
