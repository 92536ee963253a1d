// Long fuzzing of statements, tickets, codes and pairing messages. `FUZZ_INPUTS=1000000 npx vitest run
// --project sim lab/fuzz` for more, `FUZZ_SEED=7` for another seed.
import { expect, test } from 'vitest';
import { fuzzEncodings } from '../../packages/halo/src/testing/fuzz.ts';
import { SimRng } from '../../packages/testkit/src/index.ts';

const inputs = Number(process.env.FUZZ_INPUTS ?? 100_000);
const seed = Number(process.env.FUZZ_SEED ?? 1);

test(`${inputs} mutated encodings of halo are refused or have one form, seed ${seed}`, async () => {
  const { refused, tried } = await fuzzEncodings(new SimRng(seed), inputs);
  expect(tried).toBe(inputs);
  expect(refused).toBeGreaterThan(inputs / 20);
});
