/** Random worlds around a stolen laptop, on whole clients; more by `npm run byzantine -- --world thief`. */
import { ready } from '@atoll/crypto';
import { beforeAll, expect, test } from 'vitest';
import { playThief } from './play.ts';

const STEPS = 40;
/** In the first the owner has one other device, in the second two. */
const SEEDS = [4, 2];

beforeAll(() => ready());

test('whatever a thief does, the owner ends with all that is hers on all of her devices, and he with nothing new', async () => {
  for (const seed of SEEDS) {
    const world = await playThief(seed, STEPS);
    const command = `npm run byzantine -- --world thief --seed ${String(seed)} --steps ${String(STEPS)}`;
    expect(world.broken, command).toEqual([]);
    expect(world.blocks).toBeGreaterThan(20);
  }
});
