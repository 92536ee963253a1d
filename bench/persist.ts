/**
 * Objects of six properties through the whole client in Node: created, signed, sealed, durable; then the
 * profile opened in a fresh process and asked by one property. Beside JSON rows in SQLite under a random
 * key of 16 bytes, durable too. Each in a process of its own. Run with `npm run bench -- persist`.
 */
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { hash, ready, seal, sealingKey } from '@atoll/crypto';
import { nodeRng } from '@atoll/platform-node';
import { defineType, s } from '@atoll/schema';
import { createClient } from '../packages/atoll/src/node.ts';
import { warmAead } from './ciphers/warm-aead.ts';
import { PROJECTS, rowAt, type Row } from './objects/rows.ts';

type Figures = { cpuMs: number; wallMs: number; openMs: number };

/** Objects between two waits for the disk: what is written is held in memory until it is durable. */
const OBJECTS_A_FLUSH = 2_000;
const PROJECT = 'project-7';
/** As the client does it: a signature for 64 blocks, a commit for eight signatures. */
const SIGNED_TOGETHER = 64;
const COMMITTED_TOGETHER = 512;
/** A header that names one section. */
const HEADER_BYTES = 192;

const Task = defineType('bench.Task', {
  title: s.string(),
  done: s.boolean(),
  priority: s.integer(),
  project: s.string(),
  estimate: s.number(),
  note: s.string(),
});

/** Measures from now; the answer is given as JSON. */
function stopwatch(): (openMs?: number) => Figures {
  const began = performance.now();
  const start = process.cpuUsage();
  return (openMs = 0) => {
    const { system, user } = process.cpuUsage(start);
    return { cpuMs: (user + system) / 1_000, wallMs: performance.now() - began, openMs };
  };
}

function check(found: number, count: number): void {
  if (found !== count / PROJECTS) throw new RangeError(`found ${found}`);
}

async function write(profile: string, count: number, batch: number): Promise<Figures> {
  await using client = await createClient({ profile, online: false });
  await client.halo.createIdentity({ displayName: 'Ada' });
  const space = await client.spaces.create({ name: 'Bench' });
  const stop = stopwatch();
  for (let at = 0; at < count; at += batch) {
    space.db.transaction(() => {
      for (let each = at; each < at + batch; each++) space.db.add(Task, rowAt(each));
    });
    if ((at + batch) % OBJECTS_A_FLUSH === 0) await space.flush();
  }
  await space.flush();
  return stop();
}

async function open(profile: string, count: number): Promise<Figures> {
  const stop = stopwatch();
  await using client = await createClient({ profile, online: false });
  const opened = stop().cpuMs;
  const [space] = client.spaces.list.get();
  check(space?.db.query(Task).where({ project: PROJECT }).count() ?? 0, count);
  return stop(opened);
}

function writeRows(path: string, count: number): Figures {
  const db = new DatabaseSync(path);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  db.exec('CREATE TABLE rows (id BLOB PRIMARY KEY, json TEXT) WITHOUT ROWID');
  const insert = db.prepare('INSERT INTO rows VALUES (?, ?)');
  const stop = stopwatch();
  db.exec('BEGIN');
  for (let at = 0; at < count; at++) insert.run(randomBytes(16), JSON.stringify(rowAt(at)));
  db.exec('COMMIT');
  const figures = stop();
  db.close();
  return figures;
}

function openRows(path: string, count: number): Figures {
  const stop = stopwatch();
  const db = new DatabaseSync(path);
  const stored = db.prepare('SELECT json FROM rows').all();
  const rows = stored.map((row) => JSON.parse(row['json'] as string) as Row);
  const opened = stop().cpuMs;
  check(rows.filter(({ project }) => project === PROJECT).length, count);
  return stop(opened);
}

/**
 * What no block of one object can do without, with the same functions and nothing around them: seal a section
 * and a header, hash what the format asks for, sign every 64th, and write the bytes under its number with
 * an fsync for as many as Atoll commits at once. No objects, no index, no undo.
 */
async function floor(path: string, count: number): Promise<Figures> {
  await ready();
  const db = new DatabaseSync(path);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  db.exec('CREATE TABLE blocks (at INTEGER PRIMARY KEY, hash BLOB, bytes BLOB)');
  const insert = db.prepare('INSERT INTO blocks VALUES (?, ?, ?)');
  const { privateKey } = generateKeyPairSync('ed25519');
  const aead = await warmAead();
  const key = sealingKey(randomBytes(32));
  const section = new TextEncoder().encode(JSON.stringify(rowAt(0)));
  const header = new Uint8Array(HEADER_BYTES);
  const stop = stopwatch();
  db.exec('BEGIN');
  for (let at = 0; at < count; at++) {
    const associated = section.subarray(0, 32);
    const sealed = seal(key, { rng: nodeRng, associated, plaintext: section, aead });
    const head = seal(key, { rng: nodeRng, associated, plaintext: header, aead });
    hash('section', sealed);
    const content = hash('content', hash('inner', head), hash('rest', sealed));
    const name = hash('block', content, associated);
    if (at % SIGNED_TOGETHER === 0) sign(null, name, privateKey);
    insert.run(at, name, Buffer.concat([head, sealed]));
    if (at % COMMITTED_TOGETHER === 0) db.exec('COMMIT; BEGIN');
  }
  db.exec('COMMIT');
  const figures = stop();
  db.close();
  return figures;
}

/** One piece of work in a process of its own. */
function apart(...args: readonly (string | number)[]): Figures {
  const options = ['--disable-warning=ExperimentalWarning', fileURLToPath(import.meta.url)];
  const run = spawnSync(process.execPath, [...options, ...args.map(String)], { encoding: 'utf8' });
  if (run.status !== 0) throw new RangeError(run.stderr);
  return JSON.parse(run.stdout) as Figures;
}

function row(name: string, ours: Figures, rows: Figures): void {
  const cells = [
    name,
    ours.cpuMs.toFixed(0),
    rows.cpuMs.toFixed(0),
    `${(ours.cpuMs / rows.cpuMs).toFixed(1)}×`,
    ours.wallMs.toFixed(0),
    rows.wallMs.toFixed(0),
  ];
  console.log(`| ${cells.join(' | ')} |`);
}

function compare(dir: string, count: number): void {
  const path = join(dir, `${count}.db`);
  const profile = join(dir, `${count}`);
  const rows = apart('writeRows', path, count);
  const text = `${count.toLocaleString('en')} objects`;
  row(
    `create, sign, seal, persist ${text}, 100 a block`,
    apart('write', profile, count, 100),
    rows,
  );
  const single = apart('write', join(dir, `${count}-single`), count, 1);
  row(`the same, one object a block`, single, rows);
  const least = apart('floor', join(dir, `${count}-floor.db`), count);
  row('its seals, hashes, signatures and rows alone', least, rows);
  row(
    `open ${text}, first indexed query`,
    apart('open', profile, count),
    apart('openRows', path, count),
  );
}

function main(): void {
  const dir = mkdtempSync(join(tmpdir(), 'atoll-persist-'));
  console.log(`load: ${loadavg()[0]?.toFixed(1)}\n`);
  console.log('| work | Atoll, CPU ms | SQLite, CPU ms | ratio | Atoll, wall | SQLite, wall |');
  console.log('|---|--:|--:|--:|--:|--:|');
  try {
    compare(dir, 10_000);
    compare(dir, 100_000);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const [work, place = '', count, batch] = process.argv.slice(2);
const objects = Number(count);
if (work === undefined) main();
else {
  const figures =
    work === 'write'
      ? await write(place, objects, Number(batch))
      : work === 'open'
        ? await open(place, objects)
        : work === 'openRows'
          ? openRows(place, objects)
          : work === 'floor'
            ? await floor(place, objects)
            : writeRows(place, objects);
  console.log(JSON.stringify(figures));
  process.exit(0);
}
