/**
 * What an epoch costs where a space is large: proposing it, voting for it, sealing it, keeping its snapshot,
 * dropping what is under it, and beginning with it elsewhere. CPU of the process, and the longest stretch that
 * the main thread worked without giving others a turn. Run with `npm run bench -- compaction`, or
 * `npx node bench/compaction.ts 20000` for another number of objects.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineType, s } from '@atoll/schema';
import { SimRng } from '@atoll/testkit';
import { NodeStore } from '@atoll/platform-node';
import { ROOT_ZONE } from '@atoll/kernel';
import { deriveKey, ready } from '@atoll/crypto';
import { fetchEpoch } from '../packages/echo/src/epoch/fetch-epoch.ts';
import { decodeRequest } from '../packages/echo/src/snapshot/transfer-codec.ts';
import { Space } from '../packages/echo/src/space/space.ts';
import { Person, exchange } from '../packages/echo/src/space/testing/space-fixture.ts';
import { turnsOf } from '../packages/echo/src/take-turns.ts';
import { LongestTask } from './compaction/longest-task.ts';

const SIZES = [10_000, 100_000];
const BATCH = 100;
/** Every so many objects one is edited, and one of so many of those has a text. */
const EDITED_EVERY = 10;
const TEXT_EVERY = 10;
const EDITS_A_BLOCK = 20;
/** Blocks between two waits for the disk. */
const BLOCKS_A_FLUSH = 20;
const LATER_EDITS = 1_000;
const DONE = { at: 0 };

const Task = defineType('bench.Task', {
  title: s.string(),
  done: s.boolean(),
  priority: s.integer(),
  project: s.string(),
  note: s.text(),
  tags: s.set(s.string()),
});

const watch = new LongestTask();

/** Does a piece of work and says what it took. */
async function told<T>(name: string, work: () => Promise<T>): Promise<T> {
  globalThis.gc?.();
  watch.begin();
  const start = process.cpuUsage();
  const result = await work();
  const { system, user } = process.cpuUsage(start);
  const longest = await watch.end();
  console.log(`| ${name} | ${((user + system) / 1000).toFixed(0)} ms | ${longest.toFixed(1)} ms |`);
  return result;
}

async function personAt(name: string, seed: number, folder: string): Promise<Person> {
  const store = NodeStore.open(join(folder, `${name}.db`), new SimRng(seed));
  const person = await Person.make(name, seed, store);
  const clock = {
    nowMs: () => 1_767_225_600_000 + DONE.at++,
    monotonicMs: () => performance.now(),
    // As the platform's: others get their turn, timers included.
    sleep: () => new Promise<void>((resolve) => setTimeout(resolve, 0)),
  };
  Object.assign(person.ports, { clock });
  return person;
}

async function fill(space: Space, count: number): Promise<void> {
  const { database } = space;
  for (let at = 0; at < count; at += BATCH) {
    database.transaction(() => {
      for (let each = at; each < at + BATCH; each++) {
        database.add(Task, {
          title: `Task ${each} of the garden`,
          done: false,
          priority: each % 5,
          project: `project-${each % 100}`,
        });
      }
    });
    if ((at / BATCH) % BLOCKS_A_FLUSH === 0) await space.flush();
  }
  await edit(space, Math.floor(count / EDITED_EVERY), EDITED_EVERY);
}

/** Edits so many of the tasks, each so many apart. */
async function edit(space: Space, count: number, apart: number): Promise<void> {
  const { database } = space;
  const tasks = database.query(Task).run();
  for (let from = 0; from < count; from += EDITS_A_BLOCK) {
    database.transaction(() => {
      for (let at = from; at < Math.min(count, from + EDITS_A_BLOCK); at++) {
        const task = tasks[(at * apart) % tasks.length];
        if (task === undefined) return;
        task.title = `Task ${at} as it is called now`;
        task.tags.add(`tag ${at % 6}`);
        if (at % TEXT_EVERY === 0) task.note.insert(0, 'what is to be done next week');
      }
    });
    if ((from / EDITS_A_BLOCK) % BLOCKS_A_FLUSH === 0) await space.flush();
  }
  await space.flush();
}

/** Somebody with nothing begins with what another one keeps. */
async function joined(host: Person, space: Space, late: Person): Promise<void> {
  const offer = await told('serving it: opening what is kept', () => space.epochs.archive.source());
  if (offer === undefined) throw new RangeError('no epoch is kept');
  const { ring } = space.keys;
  const [generation] = space.authority.keys.generations(ROOT_ZONE);
  const zone = generation === undefined ? undefined : ring.zone(generation);
  const { rng, store } = late.ports;
  await told('fetching it, with what the other answers', () =>
    fetchEpoch({
      place: { rng, store, space: space.id, secret: host.haloSecret, ring },
      terms: offer.terms,
      key: deriveKey(zone?.content ?? new Uint8Array(32), 'state-root'),
      ask: (request) => Promise.resolve(offer.source.packed(decodeRequest(request))),
      turn: turnsOf(late.ports.clock),
    }),
  );
}

function requireSealed({ epochs }: Space, number: number): void {
  if (epochs.book.current?.number !== number) throw new RangeError('the epoch is not sealed');
}

async function run(count: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'atoll-compaction-'));
  try {
    const ada = await personAt('Ada', 1, folder);
    const bob = await personAt('Bob', 2, folder);
    console.log(`\n### ${count} objects, every ${EDITED_EVERY}th edited\n`);
    console.log('| work | CPU | longest task of the main thread |\n| --- | --: | --: |');
    const space = await Space.found(ada.ports, ada.writer());
    const other = await bob.join(space, ada.deviceSigner, 'admin');
    await told('for comparison: creating and editing all of it', () => fill(space, count));
    await told('for comparison: the other receives and folds it', () => exchange(space, other));
    // Who has written votes about the next one.
    await edit(other, EDITS_A_BLOCK, 3);
    await exchange(other, space);
    await told('first epoch, one voter: folded anew, proposed, sealed, adopted', async () => {
      await space.epochs.propose();
    });
    await told('first epoch: the other adopts it', async () => {
      await exchange(space, other);
      await other.epochs.settled();
    });
    requireSealed(space, 1);
    await told('keeping its snapshot', () => space.epochs.keepSnapshot(0));
    const dropped = await told('dropping the history', () => space.epochs.dropHistory(0));
    if (dropped === 0) throw new RangeError('nothing was dropped');
    await told(`for comparison: ${LATER_EDITS} edits`, () => edit(space, LATER_EDITS, 7));
    if (!other.epochs.status().isVoter) throw new RangeError('only one votes');
    await told('next epoch: proposing, from what is kept', () => space.epochs.propose());
    await told('next epoch: the other folds it anew, votes, adopts it', async () => {
      await exchange(space, other);
      await other.epochs.settled();
    });
    await told('next epoch: sealed and adopted here', async () => {
      await exchange(other, space);
      await space.epochs.settled();
    });
    requireSealed(space, 2);
    await told('keeping its snapshot, history dropped', () => space.epochs.dropHistory(0));
    await joined(ada, space, await personAt('Cyd', 3, folder));
    await space[Symbol.asyncDispose]();
    await other[Symbol.asyncDispose]();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await ready();
const wanted = Number(process.argv[2] ?? 0);
console.log(`load at the start: ${loadavg()[0]?.toFixed(1)}`);
for (const count of wanted > 0 ? [wanted] : SIZES) await run(count);
console.log(`\nload at the end: ${loadavg()[0]?.toFixed(1)}`);
process.exit(0);
