/**
 * A space that is edited for half a year, on a real store: bytes on disk and bytes for somebody who joins,
 * with an epoch every four weeks whose history is dropped two weeks later, and without. A year's clock is
 * simulated; the store, the blocks and the snapshots are real. Run with `npm run bench -- epochs`.
 */
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineType, s } from '@atoll/schema';
import { SimRng } from '@atoll/testkit';
import { NodeStore } from '@atoll/platform-node';
import { fetchEpoch } from '../packages/echo/src/epoch/fetch-epoch.ts';
import { decodeRequest } from '../packages/echo/src/snapshot/transfer-codec.ts';
import { Space } from '../packages/echo/src/space/space.ts';
import { Person } from '../packages/echo/src/space/testing/space-fixture.ts';
import { ROOT_ZONE } from '@atoll/kernel';
import { deriveKey, ready } from '@atoll/crypto';
import { MemoryDisk, MemoryStore } from '@atoll/testkit';
import { tellTextBytes } from './epochs-text.ts';
import { tellWireBytes } from './epochs-wire.ts';
import { linePlot } from './plots/line-plot.ts';

const WEEKS = 26;
const EDITS_A_WEEK = 600;
const OBJECTS = 400;
const WEEK_MS = 7 * 24 * 60 * 60 * 1000;
const EPOCH_EVERY_WEEKS = 4;
const RETENTION_WEEKS = 2;

/** Texts that are written and rewritten all the time, of about so many characters. */
const PAGES = 10;
const PAGE_LENGTH = 2000;

const Page = defineType('bench.Page', { name: s.string(), body: s.text() });

const Task = defineType('bench.Task', {
  title: s.string(),
  done: s.boolean(),
  priority: s.integer(),
  project: s.string(),
  note: s.string(),
  tags: s.set(s.string()),
  hours: s.counter(),
});

interface Week {
  readonly diskBytes: number;
  readonly joinBytes: number;
  readonly epochBytes: number;
  readonly liveBytes: number;
}

/** A person on a store of SQLite, with a clock that the bench moves. */
async function personAt(folder: string): Promise<{ person: Person; pass: (ms: number) => void }> {
  const store = NodeStore.open(join(folder, 'store.db'), new SimRng(1));
  const person = await Person.make('Ada', 1, store);
  let nowMs = 1_767_225_600_000;
  const clock = {
    nowMs: () => nowMs++,
    monotonicMs: () => nowMs,
    sleep: () => Promise.resolve(),
  };
  Object.assign(person.ports, { clock });
  return { person, pass: (ms) => (nowMs += ms) };
}

function diskBytes(folder: string): number {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files.reduce((sum, name) => {
    const { size } = statSync(join(folder, name));
    return sum + (statSync(join(folder, name)).isFile() ? size : 0);
  }, 0);
}

/** What a joiner fetches: the kept epoch, if there is one, and the log that is left. */
async function joinBytes(person: Person, space: Space): Promise<number> {
  let bytes = 0;
  for (let after = 0; ;) {
    const page = await person.ports.store.read(space.id, after, 1000);
    const last = page.at(-1);
    if (last === undefined) break;
    after = last.position;
    bytes += page.reduce((sum, block) => sum + block.bytes.length, 0);
  }
  return bytes + (await epochBytes(person, space));
}

/** What is fetched of a kept epoch; 0 where none is kept. */
async function epochBytes(person: Person, space: Space): Promise<number> {
  const offer = await space.epochs.archive.source();
  if (offer === undefined) return 0;
  const { ring } = space.keys;
  const [generation] = space.authority.keys.generations(ROOT_ZONE);
  const zone = generation === undefined ? undefined : ring.zone(generation);
  const rng = new SimRng(2);
  const fetched = await fetchEpoch({
    place: {
      rng,
      store: new MemoryStore(new MemoryDisk(rng)),
      space: space.id,
      secret: person.haloSecret,
      ring,
    },
    terms: offer.terms,
    key: deriveKey(zone?.content ?? new Uint8Array(32), 'state-root'),
    ask: async (request) => offer.source.packed(decodeRequest(request)),
    turn: () => Promise.resolve(),
  });
  return fetched.bytes;
}

/** Writes some words into a page, and takes as many out where it is full; now and then a task goes for good. */
function write(space: Space, random: (below: number) => number): void {
  const pages = space.database.query(Page).run();
  const page = pages[random(pages.length)];
  if (page === undefined) return;
  if (random(20) === 0) {
    const tasks = space.database.query(Task).run();
    const done = tasks[random(tasks.length)];
    if (done !== undefined) space.database.delete(done);
    addTask(space, random(1_000_000));
    return;
  }
  const { length } = page.body;
  const count = 30 + random(60);
  if (length < PAGE_LENGTH || random(2) === 0) {
    page.body.insert(random(length + 1), `${'a few words more '.repeat(6)}`.slice(0, count));
  } else page.body.delete(random(length - count), count);
}

function addTask(space: Space, at: number): void {
  space.database.add(Task, {
    title: `Task ${at}`,
    done: false,
    priority: at % 5,
    project: `project-${at % 20}`,
    note: '',
  });
}

function edit(space: Space, random: (below: number) => number): void {
  if (random(2) === 0) {
    write(space, random);
    return;
  }
  const tasks = space.database.query(Task).run();
  const task = tasks[random(tasks.length)];
  if (task === undefined) return;
  const dice = random(10);
  if (dice < 3) task.title = `Task ${random(1_000_000)} of the garden`;
  else if (dice < 5) task.done = !task.done;
  else if (dice < 6) task.priority = random(5);
  else if (dice < 8) task.note = `Note ${random(1_000_000)} about what is to be done next week`;
  else if (dice < 9) task.hours.increment(1 + random(3));
  else if (random(2) === 0) task.tags.add(`tag ${random(6)}`);
  else task.tags.delete(`tag ${random(6)}`);
}

async function halfYear(withEpochs: boolean): Promise<{ weeks: Week[]; cpuMs: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'atoll-epochs-'));
  const start = process.cpuUsage();
  let sealMs = 0;
  try {
    const { pass, person } = await personAt(folder);
    let space = await Space.found(person.ports, person.writer());
    let seed = 7;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return (seed >>> 8) % below;
    };
    for (let at = 0; at < OBJECTS; at++) {
      addTask(space, at);
      if (at % 20 === 19) await space.flush();
    }
    for (let at = 0; at < PAGES; at++) space.database.add(Page, { name: `Page ${at}` });
    const weeks: Week[] = [];
    for (let week = 1; week <= WEEKS; week++) {
      for (let at = 0; at < EDITS_A_WEEK; at++) {
        edit(space, random);
        space.database.commit();
        if (at % 20 === 19) await space.flush();
      }
      pass(WEEK_MS);
      if (withEpochs) {
        const before = process.cpuUsage();
        if (week % EPOCH_EVERY_WEEKS === 0) await space.epochs.propose();
        const dropped = await space.epochs.dropHistory(RETENTION_WEEKS * WEEK_MS);
        if (dropped > 0) {
          // Once a day somebody closes the window.
          const { ring } = space.keys;
          await space[Symbol.asyncDispose]();
          const writer = person.writer();
          space = await Space.open(person.ports, { space: space.id, ring, writer });
        }
        const used = process.cpuUsage(before);
        sealMs += (used.user + used.system) / 1000;
      }
      await space.writeSnapshot();
      const { database } = space;
      const live = JSON.stringify([...database.query(Task).run(), ...database.query(Page).run()]);
      weeks.push({
        diskBytes: diskBytes(folder),
        joinBytes: await joinBytes(person, space),
        epochBytes: await epochBytes(person, space),
        liveBytes: live.length,
      });
    }
    await space[Symbol.asyncDispose]();
    await person.ports.store[Symbol.asyncDispose]();
    const used = process.cpuUsage(start);
    return { weeks, cpuMs: withEpochs ? sealMs : (used.user + used.system) / 1000 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const KIB = 1024;
await ready();
const without = await halfYear(false);
const withThem = await halfYear(true);
const rows = withThem.weeks.map((week, at) => ({ week, bare: without.weeks[at] }));

console.log(
  `${WEEKS} weeks, ${EDITS_A_WEEK} edits a week of ${OBJECTS} objects and ${PAGES} texts, one block each.`,
);
console.log(
  '\n| week | disk, no epochs | disk | to join, no epochs | to join | its snapshot | live JSON |',
);
console.log('|--:|--:|--:|--:|--:|--:|--:|');
for (const [at, { bare, week }] of rows.entries()) {
  if ((at + 1) % 2 === 1) continue;
  const cells = [
    bare?.diskBytes ?? 0,
    week.diskBytes,
    bare?.joinBytes ?? 0,
    week.joinBytes,
    week.epochBytes,
    week.liveBytes,
  ].map((bytes) => `${Math.round(bytes / KIB)} KiB`);
  console.log(`| ${at + 1} | ${cells.join(' | ')} |`);
}
console.log(`\nsealing, keeping and dropping in all: ${Math.round(withThem.cpuMs)} ms of CPU`);

await tellWireBytes();
await tellTextBytes(epochBytes);

const svg = linePlot({
  title: 'A space edited for half a year: an epoch every four weeks, history kept for two',
  x: { label: 'weeks', values: rows.map((_, at) => at + 1) },
  yLabel: 'KiB',
  lines: [
    { name: 'disk, without epochs', values: rows.map(({ bare }) => (bare?.diskBytes ?? 0) / KIB) },
    { name: 'to join, without', values: rows.map(({ bare }) => (bare?.joinBytes ?? 0) / KIB) },
    { name: 'disk', values: rows.map(({ week }) => week.diskBytes / KIB) },
    { name: 'to join', values: rows.map(({ week }) => week.joinBytes / KIB) },
    {
      name: 'snapshot of the epoch',
      values: rows.map(({ week }) => week.epochBytes / KIB),
    },
    { name: 'live data as JSON', values: rows.map(({ week }) => week.liveBytes / KIB) },
  ],
});
const [target] = process.argv.slice(2);
if (target !== undefined) writeFileSync(target, svg);
