/** Several processes write one profile at once, from its very first moment on. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { SpaceId } from '@atoll/kernel';
import { nodeRng } from './node-ports.ts';
import { NodeStore } from './node-store.ts';

const WRITER = fileURLToPath(new URL('testing/side-writer.ts', import.meta.url));
const SPACE = 'ee'.repeat(32) as SpaceId;
const FEEDS = ['01', '02', '03'];
const BLOCKS = 150;

function run(dir: string, feed: string): Promise<number | null> {
  const args = ['--disable-warning=ExperimentalWarning', WRITER, dir, feed, `${BLOCKS}`];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  return new Promise((resolve) => child.once('exit', resolve));
}

test('three processes that write one new profile at once lose nothing and are seen by a fourth', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'atoll-processes-'));
  const running = FEEDS.map((feed) => run(dir, feed));
  {
    await using store = NodeStore.open(dir, nodeRng);
    await new Promise<void>((resolve) => store.onForeignCommit(resolve));
    expect(await Promise.all(running)).toEqual([0, 0, 0]);
    const blocks = await store.read(SPACE, 0, 1000);
    expect(blocks.map(({ position }) => position)).toEqual(
      Array.from({ length: FEEDS.length * BLOCKS }, (_, at) => at + 1),
    );
    for (const feed of FEEDS) {
      const seqs = blocks.filter((block) => block.feed.startsWith(feed)).map(({ seq }) => seq);
      expect(seqs).toEqual(Array.from({ length: BLOCKS }, (_, at) => at));
    }
  }
  await rm(dir, { recursive: true, force: true });
});
