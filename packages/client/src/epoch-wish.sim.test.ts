/** A wish for an epoch stays until there is one, whoever of the voters said it. */
import { expect, test } from 'vitest';
import { HomeScene, idOf, roles } from './home.fixture.ts';

test('one admin alone wishes, where another was to begin, who knows of no wish and has been given less', async () => {
  const town = new HomeScene(921);
  const { jun, one, three, two } = await town.home('ada');
  await town.world.during(one.epochs.propose());
  await town.pause();
  const first = one.epochs.status.get();
  expect(first).toMatchObject({ number: 1, voting: false });
  // The first of them begins the vote about the second epoch.
  expect(first.voters.map(({ displayName }) => displayName)).toEqual(['jun', 'ada']);
  await town.world.during(one.rights.setRole({ member: idOf(jun) }, 'writer'));
  await town.pause();
  await town.world.during(one.epochs.propose());
  await town.pause(30_000);
  for (const space of [one, two, three]) expect(space.epochs.status.get().number).toBe(2);
  expect(one.epochs.status.get().voters.map(({ displayName }) => displayName)).toEqual(['ada']);
  expect(roles(one)['jun']).toBe('writer');
  expect(await town.tries(two.epochs.propose())).toBe('CLIENT_NO_VOTE');
});
