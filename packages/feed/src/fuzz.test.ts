/** Mutated blocks and runs: a decoder answers with a value, and whatever it takes is canonical. */
import { SimRng, simEd25519 } from '@atoll/testkit';
import { expect, test } from 'vitest';
import { fuzzBlocks, fuzzRuns } from './testing/fuzz.ts';

test('no mutation of a block makes the reader throw or take a second encoding', () => {
  const outcome = fuzzBlocks(new SimRng(11), 4000);
  expect(outcome.tried).toBe(4000);
  expect(outcome.refused).toBeGreaterThan(3000);
});

test('no mutation of a run is stored unless it is the signed one', async () => {
  const outcome = await fuzzRuns(new SimRng(12), simEd25519, 400);
  expect(outcome.tried).toBe(400);
  expect(outcome.refused).toBeGreaterThan(300);
});
