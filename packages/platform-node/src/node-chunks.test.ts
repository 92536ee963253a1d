/** Chunks as files against the contract, and what is left of an interrupted program. */
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { utf8 } from '@atoll/kernel';
import { chunkContract } from '@atoll/testkit/contracts';
import { NodeChunks } from './node-chunks.ts';
import { nodeRng } from './node-ports.ts';

const BUCKET = 'ab'.repeat(32);

async function scratch(): Promise<{ dir: string } & AsyncDisposable> {
  const dir = await mkdtemp(join(tmpdir(), 'atoll-chunks-'));
  return { dir, [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }) };
}

chunkContract('files', async () => {
  const at = await scratch();
  return {
    open: () => NodeChunks.open(join(at.dir, 'chunks'), nodeRng),
    [Symbol.asyncDispose]: () => at[Symbol.asyncDispose](),
  };
});

test('what a killed program left unfinished is no chunk, whoever looks', async () => {
  await using at = await scratch();
  const folder = join(at.dir, BUCKET);
  await mkdir(folder);
  await writeFile(join(folder, '.new-0011'), 'half of it');
  await utimes(join(folder, '.new-0011'), 1, 1);
  await using store = await NodeChunks.open(at.dir, nodeRng);
  expect(await store.list(BUCKET, { limit: 9 })).toEqual([]);
  expect(await store.totals(BUCKET)).toEqual({ chunks: 0, bytes: 0 });
});

test('no name leads out of the folder', async () => {
  await using at = await scratch();
  await using store = await NodeChunks.open(at.dir, nodeRng);
  const chunk = { id: '../../escaped', bytes: utf8('x') };
  await expect(store.put(BUCKET, [chunk], 1)).rejects.toMatchObject({ code: 'STORE_IO' });
  await expect(store.get('../..', 'ab'.repeat(32))).rejects.toMatchObject({ code: 'STORE_IO' });
});

test('a put that fails leaves no file behind', async () => {
  await using at = await scratch();
  await using store = await NodeChunks.open(at.dir, nodeRng);
  await mkdir(join(at.dir, BUCKET, 'cd'.repeat(32)), { recursive: true });
  const id = 'ef'.repeat(32);
  await store.put(BUCKET, [{ id, bytes: utf8('x') }], 1);
  expect((await readdir(join(at.dir, BUCKET))).filter((name) => name.startsWith('.'))).toEqual([]);
});
