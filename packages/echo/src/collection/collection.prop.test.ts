/**
 * Collection in whole spaces: epochs at random points, writers who are away over some of them, and a fold of
 * the same blocks that never collects anything, which must show the same.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Database } from '../database.ts';
import { Space } from '../space/space.ts';
import { Person, exchange, restored, rootOf } from '../space/testing/space-fixture.ts';
import { randomEdit, randomFrom } from '../testing/random-edits.ts';
import { MODELS, randomModelEdit } from '../testing/random-models.ts';

/** What there is to see, by object. */
function seen(db: Database): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  for (const type of ['test.Thing', MODELS]) {
    for (const object of db.query(type).run()) {
      const row = db.fold.rows.find(Buffer.from(object.id, 'hex'));
      shown[object.id] = db.plain(row);
    }
  }
  return shown;
}

async function edits(
  space: Space,
  random: (below: number) => number,
  count: number,
): Promise<void> {
  for (let at = 0; at < count; at++) {
    if (random(4) === 0) randomModelEdit(space.database, random);
    else randomEdit(space.database, random);
    space.database.commit();
  }
  await space.flush();
}

test('whatever was collected, everybody sees what a fold without epochs sees, and has one root', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 1_000_000 }), async (seed) => {
      const random = randomFrom(seed);
      const ada = await Person.make('Ada', seed);
      const jun = await Person.make('Jun', seed + 1);
      const kim = await Person.make('Kim', seed + 2);
      const one = await ada.found();
      await edits(one, random, 12);
      const two = await jun.join(one, ada.deviceSigner, 'writer');
      const three = await kim.join(one, ada.deviceSigner, 'writer');
      await two.introduce();
      await three.introduce();
      const spaces = [one, two, three] as const;
      await exchange(one, two);
      await exchange(one, three);
      for (let step = 0; step < 22; step++) {
        const dice = random(10);
        const space = spaces[random(3)] as Space;
        if (dice < 5) await edits(space, random, 1 + random(4));
        else if (dice < 8) await exchange(space, spaces[random(3)] as Space);
        else await one.epochs.propose();
      }
      for (let round = 0; round < 3; round++) {
        await exchange(one, two);
        await exchange(one, three);
        await one.epochs.propose();
        await edits(two, random, 1);
        await edits(three, random, 1);
      }
      await exchange(one, two);
      await exchange(one, three);
      await exchange(one, two);
      const roots = spaces.map(rootOf);
      expect(roots).toEqual([roots[0], roots[0], roots[0]]);
      const witness = await one.history.at('now');
      expect(seen(two.database)).toEqual(seen(witness.db));
      expect(seen(one.database)).toEqual(seen(witness.db));
      expect(spaces.map((space) => space.epochs.status().refused)).toEqual([0, 0, 0]);
    }),
    { numRuns: 9 },
  );
});

/** A writer and a copy of its profile, who part; both go on in feeds of their own once they hear of it. */
async function parted(person: Person, space: Space, random: (below: number) => number) {
  const ports = await restored(person.ports, space.id);
  const { ring } = space.keys;
  const copy = await Space.open(ports, { space: space.id, ring, writer: person.writer() });
  await edits(space, random, 1 + random(4));
  await edits(copy, random, 1 + random(4));
  return copy;
}

test('epochs over feeds that have forked are kept, and who fetched, dropped or has all has one root', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 1_000_000 }), async (seed) => {
      const random = randomFrom(seed);
      const ada = await Person.make('Ada', seed);
      const jun = await Person.make('Jun', seed + 1);
      const one = await ada.found();
      await edits(one, random, 12);
      const two = await jun.join(one, ada.deviceSigner, 'writer');
      await edits(two, random, 4);
      await exchange(one, two);
      const copy =
        random(2) === 0 ? await parted(jun, two, random) : await parted(ada, one, random);
      const spaces = [one, two, copy] as const;
      // Both sides are heard of in some order before the first epoch is sealed.
      for (const [a, b] of random(2) === 0 ? BOTH : [...BOTH].reverse()) {
        await exchange(spaces[a] as Space, spaces[b] as Space);
      }
      for (let step = 0; step < 14; step++) {
        const dice = random(10);
        const space = spaces[random(3)] as Space;
        if (dice < 5) await edits(space, random, 1 + random(4));
        else if (dice < 8) await exchange(space, spaces[random(3)] as Space);
        else {
          await one.epochs.propose();
          await dropIfShared(one, spaces);
        }
      }
      for (let round = 0; round < 3; round++) {
        for (const [a, b] of [...BOTH, ...BOTH]) {
          await exchange(spaces[a] as Space, spaces[b] as Space);
        }
        await one.epochs.propose();
        await dropIfShared(one, spaces);
        for (const space of [two, copy]) await edits(space, random, 1);
      }
      for (const [a, b] of [...BOTH, ...BOTH]) {
        await exchange(spaces[a] as Space, spaces[b] as Space);
      }
      await dropIfShared(one, spaces);
      const roots = spaces.map(rootOf);
      expect(roots).toEqual([roots[0], roots[0], roots[0]]);
      expect(seen(one.database)).toEqual(seen(two.database));
      expect(seen(copy.database)).toEqual(seen(two.database));
      expect(spaces.map((space) => space.epochs.status().refused)).toEqual([0, 0, 0]);
      const { current } = one.epochs.status();
      expect((await one.epochs.archive.source())?.terms.number).toBe(current?.number);
      const { ring } = one.keys;
      const again = await Space.open(ada.ports, { space: one.id, ring, writer: ada.writer() });
      expect(rootOf(again)).toBe(roots[0]);
    }),
    { numRuns: 9 },
  );
});

/** Drops what all have: who lacked some of it would have to fetch the epoch. */
async function dropIfShared(one: Space, spaces: readonly Space[]): Promise<void> {
  const { number } = one.epochs.status().current ?? {};
  const isShared = spaces.every(({ epochs }) => epochs.status().current?.number === number);
  if (isShared) await one.epochs.dropHistory(0);
}

const BOTH = [
  [0, 1],
  [1, 2],
  [0, 2],
] as const;
