/**
 * Durable block stores in Node: ours (node:sqlite, write-ahead log, synchronous FULL, group commit)
 * against a bare SQLite table with random keys in the same settings, in one run. Also how long a
 * commit holds the event loop, which decides whether SQLite needs a thread of its own.
 *
 *   npx node bench/store-node.ts
 *
 * lmdb takes part where it is installed (`npm install --no-save lmdb@3.5.6`); nothing else needs it.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { DatabaseSync } from 'node:sqlite';
import type { BlockHash, FeedKey, NewBlock, SpaceId } from '@atoll/kernel';
import { NodeStore, nodeRng } from '@atoll/platform-node';

const SPACE = 'ab'.repeat(32) as SpaceId;
const FEED = 'cd'.repeat(32) as FeedKey;
const BLOCK_BYTES = 500;

const dir: string = mkdtempSync(join(process.env['ATOLL_BENCH_DIR'] ?? tmpdir(), 'atoll-bench-'));

function makeBlocks(count: number, from = 0): NewBlock[] {
  return Array.from({ length: count }, (_, at) => {
    const bytes = new Uint8Array(randomBytes(BLOCK_BYTES));
    const hash = createHash('sha256').update(bytes).digest('hex') as BlockHash;
    return { space: SPACE, feed: FEED, seq: from + at, hash, bytes, origin: 'own' as const };
  });
}

interface Line {
  readonly what: string;
  readonly rate: number;
  readonly cpuUs: number;
  readonly note: string;
}
const lines: Line[] = [];

async function measure(what: string, count: number, work: () => Promise<void>): Promise<void> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const cpu = process.cpuUsage();
  const startMs = performance.now();
  await work();
  const wallMs = performance.now() - startMs;
  const { user, system } = process.cpuUsage(cpu);
  delay.disable();
  const stall = `loop held p99 ${(delay.percentile(99) / 1e6).toFixed(1)} ms, max ${(delay.max / 1e6).toFixed(1)} ms`;
  lines.push({ what, rate: (count / wallMs) * 1000, cpuUs: (user + system) / count, note: stall });
}

async function benchStore(): Promise<void> {
  const store = NodeStore.open(join(dir, 'ours'), nodeRng);
  let seq = 0;
  const next = (count: number): NewBlock[] => {
    const blocks = makeBlocks(count, seq);
    seq += count;
    return blocks;
  };
  const singles = Array.from({ length: 1000 }, () => next(1));
  await measure('ours, 1 block a commit, one at a time', 1000, async () => {
    for (const blocks of singles) await store.commit({ blocks });
  });
  const joined = Array.from({ length: 5000 }, () => next(1));
  await measure('ours, 1 block a commit, 100 commits at once', 5000, async () => {
    for (let at = 0; at < joined.length; at += 100) {
      const group = joined.slice(at, at + 100);
      await Promise.all(group.map((blocks) => store.commit({ blocks })));
    }
  });
  const batches = Array.from({ length: 50 }, () => next(1000));
  await measure('ours, 1,000 blocks a commit', 50_000, async () => {
    for (const blocks of batches) await store.commit({ blocks });
  });
  await measure('ours, read all in order', seq, async () => {
    for (let after = 0; after < seq;) after += (await store.read(SPACE, after, 1000)).length;
  });
  const hashes = batches.flatMap((blocks) => blocks.map(({ hash }) => hash));
  await measure('ours, get by hash', 20_000, async () => {
    for (let at = 0; at < 20_000; at++) {
      await store.get(SPACE, hashes[(at * 7919) % hashes.length] as BlockHash);
    }
  });
  await store[Symbol.asyncDispose]();
}

async function benchBare(): Promise<void> {
  const db = new DatabaseSync(join(dir, 'bare.sqlite'));
  db.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4096');
  db.exec('CREATE TABLE rows (key BLOB PRIMARY KEY, bytes BLOB) WITHOUT ROWID');
  const insert = db.prepare('INSERT INTO rows VALUES (?, ?)');
  const batches = Array.from({ length: 50 }, () => makeBlocks(1000));
  const commit = (blocks: readonly NewBlock[]): void => {
    db.exec('BEGIN IMMEDIATE');
    for (const { hash, bytes } of blocks) insert.run(Buffer.from(hash, 'hex'), bytes);
    db.exec('COMMIT');
  };
  await measure('bare SQLite, random 32-byte key, 1,000 a commit', 50_000, async () => {
    for (const blocks of batches) commit(blocks);
  });
  const singles = Array.from({ length: 1000 }, () => makeBlocks(1));
  await measure('bare SQLite, 1 row a commit', 1000, async () => {
    for (const blocks of singles) commit(blocks);
  });
  db.close();
}

interface Lmdb {
  readonly flushed: Promise<unknown>;
  put(key: Uint8Array, value: Uint8Array): unknown;
  get(key: Uint8Array): Uint8Array | undefined;
  transaction(work: () => void): Promise<unknown>;
  openDB(name: string, options: object): Lmdb;
  close(): Promise<void>;
}

/** The same two look-ups as ours, position to bytes and hash to position, each commit flushed. */
async function benchLmdb(): Promise<void> {
  const name: string = 'lmdb';
  const module: unknown = await import(name).catch(() => undefined);
  if (module === undefined) return;
  const binary = { encoding: 'binary', keyEncoding: 'binary' };
  const { open } = module as { open(options: object): Lmdb };
  const db = open({ path: join(dir, 'lmdb'), overlappingSync: false, ...binary });
  const hashes = db.openDB('hashes', binary);
  let position = 0;
  const commit = async (blocks: readonly NewBlock[]): Promise<void> => {
    await db.transaction(() => {
      for (const { hash, bytes } of blocks) {
        const key = Buffer.alloc(8);
        key.writeBigUInt64BE(BigInt(++position));
        db.put(key, bytes);
        hashes.put(Buffer.from(hash, 'hex'), key);
      }
    });
    await db.flushed;
  };
  const batches = Array.from({ length: 50 }, () => makeBlocks(1000));
  await measure('lmdb, 1,000 blocks a commit', 50_000, async () => {
    for (const blocks of batches) await commit(blocks);
  });
  const singles = Array.from({ length: 1000 }, () => makeBlocks(1));
  await measure('lmdb, 1 block a commit', 1000, async () => {
    for (const blocks of singles) await commit(blocks);
  });
  const keys = batches.flatMap((blocks) => blocks.map(({ hash }) => Buffer.from(hash, 'hex')));
  await measure('lmdb, get by hash', 20_000, async () => {
    for (let at = 0; at < 20_000; at++) {
      const key = hashes.get(keys[(at * 7919) % keys.length] as Buffer);
      if (key !== undefined) db.get(key);
    }
  });
  await db.close();
}

await benchStore();
await benchBare();
await benchLmdb();
rmSync(dir, { recursive: true, force: true });
for (const { what, rate, cpuUs, note } of lines) {
  console.log(
    `${what.padEnd(50)} ${rate.toFixed(0).padStart(8)}/s ${cpuUs.toFixed(1).padStart(7)} µs CPU  ${note}`,
  );
}
