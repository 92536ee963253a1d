/** Random worlds of rights in which any number lie: what the suite plays at each commit; more by `npm run byzantine`. */
import { ready } from '@atoll/crypto';
import { beforeAll, expect, test } from 'vitest';
import { playAuthority, playWide, playZones, shrink } from './play.ts';

/** Blocks of a world, about; each says up to four things. */
const STEPS = 260;
const SEEDS = 14;
const SEEDS_WIDE = 8;
const SEEDS_ZONES = 10;

beforeAll(() => ready());

test('whoever lies, all who have the same blocks decide the same, and as the model', async () => {
  let blocks = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const world = await playAuthority(seed, STEPS);
    const command = `npm run byzantine -- --seed ${String(seed)} --steps ${String(STEPS)}`;
    expect(world.broken, command).toEqual([]);
    expect(world.counted).toBeGreaterThan(20);
    blocks += world.blocks;
  }
  expect(blocks / SEEDS).toBeGreaterThan(195);
});

test('devices that stop each other, words that change and invitations beyond their limit divide nobody', async () => {
  let stopped = 0;
  let full = 0;
  for (let seed = 1; seed <= SEEDS_WIDE; seed++) {
    const world = await playWide(seed, STEPS);
    const command = `npm run byzantine -- --world wide --seed ${String(seed)} --steps ${String(STEPS)}`;
    expect(world.broken, command).toEqual([]);
    stopped += world.stopped ?? 0;
    full += world.full ?? 0;
  }
  expect(stopped).toBeGreaterThan(3);
  expect(full).toBeGreaterThan(0);
});

test('whoever lies about closed zones, all agree who reads them, on their keys, and with the model', async () => {
  let inZones = 0;
  for (let seed = 1; seed <= SEEDS_ZONES; seed++) {
    const world = await playZones(seed, STEPS);
    const command = `npm run byzantine -- --world zones --seed ${String(seed)} --steps ${String(STEPS)}`;
    expect(world.broken, command).toEqual([]);
    inZones += world.inZones ?? 0;
  }
  expect(inZones).toBeGreaterThan(5 * SEEDS_ZONES);
});

test('a seed plays the same twice, and with steps left out', async () => {
  const once = await playAuthority(3, 120);
  expect(await playAuthority(3, 120)).toEqual(once);
  const fewer = await playAuthority(3, 120, [3, 7, 50, 51]);
  expect(fewer.blocks).toBeLessThan(once.blocks);
});

test('of many steps those are found without which nothing would be broken', async () => {
  const isBroken = (only: readonly number[]): Promise<boolean> =>
    Promise.resolve([7, 41, 42].every((at) => only.includes(at)));
  expect(await shrink(100, isBroken)).toEqual([7, 41, 42]);
});
