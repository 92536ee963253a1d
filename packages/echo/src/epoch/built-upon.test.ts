/** What was written upon another's branch that an epoch has no place for: it stays shown until it can go over with it. */
import { defineType, s, type InstanceOf } from '@atoll/schema';
import { expect, test } from 'vitest';
import { Space, type SpacePorts } from '../space/space.ts';
import { Person, exchange, restored, rootOf } from '../space/testing/space-fixture.ts';

const Page = defineType('org.example.Page', {
  title: s.string(),
  text: s.text(),
  items: s.list(s.string()),
});

function titlesIn({ database }: Space): readonly string[] {
  return database
    .query(Page)
    .run()
    .map(({ title }) => title)
    .sort();
}

function pageIn({ database }: Space, title: string): InstanceOf<typeof Page> {
  const page = database.query(Page).where({ title }).first();
  if (page === undefined) throw new RangeError(`there is no ${title}`);
  return page;
}

async function add(space: Space, ...titles: readonly string[]): Promise<void> {
  for (const title of titles) {
    space.database.add(Page, { title, text: `${title};`, items: [title] });
    await space.flush();
  }
}

async function fetch(one: Space, two: Space) {
  const answer = await one.exchange.answer(two.exchange.offerQuestion);
  const offer = answer === undefined ? undefined : two.exchange.readOffer(answer);
  if (offer === undefined) throw new RangeError('an epoch is kept');
  await two.exchange.fetch(offer, async (question) => {
    const part = await one.exchange.answer(question);
    if (part === undefined) throw new RangeError('no answer');
    return part;
  });
  return offer;
}

function open(one: Space, person: Person, ports: SpacePorts = person.ports): Promise<Space> {
  const writer = person.writer({ mayContinue: false });
  return Space.open(ports, { space: one.id, ring: one.keys.ring, writer }).then((space) => {
    space.database.register(Page);
    return space;
  });
}

/** Takes the epoch of `one` over; the space is opened again. */
async function takeOver(one: Space, two: Space, person: Person, ports = person.ports) {
  const offer = await fetch(one, two);
  await two[Symbol.asyncDispose]();
  await two.exchange.adopt(offer);
  const again = await open(one, person, ports);
  await exchange(one, again);
  await exchange(one, again);
  expect(await again.exchange.trial()).toBe('sealed');
  await again.exchange.confirm();
  return again;
}

/** Jun's old backup has written what Ada's epoch has no place for, and Kim has that. */
async function scene(seed: number) {
  const [ada, jun, kim] = [
    await Person.make('Ada', seed),
    await Person.make('Jun', seed + 1),
    await Person.make('Kim', seed + 2),
  ];
  const one = await ada.found();
  one.database.register(Page);
  const original = await jun.join(one, ada.deviceSigner, 'owner');
  original.database.register(Page);
  await add(original, 'base');
  await exchange(one, original);
  await original.exchange.noteShared();
  const ports = await restored(jun.ports, one.id);
  await add(original, 'went', 'went on', 'and on');
  await exchange(one, original);
  await original[Symbol.asyncDispose]();
  const copy = await Space.open(ports, {
    space: one.id,
    ring: one.keys.ring,
    writer: jun.writer(),
  });
  copy.database.register(Page);
  return { ada, jun, kim, one, copy, ports };
}

async function seal(one: Space): Promise<void> {
  await one.epochs.propose();
  expect(await one.epochs.dropHistory(0)).toBeGreaterThan(0);
  await add(one, 'above');
}

/** Upon what the copy made, and beside it. */
async function writeUpon(space: Space): Promise<void> {
  const page = pageIn(space, 'apart');
  page.text.insert(page.text.length, 'upon;');
  page.text.insert(2, '!');
  page.items.insert(1, 'upon');
  page.items.move(1, 0);
  await space.flush();
  await add(space, 'mine');
  pageIn(space, 'mine').text.insert(0, 'my ');
  await space.flush();
}

function expectUpon(space: Space): void {
  expect(titlesIn(space)).toEqual(
    ['above', 'and on', 'apart', 'base', 'mine', 'went', 'went on'].sort(),
  );
  expect(pageIn(space, 'apart').text.toString()).toBe('ap!art;upon;');
  expect(pageIn(space, 'apart').items.toArray()).toEqual(['upon', 'apart']);
  expect(pageIn(space, 'mine').text.toString()).toBe('my mine;');
}

test('somebody who was let in on the branch keeps what he wrote, and brings it over once he is let in again', async () => {
  const { ada, copy: early, jun, kim, one, ports } = await scene(950);
  let copy = early;
  await add(copy, 'apart');
  let third = await kim.join(copy, jun.deviceSigner, 'writer');
  third.database.register(Page);
  await writeUpon(third);
  await exchange(third, copy);
  await third.exchange.noteShared();
  await seal(one);
  const offer = await fetch(one, third);
  expect(await third.exchange.workApart(offer)).toBe(3);
  await third[Symbol.asyncDispose]();
  await expect(third.exchange.adopt(offer)).rejects.toMatchObject({ code: 'SPACE_WORK_APART' });
  third = await open(one, kim);
  expect(titlesIn(third)).toEqual(['apart', 'base', 'mine']);
  expect(pageIn(third, 'apart').text.toString()).toBe('ap!art;upon;');
  copy = await takeOver(one, copy, jun, ports);
  expect(await copy.bringOver()).toBe(1);
  await exchange(one, copy);
  expect(titlesIn(one)).not.toContain('mine');
  // Nobody knows him there: what he has stays what it was, also while what he wrote upon is nowhere else.
  await exchange(one, third);
  expect(titlesIn(third)).toContain('mine');
  third = await takeOver(one, third, kim);
  expect(await third.bringOver()).toBe(0);
  expect(await third.exchange.onItsWay()).toBeGreaterThan(2);
  await third[Symbol.asyncDispose]();
  third = await kim.join(one, ada.deviceSigner, 'writer');
  third.database.register(Page);
  expect(await third.bringOver()).toBeGreaterThan(2);
  expect(await third.exchange.onItsWay()).toBe(0);
  for (let round = 0; round < 2; round++) {
    await exchange(one, third);
    await exchange(one, copy);
  }
  for (const space of [one, third, copy]) expectUpon(space);
  expect([rootOf(third), rootOf(copy)]).toEqual([rootOf(one), rootOf(one)]);
});

test('history is not taken back for a branch whose work has been brought over: it would come twice', async () => {
  const { ada, copy: early, jun, kim, one, ports } = await scene(970);
  const third = await kim.join(one, ada.deviceSigner, 'writer');
  third.database.register(Page);
  let copy = early;
  await add(copy, 'apart', 'apart too');
  await exchange(third, one);
  await exchange(third, copy);
  await exchange(third, copy);
  await seal(one);
  await exchange(third, one);
  const isComplete = async (): Promise<boolean> => {
    const returning = await one.exchange.takeBack();
    for await (const run of third.replica.missingFor(returning.replica.tips())) {
      await returning.replica.receive(run, 'giver');
    }
    const is = await returning.isComplete();
    await returning.letGo();
    return is;
  };
  expect(await third.epochs.isHistoryWhole()).toBe(true);
  expect(await isComplete()).toBe(true);
  copy = await takeOver(one, copy, jun, ports);
  expect(await copy.bringOver()).toBe(2);
  await exchange(one, copy);
  await exchange(one, third);
  expect(await isComplete()).toBe(false);
  expect(titlesIn(one)).toEqual([
    'above',
    'and on',
    'apart',
    'apart too',
    'base',
    'went',
    'went on',
  ]);
});
