/** A database whose table of feeds is damaged in the file: nothing seems empty that is not. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, expect, test } from 'vitest';
import {
  errorCode,
  type BlockHash,
  type FeedKey,
  type NewBlock,
  type SpaceId,
} from '@atoll/kernel';
import { SimRng } from '@atoll/testkit';
import { NodeStore } from './node-store.ts';

const SPACE = 'ab'.repeat(32) as SpaceId;
const PAGE_BYTES = 8192;
const FEEDS = ['c1', 'c2', 'c3'].map((two) => two.repeat(32) as FeedKey);

const folders: string[] = [];
afterEach(async () => {
  for (const dir of folders.splice(0)) await rm(dir, { recursive: true, force: true });
});

function block(feed: FeedKey, seq: number): NewBlock {
  const hash = `${feed.slice(0, 2)}${seq.toString(16).padStart(62, '0')}` as BlockHash;
  return {
    space: SPACE,
    feed,
    seq,
    hash,
    bytes: new Uint8Array(300).fill(seq),
    origin: 'received',
  };
}

/** Three feeds with two blocks each. */
async function written(): Promise<{ readonly dir: string; readonly blocks: readonly NewBlock[] }> {
  const dir = await mkdtemp(join(tmpdir(), 'atoll-feeds-'));
  folders.push(dir);
  const blocks = FEEDS.flatMap((feed) => [block(feed, 0), block(feed, 1)]);
  await using store = NodeStore.open(dir, new SimRng(1));
  await store.commit({ blocks });
  return { dir, blocks };
}

/** Makes the pages of these empty, as one bit flipped in the number of their cells does. */
async function empty(dir: string, ...names: readonly string[]): Promise<void> {
  const path = join(dir, 'blocks.sqlite');
  const db = new DatabaseSync(path);
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  const roots = names.map((name) =>
    Number(db.prepare('SELECT rootpage FROM sqlite_master WHERE name = ?').get(name)?.['rootpage']),
  );
  db.close();
  const bytes = await readFile(path);
  for (const root of roots) bytes.fill(0, (root - 1) * PAGE_BYTES + 3, (root - 1) * PAGE_BYTES + 5);
  await writeFile(path, bytes);
}

async function readFrom(store: NodeStore): Promise<readonly string[]> {
  const read = await store.read(SPACE, 0, 100);
  return read.map(({ feed, seq }) => `${feed.slice(0, 2)} ${String(seq)}`);
}

const ALL = ['c1 0', 'c1 1', 'c2 0', 'c2 1', 'c3 0', 'c3 1'];

test('a table of feeds that is empty is told of, and read from its index', async () => {
  const { blocks, dir } = await written();
  await empty(dir, 'feeds');
  const told: unknown[] = [];
  const log = { event: (_: string, name: string) => void told.push(name) };
  await using store = NodeStore.open(dir, new SimRng(2), { log });
  expect(await readFrom(store)).toEqual(ALL);
  expect(told).toEqual(['store.feed-lost', 'store.feed-lost', 'store.feed-lost']);
  const [first] = blocks;
  expect(await store.get(SPACE, first?.hash as BlockHash)).toMatchObject({ feed: FEEDS[0] });
});

test('where the index is lost as well, reading is refused, nothing goes, and no other feed takes its place', async () => {
  const { blocks, dir } = await written();
  await empty(dir, 'feeds', 'sqlite_autoindex_feeds_1');
  await using store = NodeStore.open(dir, new SimRng(2));
  const refused = await store.read(SPACE, 0, 100).catch((failure: unknown) => errorCode(failure));
  expect(refused).toBe('STORE_CORRUPT');
  expect(await store.lastPosition(SPACE)).toBe(blocks.length);
  // A new feed is not taken for one that was lost.
  const later = block('c9'.repeat(32) as FeedKey, 0);
  await store.commit({ blocks: [later] });
  expect(await store.get(SPACE, later.hash)).toMatchObject({ feed: later.feed });
  const again = await store
    .get(SPACE, blocks[0]?.hash as BlockHash)
    .catch((failure: unknown) => errorCode(failure));
  expect(again).toBe('STORE_CORRUPT');
});
