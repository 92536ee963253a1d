/** The root of a space goes from hand to hand: pending, settled by an epoch, for good; in whole clients. */
import { expect, test } from 'vitest';
import type { Space } from './api.ts';
import { HomeScene, Task, idOf, roles, titles } from './home.fixture.ts';
import { liveUntil } from './live.ts';

function rootOf(space: Space): readonly [string, boolean, string | undefined] {
  const root = space.rights.root.get();
  return [root?.who.displayName ?? '', root?.mine === true, root?.next?.displayName];
}

class Estate extends HomeScene {
  /** Seals the next epoch: all of these wish for it, of whom not everybody has a vote. */
  async seal(number: number, ...spaces: readonly Space[]): Promise<void> {
    for (const space of spaces) await this.tries(space.epochs.propose());
    for (const space of spaces) {
      await this.world.during(liveUntil(space.epochs.status, (now) => now.number === number));
    }
    await this.pause();
  }
}

test('the root goes to somebody else with the next epoch, and not back', async () => {
  const estate = new Estate(951);
  const { ada, jun, kim, one, two, three } = await estate.home('ada');
  expect(rootOf(two)).toEqual(['ada', false, undefined]);
  expect(await estate.tries(two.rights.handOver(idOf(kim)))).toBe('CLIENT_NOT_ALLOWED');
  await estate.world.during(one.rights.handOver(idOf(jun)));
  await estate.pause();
  // Not settled: nothing has changed but what is said of it.
  expect([rootOf(one), rootOf(two)]).toEqual([
    ['ada', true, 'jun'],
    ['ada', false, 'jun'],
  ]);
  expect(roles(three)).toEqual({ ada: 'owner', jun: 'admin', kim: 'writer' });
  expect(await estate.tries(one.rights.handOver(idOf(kim)))).toBe('CLIENT_NOT_ROOT');
  expect(await estate.tries(two.rights.remove(idOf(ada)))).toBe('CLIENT_SENIOR_RIGHT');
  await estate.world.during(one.rights.setRole({ member: idOf(kim) }, 'admin'));
  kim.network.setOnline(false);
  three.db.add(Task, { title: 'Meanwhile' });
  await estate.seal(1, one, two);
  kim.network.setOnline(true);
  await estate.pause(20_000);
  for (const space of [one, two, three]) {
    expect(rootOf(space).filter((_, at) => at !== 1)).toEqual(['jun', undefined]);
    expect(roles(space)).toEqual({ ada: 'owner', jun: 'owner', kim: 'admin' });
    expect(titles(space)).toEqual(['Meanwhile']);
  }
  one.db.add(Task, { title: 'Of Ada' });
  await estate.pause();
  expect(titles(three)).toEqual(['Meanwhile', 'Of Ada']);
  expect(await estate.tries(one.rights.handOver(idOf(kim)))).toBe('CLIENT_NOT_ROOT');
  // What Ada had given ends; what Jun has now is above that.
  const left = await estate.world.during(one.rights.remove(idOf(jun)));
  expect(left).toMatchObject({ role: 'owner' });
  expect(rootOf(two)).toEqual(['jun', true, undefined]);
  await estate.world.during(two.rights.remove(idOf(ada)));
  await estate.pause();
  expect(roles(three)).toEqual({ jun: 'owner', kim: 'admin' });
  expect(one.rights.removed.get()?.by?.displayName).toBe('jun');
});

test('the root goes on, and who was above everybody is not any more', async () => {
  const estate = new Estate(952);
  const { ada, jun, kim, one, two, three } = await estate.home('ada');
  await estate.world.during(one.rights.handOver(idOf(jun)));
  await estate.pause();
  await estate.seal(1, one, two);
  await estate.world.during(two.rights.handOver(idOf(kim)));
  await estate.pause();
  await estate.seal(2, one, two);
  for (const space of [one, two, three]) {
    expect(rootOf(space).filter((_, at) => at !== 1)).toEqual(['kim', undefined]);
    expect(roles(space)).toEqual({ ada: 'owner', jun: 'owner', kim: 'owner' });
  }
  const why = await estate.world.during(three.rights.whatCan(idOf(kim)));
  expect(why.reasons.map(({ from }) => from?.displayName)).toEqual(['jun', 'ada']);
  await estate.world.during(three.rights.setRole({ member: idOf(jun) }, 'reader'));
  await estate.world.during(three.rights.remove(idOf(ada)));
  await estate.pause();
  for (const space of [two, three]) expect(roles(space)).toEqual({ jun: 'reader', kim: 'owner' });
});
