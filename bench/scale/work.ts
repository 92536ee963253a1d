/**
 * One piece of the bench of scale, in a process of its own: `work.ts WORK COUNT PLACE`. Prints figures as
 * JSON: milliseconds and microseconds of CPU, MiB. Ours goes through the whole client, signed, sealed and
 * durable; the other is a table of SQLite under a random key, with indexes.
 */
import { randomBytes } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { defineType, s, type InstanceOf } from '@atoll/schema';
import { createClient } from '../../packages/atoll/src/node.ts';
import { rowAt, type Row } from '../objects/rows.ts';

/** What a piece of work measured. */
export type Figures = Record<string, number>;

/** Objects between two waits for the disk. */
const OBJECTS_A_FLUSH = 2_000;
const BATCH = 100;
/** Objects of one project, at every size: so the answers of queries do not grow. */
const PROJECT_SIZE = 100;
const PROJECT = 'project-3';
const LIST = 50;
const CACHE_KIB = 262_144;
/** Changes that are made before those that are measured: code is warm then. */
const WARM_CHANGES = 500;
const CHANGES = 200;
/** A prime, so that changes hit objects all over. */
const STRIDE = 7919;

const Task = defineType('bench.Task', {
  title: s.string(),
  done: s.boolean(),
  priority: s.integer().index(),
  project: s.string().index(),
  estimate: s.number(),
  note: s.string(),
});
type TaskObject = InstanceOf<typeof Task>;

function taskAt(at: number, count: number): Row {
  const projects = Math.max(1, Math.ceil(count / PROJECT_SIZE));
  return {
    ...rowAt(at),
    project: `project-${at % projects}`,
    priority: (at * STRIDE) % 1_000_003,
  };
}

function cpuMs(): number {
  const { system, user } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** Microseconds of CPU a change, after some that warm the code. */
async function perChange(change: (at: number) => void | Promise<void>): Promise<number> {
  for (let at = 0; at < WARM_CHANGES; at++) await change(at);
  const start = cpuMs();
  for (let at = 0; at < CHANGES; at++) await change(WARM_CHANGES + at);
  return ((cpuMs() - start) * 1_000) / CHANGES;
}

function rssMiB(): number {
  globalThis.gc?.();
  return process.memoryUsage().rss / 2 ** 20;
}

function check(found: number, wanted: number): void {
  if (found !== wanted) throw new RangeError(`found ${found} instead of ${wanted}`);
}

async function create(count: number, profile: string): Promise<Figures> {
  await using client = await createClient({ profile, online: false });
  await client.halo.createIdentity({ displayName: 'Ada' });
  const space = await client.spaces.create({ name: 'Bench' });
  const start = cpuMs();
  const began = performance.now();
  for (let at = 0; at < count; at += BATCH) {
    space.db.transaction(() => {
      for (let each = at; each < at + BATCH; each++) space.db.add(Task, taskAt(each, count));
    });
    if ((at + BATCH) % OBJECTS_A_FLUSH === 0) await space.flush();
  }
  await space.flush();
  return { create: cpuMs() - start, createWall: performance.now() - began };
}

async function open(count: number, profile: string): Promise<Figures> {
  const bare = rssMiB();
  const start = cpuMs();
  const began = performance.now();
  await using client = await createClient({ profile, online: false });
  const opened = cpuMs() - start;
  const openWall = performance.now() - began;
  const [space] = client.spaces.list.get();
  if (space === undefined) throw new RangeError('no space');
  const memory = rssMiB() - bare;
  const { db } = space;
  const all = db.query(Task);
  const asked = cpuMs();
  check(all.where({ project: PROJECT }).count(), PROJECT_SIZE);
  const query = cpuMs() - asked;
  const again = cpuMs();
  for (let at = 0; at < CHANGES; at++) {
    const project = `project-${at % Math.ceil(count / PROJECT_SIZE)}`;
    check(all.where({ project }).run().length, PROJECT_SIZE);
  }
  const nextQuery = ((cpuMs() - again) * 1_000) / CHANGES;
  const list = all.orderBy('priority', 'desc').limit(LIST);
  const ordering = cpuMs();
  check(list.run().length, LIST);
  const firstOrder = cpuMs() - ordering;
  const queried = rssMiB() - bare;
  const tasks = tasksOf(count, all.limit(CHANGES * 4).run());
  const change = await perChange(async (at) => {
    tasks(at).title = `changed ${at}`;
    await space.flush();
  });
  const stop = all.where({ project: PROJECT }).subscribe(() => undefined);
  const stopList = list.subscribe(() => undefined);
  const live = await perChange(async (at) => {
    tasks(at).priority = (at * 104_729) % 1_000_003;
    await space.flush();
  });
  stop();
  stopList();
  return { open: opened, openWall, memory, query, nextQuery, firstOrder, queried, change, live };
}

function tasksOf(count: number, tasks: readonly TaskObject[]): (at: number) => TaskObject {
  return (at) => {
    const task = tasks[(at * STRIDE) % Math.min(count, tasks.length)];
    if (task === undefined) throw new RangeError('no task');
    return task;
  };
}

function table(path: string): DatabaseSync {
  const db = new DatabaseSync(path);
  // Random keys touch pages all over: with the 2 MiB of its default each would be read again.
  db.exec(
    `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -${CACHE_KIB}`,
  );
  return db;
}

function sqlCreate(count: number, path: string): Figures {
  const db = table(path);
  db.exec(
    'CREATE TABLE task (id BLOB PRIMARY KEY, title TEXT, done INTEGER, priority INTEGER, ' +
      'project TEXT, estimate REAL, note TEXT) WITHOUT ROWID; ' +
      'CREATE INDEX by_project ON task (project); CREATE INDEX by_priority ON task (priority)',
  );
  const insert = db.prepare('INSERT INTO task VALUES (?, ?, ?, ?, ?, ?, ?)');
  const start = cpuMs();
  const began = performance.now();
  // One transaction: with one for each 2,000, every commit writes nearly all pages of the random keys again,
  // and a million took more than four minutes.
  db.exec('BEGIN');
  for (let at = 0; at < count; at++) {
    const { title, done, priority, project, estimate, note } = taskAt(at, count);
    insert.run(randomBytes(16), title, Number(done), priority, project, estimate, note);
  }
  db.exec('COMMIT');
  const figures = { create: cpuMs() - start, createWall: performance.now() - began };
  db.close();
  return figures;
}

/** Asked where it lies: only what is asked for is read. */
async function sqlOpen(count: number, path: string): Promise<Figures> {
  const bare = rssMiB();
  const start = cpuMs();
  const db = table(path);
  const opened = cpuMs() - start;
  const memory = rssMiB() - bare;
  const one = db.prepare('SELECT * FROM task WHERE project = ?');
  const asked = cpuMs();
  check(one.all(PROJECT).length, PROJECT_SIZE);
  const query = cpuMs() - asked;
  const again = cpuMs();
  for (let at = 0; at < CHANGES; at++) {
    check(one.all(`project-${at % Math.ceil(count / PROJECT_SIZE)}`).length, PROJECT_SIZE);
  }
  const nextQuery = ((cpuMs() - again) * 1_000) / CHANGES;
  const list = db.prepare(`SELECT * FROM task ORDER BY priority DESC LIMIT ${LIST}`);
  const ordering = cpuMs();
  check(list.all().length, LIST);
  const firstOrder = cpuMs() - ordering;
  const ids = db
    .prepare(`SELECT id FROM task LIMIT ${CHANGES * 4}`)
    .all()
    .map(({ id }) => id as Uint8Array);
  const id = (at: number): Uint8Array => ids[(at * STRIDE) % ids.length] as Uint8Array;
  const retitle = db.prepare('UPDATE task SET title = ? WHERE id = ?');
  const change = await perChange((at) => {
    retitle.run(`changed ${at}`, id(at));
  });
  const reorder = db.prepare('UPDATE task SET priority = ? WHERE id = ?');
  const live = await perChange((at) => {
    reorder.run((at * 104_729) % 1_000_003, id(at));
    one.all(PROJECT);
    list.all();
  });
  const queried = rssMiB() - bare;
  db.close();
  return { open: opened, memory, query, nextQuery, firstOrder, queried, change, live };
}

/** All rows read into plain objects, as an application that shows and edits them would hold them. */
function sqlRead(_: number, path: string): Figures {
  const bare = rssMiB();
  const start = cpuMs();
  const db = table(path);
  const rows = db.prepare('SELECT * FROM task').all() as unknown as readonly Row[];
  const opened = cpuMs() - start;
  const memory = rssMiB() - bare;
  const asked = cpuMs();
  check(rows.filter(({ project }) => project === PROJECT).length, PROJECT_SIZE);
  const query = cpuMs() - asked;
  db.close();
  return { open: opened, memory, query };
}

const works = { create, open, sqlCreate, sqlOpen, sqlRead };

const [work = '', count, place = ''] = process.argv.slice(2);
const figures = await works[work as keyof typeof works](Number(count), place);
console.log(JSON.stringify(figures));
process.exit(0);
