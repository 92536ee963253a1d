/** Random worlds of epochs; longer ones by hand: `play` takes any seed and number of steps. */
import { ready } from '@atoll/crypto';
import { beforeAll, expect, test } from 'vitest';
import { EpochWorld, type EpochWorldResult } from './epoch-world.ts';

beforeAll(() => ready());

test('members who seal, drop, part and take over epochs come to the state of the whole history', async () => {
  const results: EpochWorldResult[] = [];
  for (let seed = 1; seed <= 8; seed++) {
    try {
      results.push(await EpochWorld.play(seed, 120));
    } catch (cause) {
      expect.unreachable(`seed ${seed}: ${String(cause)}`);
    }
  }
  const sum = (of: keyof EpochWorldResult): number =>
    results.reduce((total, result) => total + result[of], 0);
  // Worlds in which nothing happens would prove nothing.
  expect(sum('epochs')).toBeGreaterThan(8);
  expect(sum('dropped')).toBeGreaterThan(300);
  expect(sum('takenOver')).toBeGreaterThan(3);
});
