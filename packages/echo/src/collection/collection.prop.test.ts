/**
 * Collection in whole spaces: epochs at random points, writers who are away over some of them, and a fold of
 * the same blocks that never collects anything, which must show the same.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Database } from '../database.ts';
import { type Space } from '../space/space.ts';
import { Person, exchange, rootOf } from '../space/testing/space-fixture.ts';
import { randomEdit, randomFrom } from '../testing/random-edits.ts';

/** What there is to see, by object. */
function seen(db: Database): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  for (const object of db.query('test.Thing').run()) {
    const row = db.fold.rows.find(Buffer.from(object.id, 'hex'));
    shown[object.id] = db.plain(row);
  }
  return shown;
}

async function edits(
  space: Space,
  random: (below: number) => number,
  count: number,
): Promise<void> {
  for (let at = 0; at < count; at++) {
    randomEdit(space.database, random);
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
      for (let step = 0; step < 40; step++) {
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
    { numRuns: 8 },
  );
});
