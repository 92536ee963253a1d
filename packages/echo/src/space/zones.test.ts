/** Closed zones in open spaces: who reads what, what the others keep, and that all agree on what all read. */
import { zoneKey, type HeldRight } from '@atoll/halo';
import type { ZoneId } from '@atoll/kernel';
import { defineType, s } from '@atoll/schema';
import { describe, expect, test } from 'vitest';
import { zoneRootOf } from './root-key.ts';
import { Space } from './space.ts';
import { beginZone, closeZone, openZone } from './zone-acts.ts';
import { named } from './testing/rights-fixture.ts';
import { Person, exchange, exchangeAll, rootOf, settled } from './testing/space-fixture.ts';

const Note = defineType('org.example.Note', { text: s.string(), tags: s.set(s.string()) });
const Card = defineType('org.example.Card', {
  title: s.text(),
  about: s.ref(() => Note).optional(),
});

/** Ada has founded it; Jun, Kim and Leo write. */
function town(seed: number): ReturnType<typeof settled> {
  return settled(['Ada', 'Jun', 'Kim', 'Leo'], seed, {
    begin: (one) => one.database.add(Note, { text: 'for all' }),
  });
}

type Four<T> = [T, T, T, T];

function actor(person: Person, space: Space): Parameters<typeof openZone>[0] {
  return { space, rng: person.ports.rng, deviceSigner: person.deviceSigner };
}

/** What a person reads, in order. */
function texts({ database }: Space): readonly string[] {
  return database
    .query(Note)
    .run()
    .map(({ text }) => text ?? '')
    .sort();
}

function zoneRoot(space: Space, zone: ZoneId): string {
  return Buffer.from(zoneRootOf(space, zone) ?? []).toString('hex');
}

/** Opens a space once more from its store: what keys that have come open is folded as well. */
async function again(person: Person, space: Space): Promise<Space> {
  const { id, keys } = space;
  await space[Symbol.asyncDispose]();
  return Space.open(person.ports, { space: id, ring: keys.ring, writer: person.writer() });
}

/** The same without what its program believed before. */
async function fromLog(person: Person, space: Space): Promise<Space> {
  await space[Symbol.asyncDispose]();
  const { store } = person.ports;
  const names = await store.names('snapshot/');
  await store.commit({ values: new Map(names.map((name) => [name, undefined])) });
  const { id, keys } = space;
  return Space.open(person.ports, { space: id, ring: keys.ring, writer: person.writer() });
}

/** Jun has begun a zone and let Kim in; both have written there. */
async function pair(seed: number) {
  const { people, spaces } = await town(seed);
  const [, jun, kim] = people as Four<Person>;
  const [, two, three] = spaces as Four<Space>;
  const zone = await beginZone(actor(jun, two));
  two.database.add(Note, { text: 'Jun alone' }, { zone });
  await two.flush();
  await openZone(actor(jun, two), zone, {
    subject: named(kim),
    level: 'write',
    withHistory: true,
  });
  await exchangeAll(spaces);
  const three2 = await again(kim, three);
  const all = [spaces[0], two, three2, spaces[3]] as Four<Space>;
  three2.database.add(Note, { text: 'Kim too' }, { zone });
  three2.database.add(Note, { text: 'Kim for all' });
  await exchangeAll(all);
  return { people: people as Four<Person>, all, zone };
}

const PUBLIC = ['Kim for all', 'for all'];
const PRIVATE = ['Jun alone', 'Kim for all', 'Kim too', 'for all'];

describe('what is in a zone', () => {
  test('is read by its readers, and by the others kept and counted but not read', async () => {
    const { all, zone } = await pair(9100);
    const [one, two, three, four] = all;
    expect(texts(two)).toEqual(PRIVATE);
    expect(texts(three)).toEqual(PRIVATE);
    expect(texts(one)).toEqual(PUBLIC);
    expect(texts(four)).toEqual(PUBLIC);
    expect(new Set(all.map(rootOf)).size).toBe(1);
    expect(zoneRoot(two, zone)).toMatch(/^[0-9a-f]{64}$/);
    expect(zoneRoot(two, zone)).toBe(zoneRoot(three, zone));
    expect(zoneRootOf(one, zone)).toBeUndefined();
    expect(one.counters.sealed.of(zone).sections).toBe(2);
    expect(one.counters.sealed.of(zone).bytes).toBeGreaterThan(0);
    expect(two.counters.sealed.of(zone)).toEqual({ sections: 0, bytes: 0 });
  });

  test('stays there: changes by whoever made it or another reader are sealed too', async () => {
    const { all, zone } = await pair(9110);
    const [one, two, three] = all;
    const find = (space: Space, text: string) =>
      space.database
        .query(Note)
        .run()
        .find((note) => note.text === text);
    const note = find(three, 'Jun alone');
    if (note === undefined) throw new RangeError('the note is not there');
    three.database.transaction(() => {
      note.text = 'Jun and Kim';
      note.tags.add('ours');
      const shared = find(three, 'for all');
      if (shared !== undefined) shared.text = 'for all of us';
      three.database.add(Card, { title: 'a card', about: note });
      three.database.add(Card, { title: 'in the zone', about: note }, { zone });
    });
    await exchangeAll(all);
    expect(texts(two)).toContain('Jun and Kim');
    expect([...(find(two, 'Jun and Kim')?.tags ?? [])]).toEqual(['ours']);
    expect(texts(one)).toEqual(['Kim for all', 'for all of us']);
    expect(new Set(all.map(rootOf)).size).toBe(1);
    expect(zoneRoot(two, zone)).toBe(zoneRoot(three, zone));
    const cards = (space: Space) => space.database.query(Card).run();
    expect(cards(two)).toHaveLength(2);
    // What leads into the zone from outside is seen to lead somewhere.
    const [card] = cards(one);
    expect(cards(one)).toHaveLength(1);
    expect(card?.about?.$state).toBe('unreadable');
    expect(cards(two).map(({ about }) => about?.$state)).toEqual(['present', 'present']);
  });

  test('is as it was when the space is opened again from its snapshot or its log', async () => {
    const { people, all, zone } = await pair(9120);
    const roots = [rootOf(all[1]), zoneRoot(all[1], zone)];
    for (const at of [1, 0]) {
      const person = people[at] as Person;
      let space = all[at] as Space;
      expect(await space.writeSnapshot()).toBe(true);
      for (let round = 0; round < 2; round++) {
        space = await again(person, space);
        expect(rootOf(space)).toBe(roots[0]);
        expect(texts(space)).toEqual(at === 1 ? PRIVATE : PUBLIC);
        if (at === 1) expect(zoneRoot(space, zone)).toBe(roots[1]);
        else expect(space.counters.sealed.of(zone).sections).toBe(2);
      }
      all[at] = space;
    }
    const [, two] = all;
    two.database.add(Note, { text: 'after' }, { zone });
    await exchangeAll(all);
    expect(texts(all[2])).toContain('after');
    expect(texts(all[0])).not.toContain('after');
    expect(new Set(all.map(rootOf)).size).toBe(1);
  });

  test('is undone, restored and asked about like anything else, by who reads it', async () => {
    const { all, zone } = await pair(9130);
    const [, two, three] = all;
    const made = two.database.add(Note, { text: 'to go' }, { zone });
    await two.flush();
    two.database.delete(made);
    await exchangeAll(all);
    expect(texts(three)).toEqual(PRIVATE);
    two.database.restore(made);
    await exchangeAll(all);
    expect(texts(three)).toContain('to go');
    expect(zoneRoot(two, zone)).toBe(zoneRoot(three, zone));
    const { db } = await two.history.at(two.history.frontier());
    expect(db.query(Note).run()).toHaveLength(texts(two).length);
  });
});

describe('a reader of a zone', () => {
  test('who comes late with history reads all of it, without only what comes then', async () => {
    const { people, all, zone } = await pair(9140);
    const [ada, jun, , leo] = people;
    const [one, two, , four] = all;
    const right = { level: 'read', withHistory: true } as const;
    await openZone(actor(jun, two), zone, { ...right, subject: named(ada) });
    const without = { ...right, subject: named(leo), withHistory: false };
    await openZone(actor(jun, two), zone, without);
    two.database.add(Note, { text: 'to four' }, { zone });
    await exchangeAll(all);
    const late = [await again(ada, one), await again(leo, four)] as const;
    expect(texts(late[0])).toEqual([...PRIVATE, 'to four'].sort());
    expect(zoneRoot(late[0], zone)).toBe(zoneRoot(two, zone));
    expect(late[0].counters.sealed.of(zone).sections).toBe(0);
    expect(new Set([rootOf(late[0]), rootOf(late[1]), rootOf(two)]).size).toBe(1);
    expect(texts(late[1])).toEqual([...PUBLIC, 'to four'].sort());
    expect(texts(all[2])).toEqual([...PRIVATE, 'to four'].sort());
    expect(() => late[1].database.add(Note, { text: 'no' }, { zone })).toThrow(
      expect.objectContaining({ code: 'SPACE_NO_RIGHT' }) as Error,
    );
  });

  test('who was put out reads nothing newer, nor does who is out of the space', async () => {
    for (const isOfSpace of [false, true]) {
      const { people, all, zone } = await pair(isOfSpace ? 9150 : 9160);
      const [, jun, kim] = people;
      const [one, two, three] = all;
      if (isOfSpace) await one.remove(kim.identity);
      else await closeZone(actor(jun, two), zone, named(kim));
      await exchange(one, two);
      two.database.add(Note, { text: 'without Kim' }, { zone });
      await exchangeAll(all);
      expect(texts(two)).toContain('without Kim');
      expect(texts(three)).not.toContain('without Kim');
      expect(two.authority.keys.generations(zone)).toHaveLength(2);
      const last = two.authority.keys.current(zone);
      expect(last).toBeDefined();
      if (last !== undefined) expect(three.keys.ring.get(last)).toBeUndefined();
      expect(() => three.database.add(Note, { text: 'x' }, { zone })).toThrow();
      expect(new Set([one, two, all[3]].map(rootOf)).size).toBe(1);
    }
  });

  test('who was put out by an admin that does not read it is out all the same', async () => {
    const { people, all, zone } = await pair(9170);
    const [ada, , kim] = people;
    const [one, two, three] = all;
    await closeZone(actor(ada, one), zone, named(kim));
    await exchangeAll(all);
    two.database.add(Note, { text: 'without Kim' }, { zone });
    await exchangeAll(all);
    expect(texts(three)).not.toContain('without Kim');
    expect(texts(one)).not.toContain('without Kim');
    expect(texts(two)).toContain('without Kim');
  });

  test('lets nobody in who was not given control, however great the right of who tries', async () => {
    const { people, all, zone } = await pair(9180);
    const [ada, , kim, leo] = people;
    const [one, , three] = all;
    const give = { subject: named(leo), level: 'read', withHistory: true } as const;
    for (const [person, space] of [
      [ada, one],
      [kim, three],
    ] as const) {
      await expect(openZone(actor(person, space), zone, give)).rejects.toMatchObject({
        code: 'SPACE_NO_RIGHT',
      });
    }
    expect(() => one.database.add(Note, { text: 'x' }, { zone })).toThrow(
      expect.objectContaining({ code: 'SPACE_NO_RIGHT' }) as Error,
    );
  });
});

describe('an open zone', () => {
  test('is read by all, and changed by whom its founder lets, whatever else they may', async () => {
    const { people, spaces } = await town(9310);
    const [ada, jun, kim, leo] = people as Four<Person>;
    const [one, two, three, four] = spaces as Four<Space>;
    const zone = await beginZone(actor(jun, two), { isOpen: true });
    const note = two.database.add(Note, { text: 'read this' }, { zone });
    await exchangeAll(spaces);
    for (const space of spaces) expect(texts(space)).toEqual(['for all', 'read this']);
    expect(new Set(spaces.map((space) => zoneRoot(space, zone))).size).toBe(1);
    expect(zoneRoot(one, zone)).toMatch(/^[0-9a-f]{64}$/);
    const refused = expect.objectContaining({ code: 'SPACE_NO_RIGHT' }) as Error;
    for (const { database } of [one, three, four]) {
      const here = database.query(Note).where({ text: 'read this' }).run()[0];
      if (here === undefined) return expect.unreachable();
      expect(() => (here.text = 'not this')).toThrow(refused);
      expect(() => database.add(Note, { text: 'x' }, { zone })).toThrow(refused);
    }
    const give = { subject: named(kim), level: 'write', withHistory: true } as const;
    for (const [who, space] of [
      [ada, one],
      [leo, four],
    ] as const) {
      await expect(openZone(actor(who, space), zone, give)).rejects.toMatchObject({
        code: 'SPACE_NO_RIGHT',
      });
    }
    await openZone(actor(jun, two), zone, give);
    await exchangeAll(spaces);
    const theirs = three.database.query(Note).where({ text: 'read this' }).run()[0];
    if (theirs === undefined) return expect.unreachable();
    theirs.text = 'read that';
    three.database.add(Note, { text: 'Kim too' }, { zone });
    await exchangeAll(spaces);
    for (const space of spaces) expect(texts(space)).toEqual(['Kim too', 'for all', 'read that']);
    expect(note.text).toBe('read that');
    expect(one.counters.sealed.isAny).toBe(false);
    expect(new Set(spaces.map((space) => zoneRoot(space, zone))).size).toBe(1);
    expect(new Set(spaces.map(rootOf)).size).toBe(1);
  });

  test('has no keys of its own: who is out of it reads on, who is out of the space does not', async () => {
    const { people, spaces } = await town(9320);
    const [, jun, kim, leo] = people as Four<Person>;
    const [one, two, three] = spaces as Four<Space>;
    const zone = await beginZone(actor(jun, two), { isOpen: true });
    await openZone(actor(jun, two), zone, {
      ...{ subject: named(kim), level: 'write', withHistory: true },
    });
    await exchangeAll(spaces);
    expect(two.authority.keys.generations(zone)).toEqual([]);
    await closeZone(actor(jun, two), zone, named(kim));
    await one.remove(leo.identity);
    await exchange(one, two);
    two.database.add(Note, { text: 'after' }, { zone });
    await exchangeAll(spaces);
    expect(texts(three)).toEqual(['after', 'for all']);
    expect(texts(spaces[3] as Space)).toEqual(['for all']);
    expect(() => three.database.add(Note, { text: 'x' }, { zone })).toThrow(
      expect.objectContaining({ code: 'SPACE_NO_RIGHT' }) as Error,
    );
    // From its snapshot and its log it is as it was.
    const roots = [rootOf(three), zoneRoot(three, zone)];
    expect(await three.writeSnapshot()).toBe(true);
    let space = three;
    for (let round = 0; round < 2; round++) {
      space = await again(kim, space);
      expect([rootOf(space), zoneRoot(space, zone)]).toEqual(roots);
      expect(texts(space)).toEqual(['after', 'for all']);
    }
  });

  test('takes nothing that is sealed under keys of a closed one, nor the reverse', async () => {
    const { people, spaces } = await town(9330);
    const [, jun] = people as Four<Person>;
    const [one, two] = spaces as Four<Space>;
    const open = await beginZone(actor(jun, two), { isOpen: true });
    const closed = await beginZone(actor(jun, two));
    const { authority } = two;
    const honest = authority.keyedBy.bind(authority);
    const judge = authority.mayWriteBelow.bind(authority);
    // His own program takes the one for the other, and holds what he writes for good.
    Object.assign(authority, {
      keyedBy: (zone: ZoneId) => (zone === open ? closed : zone === closed ? honest(open) : zone),
      mayWriteBelow: (section: Parameters<typeof judge>[0]) => {
        const { keyId: _, ...unsealed } = section;
        return judge(unsealed);
      },
    });
    two.database.add(Note, { text: 'open, under keys of few' }, { zone: open });
    two.database.add(Note, { text: 'closed, under keys of all' }, { zone: closed });
    await two.flush();
    Reflect.deleteProperty(authority, 'keyedBy');
    Reflect.deleteProperty(authority, 'mayWriteBelow');
    await exchangeAll(spaces);
    expect(texts(one)).toEqual(['for all']);
    expect(one.counters.sectionsVoid).toBe(2);
    const two2 = await fromLog(jun, two);
    expect(texts(two2)).toEqual(['for all']);
    expect(rootOf(two2)).toBe(rootOf(one));
  });
});

describe('a member who runs a changed program', () => {
  const find = (space: Space, text: string) =>
    space.database
      .query(Note)
      .run()
      .find((note) => note.text === text);

  /** All agree, also when everything is folded again. */
  async function expectSame(people: Four<Person>, all: Four<Space>, zone: ZoneId): Promise<void> {
    expect(new Set(all.map(rootOf)).size).toBe(1);
    const before = [rootOf(all[0]), zoneRoot(all[1], zone)];
    const two = await again(people[1], all[1]);
    const one = await again(people[0], all[0]);
    await Promise.all([one.settled(), two.settled()]);
    expect([rootOf(one), zoneRoot(two, zone)]).toEqual(before);
    expect(rootOf(two)).toBe(before[0]);
  }

  test('changes nothing of a zone by ops that are not in its sections', async () => {
    const { people, all, zone } = await pair(9210);
    const [, two, three] = all;
    const { fold } = three.database;
    const note = find(three, 'Jun alone');
    const shared = find(three, 'for all');
    if (note === undefined || shared === undefined) throw new RangeError('nothing is there');
    Object.assign(fold, { zoneOf: () => undefined });
    note.text = 'told to all';
    await three.flush();
    Object.assign(fold, { zoneOf: () => zone });
    shared.text = 'told to few';
    await three.flush();
    Reflect.deleteProperty(fold, 'zoneOf');
    await exchangeAll(all);
    expect(texts(two)).toEqual(PRIVATE);
    expect(texts(all[0])).toEqual(PUBLIC);
    expect(new Set([all[0], two, all[3]].map(rootOf)).size).toBe(1);
    await expectSame(people, [all[0], two, all[3], all[3]], zone);
  });

  test('writes nothing where he may only read', async () => {
    const { people, all, zone } = await pair(9220);
    const [, jun, , leo] = people;
    const [, two, , four] = all;
    const right = { subject: named(leo), level: 'read', withHistory: true } as const;
    const credential = await openZone(actor(jun, two), zone, right);
    await exchangeAll(all);
    const reader = await again(leo, four);
    expect(texts(reader)).toEqual(PRIVATE);
    const { people: names } = reader.authority.credentials;
    const honest = names.rightsOf.bind(names);
    const path = zoneKey(zone);
    const lie = { credential: { id: credential, level: 'write', path } } as HeldRight;
    Object.assign(names, { rightsOf: () => [lie, ...honest(right.subject)] });
    reader.database.add(Note, { text: 'by who only reads' }, { zone });
    await reader.flush();
    const now = [all[0], two, all[2], reader] as Four<Space>;
    await exchangeAll(now);
    expect(texts(two)).toEqual(PRIVATE);
    expect(new Set([all[0], two, all[2]].map(rootOf)).size).toBe(1);
    expect(two.counters.sectionsVoid).toBe(1);
    expect(all[0].counters.sectionsVoid).toBe(1);
  });
});

test('in a space without zones nothing can be put into one', async () => {
  const ada = await Person.make('Ada', 9190);
  const space = await ada.found();
  const zone = '11'.repeat(16) as ZoneId;
  expect(() => space.database.add(Note, { text: 'x' }, { zone })).toThrow(
    expect.objectContaining({ code: 'ECHO_ZONE' }) as Error,
  );
  expect(texts(space)).toEqual([]);
});
