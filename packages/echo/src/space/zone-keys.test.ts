/** Keys of a zone for who comes late to it. */
import { defineType, s } from '@atoll/schema';
import { expect, test } from 'vitest';
import { Space } from './space.ts';
import { named } from './testing/rights-fixture.ts';
import { type Person, exchange, exchangeAll, settled } from './testing/space-fixture.ts';
import { zoneRootOf } from './root-key.ts';
import { beginZone, openZone } from './zone-acts.ts';

const Note = defineType('org.example.Note', { text: s.string() });

function texts({ database }: Space): readonly string[] {
  const notes = database.query(Note).run();
  return notes.map(({ text }) => text ?? '').sort();
}

/** Opens a space once more: what keys that have come open is folded as well. */
async function again(person: Person, space: Space): Promise<Space> {
  const { id, keys } = space;
  await space[Symbol.asyncDispose]();
  return Space.open(person.ports, { space: id, ring: keys.ring, writer: person.writer() });
}

test('who comes late with history reads all of a zone, also where somebody made keys who has none', async () => {
  const { people, spaces } = await settled(['Ada', 'Jun', 'Kim', 'Leo'], 9145, {
    begin: (one) => one.database.add(Note, { text: 'for all' }),
  });
  const [ada, jun, kim, leo] = people as [Person, Person, Person, Person];
  const [one, two] = spaces as [Space, Space, Space, Space];
  const actor = { space: two, rng: jun.ports.rng, deviceSigner: jun.deviceSigner };
  const zone = await beginZone(actor);
  two.database.add(Note, { text: 'by Jun' }, { zone });
  await two.flush();
  await openZone(actor, zone, { level: 'write', subject: named(kim) });
  await openZone(actor, zone, { level: 'own', subject: named(leo), withHistory: false });
  await exchangeAll(spaces);
  const four = await again(leo, spaces[3] as Space);
  await one.remove(kim.identity);
  await exchange(one, four);
  four.database.add(Note, { text: 'by Leo' }, { zone });
  await exchange(one, four);
  await exchange(two, one);
  expect(two.authority.keys.generations(zone)).toHaveLength(3);
  expect(texts(four)).toEqual(['by Leo', 'for all']);
  await openZone(actor, zone, { level: 'read', subject: named(ada) });
  await exchange(two, one);
  const late = await again(ada, one);
  expect(texts(late)).toEqual(['by Jun', 'by Leo', 'for all']);
  expect(zoneRootOf(late, zone)).toEqual(zoneRootOf(two, zone));
});
