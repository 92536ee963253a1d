/** Every kind of change, written apart from an epoch and brought over: base, work apart, adopted state. */
import { defineRelation, defineType, s, type InstanceOf } from '@atoll/schema';
import { beforeAll, expect, test } from 'vitest';
import { ApartScene } from '../epoch/apart-scene.fixture.ts';
import { countsModel, type CountsView } from '../models/counter-map.fixture.ts';
import type { Space } from '../space/space.ts';
import { exchange } from '../space/testing/space-fixture.ts';

const Page = defineType('test.Page', {
  row: s.string(),
  title: s.string().default(''),
  address: s.value({ street: s.string(), at: s.ref().optional() }).optional(),
  notes: s.map(s.string()),
  homes: s.map(s.record({ street: s.string() })),
  tags: s.set(s.string()),
  others: s.set(s.ref()),
  votes: s.counter(),
  items: s.list(s.string()),
  links: s.list(s.ref()),
  text: s.text(),
  body: s.richText(),
  parent: s.tree(),
  other: s.ref().optional(),
  otherId: s.string().default(''),
  counts: s.model<CountsView>('org.example.counter-map', 1),
});
const Knows = defineRelation('test.Knows', {
  source: Page,
  target: Page,
  fields: { since: s.integer() },
});
type PageObject = InstanceOf<typeof Page>;

/** One line of the table; `at` gives the line's own object, or another one by its name. */
interface Line {
  readonly base?: (page: PageObject, space: Space) => void;
  /** What the profile itself had written after the backup. */
  readonly went?: (page: PageObject, space: Space) => void;
  readonly others?: (page: PageObject, space: Space) => void;
  readonly apart: (page: PageObject, space: Space) => void;
  readonly shown: (page: PageObject, space: Space) => unknown;
  readonly expected: unknown;
}

function pageIn({ database }: Space, row: string): PageObject {
  const page = database.query(Page).where({ row }).first();
  if (page === undefined) throw new RangeError(`there is no ${row}`);
  return page;
}

function values(space: Space, page: PageObject, field: string, key?: string): unknown[] {
  return space.database.conflicts(page, field, key).map(({ value }) => value);
}

const LINES: { readonly [row: string]: Line } = {
  'a register that only the work changed': {
    base: (page) => (page.title = 'base'),
    apart: (page) => (page.title = 'apart'),
    shown: (page, space) => values(space, page, 'title'),
    expected: ['apart'],
  },
  'a register that both changed keeps both values': {
    base: (page) => (page.title = 'base'),
    went: (page) => (page.title = 'went on'),
    apart: (page) => (page.title = 'apart'),
    shown: (page, space) => [...values(space, page, 'title')].sort(),
    expected: ['apart', 'went on'],
  },
  'a register that both emptied and wrote': {
    base: (page) => (page.address = { street: 'base' }),
    others: (page) => (page.address = { street: 'theirs' }),
    apart: (page) => (page.address = undefined),
    shown: (page, space) => [page.address, values(space, page, 'address').length],
    expected: [{ street: 'theirs' }, 2],
  },
  'entries of a map': {
    base: (page) => {
      page.notes.set('a', 'base');
      page.notes.set('b', 'base');
      page.notes.set('c', 'base');
    },
    others: (page) => page.notes.set('a', 'theirs'),
    apart: (page) => {
      page.notes.set('a', 'apart');
      page.notes.set('d', 'apart');
      page.notes.delete('b');
    },
    shown: (page, space) => [
      Object.fromEntries(page.notes),
      new Set(values(space, page, 'notes', 'a')),
    ],
    expected: [{ a: 'theirs', c: 'base', d: 'apart' }, new Set(['theirs', 'apart'])],
  },
  'records of a map': {
    base: (page) => page.homes.set('ada', { street: 'base' }),
    apart: (page) => {
      page.homes.set('jun', { street: 'apart' });
      const ada = page.homes.get('ada');
      if (ada !== undefined) ada.street = 'moved';
    },
    shown: (page) => [page.homes.get('ada')?.street, page.homes.get('jun')?.street],
    expected: ['moved', 'apart'],
  },
  'a set: what was added and what was removed': {
    base: (page) => {
      page.tags.add('a');
      page.tags.add('b');
      page.tags.add('c');
    },
    others: (page) => page.tags.delete('a'),
    went: (page) => page.tags.add('went'),
    apart: (page) => {
      page.tags.add('apart');
      page.tags.add('went');
      page.tags.delete('b');
    },
    shown: (page) => [...page.tags].sort(),
    expected: ['apart', 'c', 'went'],
  },
  'a counter: everybody’s increments, each once': {
    base: (page) => page.votes.increment(1),
    went: (page) => page.votes.increment(10),
    others: (page) => page.votes.increment(100),
    apart: (page) => page.votes.increment(1000),
    shown: (page) => page.votes.value,
    expected: 1111,
  },
  'a counter that was set apart, and counted on': {
    base: (page) => page.votes.increment(1),
    apart: (page, space) => {
      page.votes.assign(50);
      space.database.commit();
      page.votes.increment(2);
    },
    shown: (page) => page.votes.value,
    expected: 52,
  },
  'a list: insertions, deletions, values and moves': {
    base: (page) => page.items.push('a', 'b', 'c', 'd'),
    // Where nobody else writes: of two that come to one place, either may be first.
    went: (page) => page.items.insert(1, 'went'),
    others: (page) => page.items.push('theirs'),
    apart: (page, space) => {
      page.items.insert(2, 'apart', 'x');
      space.database.commit();
      page.items.delete(3);
      page.items.set(0, 'A');
      space.database.commit();
      page.items.move(4, 0);
      page.items.delete(2);
      page.items.set(2, 'APART');
    },
    shown: (page) => page.items.toArray(),
    expected: ['d', 'A', 'went', 'APART', 'c', 'theirs'],
  },
  'a list whose element both moved has it once': {
    base: (page) => page.items.push('a', 'b', 'c'),
    others: (page) => page.items.move(0, 2),
    apart: (page) => page.items.move(0, 1),
    shown: (page) => [...page.items.toArray()].sort(),
    expected: ['a', 'b', 'c'],
  },
  'a list whose element both set keeps both values': {
    base: (page) => page.items.push('a'),
    others: (page) => page.items.set(0, 'theirs'),
    apart: (page) => page.items.set(0, 'apart'),
    shown: (page, space) => new Set(values(space, page, 'items', page.items.idAt(0))),
    expected: new Set(['theirs', 'apart']),
  },
  'a text: words at the beginning, in the middle and at the end': {
    base: (page) => page.text.insert(0, 'one two three'),
    went: (page) => page.text.insert(3, ' and a half'),
    others: (page) => page.text.insert(page.text.length, ' four'),
    apart: (page, space) => {
      page.text.insert(0, 'zero ');
      space.database.commit();
      page.text.insert(12, ' (apart)');
      page.text.delete(0, 2);
      space.database.commit();
      page.text.insert(10, '!');
    },
    shown: (page) => page.text.toString(),
    expected: 'ro one and a half two! (apart) three four',
  },
  'a text: what the work deleted is gone, and what it brought back is there': {
    base: (page, space) => {
      page.text.insert(0, 'one two three');
      space.database.commit();
    },
    others: (page) => page.text.insert(page.text.length, ' four'),
    apart: (page) => page.text.delete(3, 4),
    shown: (page) => page.text.toString(),
    expected: 'one three four',
  },
  'a rich text: words, marks and blocks': {
    base: (page) => page.body.insert(0, 'first\nsecond'),
    went: (page) => page.body.insert(0, 'went '),
    others: (page) => page.body.mark(5, 10, 'italic'),
    apart: (page, space) => {
      page.body.mark(0, 5, 'bold');
      page.body.setBlock(6, { kind: 'heading', level: 2 });
      space.database.commit();
      page.body.insert(5, ' apart');
      page.body.split(11, { kind: 'quote' });
      space.database.commit();
      page.body.mark(6, 11, 'code');
      page.body.insert(12, 'third');
    },
    shown: (page) => page.body.toDocument(),
    expected: [
      {
        block: { kind: 'paragraph' },
        runs: [
          { text: 'went ', marks: {} },
          { text: 'first ', marks: { bold: true, italic: true } },
          { text: 'apart', marks: { bold: true, code: true, italic: true } },
        ],
      },
      { block: { kind: 'quote' }, runs: [{ text: 'third', marks: { bold: true, italic: true } }] },
      { block: { kind: 'heading', level: 2 }, runs: [{ text: 'second', marks: {} }] },
    ],
  },
  'a deletion of what others did not touch': {
    apart: (page, space) => space.database.delete(page),
    shown: () => undefined,
    expected: undefined,
  },
  'an object that was deleted and restored apart': {
    apart: (page, space) => {
      space.database.delete(page);
      space.database.commit();
      space.database.restore(page);
      page.title = 'back';
    },
    shown: (page) => page.title,
    expected: 'back',
  },
  'an object that was made apart, with everything in it': {
    apart: (page, space) => {
      const made = space.database.add(Page, {
        row: 'made',
        title: 'made',
        tags: ['b', 'a'],
        votes: 3,
        text: 'some text',
        items: ['x', 'y'],
        other: page,
      });
      space.database.commit();
      made.text.insert(4, ' more');
      made.items.move(0, 1);
      made.items.set(0, 'Y');
      made.votes.increment(4);
      page.other = made;
      page.otherId = made.id;
      page.others.add(made);
      page.links.push(made);
      page.address = { street: 'there', at: made };
      page.body.insert(0, 'see');
      page.body.mark(0, 3, `comment:${made.id}`);
      page.body.split(3, { kind: 'embed', object: made.id });
      made.notes.set(made.id, 'itself');
    },
    shown: (page, space) => {
      const made = pageIn(space, 'made');
      const follows = [page.other, page.address?.at, [...page.others][0], page.links.at(0)];
      return {
        fields: [made.title, [...made.tags], made.votes.value, made.text.toString()],
        items: made.items.toArray(),
        back: made.other?.$id === page.id,
        refs: follows.map((ref) => ref?.$id === made.id),
        hidden: [page.otherId === made.id, made.notes.get(made.id)],
        mark: Object.keys(page.body.marksAt(1)).includes(`comment:${made.id}`),
        embed: page.body.toDocument()[1]?.block,
        made: made.id,
      };
    },
    expected: {
      fields: ['made', ['a', 'b'], 7, 'some more text'],
      items: ['Y', 'x'],
      back: true,
      refs: [true, true, true, true],
      hidden: [true, 'itself'],
      mark: true,
      embed: { kind: 'embed', object: expect.any(String) as unknown },
      made: expect.any(String) as unknown,
    },
  },
  'a place in a tree': {
    apart: (page, space) => {
      const [folder, inner] = ['folder', 'inner'].map((row) => space.database.add(Page, { row }));
      space.database.move(inner as PageObject, { parent: folder as PageObject });
      space.database.move(page, { parent: inner as PageObject });
    },
    shown: (page, space) => space.database.trees.ancestors(page).map((each) => each['row']),
    expected: ['inner', 'folder'],
  },
  'a relation between what was there and what was made': {
    apart: (page, space) => {
      const target = space.database.add(Page, { row: 'friend' });
      space.database.add(Knows, { source: page, target, since: 1999 });
    },
    shown: (page, space) => {
      const [knows] = space.database.relations(page) as unknown as InstanceOf<typeof Knows>[];
      return [space.database.get(knows?.target.$id ?? '')?.['row'], knows?.since];
    },
    expected: ['friend', 1999],
  },
  'a custom data model': {
    base: (page) => page.counts.open().add('tea', 1),
    went: (page) => page.counts.open().add('tea', 10),
    apart: (page, space) => {
      page.counts.open().add('tea', 100);
      space.database.commit();
      page.counts.open().add('milk', 1);
    },
    shown: (page) => page.counts.open().counts,
    expected: { tea: 111, milk: 1 },
  },
};

async function each(space: Space, at: 'base' | 'went' | 'others' | 'apart'): Promise<void> {
  for (const [row, line] of Object.entries(LINES)) {
    const act = line[at];
    if (act === undefined) continue;
    act(pageIn(space, row), space);
    await space.flush();
  }
}

let scene: ApartScene;
let before: Map<string, unknown>;

beforeAll(async () => {
  scene = await ApartScene.make(300, {
    register: (db) => {
      db.register(Page);
      db.register(Knows);
      db.models.register(countsModel);
    },
    before: async (one, original) => {
      for (const row of Object.keys(LINES)) one.database.add(Page, { row });
      await exchange(one, original);
      await each(original, 'base');
    },
    wentOn: (original) => each(original, 'went'),
    others: (one) => each(one, 'others'),
    tail: async (one) => {
      one.database.add(Page, { row: 'tail' });
      await one.flush();
    },
  });
  await each(scene.two, 'apart');
  before = new Map(
    Object.keys(LINES)
      .filter((row) => scene.two.database.query(Page).where({ row }).count() > 0)
      .map((row) => [row, LINES[row]?.shown(pageIn(scene.two, row), scene.two)]),
  );
  await scene.takeOver(await scene.fetch());
  await scene.confirm();
  expect(await scene.two.bringOver()).toBeGreaterThan(20);
  await scene.settle();
});

test('both have the same, whoever opens it', async () => {
  await scene.reopen();
  await scene.settle();
  expect(scene.two.database.query(Page).where({ row: 'tail' }).count()).toBe(1);
  expect(before.size).toBe(Object.keys(LINES).length - 1);
});

test.each(Object.entries(LINES))('%s', (row, { expected, shown }) => {
  for (const space of [scene.one, scene.two]) {
    const found = space.database.query(Page).where({ row }).first();
    expect(found === undefined ? undefined : shown(found, space)).toEqual(expected);
  }
});

test('everything that the work shows in what was made apart reads the same afterwards', () => {
  const row = 'an object that was made apart, with everything in it';
  const { made: id, embed: old, ...here } = before.get(row) as { made: string; embed: unknown };
  const after = LINES[row]?.shown(pageIn(scene.two, row), scene.two);
  const { made, embed, ...there } = after as { made: string; embed: unknown };
  expect(there).toEqual(here);
  expect([old, embed]).toEqual([
    { kind: 'embed', object: id },
    { kind: 'embed', object: made },
  ]);
});
