/** Who puts whoever began a zone out of it. */
import type { ZoneId } from '@atoll/kernel';
import { defineType, s } from '@atoll/schema';
import { expect, test } from 'vitest';
import type { Space } from './space.ts';
import { named } from './testing/rights-fixture.ts';
import { exchangeAll, rootOf, settled, type Person } from './testing/space-fixture.ts';
import { beginZone, closeZone, openZone } from './zone-acts.ts';

const Note = defineType('org.example.Note', { text: s.string() });

type Four<T> = [T, T, T, T];

function actor(person: Person, space: Space): Parameters<typeof openZone>[0] {
  return { space, rng: person.ports.rng, deviceSigner: person.deviceSigner };
}

function texts({ database }: Space): readonly string[] {
  const notes = database.query(Note).run();
  return notes.map(({ text }) => text ?? '').sort();
}

/** Ada has founded the space and let in Jun, Kim and Leo, who is an admin. Jun has begun a zone and let Kim in. */
async function town(seed: number) {
  const { people, spaces } = await settled(['Ada', 'Jun', 'Kim', 'Leo'], seed, {
    begin: (one) => one.database.add(Note, { text: 'for all' }),
    roles: { Leo: 'admin' },
  });
  const [, jun, kim] = people as Four<Person>;
  const [, two] = spaces as Four<Space>;
  const zone = await beginZone(actor(jun, two));
  const right = { subject: named(kim), level: 'own', withHistory: true } as const;
  await openZone(actor(jun, two), zone, right);
  await exchangeAll(spaces);
  return { people: people as Four<Person>, spaces: spaces as Four<Space>, zone };
}

const REFUSED = { code: 'SPACE_NO_RIGHT' };

function readers(spaces: readonly Space[], zone: ZoneId): readonly string[] {
  const all = new Set(spaces.map(({ authority }) => authority.readersOfZone(zone).join()));
  expect(all.size).toBe(1);
  expect(new Set(spaces.map(rootOf)).size).toBe(1);
  return [...all].flatMap((one) => (one === '' ? [] : one.split(',')));
}

test('an admin who could not remove him from the space leaves him what he has there', async () => {
  const { people, spaces, zone } = await town(9510);
  const [, jun, kim, leo] = people;
  const [one, two, three, four] = spaces;
  await expect(closeZone(actor(leo, four), zone, named(jun))).rejects.toMatchObject(REFUSED);
  // Nor does whom he has made an owner.
  await expect(closeZone(actor(kim, three), zone, named(jun))).rejects.toMatchObject(REFUSED);
  // A program that has been changed says so all the same, of the zone and of the whole space.
  const { authority } = four;
  const plan = authority.credentials.people.plan.bind(authority.credentials.people);
  type Plan = ReturnType<typeof plan>;
  Object.assign(authority.credentials.people, {
    plan: (of: Parameters<typeof plan>[0]): Plan => ({ ...plan(of), stays: [] }),
  });
  await closeZone(actor(leo, four), zone, named(jun));
  await four.remove(jun.identity).catch(() => undefined);
  await exchangeAll(spaces);
  expect(readers(spaces, zone)).toEqual([jun.identity, kim.identity].sort());
  // Others he puts out.
  await closeZone(actor(leo, four), zone, named(kim));
  await exchangeAll(spaces);
  expect(readers(spaces, zone)).toEqual([jun.identity]);
  two.database.add(Note, { text: 'still here' }, { zone });
  await exchangeAll(spaces);
  expect(texts(two)).toContain('still here');
  for (const space of [one, three, four]) expect(texts(space)).not.toContain('still here');
});

test('who could remove him from the space puts him out, also with a lesser right of the zone', async () => {
  const { people, spaces, zone } = await town(9520);
  const [ada, jun, kim] = people;
  const [one, two] = spaces;
  const right = { subject: named(ada), level: 'own', withHistory: true } as const;
  await openZone(actor(jun, two), zone, right);
  await exchangeAll(spaces);
  await closeZone(actor(ada, one), zone, named(jun));
  await exchangeAll(spaces);
  expect(readers(spaces, zone)).toEqual([ada.identity, kim.identity].sort());
});

test('he leaves it himself, and whoever is out of the space is out of it', async () => {
  const { people, spaces, zone } = await town(9530);
  const [, jun, kim] = people;
  const [one, two] = spaces;
  const other = await beginZone(actor(jun, two));
  await closeZone(actor(jun, two), zone, named(jun));
  await exchangeAll(spaces);
  expect(readers(spaces, zone)).toEqual([kim.identity]);
  expect(readers(spaces, other)).toEqual([jun.identity]);
  await one.remove(jun.identity);
  await exchangeAll(spaces);
  expect(readers(spaces, other)).toEqual([]);
});
