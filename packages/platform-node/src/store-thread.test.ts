/** The writing thread of a store, killed in the middle of what it writes. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import {
  StoreError,
  utf8,
  type BlockHash,
  type FeedKey,
  type NewBlock,
  type SpaceId,
} from '@atoll/kernel';
import { SimRng } from '@atoll/testkit';
import { NodeStore } from './node-store.ts';

const SPACE = 'ab'.repeat(32) as SpaceId;
const BLOCKS = 200;
const ROUNDS = 6;

/** Block `seq` of one feed. */
function block(seq: number): NewBlock {
  const hash = seq.toString(16).padStart(64, '0') as BlockHash;
  const bytes = new Uint8Array(4000).fill(seq);
  return { space: SPACE, feed: 'cd'.repeat(32) as FeedKey, seq, hash, bytes, origin: 'own' };
}

const batch = (
  from: number,
  blocks = BLOCKS,
): { blocks: NewBlock[]; values: Map<string, Uint8Array> } => ({
  blocks: Array.from({ length: blocks }, (_, at) => block(from + at)),
  values: new Map([['next', utf8(String(from + blocks))]]),
});

test('a writing thread that dies in mid-write: told, refused with a code, and the store goes on', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'atoll-thread-'));
  const rng = new SimRng(8);
  const workers: Worker[] = [];
  const note = (worker: Worker): void => void workers.push(worker);
  process.on('worker', note);
  let acknowledged = 0;
  let refusals = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const events: string[] = [];
    const log = { event: (_: string, name: string) => void events.push(name) };
    const store = NodeStore.open(dir, rng, { commitsBeforeThread: 0, log });
    // All that was ever acknowledged is there, and never a part of what was not.
    let next = await store.lastPosition(SPACE);
    expect(next).toBeGreaterThanOrEqual(acknowledged);
    expect(await store.value('next')).toEqual(next === 0 ? undefined : utf8(String(next)));
    await store.commit(batch(next, 1));
    acknowledged = ++next;
    const writing = store.commit(batch(next)).then(
      () => undefined,
      (failure: unknown) => failure,
    );
    await sleep(round % 3 === 0 ? 0 : rng.int(12));
    await workers.at(-1)?.terminate();
    const failure = await writing;
    if (failure === undefined) acknowledged = next + BLOCKS;
    else {
      refusals++;
      expect(failure).toBeInstanceOf(StoreError);
      expect(failure).toMatchObject({ code: 'STORE_IO' });
    }
    expect(events).toContain('store.thread-lost');
    // The same again, as its writer does: whether or not it was durable, it is there once.
    await store.commit(batch(next));
    acknowledged = next + BLOCKS;
    expect(await store.lastPosition(SPACE)).toBe(acknowledged);
    await store[Symbol.asyncDispose]();
  }
  process.off('worker', note);
  expect(refusals).toBeGreaterThan(0);
  await rm(dir, { recursive: true, force: true });
});
