/** Whole clients over a bad network, with crashes and disks that fail: a few worlds at each commit. */
import { ready } from '@atoll/crypto';
import { beforeAll, expect, test } from 'vitest';
import { ClientWorld } from './client-world.ts';

beforeAll(() => ready());

test('clients that are cut off, killed and out of disk space come to one state', async () => {
  for (let seed = 1; seed <= 8; seed++) {
    try {
      await ClientWorld.play(seed, 60);
    } catch (cause) {
      const command = `npm run sim -- --world clients --seed ${seed} --steps 60`;
      expect.unreachable(`${command}\n${String(cause)}`);
    }
  }
});

test('a world of clients plays the same twice', async () => {
  const once = await ClientWorld.play(3, 40);
  expect(await ClientWorld.play(3, 40)).toEqual(once);
});

test('clients whose old backups are put back, and whose copies go on, come to one state', async () => {
  const rates = { restoreRate: 1, epochRate: 0.6, dropRate: 0.7 };
  for (let seed = 1; seed <= 2; seed++) {
    try {
      await ClientWorld.play(seed, 120, rates);
    } catch (cause) {
      const command = `npm run sim -- --world clients --seed ${seed} --steps 120 --restores 1 --epochs 0.6 --drops 0.7`;
      expect.unreachable(`${command}\n${String(cause)}`);
    }
  }
});
