/** The long form of the kill -9 test: one profile, killed over and over, its log growing all the while. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SimRng } from '@atoll/testkit';
import { killRound } from '../../packages/platform-node/src/testing/kill-rounds.ts';

const ROUNDS = 25;

test('a profile killed 25 times while it writes keeps everything it reported', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'atoll-kill-'));
  const rng = new SimRng(60);
  for (let round = 0; round < ROUNDS; round++) {
    const { faults } = await killRound(dir, rng);
    expect(faults, `round ${round} in ${dir}`).toEqual([]);
  }
  await rm(dir, { recursive: true, force: true });
});
