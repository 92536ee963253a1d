/** Epochs of a space with closed zones: agreed on by who reads none and who reads some, and nothing is dropped. */
import type { ZoneId } from '@atoll/kernel';
import { MemoryDisk, MemoryStore, SimRng } from '@atoll/testkit';
import { defineType, s } from '@atoll/schema';
import { expect, test } from 'vitest';
import { zoneRootOf } from '../space/root-key.ts';
import { Space } from '../space/space.ts';
import { beginZone, openZone } from '../space/zone-acts.ts';
import { named } from '../space/testing/rights-fixture.ts';
import { Person, exchange, meet, rootOf } from '../space/testing/space-fixture.ts';
import { randomEdit, randomFrom } from '../testing/random-edits.ts';
import { randomKindsEdit, registerKinds } from '../testing/random-kinds.ts';

const Note = defineType('org.example.Note', { body: s.text(), of: s.string().optional() });

type Three<T> = readonly [T, T, T];

interface Town {
  readonly people: Three<Person>;
  readonly spaces: Three<Space>;
  readonly zone: ZoneId;
}

/** Three admins; Jun and Kim have a zone that Ada, who founded the space, does not read. */
async function town(seed: number, before?: (spaces: Three<Space>) => Promise<void>): Promise<Town> {
  const [ada, jun, kim] = await Promise.all([
    Person.make('Ada', seed),
    Person.make('Jun', seed + 1),
    Person.make('Kim', seed + 2),
  ]);
  const one = await ada.found();
  const two = await jun.join(one, ada.deviceSigner, 'admin');
  let three = await kim.join(one, ada.deviceSigner, 'admin');
  for (const space of [two, three]) await space.introduce();
  await meet(one, two, three);
  await before?.([one, two, three]);
  const actor = { space: two, rng: jun.ports.rng, deviceSigner: jun.deviceSigner };
  const zone = await beginZone(actor);
  const right = { subject: named(kim), level: 'write', withHistory: true } as const;
  await openZone(actor, zone, right);
  await meet(one, two, three);
  three = await again(kim, three);
  return { people: [ada, jun, kim], spaces: [one, two, three], zone };
}

/** Opens a space once more: what keys that have come open is folded as well. */
async function again(person: Person, space: Space, ports = person.ports): Promise<Space> {
  const { id, keys } = space;
  await space[Symbol.asyncDispose]();
  const mayContinue = ports === person.ports;
  return Space.open(ports, { space: id, ring: keys.ring, writer: person.writer({ mayContinue }) });
}

/** Everybody writes what all read, and two of them in the zone; also in one transaction. */
async function work({ spaces, zone }: Town, seed: number): Promise<void> {
  const random = randomFrom(seed);
  for (const space of spaces) {
    registerKinds(space.database);
    for (let at = 0; at < 6; at++) {
      if (at % 2 === 0) randomEdit(space.database, random);
      else randomKindsEdit(space.database, random);
      await space.flush();
    }
  }
  for (const space of spaces.slice(1)) {
    const { database } = space;
    database.transaction(() => {
      const note = database.add(Note, { body: 'between two', of: 'zone' }, { zone });
      note.body.insert(0, 'only ');
      database.add(Note, { body: 'for all' });
    });
    const own = database.query(Note).where({ of: 'zone' }).run();
    for (const [at, note] of own.entries()) {
      note.body.delete(0, 2);
      if (at % 3 === 2) database.delete(note);
    }
    await space.flush();
  }
}

/** Whoever's turn it is proposes, and the others agree or not. */
async function seal(spaces: Three<Space>, number: number): Promise<void> {
  await meet(...spaces);
  for (const space of spaces) {
    if (space.epochs.status().current?.number === number) return;
    await space.epochs.propose();
    await meet(...spaces);
  }
}

function epochs(spaces: readonly Space[]): readonly unknown[] {
  return spaces.map((space) => {
    const { current, refused } = space.epochs.status();
    return [current?.number, current?.id, refused];
  });
}

function zoneRoots({ spaces, zone }: Town): ReadonlySet<string> {
  const readers = spaces.slice(1);
  return new Set(
    readers.map((space) => Buffer.from(zoneRootOf(space, zone) ?? []).toString('hex')),
  );
}

test('epochs are sealed by who reads the zone and who does not, and each has folded the same', async () => {
  for (const seed of [9300, 9310]) {
    const all = await town(seed);
    const { spaces } = all;
    for (let number = 1; number <= 3; number++) {
      await work(all, seed + number);
      await seal(spaces, number);
      const [first] = epochs(spaces);
      expect(first).toEqual([number, expect.any(String), 0]);
      expect(new Set(epochs(spaces).map((one) => JSON.stringify(one))).size).toBe(1);
      expect(new Set(spaces.map(rootOf)).size).toBe(1);
      expect(zoneRoots(all).size).toBe(1);
      expect(spaces[0].epochs.status().current?.terms?.collects).toBe(false);
    }
    const before = [rootOf(spaces[0]), ...zoneRoots(all)];
    // From its snapshot, and from its log alone.
    const written: Space[] = [];
    for (const [at, space] of spaces.entries()) {
      if (at > 0) expect(await space.writeSnapshot()).toBe(true);
      written.push(await again(all.people[at] as Person, space));
    }
    const opened = { ...all, spaces: written as unknown as Three<Space> };
    expect([rootOf(opened.spaces[0]), ...zoneRoots(opened)]).toEqual(before);
  }
}, 60_000);

test('nothing is kept or dropped for such an epoch, and a late reader reads all that was before it', async () => {
  const all = await town(9400);
  const [one, two] = all.spaces;
  await work(all, 1);
  await meet(...all.spaces);
  await one.epochs.propose();
  await meet(...all.spaces);
  expect(one.epochs.status().current?.number).toBe(1);
  for (const space of all.spaces) {
    expect(await space.epochs.keepSnapshot(0)).toBe('zones');
    expect(await space.epochs.dropHistory(0)).toBe(0);
    expect(await space.epochs.isHistoryWhole()).toBe(true);
  }
  const [ada, jun] = all.people;
  const actor = { space: two, rng: jun.ports.rng, deviceSigner: jun.deviceSigner };
  await openZone(actor, all.zone, { subject: named(ada), level: 'read', withHistory: true });
  await meet(...all.spaces);
  const late = await again(ada, one);
  const roots = zoneRoots({ ...all, spaces: [two, late, all.spaces[2]] });
  expect(roots.size).toBe(1);
  expect(rootOf(late)).toBe(rootOf(two));
});

test('an epoch from before the zone is kept and dropped, and those after it rest on it', async () => {
  const all = await town(9500, async (spaces) => {
    spaces[0].database.add(Note, { body: 'before' });
    await meet(...spaces);
    await spaces[0].epochs.propose();
    await meet(...spaces);
    expect(await spaces[0].epochs.keepSnapshot(0)).toBe('kept');
    expect(await spaces[0].epochs.dropHistory(0)).toBeGreaterThan(0);
  });
  for (let number = 2; number <= 3; number++) {
    await work(all, number);
    await seal(all.spaces, number);
    expect(new Set(epochs(all.spaces).map((one) => JSON.stringify(one))).size).toBe(1);
    expect(all.spaces[0].epochs.status().current?.number).toBe(number);
    expect(await all.spaces[0].epochs.dropHistory(0)).toBe(0);
  }
  expect(zoneRoots(all).size).toBe(1);
  expect((await all.spaces[0].epochs.archive.source())?.terms.number).toBe(1);
});

test('what a member gives as such an epoch stays on trial although it was sealed: the zone would be lost', async () => {
  const all = await town(9600);
  const [liar, two] = all.spaces;
  await work(all, 1);
  await meet(...all.spaces);
  await liar.epochs.propose();
  await meet(...all.spaces);
  const kim = all.people[2];
  const store = new MemoryStore(new MemoryDisk(new SimRng(7)));
  const ports = { ...kim.ports, store };
  let three = await again(kim, all.spaces[2], ports);
  liar.authority.credentials.isZonedIn = () => false;
  expect(await liar.epochs.keepSnapshot(0)).toBe('kept');
  const answer = await liar.exchange.answer(three.exchange.offerQuestion);
  const offer = answer === undefined ? undefined : three.exchange.readOffer(answer);
  if (offer === undefined) throw new RangeError('an epoch is kept');
  await three.exchange.fetch(offer, async (question) => {
    const given = await liar.exchange.answer(question);
    if (given === undefined) throw new RangeError('no answer');
    return given;
  });
  const { exchange: taken } = three;
  const { ring } = three.keys;
  await three[Symbol.asyncDispose]();
  await taken.adopt(offer);
  const writer = kim.writer({ mayContinue: false });
  three = await Space.open(ports, { space: two.id, ring, writer });
  await exchange(two, three);
  await exchange(two, three);
  expect(three.epochs.book.chain.some(({ id }) => id === two.epochs.status().current?.id)).toBe(
    true,
  );
  expect(await three.exchange.trial()).toBe('open');
});
