/** Sealed pieces of files in mailboxes: quotas, what they count over restarts, and letting go. */
import { ready } from '@atoll/crypto';
import { chunkIdOf, type ChunkHolder } from '@atoll/mesh';
import { SimChunkDisk, SimChunks } from '@atoll/testkit';
import { beforeAll, expect, test } from 'vitest';
import { DEFAULT_LIMITS, type KubeLimits } from './limits.ts';
import { MailboxChunks } from './mailbox-chunks.ts';
import { Metrics } from './metrics.ts';
import { TestLog } from './testing/test-server.ts';

beforeAll(ready);

const DAY_MS = 24 * 60 * 60 * 1000;
const ONE = 'aa'.repeat(32);
const TWO = 'bb'.repeat(32);

class Scene {
  readonly disk = new SimChunkDisk();
  readonly metrics = new Metrics();
  nowMs = 1_000_000_000_000;

  open(limits: Partial<KubeLimits> = {}): Promise<MailboxChunks> {
    return MailboxChunks.open({
      chunks: new SimChunks(this.disk),
      clock: {
        nowMs: () => this.nowMs,
        monotonicMs: () => this.nowMs,
        sleep: () => Promise.resolve(),
      },
      log: new TestLog(),
      limits: { ...DEFAULT_LIMITS, ...limits },
      metrics: this.metrics,
    });
  }
}

function piece(fill: number, length = 1000): { readonly id: string; readonly bytes: Uint8Array } {
  const bytes = new Uint8Array(length).fill(fill);
  return { id: chunkIdOf(bytes), bytes };
}

async function give(holder: ChunkHolder, fill: number, length?: number): Promise<unknown> {
  const { id, bytes } = piece(fill, length);
  return holder.take?.(id, bytes);
}

test('a mailbox takes no more than its quota, many at once neither, and another one has its own', async () => {
  const chunks = await new Scene().open({ chunkBytesMax: 2_500 });
  const one = chunks.of(ONE);
  const answers = await Promise.all([1, 2, 3, 4].map((fill) => give(one, fill)));
  expect(answers.filter((answer) => answer === 'stored')).toHaveLength(2);
  expect(answers.filter((answer) => answer === 'full')).toHaveLength(2);
  expect(await give(one, 1)).toBe('stored'); // It is there: nothing more is kept.
  expect(await give(chunks.of(TWO), 3)).toBe('stored');
});

test('all mailboxes together take no more than the server has room for, also after a restart', async () => {
  const scene = new Scene();
  const limits = { storedChunkBytesMax: 2_500 };
  const before = await scene.open(limits);
  expect(await give(before.of(ONE), 1)).toBe('stored');
  expect(await give(before.of(TWO), 2)).toBe('stored');
  expect(await give(before.of(ONE), 3)).toBe('full');
  const after = await scene.open(limits);
  expect(await give(after.of(TWO), 3)).toBe('full');
  expect(await give(after.of(TWO), 4, 400)).toBe('stored');
});

test('what a member lets go after a day makes room, and what is younger stays', async () => {
  const scene = new Scene();
  const chunks = await scene.open({ chunkBytesMax: 2_500 });
  const one = chunks.of(ONE);
  expect(await give(one, 1)).toBe('stored');
  scene.nowMs += DAY_MS;
  expect(await give(one, 2)).toBe('stored');
  const ids = [piece(1).id, piece(2).id, piece(9).id];
  expect(await one.drop?.([...ids, ...ids])).toEqual([false, true, false, false, true, false]);
  expect(await one.has(ids)).toEqual([false, true, false]);
  // Counted once, however often it was named.
  expect(await give(one, 3)).toBe('stored');
  expect(await give(one, 4)).toBe('full');
});

test('one mailbox cannot let go what another one holds', async () => {
  const scene = new Scene();
  const chunks = await scene.open();
  expect(await give(chunks.of(ONE), 1)).toBe('stored');
  scene.nowMs += 2 * DAY_MS;
  expect(await chunks.of(TWO).drop?.([piece(1).id])).toEqual([false]);
  expect(await chunks.of(ONE).has([piece(1).id])).toEqual([true]);
});
