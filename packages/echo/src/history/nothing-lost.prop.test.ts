/**
 * Nothing that an honest device wrote is neither counted nor set aside: whatever rights end meanwhile, of whole people or
 * of parts, whoever knew what of whom, taking up all that is offered gives what there would be if none had ended.
 */
import { fc, test } from '@fast-check/vitest';
import { typePath } from '@atoll/halo';
import { AtollError } from '@atoll/kernel';
import { afterAll, expect } from 'vitest';
import type { Space } from '../space/space.ts';
import { grant, named, revoke } from '../space/testing/rights-fixture.ts';
import { Person, exchange, exchangeAll, rootOf } from '../space/testing/space-fixture.ts';
import { randomEdit, randomFrom } from '../testing/random-edits.ts';
import { KINDS, LEAF, randomKindsEdit, registerKinds } from '../testing/random-kinds.ts';
import { shown } from '../testing/shown-content.ts';

type Random = (below: number) => number;

const THING = 'test.Thing';

/** A random edit, unless its writer has no right to it. */
function edit({ database }: Space, random: Random): void {
  try {
    if (random(2) === 0) randomEdit(database, random);
    else randomKindsEdit(database, random);
  } catch (failure) {
    if (!(failure instanceof AtollError) || failure.code !== 'SPACE_NO_RIGHT') throw failure;
  }
}

/** Ada has founded it; Jun may change some types, Kim and Leo everything. */
async function town(seed: number, random: Random) {
  const [ada, jun, kim, leo] = (await Promise.all(
    ['Ada', 'Jun', 'Kim', 'Leo'].map((name, at) => Person.make(name, seed + at)),
  )) as [Person, Person, Person, Person];
  const one = await ada.found();
  registerKinds(one.database);
  for (let at = 0; at < 12; at++) edit(one, random);
  await one.flush();
  const two = await jun.join(one, ada.deviceSigner, 'reader');
  const three = await kim.join(one, ada.deviceSigner, 'writer');
  const four = await leo.join(one, ada.deviceSigner, 'writer');
  for (const type of [THING, KINDS, LEAF]) {
    const to = { path: typePath(type), level: 'write' } as const;
    await grant({ person: ada, space: one }, named(jun), to);
  }
  const all = [one, two, three, four] as const;
  for (const { database } of all) registerKinds(database);
  await exchangeAll(all);
  return { ada, jun, kim, one, two, three, four };
}

/** How many had lost something, run by run. */
const met: number[] = [];

// Where nothing was lost, nothing was taken up.
afterAll(() => {
  const found = met.filter((lost) => lost > 0).length;
  if (met.length >= 10) expect(found).toBeGreaterThan(met.length / 3);
});

test.prop([fc.integer({ min: 0, max: 2 ** 31 })], { numRuns: 10 })(
  'all that does not count is offered, and gives together what there would be if it did',
  async (seed) => {
    const random = randomFrom(seed);
    const { ada, jun, kim, one, two, three, four } = await town(seed, random);
    const writers = [two, three, four] as const;
    for (let step = 0; step < 20 + random(20); step++) {
      const by = writers[random(3)] as Space;
      if (random(5) === 0) await exchange(by, writers[random(3)] as Space);
      else edit(by, random);
      if (random(4) === 0) await by.flush();
    }
    for (const by of [two, three, two]) await exchange(by, four);
    const wanted = shown(four);
    const person = { person: ada, space: one };
    if (random(3) > 0) await one.remove(kim.identity);
    if (random(4) === 0) await one.remove(jun.identity);
    else {
      const ended = [THING, KINDS, LEAF].filter(() => random(2) === 0);
      for (const type of ended) await revoke(person, jun, typePath(type));
    }
    await one.settled();
    await exchangeAll([one, four]);
    const lost = await four.history.setAside();
    met.push(lost.length);
    if (lost.length === 0) expect(shown(four)).toEqual(wanted);
    else await four.history.takeUp([...new Set(lost.flatMap(({ blocks }) => blocks))]);
    await exchangeAll([one, four]);
    expect(shown(four)).toEqual(wanted);
    expect(rootOf(one)).toBe(rootOf(four));
  },
);
