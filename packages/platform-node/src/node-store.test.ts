/** The SQLite store against the contract, and what it does with files that are not its own. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SimRng } from '@atoll/testkit';
import { storeContract } from '@atoll/testkit/contracts';
import { NodeStore } from './node-store.ts';

async function scratch(): Promise<{ dir: string } & AsyncDisposable> {
  const dir = await mkdtemp(join(tmpdir(), 'atoll-store-'));
  return { dir, [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }) };
}

storeContract('SQLite', async () => {
  const bed = await scratch();
  const rng = new SimRng(1);
  return {
    open: async () => NodeStore.open(bed.dir, rng),
    [Symbol.asyncDispose]: () => bed[Symbol.asyncDispose](),
  };
});

test('a file that is no database is refused as corrupt and left as it is', async () => {
  await using bed = await scratch();
  await writeFile(
    join(bed.dir, 'blocks.sqlite'),
    'not a database, but long enough to be read as one'.repeat(100),
  );
  expect(() => NodeStore.open(bed.dir, new SimRng(1))).toThrow(
    expect.objectContaining({ code: 'STORE_CORRUPT' }),
  );
});

test('a directory that cannot be made is an error of input and output', async () => {
  await using bed = await scratch();
  await writeFile(join(bed.dir, 'file'), '');
  expect(() => NodeStore.open(join(bed.dir, 'file', 'below'), new SimRng(1))).toThrow(
    expect.objectContaining({ code: 'STORE_IO' }),
  );
});
