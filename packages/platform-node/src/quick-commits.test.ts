/** Which commits the event loop may wait for. */
import { expect, test } from 'vitest';
import type { BlockHash, FeedKey, NewBlock, SpaceId, StoreBatch } from '@atoll/kernel';
import { QuickCommits } from './quick-commits.ts';

function batchOf(count: number, size = 700): StoreBatch {
  const space = 'ab'.repeat(32) as SpaceId;
  const feed = 'cd'.repeat(32) as FeedKey;
  const bytes = new Uint8Array(size);
  const blocks = Array.from({ length: count }, (_, seq): NewBlock => {
    const hash = seq.toString(16).padStart(64, '0') as BlockHash;
    return { space, feed, seq, hash, bytes, origin: 'own' };
  });
  return { blocks };
}

const EDIT = [batchOf(1)];

function measured(...tookMs: readonly number[]): QuickCommits {
  const quick = new QuickCommits(1);
  for (const ms of tookMs) quick.note(EDIT, ms);
  return quick;
}

test('before anything was measured, and with a limit of nothing, no commit is made on the event loop', () => {
  expect(new QuickCommits(1).isOne(EDIT)).toBe(false);
  const never = new QuickCommits(0);
  never.note(EDIT, 0);
  expect(never.isOne(EDIT)).toBe(false);
});

test('a quick disk is waited for, a slow one is not, and one slow commit does not make a slow disk', () => {
  expect(measured(0.4).isOne(EDIT)).toBe(true);
  expect(measured(2, 2, 2).isOne(EDIT)).toBe(false);
  expect(measured(...Array<number>(20).fill(0.4), 3).isOne(EDIT)).toBe(true);
  expect(measured(...Array<number>(20).fill(0.4), 8).isOne(EDIT)).toBe(false);
  expect(measured(8, ...Array<number>(30).fill(0.5)).isOne(EDIT)).toBe(true);
});

test('what is large goes to the thread, and its time says nothing of small ones', () => {
  const quick = measured(0.4);
  const pages = { values: new Map([['page', new Uint8Array(100_000)]]) };
  for (const large of [[batchOf(9)], [batchOf(2, 9_000)], [pages], [batchOf(5), batchOf(5)]]) {
    expect(quick.isOne(large)).toBe(false);
    quick.note(large, 1_000);
  }
  expect(quick.isOne([{ ...batchOf(0), drops: [] }])).toBe(false);
  expect(quick.isOne([{ forgets: ['ab'.repeat(32) as SpaceId] }])).toBe(false);
  expect(quick.isOne(EDIT)).toBe(true);
});

test('the thread gets one of 64 in any case, for it alone copies the write-ahead log back', () => {
  const quick = measured(0.4);
  const here = Array.from({ length: 640 }, () => quick.isOne(EDIT));
  expect(here.filter((is) => !is)).toHaveLength(10);
});
