// Long fuzzing of blocks and runs. `FUZZ_INPUTS=1000000 npx vitest run --project sim lab/fuzz` for more,
// `FUZZ_SEED=7` for another seed.
import { SimRng, simEd25519 } from '../../packages/testkit/src/index.ts';
import { expect, test } from 'vitest';
import { fuzzBlocks, fuzzRuns } from '../../packages/feed/src/testing/fuzz.ts';

const inputs = Number(process.env.FUZZ_INPUTS ?? 100_000);
const seed = Number(process.env.FUZZ_SEED ?? 1);

test(`${inputs} mutated blocks and inner headers are answered with a value, seed ${seed}`, () => {
  const outcome = fuzzBlocks(new SimRng(seed), inputs);
  expect(outcome.tried).toBe(inputs);
});

test(`${inputs / 20} mutated runs are refused or honest, seed ${seed}`, async () => {
  const outcome = await fuzzRuns(new SimRng(seed), simEd25519, inputs / 20);
  expect(outcome.refused).toBeGreaterThan(outcome.tried / 2);
});
