/** Somebody who had received the branch of another's old backup, and takes an epoch over that does not hold it. */
import { defineType, s } from '@atoll/schema';
import { expect, test } from 'vitest';
import { Space } from '../space/space.ts';
import { Person, exchange, restored, rootOf } from '../space/testing/space-fixture.ts';

const Page = defineType('org.example.Page', { title: s.string(), text: s.text() });

function titlesIn({ database }: Space): readonly string[] {
  return database
    .query(Page)
    .run()
    .map(({ title }) => title)
    .sort();
}

async function add(space: Space, ...titles: readonly string[]): Promise<void> {
  for (const title of titles) {
    space.database.add(Page, { title });
    await space.flush();
  }
}

/** Takes the epoch of `one` over, in the closed space of `person`. */
async function takeOver(one: Space, two: Space, person: Person, ports = person.ports) {
  const answer = await one.exchange.answer(two.exchange.offerQuestion);
  const offer = answer === undefined ? undefined : two.exchange.readOffer(answer);
  if (offer === undefined) throw new RangeError('an epoch is kept');
  await two.exchange.fetch(offer, async (question) => {
    const part = await one.exchange.answer(question);
    if (part === undefined) throw new RangeError('no answer');
    return part;
  });
  const { exchange: taken } = two;
  await two[Symbol.asyncDispose]();
  await taken.adopt(offer);
  const { ring } = one.keys;
  const again = await Space.open(ports, { space: one.id, ring, writer: person.writer() });
  again.database.register(Page);
  await exchange(one, again);
  await exchange(one, again);
  expect(await again.exchange.trial()).toBe('sealed');
  await again.exchange.confirm();
  return again;
}

test('keeps it until its own device has brought it over, and tells of it', async () => {
  const [ada, jun, kim] = [
    await Person.make('Ada', 700),
    await Person.make('Jun', 701),
    await Person.make('Kim', 702),
  ];
  const one = await ada.found();
  one.database.register(Page);
  const original = await jun.join(one, ada.deviceSigner, 'writer');
  let third = await kim.join(one, ada.deviceSigner, 'writer');
  for (const space of [original, third]) space.database.register(Page);
  await add(original, 'base');
  await exchange(one, original);
  await exchange(one, third);
  await original.exchange.noteShared();
  const ports = await restored(jun.ports, one.id);
  await add(original, 'went', 'went on');
  await exchange(one, original);
  await original[Symbol.asyncDispose]();
  // Kim meets the old copy, while Ada agrees on a state without either of them.
  const { ring } = one.keys;
  let copy = await Space.open(ports, { space: one.id, ring, writer: jun.writer() });
  copy.database.register(Page);
  await add(copy, 'apart', 'apart too');
  await exchange(third, copy);
  expect(titlesIn(third)).toEqual(['apart', 'apart too', 'base']);
  await one.epochs.propose();
  expect(await one.epochs.dropHistory(0)).toBeGreaterThan(0);
  third = await takeOver(one, third, kim);
  expect(await third.exchange.othersApart()).toBe(2);
  await third[Symbol.asyncDispose]();
  third = await Space.open(kim.ports, { space: one.id, ring, writer: kim.writer() });
  third.database.register(Page);
  expect(await third.exchange.othersApart()).toBe(2);
  // Then the copy comes.
  copy = await takeOver(one, copy, jun, ports);
  expect(await copy.bringOver()).toBe(2);
  await exchange(one, copy);
  await exchange(one, third);
  expect(await third.exchange.othersApart()).toBe(0);
  expect(await kim.ports.store.names('others-apart')).toEqual([]);
  expect(titlesIn(third)).toEqual(['apart', 'apart too', 'base', 'went', 'went on']);
  expect([rootOf(third), rootOf(copy)]).toEqual([rootOf(one), rootOf(one)]);
});
