/** The SQLite store against the contract, and what it does with files that are not its own. */
import {
  copyFile,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import {
  errorCode,
  utf8,
  type BlockHash,
  type FeedKey,
  type NewBlock,
  type SpaceId,
} from '@atoll/kernel';
import { SimRng } from '@atoll/testkit';
import { storeContract } from '@atoll/testkit/contracts';
import { rowBatch } from './block-rows.ts';
import { BlockTables } from './block-tables.ts';
import { NodeStore } from './node-store.ts';
import { storeFailure } from './sqlite-failure.ts';
import { configure, ensureTables } from './store-schema.ts';

/** Less than half of a page of a write-ahead log, and no divisor of one. */
const WAL_STEP_BYTES = 2039;
const SPACE = 'ab'.repeat(32) as SpaceId;

function block(seq: number, sizeBytes = 300): NewBlock {
  const feed = 'cd'.repeat(32) as FeedKey;
  const hash = seq.toString(16).padStart(64, '0') as BlockHash;
  return {
    space: SPACE,
    feed,
    seq,
    hash,
    bytes: new Uint8Array(sizeBytes).fill(seq),
    origin: 'own',
  };
}

async function scratch(): Promise<{ dir: string } & AsyncDisposable> {
  const dir = await mkdtemp(join(tmpdir(), 'atoll-store-'));
  return { dir, [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }) };
}

for (const [name, options] of [
  ['SQLite', {}],
  ['SQLite, written by a thread', { commitsBeforeThread: 0 }],
  ['SQLite, written here and by a thread', { commitsBeforeThread: 1, quickCommitMs: 60_000 }],
] as const) {
  storeContract(name, async () => {
    const bed = await scratch();
    const rng = new SimRng(1);
    return {
      open: async () => NodeStore.open(bed.dir, rng, options),
      [Symbol.asyncDispose]: () => bed[Symbol.asyncDispose](),
    };
  });
}

test('a transaction in the thread leaves the event loop free', async () => {
  await using bed = await scratch();
  await using store = NodeStore.open(bed.dir, new SimRng(1), { commitsBeforeThread: 0 });
  await store.commit({ blocks: [block(0)] });
  let turns = 0;
  let isWritten = false;
  const count = (): void => {
    turns++;
    if (!isWritten) setImmediate(count);
  };
  setImmediate(count);
  // So many that the loop has its turns on a machine that is busy with something else, too.
  const blocks = Array.from({ length: 20_000 }, (_, at) => block(at + 1));
  await store.commit({ blocks });
  isWritten = true;
  // On the loop's own thread it is two: one before the transaction, one after it.
  expect(turns).toBeGreaterThan(5);
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

test('a database whose tables are not there any more, or of another format, is corrupt', async () => {
  // Bytes of the header and of the first page, https://sqlite.org/fileformat2.html: schema format, root page.
  for (const at of [47, 104]) {
    await using bed = await scratch();
    const store = NodeStore.open(bed.dir, new SimRng(1));
    await store.commit({ blocks: [block(0)], values: new Map([['one', utf8('1')]]) });
    await store[Symbol.asyncDispose]();
    const path = join(bed.dir, 'blocks.sqlite');
    const whole = await readFile(path);
    for (let bit = 0; bit < 8; bit++) {
      const wrong = Uint8Array.from(whole);
      wrong[at] = (wrong[at] ?? 0) ^ (1 << bit);
      await writeFile(path, wrong);
      const read = async (): Promise<void> => {
        await using opened = NodeStore.open(bed.dir, new SimRng(1));
        await opened.read(SPACE, 0, 9);
        await opened.value('one');
      };
      const code = await read().then(
        () => 'whole',
        (failure: unknown) => errorCode(failure),
      );
      expect(['whole', 'STORE_CORRUPT'], `byte ${at} bit ${bit}`).toContain(code);
    }
  }
});

test('a directory that cannot be made is an error of input and output', async () => {
  await using bed = await scratch();
  await writeFile(join(bed.dir, 'file'), '');
  expect(() => NodeStore.open(join(bed.dir, 'file', 'below'), new SimRng(1))).toThrow(
    expect.objectContaining({ code: 'STORE_IO' }),
  );
});

test('a copy of a store keeps its blocks under an incarnation of its own, and keeps that', async () => {
  await using bed = await scratch();
  const original = join(bed.dir, 'original');
  const first = NodeStore.open(original, new SimRng(1));
  await first.commit({ blocks: [block(0)] });
  await first[Symbol.asyncDispose]();
  const copy = join(bed.dir, 'copy');
  await cp(original, copy, { recursive: true });
  const copied = NodeStore.open(copy, new SimRng(2));
  expect(copied.incarnation).not.toBe(first.incarnation);
  expect(await copied.lastPosition(SPACE)).toBe(1);
  await copied[Symbol.asyncDispose]();
  await using again = NodeStore.open(copy, new SimRng(3));
  expect(again.incarnation).toBe(copied.incarnation);
  const moved = join(bed.dir, 'moved');
  await rename(original, moved);
  await using home = NodeStore.open(moved, new SimRng(4));
  expect(home.incarnation).toBe(first.incarnation);
});

test('after a power cut at any byte of the write-ahead log a whole number of commits is there', async () => {
  await using bed = await scratch();
  const rng = new SimRng(4);
  await using store = NodeStore.open(bed.dir, rng);
  for (let seq = 0; seq < 60; seq += 3) {
    const blocks = [block(seq), block(seq + 1), block(seq + 2)];
    await store.commit({ blocks, values: new Map([['last', utf8(`${seq + 2}`)]]) });
  }
  const { size } = await stat(join(bed.dir, 'blocks.sqlite-wal'));
  const seen = new Set<number>();
  for (let round = 0; round < 40; round++) {
    const copy = join(bed.dir, `copy ${round}`);
    await mkdir(copy);
    await copyFile(join(bed.dir, 'blocks.sqlite'), join(copy, 'blocks.sqlite'));
    await copyFile(join(bed.dir, 'blocks.sqlite-wal'), join(copy, 'blocks.sqlite-wal'));
    await truncate(join(copy, 'blocks.sqlite-wal'), rng.int(size + 1));
    await using after = NodeStore.open(copy, rng);
    const blocks = await after.read(SPACE, 0, 100);
    expect(blocks.length % 3).toBe(0);
    expect(blocks.map(({ seq }) => seq)).toEqual(blocks.map((_, at) => at));
    const last = blocks.length === 0 ? undefined : utf8(`${blocks.length - 1}`);
    expect(await after.value('last')).toEqual(last);
    seen.add(blocks.length);
  }
  expect(seen.size).toBeGreaterThan(5);
});

test('after a power cut at every part of a page of the log of a small history a whole number of commits is there', async () => {
  await using bed = await scratch();
  const rng = new SimRng(5);
  await using store = NodeStore.open(bed.dir, rng);
  const commits = 5;
  for (let seq = 0; seq < commits * 2; seq += 2) {
    const values = new Map([['last', utf8(`${seq + 1}`)]]);
    const drops = seq === 6 ? [{ space: SPACE, positions: [1, 2] }] : [];
    await store.commit({ blocks: [block(seq), block(seq + 1)], values, drops });
  }
  const { size } = await stat(join(bed.dir, 'blocks.sqlite-wal'));
  const seen = new Set<number>();
  const copy = join(bed.dir, 'copy');
  for (let step = 0; step <= size + WAL_STEP_BYTES; step += WAL_STEP_BYTES) {
    const length = Math.min(step, size);
    await mkdir(copy);
    await copyFile(join(bed.dir, 'blocks.sqlite'), join(copy, 'blocks.sqlite'));
    await copyFile(join(bed.dir, 'blocks.sqlite-wal'), join(copy, 'blocks.sqlite-wal'));
    await truncate(join(copy, 'blocks.sqlite-wal'), length);
    await using after = NodeStore.open(copy, rng);
    const last = Number(new TextDecoder().decode((await after.value('last')) ?? utf8('-1')));
    const dropped = last >= 7 ? 2 : 0;
    const seqs = (await after.read(SPACE, 0, 100)).map(({ seq }) => seq);
    expect(seqs).toEqual(Array.from({ length: last + 1 - dropped }, (_, at) => at + dropped));
    seen.add(last);
    await after[Symbol.asyncDispose]();
    await rm(copy, { recursive: true });
  }
  expect([...seen]).toEqual([-1, 1, 3, 5, 7, 9]);
});

test('a full disk refuses a commit as a whole, keeps what is there, and goes on when there is room', async () => {
  await using bed = await scratch();
  const db = new DatabaseSync(join(bed.dir, 'blocks.sqlite'));
  configure(db);
  ensureTables(db, 'ab'.repeat(16), 'here');
  db.exec('PRAGMA max_page_count = 30');
  const tables = new BlockTables(db);
  expect(tables.commit([rowBatch({ blocks: [block(0), block(1)] })])).toEqual([1]);
  const large = [[block(2)], [block(3, 300_000)]].map((blocks) => rowBatch({ blocks }));
  let failure: unknown;
  try {
    tables.commit(large);
  } catch (thrown) {
    failure = thrown;
  }
  expect(storeFailure(failure)).toMatchObject({ code: 'STORE_FULL' });
  expect(tables.lastPosition(SPACE)).toBe(2);
  db.exec('PRAGMA max_page_count = 100000');
  expect(tables.commit(large)).toEqual([3, 4]);
  expect(tables.read(SPACE, 0, 9).map(({ seq }) => seq)).toEqual([0, 1, 2, 3]);
  db.close();
});

test('a block is found by its hash wherever in a long log it lies', async () => {
  await using bed = await scratch();
  const db = new DatabaseSync(join(bed.dir, 'blocks.sqlite'));
  configure(db);
  ensureTables(db, 'ab'.repeat(16), 'here');
  const tables = new BlockTables(db);
  const count = 2 * 2 ** 14 + 3;
  const hashAt = (no: number): BlockHash =>
    createHash('sha256').update(String(no)).digest('hex') as BlockHash;
  const blocks = Array.from({ length: count }, (_, no) => ({ ...block(no, 1), hash: hashAt(no) }));
  tables.commit([rowBatch({ blocks })]);
  for (const no of [0, 1, 16_382, 16_383, 16_384, 32_767, 32_768, count - 1]) {
    expect(tables.get(SPACE, hashAt(no))?.position).toBe(no + 1);
  }
  expect(tables.get(SPACE, hashAt(count))).toBeUndefined();
  db.close();
});
