/** Trees across the borders of zones: what may stand below what, and what others see of it. */
import { fromHex, type ZoneId } from '@atoll/kernel';
import { defineType, s } from '@atoll/schema';
import { describe, expect, test } from 'vitest';
import { Space } from './space.ts';
import { zoneRootOf } from './root-key.ts';
import { named } from './testing/rights-fixture.ts';
import { exchangeAll, rootOf, settled, type Person } from './testing/space-fixture.ts';
import { beginZone, openZone } from './zone-acts.ts';

const Page = defineType('org.example.Page', { title: s.string(), place: s.tree('pages') });

type PageObject = NonNullable<ReturnType<typeof find>>;

function find({ database }: Space, title: string) {
  return database.query(Page).where({ title }).first();
}

function page(space: Space, title: string): PageObject {
  const found = find(space, title);
  if (found === undefined) throw new RangeError(`${title} is not there`);
  return found;
}

/** Titles of a tree, each behind as many dots as are above it. */
function outline({ database }: Space): readonly string[] {
  database.register(Page);
  return [...database.trees.subtree(null, 'pages')].map(
    ({ depth, object }) => '.'.repeat(depth) + (object as unknown as { title: string }).title,
  );
}

async function again(person: Person, space: Space): Promise<Space> {
  const { id, keys } = space;
  await space[Symbol.asyncDispose]();
  return Space.open(person.ports, { space: id, ring: keys.ring, writer: person.writer() });
}

/**
 * Ada has founded the space. Jun has begun a closed zone and an open one; Kim, who only reads the space, writes in the
 * closed one, and Leo reads there.
 */
async function town(seed: number) {
  const { people, spaces } = await settled(['Ada', 'Jun', 'Kim', 'Leo'], seed, {
    begin: ({ database }) => {
      const plan = database.add(Page, { title: 'plan' });
      database.add(Page, { title: 'step', place: plan });
    },
    roles: { Kim: 'reader' },
  });
  const [, jun, kim, leo] = people as [Person, Person, Person, Person];
  const [one, two, three, four] = spaces as [Space, Space, Space, Space];
  const actor = { space: two, rng: jun.ports.rng, deviceSigner: jun.deviceSigner };
  const closed = await beginZone(actor);
  const open = await beginZone(actor, { isOpen: true });
  for (const [person, level] of [
    [kim, 'write'],
    [leo, 'read'],
  ] as const) {
    await openZone(actor, closed, { subject: named(person), level, withHistory: true });
  }
  two.database.add(Page, { title: 'private' }, { zone: closed });
  two.database.add(Page, { title: 'news' }, { zone: open });
  await exchangeAll(spaces);
  const all = [one, two, await again(kim, three), await again(leo, four)] as const;
  return { all, closed, open, actor };
}

const REFUSED = expect.objectContaining({ code: 'ECHO_TREE_ZONE' }) as Error;
const NO_RIGHT = expect.objectContaining({ code: 'SPACE_NO_RIGHT' }) as Error;

async function expectSame(all: readonly Space[], readers: readonly Space[], zone: ZoneId) {
  await exchangeAll(all);
  expect(new Set(all.map(rootOf)).size).toBe(1);
  expect(new Set(readers.map((space) => String(zoneRootOf(space, zone)))).size).toBe(1);
}

describe('what lies in a closed zone', () => {
  test('stands below what all read, with all below it, put there by who may only write in the zone', async () => {
    const { all, closed } = await town(9410);
    const [one, two, three, four] = all;
    const below = three.database.add(
      Page,
      { title: 'detail', place: page(three, 'private') },
      { zone: closed },
    );
    three.database.move(page(three, 'private'), { parent: page(three, 'step') });
    await expectSame(all, [two, three, four], closed);
    const whole = ['plan', '.step', '..private', '...detail', 'news'];
    for (const space of [two, three, four]) expect(outline(space)).toEqual(whole);
    expect(outline(one)).toEqual(['plan', '.step', 'news']);
    // What is moved takes along what is private below it, unseen by who moves it.
    one.database.move(page(one, 'step'), { parent: page(one, 'news') });
    await expectSame(all, [two, three, four], closed);
    expect(outline(two)).toEqual(['plan', 'news', '.step', '..private', '...detail']);
    expect(outline(one)).toEqual(['plan', 'news', '.step']);
    // And out again.
    three.database.move(below, { parent: null });
    await expectSame(all, [two, three, four], closed);
    expect(outline(four).slice(-1)).toEqual(['detail']);
  });

  test('is moved by nobody who may not write there, and nothing shared by who may write only there', async () => {
    const { all, closed } = await town(9420);
    const [one, two, three, four] = all;
    const before = all.map(outline);
    const move = (space: Space, title: string) => (): void => {
      space.database.move(page(space, title), { parent: page(space, 'plan'), index: 0 });
    };
    const blocks = one.index.branches.blockCount;
    expect(move(four, 'private')).toThrow(NO_RIGHT);
    expect(move(three, 'step')).toThrow(NO_RIGHT);
    expect(move(one, 'news')).toThrow(NO_RIGHT);
    const place = page(three, 'plan');
    expect(() => three.database.add(Page, { title: 'new', place })).toThrow(NO_RIGHT);
    await expectSame(all, [two, three, four], closed);
    expect(all.map(outline)).toEqual(before);
    // Not even a block without anything in it comes of it.
    expect(one.index.branches.blockCount).toBe(blocks);
  });
});

describe('what all read', () => {
  test('does not go below what few read, by moving, by making, or by a field', async () => {
    const { all, closed } = await town(9430);
    const [, two, three, four] = all;
    const before = rootOf(two);
    for (const space of [two, four]) {
      const parent = page(space, 'private');
      const { database } = space;
      expect(() => database.move(page(space, 'plan'), { parent })).toThrow(REFUSED);
      expect(() => database.add(Page, { title: 'new', place: parent })).toThrow(REFUSED);
      expect(() => (page(space, 'step').place = parent)).toThrow(REFUSED);
    }
    await expectSame(all, [two, three, four], closed);
    expect(rootOf(two)).toBe(before);
    expect(find(two, 'new')).toBeUndefined();
  });

  test('goes below what all read of an open zone, without a right to change that', async () => {
    const { all, closed } = await town(9440);
    const [one, two, three, four] = all;
    one.database.move(page(one, 'plan'), { parent: page(one, 'news') });
    await expectSame(all, [two, three, four], closed);
    for (const space of all.slice(1)) expect(outline(space)).toContain('..step');
  });

  test('is there for all who do not read what a changed program put it below, and comes back', async () => {
    const { all, closed } = await town(9450);
    const [one, two, three, four] = all;
    const { fold } = two.database;
    Object.assign(fold, { zoneOf: () => undefined });
    two.database.move(page(two, 'plan'), { parent: page(two, 'private') });
    await two.flush();
    Reflect.deleteProperty(fold, 'zoneOf');
    await expectSame(all, [two, three, four], closed);
    expect(find(one, 'plan')?.title).toBe('plan');
    expect(outline(one)).toContain('plan');
    one.database.move(page(one, 'plan'), { parent: null });
    await expectSame(all, [two, three, four], closed);
    expect(outline(three)).toContain('plan');
  });
});

test('between two zones nothing moves: not all who read one read the other', async () => {
  const { actor, all, closed } = await town(9460);
  const [, two] = all;
  const other = await beginZone(actor);
  const mine = two.database.add(Page, { title: 'mine' }, { zone: other });
  expect(() => two.database.move(mine, { parent: page(two, 'private') })).toThrow(REFUSED);
  expect(() => two.database.move(page(two, 'private'), { parent: mine })).toThrow(REFUSED);
  two.database.move(page(two, 'private'), { parent: page(two, 'news') });
  await expectSame(all, all.slice(1), closed);
  expect(outline(all[3])).toContain('.private');
});

test('what is put between two that are not to be written stands beside them, and nothing else is written', async () => {
  const { all, open } = await town(9470);
  const [one, two] = all;
  const { database } = two;
  const place = page(two, 'plan');
  for (const title of ['first', 'copy']) database.add(Page, { title, place }, { zone: open });
  const { fold, mutations } = database;
  const [row, of] = ['copy', 'first'].map((title) => fold.rows.find(bytesOf(page(two, title).id)));
  const type = database.register(Page);
  const leaf = type.compiled.leafByName.get('place');
  if (row === undefined || of === undefined || leaf === undefined) return expect.unreachable();
  // A copy may have the position too: there is no room between the two.
  const position = database.trees.structure('pages').edge(of)?.position as Uint8Array<ArrayBuffer>;
  mutations.set({ row, type, leaf }, [bytesOf(place.id), position]);
  await exchangeAll(all);
  const titles = ['first', 'copy'].sort((a, b) => (page(one, a).id < page(one, b).id ? -1 : 1));
  expect(outline(one).slice(0, 4)).toEqual(['plan', '.step', ...titles.map((one) => `.${one}`)]);
  const before = titles.map((title) => stateOf(one, title));
  one.database.move(page(one, 'step'), { after: page(one, titles[0] as string) });
  await one.flush();
  expect(outline(one)).toContain('.step');
  expect(titles.map((title) => stateOf(one, title))).toEqual(before);
  expect(one.counters.sectionsVoid).toBe(0);
  await exchangeAll(all);
  expect(outline(two).slice(0, 4)).toEqual(outline(one).slice(0, 4));
  // Who may write them makes room where it was meant.
  two.database.move(page(two, 'step'), { after: page(two, titles[0] as string) });
  await exchangeAll(all);
  const whole = ['plan', `.${titles[0]}`, '.step', `.${titles[1]}`];
  expect(outline(one).slice(0, 4)).toEqual(whole);
});

/** Blocks that have written to a page. */
function stateOf(space: Space, title: string): readonly number[] {
  const { fold } = space.database;
  return [...(fold.state(fold.rows.find(bytesOf(page(space, title).id)))?.blocks ?? [])];
}

function bytesOf(id: string): Uint8Array<ArrayBuffer> {
  return fromHex(id) as Uint8Array<ArrayBuffer>;
}
