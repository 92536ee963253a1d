/**
 * Opening a space from its snapshot, beside folding its whole log and beside JSON rows in SQLite; the
 * state's tree beside a sorted map. Through the whole client, each piece in a process of its own, CPU time,
 * the least of three. Run with `npm run bench -- snapshot`; `--write` keeps the results, a number of objects
 * as the last argument adds a size.
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { mkdirSync, writeFileSync } from 'node:fs';
import { hash, ready } from '@atoll/crypto';
import { defineType, s } from '@atoll/schema';
import { createClient } from '../packages/atoll/src/node.ts';
import { RadixTree } from '../packages/echo/src/radix-tree.ts';
import { NodeStore, nodeRng } from '../packages/platform-node/src/index.ts';
import { PROJECTS, rowAt, type Row } from './objects/rows.ts';
import { logPlot } from './plots/log-plot.ts';

type Figures = { readonly [name: string]: number };

interface Opened {
  readonly count: number;
  readonly rows: Figures;
  readonly snapshot: Figures;
  readonly log: Figures;
}

const TREE_SIZES = [10_000, 100_000, 1_000_000];
const OBJECTS_A_FLUSH = 2_000;
const BATCH = 100;
const ROUNDS = 3;
const CHANGES = 200;
const PROJECT = 'project-7';
const lines: string[] = [];

const Task = defineType('bench.Task', {
  title: s.string(),
  done: s.boolean(),
  priority: s.integer(),
  project: s.string().index(),
  estimate: s.number(),
  note: s.string(),
});

function say(line = ''): void {
  lines.push(line);
  console.log(line);
}

function cpuMs(): number {
  const { system, user } = process.cpuUsage();
  return (user + system) / 1_000;
}

function check(found: number, count: number): void {
  if (found !== count / PROJECTS) throw new RangeError(`found ${found}`);
}

async function write(profile: string, count: number): Promise<Figures> {
  await using client = await createClient({ profile, online: false });
  await client.halo.createIdentity({ displayName: 'Ada' });
  const space = await client.spaces.create({ name: 'Bench' });
  for (let at = 0; at < count; at += BATCH) {
    space.db.transaction(() => {
      for (let each = at; each < at + BATCH; each++) space.db.add(Task, rowAt(each));
    });
    if ((at + BATCH) % OBJECTS_A_FLUSH === 0) await space.flush();
  }
  await space.info();
  return {};
}

async function open(profile: string, count: number): Promise<Figures> {
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  const start = cpuMs();
  await using client = await createClient({ profile, online: false });
  const opened = cpuMs() - start;
  globalThis.gc?.();
  const { rss } = process.memoryUsage();
  const [space] = client.spaces.list.get();
  const asked = cpuMs();
  check(space?.db.query(Task).where({ project: PROJECT }).count() ?? 0, count);
  const query = cpuMs() - asked;
  const rooted = cpuMs();
  await space?.info();
  const root = cpuMs() - rooted;
  return { open: opened, query, root, rss: rss / 2 ** 20, grown: (rss - before) / 2 ** 20 };
}

/** The same without the snapshot: all of the log. */
async function fold(profile: string, count: number): Promise<Figures> {
  const store = NodeStore.open(profile, nodeRng);
  const names = await store.names('snapshot/');
  await store.commit({ values: new Map(names.map((name) => [name, undefined])) });
  await store[Symbol.asyncDispose]();
  return open(profile, count);
}

function writeRows(path: string, count: number): Figures {
  const db = new DatabaseSync(path);
  db.exec('CREATE TABLE rows (id BLOB PRIMARY KEY, json TEXT) WITHOUT ROWID; BEGIN');
  const insert = db.prepare('INSERT INTO rows VALUES (?, ?)');
  for (let at = 0; at < count; at++) insert.run(randomBytes(16), JSON.stringify(rowAt(at)));
  db.exec('COMMIT');
  db.close();
  return {};
}

function openRows(path: string, count: number): Figures {
  const before = process.memoryUsage().rss;
  const start = cpuMs();
  const db = new DatabaseSync(path);
  const stored = db.prepare('SELECT json FROM rows').all();
  const rows = stored.map((row) => JSON.parse(row['json'] as string) as Row);
  const opened = cpuMs() - start;
  const asked = cpuMs();
  check(rows.filter(({ project }) => project === PROJECT).length, count);
  const query = cpuMs() - asked;
  const { rss } = process.memoryUsage();
  return { open: opened, query, rss: rss / 2 ** 20, grown: (rss - before) / 2 ** 20 };
}

/** Hashes of rows under their ids, in a map whose keys are sorted and hashed as a whole. */
async function trees(_: string, count: number): Promise<Figures> {
  await ready();
  const key = new Uint8Array(32).fill(1);
  const number = (row: number): Uint8Array => new Uint8Array(Uint32Array.of(row).buffer);
  const ids = Array.from({ length: count }, (_, row) => hash('id', number(row)).subarray(0, 16));
  const hashes = Array.from({ length: count }, (_, row) => hash('row', number(row)));
  const leaves = {
    idByte: (row: number, at: number): number => ids[row]?.[at] as number,
    idBytes: (row: number): Uint8Array => ids[row] as Uint8Array,
    hash: (row: number): Uint8Array => hashes[row] as Uint8Array,
  };
  const start = cpuMs();
  const tree = new RadixTree(key, leaves);
  tree.fill(Int32Array.from(ids, (_, row) => row));
  tree.root();
  const treeRoot = cpuMs() - start;
  const changed = cpuMs();
  for (let change = 0; change < CHANGES; change++) {
    const row = (change * 7919) % count;
    hashes[row] = hash('row', number(row + count));
    tree.set(row);
    tree.root();
  }
  const treeChange = ((cpuMs() - changed) * 1_000) / CHANGES;
  const sorting = cpuMs();
  const names = ids.map((id) => Buffer.from(id).toString('latin1'));
  const sorted = new Map(names.map((name, row) => [name, row]).sort() as [string, number][]);
  const root = (): Uint8Array => {
    const bytes = new Uint8Array(sorted.size * 48);
    let at = 0;
    for (const row of sorted.values()) {
      bytes.set(ids[row] as Uint8Array, at);
      bytes.set(hashes[row] as Uint8Array, at + 16);
      at += 48;
    }
    return hash('sorted', bytes);
  };
  root();
  const mapRoot = cpuMs() - sorting;
  const again = cpuMs();
  for (let change = 0; change < 5; change++) root();
  return { treeRoot, treeChange, mapRoot, mapChange: ((cpuMs() - again) * 1_000) / 5 };
}

const works = { write, open, fold, writeRows, openRows, trees };

/** One piece of work in a process of its own; of several runs the least of each figure. */
function apart(work: keyof typeof works, place: string, count: number, rounds = 1): Figures {
  const least: Record<string, number> = {};
  for (let round = 0; round < rounds; round++) {
    const script = fileURLToPath(import.meta.url);
    const options = ['--disable-warning=ExperimentalWarning', '--expose-gc', script, 'work'];
    const args = [...options, work, place, `${count}`];
    const run = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 2 ** 26 });
    if (run.status !== 0) throw new RangeError(run.stderr);
    const figures = JSON.parse(run.stdout) as Figures;
    for (const [name, value] of Object.entries(figures)) {
      least[name] = Math.min(least[name] ?? value, value);
    }
  }
  return least;
}

function row(name: string, figures: Figures, base: Figures): void {
  const cell = (of: string): string => {
    const value = figures[of];
    if (value === undefined) return '–';
    const ratio = (value / (base[of] ?? value)).toFixed(1);
    return figures === base ? value.toFixed(0) : `${value.toFixed(0)} (${ratio}×)`;
  };
  const sum = (figures['open'] ?? 0) + (figures['query'] ?? 0);
  const ratio = (sum / ((base['open'] ?? 0) + (base['query'] ?? 0))).toFixed(1);
  const both = figures === base ? sum.toFixed(0) : `${sum.toFixed(0)} (${ratio}×)`;
  const memory = `${(figures['rss'] ?? 0).toFixed(0)} (${(figures['grown'] ?? 0).toFixed(0)})`;
  const root = figures['root'] === undefined ? '–' : figures['root'].toFixed(0);
  say(`| ${name} | ${cell('open')} | ${cell('query')} | ${both} | ${root} | ${memory} |`);
}

function compare(dir: string, count: number): Opened {
  const profile = join(dir, `${count}`);
  const path = join(dir, `${count}.db`);
  const rounds = count > 100_000 ? 1 : ROUNDS;
  apart('write', profile, count);
  apart('writeRows', path, count);
  const rows = apart('openRows', path, count, rounds);
  say(`\n### ${count.toLocaleString('en')} objects of six properties, ${BATCH} a block\n`);
  say('| | open, ms | first query, ms | both, ms | root, ms | memory, MiB (grown by) |');
  say('|---|--:|--:|--:|--:|--:|');
  row('JSON rows in SQLite', rows, rows);
  const snapshot = apart('open', profile, count, rounds);
  row('snapshot and tail', snapshot, rows);
  const log = apart('fold', profile, count, 1);
  row('whole log', log, rows);
  return { count, rows, snapshot, log };
}

/** A million in a sorted map takes seconds a change. */
function tree(count: number): Figures {
  const figures = apart('trees', '', count, count > 100_000 ? 1 : ROUNDS);
  const cell = (name: string): string => (figures[name] ?? 0).toFixed(0);
  say(
    `| ${count.toLocaleString('en')} | ${cell('treeRoot')} | ${cell('mapRoot')} | ${cell('treeChange')} | ${cell('mapChange')} |`,
  );
  return figures;
}

function main(sizes: readonly number[]): void {
  const opened: Opened[] = [];
  const dir = mkdtempSync(join(tmpdir(), 'atoll-snapshot-'));
  say('# Snapshots');
  say();
  say(
    `${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model ?? ''}, Node ${process.version}, ` +
      `load ${loadavg()[0]?.toFixed(1) ?? ''}. CPU milliseconds; ours opens the whole client.`,
  );
  try {
    for (const count of sizes) opened.push(compare(dir, count));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
  say('\n### The state’s tree beside a sorted map, hashes of rows given\n');
  say('| rows | tree: root, ms | map: root, ms | tree: after one change, µs | map: the same, µs |');
  say('|--:|--:|--:|--:|--:|');
  const trees = TREE_SIZES.map((count) => tree(count));
  if (process.argv.includes('--write')) draw(opened, trees);
}

function draw(opened: readonly Opened[], trees: readonly Figures[]): void {
  const results = new URL('results/', import.meta.url);
  mkdirSync(results, { recursive: true });
  const both = (figures: Figures): number => (figures['open'] ?? 0) + (figures['query'] ?? 0);
  const open = logPlot({
    title: 'Until a space is open and its first query is answered',
    x: { label: 'objects', values: opened.map(({ count }) => count) },
    yLabel: 'ms CPU',
    lines: [
      { name: 'JSON rows in SQLite', values: opened.map(({ rows }) => both(rows)) },
      { name: 'snapshot and tail', values: opened.map(({ snapshot }) => both(snapshot)) },
      { name: 'whole log', values: opened.map(({ log }) => both(log)) },
    ],
  });
  writeFileSync(new URL('open-scale.svg', results), open);
  const line = (name: string, of: string, times: number) => ({
    name,
    values: trees.map((figures) => (figures[of] ?? 0) * times),
  });
  const tree = logPlot({
    title: 'The root of a state: radix tree and sorted map',
    x: { label: 'rows', values: TREE_SIZES },
    yLabel: 'µs CPU',
    lines: [
      line('tree, from nothing', 'treeRoot', 1_000),
      line('map, from nothing', 'mapRoot', 1_000),
      line('tree, after a change', 'treeChange', 1),
      line('map, after a change', 'mapChange', 1),
    ],
  });
  writeFileSync(new URL('tree-scale.svg', results), tree);
}

const args = process.argv.slice(2);
const [mode, work, place = '', count] = args;
if (mode === 'work') {
  const figures = await works[work as keyof typeof works](place, Number(count));
  console.log(JSON.stringify(figures));
  process.exit(0);
}
const more = args.map(Number).filter((size) => size > 0);
main([10_000, 100_000, ...more]);
if (args.includes('--write')) {
  mkdirSync(new URL('results', import.meta.url), { recursive: true });
  writeFileSync(new URL('results/snapshot.md', import.meta.url), `${lines.join('\n')}\n`);
}
