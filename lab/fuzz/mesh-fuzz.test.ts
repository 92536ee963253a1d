// Long fuzzing of signaling, control and sync messages. `FUZZ_INPUTS=1000000 npx vitest run --project
// sim lab/fuzz` for more, `FUZZ_SEED=7` for another seed.
import { SimRng } from '../../packages/testkit/src/index.ts';
import { expect, test } from 'vitest';
import { fuzzMessages } from '../../packages/mesh/src/testing/fuzz.ts';

const inputs = 3 * Number(process.env.FUZZ_INPUTS ?? 100_000);
const seed = Number(process.env.FUZZ_SEED ?? 1);

test(`${inputs} mutated messages are refused or canonical, seed ${seed}`, () => {
  expect(fuzzMessages(new SimRng(seed), inputs).other).toBe(0);
});
