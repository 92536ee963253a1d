/** Taking up what does not count gives what there would be if it counted, whatever others wrote beside it. */
import { fc, test } from '@fast-check/vitest';
import { afterAll, expect } from 'vitest';
import type { Database } from '../database.ts';
import type { Space } from '../space/space.ts';
import { Person, exchange, exchangeAll, rootOf } from '../space/testing/space-fixture.ts';
import { randomEdit, randomFrom } from '../testing/random-edits.ts';
import { randomKindsEdit, randomMove } from '../testing/random-kinds.ts';
import { shown } from '../testing/shown-content.ts';

type Random = (below: number) => number;

type Edit = (db: Database, random: Random) => void;

function anyEdit(db: Database, random: Random): void {
  if (random(2) === 0) randomEdit(db, random);
  else randomKindsEdit(db, random);
}

/** Moves in a tree of few, so that people put things below each other at once. */
function moveAmongFew(db: Database, random: Random): void {
  if (random(4) === 0) randomKindsEdit(db, random);
  else randomMove(db, random);
}

async function edited(space: Space, random: Random, edits: number, edit: Edit): Promise<void> {
  for (let at = 0; at < edits; at++) {
    edit(space.database, random);
    if (random(3) === 0) await space.flush();
  }
  await space.flush();
}

/** How many had lost something, run by run. */
const met: number[] = [];

// Where nothing was lost, nothing was taken up.
afterAll(() => {
  const found = met.filter((lost) => lost > 0).length;
  if (met.length >= 10) expect(found).toBeGreaterThan(met.length / 2);
});

/** One of three writes and is removed; another takes up what he wrote beside what he himself did. */
async function takesUp(seed: number, edit: Edit): Promise<void> {
  const random = randomFrom(seed);
  const ada = await Person.make('Ada', seed);
  const jun = await Person.make('Jun', seed + 1);
  const kim = await Person.make('Kim', seed + 2);
  const one = await ada.found();
  await edited(one, random, 15, edit);
  const two = await jun.join(one, ada.deviceSigner, 'writer');
  const three = await kim.join(one, ada.deviceSigner, 'writer');
  await exchangeAll([one, two, three]);
  await edited(two, random, 1 + random(15), edit);
  await edited(three, random, random(8), edit);
  await exchange(two, three);
  const wanted = shown(three);
  await one.remove(jun.identity);
  await one.settled();
  await exchangeAll([one, three]);
  const without = shown(three);
  const lost = await three.history.setAside();
  met.push(lost.length);
  if (lost.length === 0) expect(without).toEqual(wanted);
  else await three.history.takeUp(lost.flatMap(({ blocks }) => blocks));
  await exchangeAll([one, three]);
  expect(shown(three)).toEqual(wanted);
  expect(rootOf(one)).toBe(rootOf(three));
}

test.prop([fc.integer({ min: 0, max: 2 ** 31 })], { numRuns: 30 })(
  'what is taken up is what there would be',
  (seed) => takesUp(seed, anyEdit),
);

test.prop([fc.integer({ min: 0, max: 2 ** 31 })], { numRuns: 15 })(
  'moves that are taken up put out, and let in, what they would have',
  (seed) => takesUp(seed, moveAmongFew),
);

test('what is taken up as deleted hides what it had been moved above', () =>
  takesUp(1_770_325_933, moveAmongFew));
