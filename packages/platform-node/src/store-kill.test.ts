/** Kill -9 at any moment loses nothing that was acknowledged, and leaves a store that opens. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SimRng } from '@atoll/testkit';
import { killRound } from './testing/kill-rounds.ts';

const ROUNDS = 6;

test('a process killed while it writes has lost nothing that it reported, six times over', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'atoll-kill-'));
  const rng = new SimRng(6);
  let before = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const { stored, reported, faults } = await killRound(dir, rng);
    expect(faults).toEqual([]);
    expect(reported).toBeGreaterThan(before);
    before = stored;
  }
  await rm(dir, { recursive: true, force: true });
});
