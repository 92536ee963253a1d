/** The SQLite store against the law of every store. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SimRng } from '@atoll/testkit';
import { storeLaw } from '@atoll/testkit/contracts';
import { NodeStore } from './node-store.ts';

storeLaw('SQLite', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'atoll-law-'));
  return {
    open: async () => NodeStore.open(dir, new SimRng(1)),
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  };
});
