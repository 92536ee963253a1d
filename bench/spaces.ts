/**
 * A profile with many spaces: what it costs to start when they are all opened, and when they stay closed
 * until they are used; what the closed ones cost while nothing happens. Each piece in a process of its own,
 * CPU time. Run with `npm run bench -- spaces`; `--write` keeps the results, a number as the last argument
 * is another number of spaces.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { defineType, s } from '@atoll/schema';
import { createClient } from '../packages/atoll/src/node.ts';
import { NodeStore, nodeRng } from '../packages/platform-node/src/index.ts';
import { PROJECTS, rowAt } from './objects/rows.ts';

type Figures = { readonly [name: string]: number };

const SPACES = 1_000;
const OBJECTS_A_SPACE = 10;
const ROUNDS = 2;
const USED = 32;
const STILL_MS = 20_000;
const MIB = 2 ** 20;
const lines: string[] = [];

const Task = defineType('bench.Task', {
  title: s.string(),
  done: s.boolean(),
  priority: s.integer(),
  project: s.string(),
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

function rssMib(): number {
  globalThis.gc?.();
  return process.memoryUsage().rss / MIB;
}

/** What is in use: the process keeps what it once had. */
function heapMib(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / MIB;
}

async function make(profile: string, count: number): Promise<Figures> {
  await using client = await createClient({ profile, online: false, idleSpaceMs: 0 });
  await client.halo.createIdentity({ displayName: 'Ada' });
  for (let at = 0; at < count; at++) {
    const space = await client.spaces.create({ name: `Space ${at}` });
    space.db.transaction(() => {
      for (let row = 0; row < OBJECTS_A_SPACE; row++) space.db.add(Task, rowAt(row));
    });
    await space.flush();
  }
  return {};
}

/** Starts with all spaces open, as if there were no limit. */
async function all(profile: string, count: number): Promise<Figures> {
  const [before, start, began] = [rssMib(), cpuMs(), performance.now()];
  await using client = await createClient({ profile, online: false, openSpacesMax: count });
  const [cpu, wall] = [cpuMs() - start, performance.now() - began];
  const figures = { cpu, wall, heap: heapMib(), rss: rssMib(), grown: rssMib() - before };
  const asked = cpuMs();
  const found = client.spaces.query(Task, (tasks) => tasks.where({ project: 'project-7' })).count();
  if (found !== expected(count)) throw new RangeError(`found ${found}`);
  return { ...figures, across: cpuMs() - asked };
}

/** Starts with none open, uses some, waits, and asks a question of all of them at the end. */
async function closed(profile: string, count: number): Promise<Figures> {
  const [before, start, began] = [rssMib(), cpuMs(), performance.now()];
  await using client = await createClient({ profile, online: false, idleSpaceMs: 0 });
  const [cpu, wall] = [cpuMs() - start, performance.now() - began];
  const [rss, heap] = [rssMib(), heapMib()];
  const spaces = client.spaces.list.get();
  const opening = cpuMs();
  for (const space of spaces.slice(0, USED)) await space.open();
  const open = (cpuMs() - opening) / USED;
  const used = heapMib();
  const resting = cpuMs();
  await sleep(STILL_MS);
  const still = ((cpuMs() - resting) * 1_000) / STILL_MS;
  const asked = cpuMs();
  const query = client.spaces.query(Task, (tasks) => tasks.where({ project: 'project-7' }));
  const release = await query.ready();
  if (query.count() !== expected(count)) throw new RangeError(`found ${query.count()}`);
  const across = cpuMs() - asked;
  const most = heapMib();
  release();
  const closing = cpuMs();
  while (spaces.filter(({ state }) => state.get() === 'open').length > USED) await sleep(500);
  const close = (cpuMs() - closing) / (count - USED);
  const after = heapMib();
  const grown = rss - before;
  return { cpu, wall, heap, rss, grown, open, used, still, across, most, close, after };
}

/** Without records, as a profile of an earlier version: each space is looked into once. */
async function learn(profile: string): Promise<Figures> {
  const store = NodeStore.open(profile, nodeRng);
  const names = await store.names('space/');
  await store.commit({ values: new Map(names.map((name) => [name, undefined])) });
  await store[Symbol.asyncDispose]();
  const start = cpuMs();
  await using client = await createClient({ profile, online: false, idleSpaceMs: 0 });
  while (client.spaces.list.get().some(({ status }) => status.get().blocks === 0)) await sleep(200);
  return { cpu: cpuMs() - start, rss: rssMib() };
}

function expected(count: number): number {
  let found = 0;
  for (let row = 0; row < OBJECTS_A_SPACE; row++) if (row % PROJECTS === 7) found++;
  return found * count;
}

const works = { make, all, closed, learn };

/** One piece of work in a process of its own; of several runs the least of each figure. */
function apart(work: keyof typeof works, place: string, count: number, rounds = 1): Figures {
  const least: Record<string, number> = {};
  for (let round = 0; round < rounds; round++) {
    const script = fileURLToPath(import.meta.url);
    const options = ['--disable-warning=ExperimentalWarning', '--expose-gc', script, 'work'];
    const args = [...options, work, place, `${count}`];
    const run = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 2 ** 26 });
    if (run.status !== 0) throw new RangeError(run.stderr);
    for (const [name, value] of Object.entries(JSON.parse(run.stdout) as Figures)) {
      least[name] = Math.min(least[name] ?? value, value);
    }
  }
  return least;
}

function shown(figures: Figures, name: string, digits = 0): string {
  return (figures[name] ?? 0).toFixed(digits);
}

function compare(profile: string, count: number): void {
  apart('make', profile, count);
  const rows = (name: string, figures: Figures): void =>
    say(
      `| ${name} | ${shown(figures, 'cpu')} | ${shown(figures, 'wall')} | ` +
        `${shown(figures, 'rss')} (${shown(figures, 'grown')}) | ${shown(figures, 'heap')} |`,
    );
  const [open, rest] = [
    apart('all', profile, count, ROUNDS),
    apart('closed', profile, count, ROUNDS),
  ];
  say('| start | CPU, ms | wall, ms | memory, MiB (grown by) | heap, MiB |');
  say('|---|--:|--:|--:|--:|');
  rows('all opened', open);
  rows('none opened', rest);
  const ratio = ((rest['cpu'] ?? 0) / (open['cpu'] ?? 1)).toFixed(2);
  say();
  say(`Start: ${ratio}× the CPU of opening all.`);
  say();
  say('| then | |');
  say('|---|--:|');
  say(`| opening one space | ${shown(rest, 'open', 1)} ms of CPU |`);
  say(`| heap with ${USED} open | ${shown(rest, 'used')} MiB |`);
  say(`| CPU while nothing happens | ${shown(rest, 'still', 1)} ms a second |`);
  say(
    `| a question to all, opened for it | ${shown(rest, 'across')} ms of CPU, heap ${shown(rest, 'most')} MiB |`,
  );
  say(`| the same while all are open | ${shown(open, 'across')} ms of CPU |`);
  say(`| closing one space | ${shown(rest, 'close', 1)} ms of CPU |`);
  say(`| heap after closing all but ${USED} | ${shown(rest, 'after')} MiB |`);
  const learned = apart('learn', profile, count);
  say(`| first start without records, all looked into | ${shown(learned, 'cpu')} ms of CPU |`);
}

function main(count: number): void {
  const dir = mkdtempSync(join(tmpdir(), 'atoll-spaces-'));
  say('# Many spaces');
  say();
  say(
    `${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model ?? ''}, Node ${process.version}, ` +
      `load ${loadavg()[0]?.toFixed(1) ?? ''}. ${count.toLocaleString('en')} spaces of ` +
      `${OBJECTS_A_SPACE} objects; the least of ${ROUNDS} runs.`,
  );
  say();
  try {
    compare(join(dir, 'profile'), count);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
  if (!process.argv.includes('--write')) return;
  const folder = fileURLToPath(new URL('results/', import.meta.url));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'spaces.md'), `${lines.join('\n')}\n`);
}

if (process.argv[2] === 'work') {
  const [, , , work = '', place = '', count = ''] = process.argv;
  const figures = await works[work as keyof typeof works](place, Number(count));
  console.log(JSON.stringify(figures));
} else main(Number(process.argv.at(-1)) || SPACES);
