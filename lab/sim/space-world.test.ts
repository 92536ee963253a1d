/** Random worlds of one space: what the suite runs at each commit; thousands more by `npm run sim`. */
import { ready } from '@atoll/crypto';
import { beforeAll, expect, test } from 'vitest';
import { SpaceWorld, type SpaceWorldOptions } from './space-world.ts';

beforeAll(() => ready());

interface Plays {
  readonly seeds: number;
  readonly steps: number;
  readonly options?: SpaceWorldOptions;
  readonly flags?: string;
}

async function playAll({ seeds, steps, options, flags = '' }: Plays): Promise<void> {
  for (let seed = 1; seed <= seeds; seed++) {
    try {
      await SpaceWorld.play(seed, steps, options);
    } catch (cause) {
      const command = `npm run sim -- --seed ${seed} --steps ${steps} ${flags}`;
      expect.unreachable(`${command}\n${String(cause)}`);
    }
  }
}

test('members who write, lose power and exchange at random come to one state', async () => {
  await playAll({ seeds: 14, steps: 80 });
});

test('devices that go on from copies of themselves fork their feeds, and all come to one state', async () => {
  const options = { restoreRate: 0.3 };
  await playAll({ seeds: 8, steps: 80, options, flags: '--restores 0.3' });
});

test('epochs that are sealed and history that is dropped while all write lose nothing', async () => {
  const options = { epochRate: 0.9, dropRate: 0.5 };
  await playAll({ seeds: 8, steps: 80, options, flags: '--epochs 0.9 --drops 0.5' });
});

test('a seed plays the same twice', async () => {
  const options = { restoreRate: 0.2, faultRate: 0.8 };
  const once = await SpaceWorld.play(7, 150, options);
  expect(await SpaceWorld.play(7, 150, options)).toEqual(once);
});
