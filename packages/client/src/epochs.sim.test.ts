/** Epochs through the whole client: proposed here, seen there. */
import { defineType, s } from '@atoll/schema';
import { expect, test } from 'vitest';
import { liveUntil } from './live.ts';
import { ClientScene } from './testing/client-scene.ts';

const Task = defineType('org.example.Task', { title: s.string() });

test('an epoch that the founder wishes for is seen by everybody, with who votes next', async () => {
  const scene = new ClientScene(11);
  const { world } = scene;
  const ada = await scene.person('Ada');
  const jun = await scene.person('Jun');
  const trip = await scene.space(ada, 'Trip');
  trip.db.add(Task, { title: 'Pack' });
  const joined = await scene.join(trip, jun, { role: 'admin' });
  await world.during(liveUntil(trip.members, (members) => members.length === 2));
  await world.during(liveUntil(joined.myRole, (role) => role === 'admin'));
  const named = (members: readonly { readonly displayName: string }[]): boolean =>
    members.every(({ displayName }) => displayName !== '');
  await world.during(liveUntil(trip.members, named));
  await world.during(trip.epochs.propose());
  await world.during(liveUntil(joined.epochs.status, ({ number }) => number === 1));
  const { era, sealedAtMs, voters, voting } = joined.epochs.status.get();
  expect({ era, voting }).toEqual({ era: 0, voting: false });
  expect(sealedAtMs).toBeGreaterThan(0);
  expect(voters.map(({ displayName, here }) => [displayName, here]).sort()).toEqual([
    ['Ada', false],
    ['Jun', true],
  ]);
  await world.during(trip.epochs.propose());
  await world.during(joined.epochs.propose());
  await world.during(liveUntil(trip.epochs.status, ({ number }) => number === 2));
  await world.during(ada[Symbol.asyncDispose]());
  await world.during(jun[Symbol.asyncDispose]());
});
