/** Random worlds of whole replicas of which some keep no rule; more by `npm run byzantine -- --world spaces`. */
import { ready } from '@atoll/crypto';
import { beforeAll, expect, test } from 'vitest';
import { playSpace, playZoneSpaces } from './play.ts';

const STEPS = 330;
const SEEDS = [7, 12];

beforeAll(() => ready());

test('whoever lies, the honest see the same, all of what is theirs, and nothing void', async () => {
  for (const seed of SEEDS) {
    const world = await playSpace(seed, STEPS);
    const command = `npm run byzantine -- --world spaces --seed ${String(seed)} --steps ${String(STEPS)}`;
    expect(world.broken, command).toEqual([]);
    expect(world.blocks).toBeGreaterThan(150);
    expect(world.counted).toBeGreaterThan(30);
  }
});

test('keys that come with a block which had to wait are opened, as in the world where they were not', async () => {
  const { broken } = await playSpace(7, 60, [12, 18, 26, 30, 41, 43, 52, 53]);
  expect(broken).toEqual([]);
});

test('whoever lies about zones, who reads one sees what counts there, and nobody else has its keys', async () => {
  const steps = 260;
  const world = await playZoneSpaces(1, steps);
  const command = `npm run byzantine -- --world private --seed 1 --steps ${String(steps)}`;
  expect(world.broken, command).toEqual([]);
  expect(world.inZones).toBeGreaterThan(30);
});
