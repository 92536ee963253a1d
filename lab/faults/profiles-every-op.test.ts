/**
 * Profiles that are not what their device thinks, with every kind of op: power that is cut between sending and
 * commit, an old backup put back, a copy that goes on beside the original. What others had, and what was flushed,
 * is shown exactly as its writer saw it.
 */
import type { Space } from '@atoll/client';
import { ready } from '@atoll/crypto';
import { beforeAll, expect, test } from 'vitest';
import { randomEdit, randomFrom } from '../../packages/echo/src/testing/random-edits.ts';
import { randomKindsEdit, registerKinds } from '../../packages/echo/src/testing/random-kinds.ts';
import { Scene, echoOf } from './scene.ts';

beforeAll(() => ready());

/** Edits of one burst of work. */
const EDITS = 60;
const SEEDS = [1, 2, 3];

type Shown = ReadonlyMap<string, string>;

/** Objects as applications see them, by id. */
function shown(space: Space): Map<string, string> {
  const { database } = echoOf(space);
  registerKinds(database);
  const objects = database
    .typeNames()
    .flatMap((type) => database.queryForm({ type, deleted: 'include' }).run());
  return new Map(
    objects.map((object) => [object.id, `${object.$state} ${JSON.stringify(object)}`]),
  );
}

/** Ops of every kind on random objects. What is shown then of those that are new. */
async function work(scene: Scene, space: Space, seed: number): Promise<Shown> {
  const { database } = echoOf(space);
  const before = shown(space);
  const random = randomFrom(seed);
  for (let at = 0; at < EDITS; at++) {
    if (at % 2 === 0) randomEdit(database, random);
    else randomKindsEdit(database, random);
    database.commit();
  }
  await scene.world.during(space.flush());
  return new Map([...shown(space)].filter(([id]) => !before.has(id)));
}

/** All that one of them shows is what the other shows, and every object that somebody made is there. */
function expectAll(spaces: readonly Space[], ...made: readonly Shown[]): void {
  const [first, ...others] = spaces.map(shown);
  for (const other of others) expect(other).toEqual(first);
  for (const [id, text] of made.flatMap((each) => [...each])) {
    const now = first?.get(id);
    expect(now, `the object ${id} is lost: ${text}`).toBeDefined();
  }
}

/** Objects of a burst that nobody else can have touched are shown exactly as they were. */
function expectSame(space: Space, made: Shown): void {
  const now = shown(space);
  for (const [id, text] of made) expect(now.get(id)).toBe(text);
}

function spaceOf(client: Awaited<ReturnType<Scene['open']>>, id: string): Space {
  const space = client.spaces.get(id);
  if (space === undefined) throw new RangeError('the space is lost');
  return space;
}

async function couple(seed: number): Promise<{
  readonly scene: Scene;
  readonly trip: Space;
  readonly theirs: Space;
  readonly close: () => Promise<void>;
}> {
  const scene = new Scene(900 + seed);
  const ada = await scene.person('ada');
  const jun = await scene.person('jun');
  const trip = await scene.create(ada, 'Trip');
  const theirs = await scene.join(trip, jun);
  return { scene, trip, theirs, close: () => scene.world.during(ada.close()) };
}

test.each(SEEDS)('power that fails in the middle of a burst (%i)', async (seed) => {
  const { scene, trip, theirs } = await couple(seed);
  const flushed = await work(scene, trip, seed);
  await scene.oneRoot([trip, theirs]);
  const { database } = echoOf(trip);
  const random = randomFrom(seed + 50);
  for (let at = 0; at < EDITS; at++) {
    randomKindsEdit(database, random);
    database.commit();
    if (at % 7 === 0) await scene.pass(seed * 3);
  }
  scene.machine('ada').crash();
  await scene.pass(30_000);
  const heard = shown(theirs);
  const again = spaceOf(await scene.open('ada'), trip.id);
  // Nobody has what the device itself has lost.
  const own = shown(again);
  for (const id of heard.keys()) expect(own.has(id)).toBe(true);
  const later = await work(scene, again, seed + 100);
  await scene.oneRoot([again, theirs]);
  expectAll([again, theirs], flushed, heard, later);
});

test.each(SEEDS)('an old backup that is put back (%i)', async (seed) => {
  const { scene, trip, theirs } = await couple(seed + 10);
  const early = await work(scene, trip, seed);
  await scene.oneRoot([trip, theirs]);
  const machine = scene.machine('ada');
  const backup = machine.disk.backup();
  const since = await work(scene, trip, seed + 1000);
  await scene.oneRoot([trip, theirs]);
  machine.disk.restore(backup);
  const again = spaceOf(await scene.open('ada'), trip.id);
  // Written before anybody tells it what it has lost.
  const after = await work(scene, again, seed + 2000);
  await scene.oneRoot([again, theirs]);
  expectAll([again, theirs], early, since, after);
});

test.each(SEEDS)('a copy that goes on beside the original (%i)', async (seed) => {
  const { close, scene, theirs, trip } = await couple(seed + 20);
  await scene.oneRoot([trip, theirs]);
  await close();
  const machine = scene.machine('ada');
  const backup = machine.disk.backup();
  const first = await scene.open('ada');
  const one = spaceOf(first, trip.id);
  const ofOriginal = await work(scene, one, seed);
  await scene.oneRoot([one, theirs]);
  machine.disk.restore(backup);
  const two = spaceOf(await scene.open('ada'), trip.id);
  const ofCopy = await work(scene, two, seed + 500);
  expectSame(two, ofCopy);
  await scene.oneRoot([two, theirs]);
  expectAll([two, theirs], ofOriginal, ofCopy);
  // Each worked on objects of its own: nothing of them is another now.
  expectSame(two, ofOriginal);
  expectSame(two, ofCopy);
});
