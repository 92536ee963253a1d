/** Taking up what does not count gives what there would be if it counted, whatever others wrote beside it. */
import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import type { Space } from '../space/space.ts';
import { Person, exchange, exchangeAll, rootOf } from '../space/testing/space-fixture.ts';
import { randomEdit, randomFrom } from '../testing/random-edits.ts';
import { randomKindsEdit } from '../testing/random-kinds.ts';
import { shown } from '../testing/shown-content.ts';

type Random = (below: number) => number;

async function edited(space: Space, random: Random, edits: number): Promise<void> {
  for (let edit = 0; edit < edits; edit++) {
    if (random(2) === 0) randomEdit(space.database, random);
    else randomKindsEdit(space.database, random);
    if (random(3) === 0) await space.flush();
  }
  await space.flush();
}

test.prop([fc.integer({ min: 0, max: 2 ** 31 })], { numRuns: 30 })(
  'what is taken up is what there would be',
  async (seed) => {
    const random = randomFrom(seed);
    const ada = await Person.make('Ada', seed);
    const jun = await Person.make('Jun', seed + 1);
    const kim = await Person.make('Kim', seed + 2);
    const one = await ada.found();
    await edited(one, random, 15);
    const two = await jun.join(one, ada.deviceSigner, 'writer');
    const three = await kim.join(one, ada.deviceSigner, 'writer');
    await exchangeAll([one, two, three]);
    await edited(two, random, 1 + random(15));
    await edited(three, random, random(8));
    await exchange(two, three);
    const wanted = shown(three);
    await one.remove(jun.identity);
    await one.settled();
    await exchangeAll([one, three]);
    const without = shown(three);
    const lost = await three.history.setAside();
    if (lost.length === 0) expect(without).toEqual(wanted);
    else await three.history.takeUp(lost.flatMap(({ blocks }) => blocks));
    await exchangeAll([one, three]);
    expect(shown(three)).toEqual(wanted);
    expect(rootOf(one)).toBe(rootOf(three));
  },
);
