/**
 * A whole profile on disk with bytes that are not what was written: database, keys, key file, pieces of files,
 * snapshot pages, undo. Every case ends with a code or with the very same content; nothing false is shown,
 * and what a log or a peer can give comes back.
 */
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AtollClient, type Space } from '@atoll/client';
import type { Space as EchoSpace } from '@atoll/echo';
import { AtollError, errorCode, type Log } from '@atoll/kernel';
import { nodeWebSockets, openNodeBase } from '@atoll/platform-node';
import { defineType, s, type BlobRef } from '@atoll/schema';
import { SimRng } from '@atoll/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exchange, rootOf } from '../../packages/echo/src/space/testing/space-fixture.ts';
import { randomEdit, randomFrom } from '../../packages/echo/src/testing/random-edits.ts';
import { randomKindsEdit } from '../../packages/echo/src/testing/random-kinds.ts';
import { echoOf } from './scene.ts';

/** Cases of each kind of file. A seed that fails is its number. */
const CASES = Number(process.env['ATOLL_CASES'] ?? 8);
const FIRST_CASE = Number(process.env['ATOLL_FIRST_CASE'] ?? 0);
const FILE_BYTES = 300_000;

const Photo = defineType('org.atoll.faults.Photo', { title: s.string(), image: s.blob() });

/** What a profile shows of its space. */
interface Shown {
  readonly root: string;
  readonly objects: string;
  readonly undo: number;
  readonly file: Uint8Array;
}

let folder: string;
let whole: string;
let space: Space['id'];
let honest: Shown;

async function open(dir: string, codes: unknown[] = []): Promise<AtollClient> {
  const log: Log = {
    event: (_level, _name, fields) => {
      if (fields?.['code'] !== undefined) codes.push(fields['code']);
    },
  };
  const base = await openNodeBase({ dir, log });
  try {
    return await AtollClient.open({ ...base, webSockets: nodeWebSockets }, { online: false });
  } catch (failure) {
    await base[Symbol.asyncDispose]();
    throw failure;
  }
}

function objectsOf({ db }: Space): string {
  return [...db.typeNames()]
    .sort()
    .flatMap((type) => db.queryForm({ type, deleted: 'include' }).run())
    .map((object) => `${object.id} ${object.$state} ${JSON.stringify(object)}`)
    .sort()
    .join('\n');
}

async function fileOf({ blobs, db }: Space): Promise<Uint8Array> {
  const photo = db.query(Photo).first();
  return blobs.bytes(photo?.image as BlobRef, { localOnly: true });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'atoll-bytes-'));
  whole = join(folder, 'whole');
  const client = await open(whole);
  await client.halo.createIdentity({ displayName: 'Ada' });
  const home = await client.spaces.create({ name: 'Home' });
  space = home.id;
  const random = randomFrom(1);
  const { database } = echoOf(home);
  for (let at = 0; at < 150; at++) {
    randomEdit(database, random);
    randomKindsEdit(database, random);
    if (at % 3 === 0) await home.flush();
    if (at === 100) await echoOf(home).writeSnapshot();
  }
  const image = await home.blobs.put(new SimRng(1).bytes(FILE_BYTES), { name: 'a.bin' });
  home.db.add(Photo, { title: 'Sea', image });
  await home.flush();
  honest = {
    root: rootOf(echoOf(home)),
    objects: objectsOf(home),
    undo: home.undo.state.get().entries.length,
    file: await fileOf(home),
  };
  expect(honest.undo).toBeGreaterThan(50);
  await client.close();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Changes some bits, or cuts off the end. */
function damaged(bytes: Uint8Array, random: (below: number) => number): Uint8Array {
  const wrong = bytes.slice();
  for (let flips = 1 + random(4); flips > 0; flips--) {
    const at = random(wrong.length);
    wrong[at] = (wrong[at] as number) ^ (1 << random(8));
  }
  return random(10) === 0 ? wrong.subarray(0, random(wrong.length)) : wrong;
}

type Damage = (dir: string, random: (below: number) => number) => void;

/** Damages one of the files whose path fits. */
const file =
  (path: RegExp): Damage =>
  (dir, random) => {
    const all = readdirSync(dir, { recursive: true, encoding: 'utf8' });
    const fitting = all.filter((name) => path.test(name)).sort();
    const name = join(dir, fitting[random(fitting.length)] as string);
    writeFileSync(name, damaged(readFileSync(name), random));
  };

/** Damages one cell of the database, which SQLite itself then takes for whole. */
const cell =
  (table: 'blocks' | 'vals', column: string, where = '1', before = ''): Damage =>
  (dir, random) => {
    const db = new DatabaseSync(join(dir, 'blocks.sqlite'));
    db.exec(before);
    const key = table === 'vals' ? 'name' : 'at';
    const found = db.prepare(
      `SELECT ${key} AS key, ${column} AS bytes FROM ${table} WHERE ${where}`,
    );
    const rows = found.all() as { readonly key: string | number; readonly bytes: Uint8Array }[];
    const { bytes, key: no } = rows[random(rows.length)] as (typeof rows)[number];
    const wrong = bytes.length === 0 ? Uint8Array.of(1) : damaged(bytes, random);
    db.prepare(`UPDATE ${table} SET ${column} = ? WHERE ${key} = ?`).run(wrong, no);
    db.close();
  };

/** Then the log is read. */
const NO_SNAPSHOT = "DELETE FROM vals WHERE name LIKE 'snapshot/%'";

/** Loses one row, as a wrong bit in the structure of the database does: nothing else shows it. */
const lost =
  (table: 'blocks' | 'feeds' | 'vals', where = '1', before = ''): Damage =>
  (dir, random) => {
    const db = new DatabaseSync(join(dir, 'blocks.sqlite'));
    db.exec(before);
    const key = { blocks: 'at', feeds: 'id', vals: 'name' }[table];
    const found = db.prepare(`SELECT ${key} AS key FROM ${table} WHERE ${where} ORDER BY ${key}`);
    const rows = found.all() as { readonly key: string | number }[];
    const { key: no } = rows[random(rows.length)] as (typeof rows)[number];
    db.prepare(`DELETE FROM ${table} WHERE ${key} = ?`).run(no);
    db.close();
  };

/** Of the table of feeds what numbers them shows none any more; its index does. */
const noFeeds: Damage = (dir) => {
  const path = join(dir, 'blocks.sqlite');
  const db = new DatabaseSync(path);
  db.exec(`PRAGMA wal_checkpoint(TRUNCATE); ${NO_SNAPSHOT}`);
  const root = db.prepare("SELECT rootpage FROM sqlite_master WHERE name = 'feeds'").get();
  const size = Number(db.prepare('PRAGMA page_size').get()?.['page_size']);
  db.close();
  const bytes = readFileSync(path);
  const page = (Number(root?.['rootpage']) - 1) * size;
  // The number of cells of a page stands behind its kind and its first free place.
  bytes.fill(0, page + 3, page + 5);
  writeFileSync(path, bytes);
};

/** What may come of each kind, beside the very same content. */
const KINDS: { readonly [kind: string]: readonly [Damage, RegExp] } = {
  'the database': [
    file(/^blocks\.sqlite$/),
    /^(STORE_CORRUPT|STORE_IO|FEED_LOG_CORRUPT|ECHO_UNDO_DAMAGED|told|repaired)/,
  ],
  'a block under a snapshot': [cell('blocks', 'bytes'), /^repaired right$/],
  'a block': [cell('blocks', 'bytes', '1', NO_SNAPSHOT), /^(told FEED_LOG_CORRUPT|repaired right)/],
  'the hash of a block': [cell('blocks', 'hash'), /^(told SNAPSHOT_AHEAD|repaired right)/],
  'a record': [
    cell('vals', 'value', "name NOT LIKE 'snapshot/%' AND name NOT LIKE 'undo/%'"),
    /^right$/,
  ],
  'a snapshot page': [cell('vals', 'value', "name LIKE 'snapshot/%'"), /^right$/],
  'the stacks of undo': [
    cell('vals', 'value', `name LIKE 'undo/%' AND length(value) > 500`),
    /^ECHO_UNDO_DAMAGED right$/,
  ],
  'a lost record': [lost('vals', "name NOT LIKE 'undo/%'"), /^(right|told .*)$/],
  'lost stacks of undo': [lost('vals', "name LIKE 'undo/%'"), /^ECHO_UNDO_DAMAGED right$/],
  'a lost block': [lost('blocks', '1', NO_SNAPSHOT), /^(told .*|repaired right)$/],
  'a lost block under a snapshot': [lost('blocks'), /^(right|told .*|repaired right)$/],
  'the table of feeds': [noFeeds, /^right$/],
  'a lost feed': [lost('feeds', '1', NO_SNAPSHOT), /^(STORE_CORRUPT|told .*STORE_CORRUPT)/],
  'the keystore': [file(/^keys\.sealed$/), /^STORE_CORRUPT$/],
  'the key file': [file(/^keys\.key$/), /^STORE_CORRUPT$/],
  'a piece of a file': [file(/^chunks\/[0-9a-f]{64}\/[0-9a-f]{64}$/), /^file BLOB_AWAY$/],
};

/** Opens what is in a folder and compares it with what was written. What it came to, in a word. */
async function outcomeOf(dir: string): Promise<string> {
  const codes: unknown[] = [];
  let client: AtollClient;
  try {
    client = await open(dir, codes);
  } catch (failure) {
    if (failure instanceof AtollError) return failure.code;
    throw failure;
  }
  try {
    return await compared(client, codes);
  } catch (failure) {
    if (failure instanceof AtollError) return failure.code;
    throw failure;
  } finally {
    await client.close().catch((failure: unknown) => {
      // A damaged database refuses writing, too.
      if (!(failure instanceof AtollError)) throw failure;
    });
  }
}

async function compared(client: AtollClient, codes: readonly unknown[]): Promise<string> {
  const found = client.spaces.get(space);
  if (found === undefined) return codes.length > 0 ? `told ${codes.join()}` : 'LOST without a word';
  // It is listed, with the reason why it could not be opened.
  const problem = found.problem.get();
  if (problem !== undefined) return `told ${problem.code}`;
  const echo = echoOf(found);
  let repaired = '';
  if (rootOf(echo) !== honest.root) {
    if (codes.length === 0) return 'OTHER STATE without a word';
    await repair(echo);
    repaired = 'repaired ';
  }
  if (rootOf(echo) !== honest.root) return `WRONG after repair, told ${codes.join()}`;
  if (objectsOf(found) !== honest.objects) return 'SHOWS other things';
  await givesNothingFalse(echo);
  const undo = found.undo.state.get();
  if (undo.notRestored !== undefined) repaired += `${undo.notRestored} `;
  else if (undo.entries.length !== honest.undo) return 'UNDO is gone';
  const file = await fileOf(found).catch((failure: unknown) => errorCode(failure));
  if (typeof file === 'string') return `${repaired}file ${file}`;
  return Buffer.compare(file, honest.file) === 0 ? `${repaired}right` : 'FILE is another';
}

/** A whole copy of the profile, as another device of the same person is one. */
async function withPeer(use: (theirs: EchoSpace) => Promise<void>): Promise<void> {
  const dir = mkdtempSync(join(folder, 'peer-'));
  cpSync(whole, dir, { recursive: true });
  const peer = await open(dir);
  const theirs = peer.spaces.get(space);
  if (theirs === undefined) throw new RangeError('a whole profile has its space');
  await use(echoOf(theirs));
  await peer.close();
  rmSync(dir, { recursive: true, force: true });
}

const repair = (echo: EchoSpace): Promise<void> =>
  withPeer(async (theirs) => {
    for (let round = 0; round < 2; round++) await exchange(echo, theirs);
  });

/** What somebody new would be given is what was written, or nothing. */
const givesNothingFalse = (echo: EchoSpace): Promise<void> =>
  withPeer(async (theirs) => {
    for await (const run of echo.replica.missingFor([])) {
      expect((await theirs.replica.receive(run, 'peer')).at).not.toBe('refused');
    }
  });

test.each(Object.entries(KINDS))(
  'any bytes of %s: told with a code and repaired, or the very same content',
  async (kind, [damage, legal]) => {
    const wrong: string[] = [];
    for (let seed = FIRST_CASE; seed < FIRST_CASE + CASES; seed++) {
      const random = randomFrom(seed * 7919 + kind.length);
      const dir = join(folder, `case-${seed}`);
      cpSync(whole, dir, { recursive: true });
      damage(dir, random);
      const outcome = await outcomeOf(dir);
      if (outcome !== 'right' && !legal.test(outcome)) wrong.push(`seed ${seed}: ${outcome}`);
      rmSync(dir, { recursive: true, force: true });
    }
    expect(wrong).toEqual([]);
  },
);
