/** Random worlds of one space: what the suite runs at each commit; thousands more by `npm run sim`. */
import { ready } from '@atoll/crypto';
import { beforeAll, expect, test } from 'vitest';
import { SpaceWorld } from './space-world.ts';

beforeAll(() => ready());

test('members who write, crash and exchange at random come to one state', async () => {
  for (let seed = 1; seed <= 25; seed++) {
    try {
      await SpaceWorld.play(seed, 120);
    } catch (cause) {
      expect.unreachable(`npm run sim -- --seed ${seed} --steps 120\n${String(cause)}`);
    }
  }
});

test('devices that go on from copies of themselves fork their feeds, and all come to one state', async () => {
  for (let seed = 1; seed <= 12; seed++) {
    try {
      await SpaceWorld.play(seed, 120, { restoreRate: 0.3 });
    } catch (cause) {
      const command = `npm run sim -- --seed ${seed} --steps 120 --restores 0.3`;
      expect.unreachable(`${command}\n${String(cause)}`);
    }
  }
});

test('a seed plays the same twice', async () => {
  const once = await SpaceWorld.play(7, 150);
  expect(await SpaceWorld.play(7, 150)).toEqual(once);
});
