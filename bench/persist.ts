/**
 * Objects of six properties through the whole client in Node: created, signed, sealed, durable; then the
 * profile opened in a fresh process and asked by one property. Beside JSON rows in SQLite under a random
 * key of 16 bytes, durable too. Each in a process of its own. Run with `npm run bench -- persist`.
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { defineType, s } from '@atoll/schema';
import { createClient } from '../packages/atoll/src/node.ts';
import { PROJECTS, rowAt, type Row } from './objects/rows.ts';
import { floorOf, type Floor } from './persist-floor.ts';

type Figures = { cpuMs: number; wallMs: number; openMs: number; floor?: Floor };

/** Objects between two waits for the disk: what is written is held in memory until it is durable. */
const OBJECTS_A_FLUSH = 2_000;
const PROJECT = 'project-7';

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
  const figures = stop();
  // In the same process, with its functions as they are by now.
  return batch > 1 ? figures : { ...figures, floor: await floorOf(`${profile}-floor.db`, count) };
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

async function coldFloor(path: string, count: number): Promise<Figures> {
  const began = performance.now();
  const { allMs } = await floorOf(path, count);
  return { cpuMs: allMs, wallMs: performance.now() - began, openMs: 0 };
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

const floors: (readonly [string, Figures, Floor])[] = [];

/** Blocks of one object beside what they cannot do without, measured after them in their process. */
function printFloors(): void {
  console.log(
    '\n| µs of CPU a block, of one object | ' + floors.map(([name]) => name).join(' | ') + ' |',
  );
  console.log('|---|' + floors.map(() => '--:|').join(''));
  const line = (name: string, of: (each: (typeof floors)[number]) => string): void =>
    console.log(`| ${name} | ${floors.map(of).join(' | ')} |`);
  const part = (name: string, key: Exclude<keyof Floor, 'allMs'>): void =>
    line(name, ([, , floor]) => floor[key].toFixed(2));
  part('two seals, with nonces and randomness', 'seals');
  part('seven more hashes', 'hashes');
  part('a 64th of a signature', 'signature');
  part('a durable row, an fsync for 512', 'row');
  part('**these, one after the other**', 'all');
  line('**Atoll**', ([, { cpuMs }, { all, allMs }]) => ((cpuMs * all) / allMs).toFixed(2));
  line('ratio', ([, { cpuMs }, { allMs }]) => `${(cpuMs / allMs).toFixed(1)}×`);
  part('(a signature for each block instead)', 'signatureEach');
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
  const least = apart('floor', join(dir, `${count}-cold.db`), count);
  row('its seals, hashes, signatures and rows alone, in a process of their own', least, rows);
  if (single.floor !== undefined) floors.push([text, single, single.floor]);
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
    printFloors();
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
            ? await coldFloor(place, objects)
            : writeRows(place, objects);
  console.log(JSON.stringify(figures));
  process.exit(0);
}
