/** A profile that was put back from an old backup writes on, while the others seal an epoch and drop history. */
import { defineType, s, type InstanceOf } from '@atoll/schema';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Space } from '../space/space.ts';
import { exchange } from '../space/testing/space-fixture.ts';
import { ApartScene, type ApartStory } from './apart-scene.fixture.ts';

const Page = defineType('org.example.Page', {
  title: s.string(),
  text: s.text(),
  body: s.richText(),
  items: s.list(s.string()),
  votes: s.counter(),
  tags: s.set(s.string()),
  notes: s.map(s.string()),
});

function pageOf({ database }: Space): InstanceOf<typeof Page> {
  const page = database.query(Page).run()[0];
  if (page === undefined) throw new RangeError('there is no page');
  return page;
}

/** One change of every kind, each in a block of its own. */
async function write(space: Space, word: string): Promise<void> {
  const page = pageOf(space);
  const changes = [
    (): unknown => (page.title = word),
    () => page.text.insert(0, `${word} `),
    () => page.body.insert(0, `${word} `),
    () => page.items.insert(0, word),
    () => page.votes.increment(1),
    () => page.tags.add(word),
    () => page.notes.set('last', word),
  ];
  for (const change of changes) {
    change();
    await space.flush();
  }
}

/** Everything that a page shows. */
function shownIn(space: Space): unknown {
  const { body, items, notes, tags, text, title, votes } = pageOf(space);
  return {
    ...{ title, text: text.toString(), body: body.toString(), items: items.toArray() },
    ...{ votes: votes.value, tags: [...tags.toArray()].sort(), notes: [...notes] },
  };
}

const STORY: ApartStory = {
  register: (db) => db.register(Page),
  before: async (one, original) => {
    one.database.add(Page, { title: 'Trunk', text: 'trunk', items: ['t0', 't1'] });
    await exchange(one, original);
    await write(original, 'early');
  },
  wentOn: async (original) => {
    for (const word of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) await write(original, word);
  },
  tail: (one) => write(one, 'tail'),
};

describe('a profile from an old backup, where the others have dropped history', () => {
  let scene: ApartScene;
  beforeEach(async () => {
    scene = await ApartScene.make(80, STORY);
  });

  test('takes the epoch over if it has written nothing since', async () => {
    const offer = await scene.fetch();
    expect(await scene.two.exchange.workApart(offer)).toBe(0);
    await scene.takeOver(offer);
    await scene.confirm();
    expect(await scene.two.bringOver()).toBe(0);
    await scene.settle();
    expect(pageOf(scene.two).title).toBe('tail');
  });

  test('brings over what it has written, once and beside what the others have', async () => {
    await write(scene.two, 'offline');
    const offer = await scene.fetch();
    expect(await scene.two.exchange.workApart(offer)).toBe(7);
    await scene.takeOver(offer);
    expect(await scene.two.exchange.onItsWay()).toBe(7);
    await scene.confirm();
    expect(await scene.two.bringOver()).toBe(7);
    expect(await scene.two.exchange.onItsWay()).toBe(0);
    expect(await scene.two.bringOver()).toBe(0);
    await scene.settle();
    // Who of two that insert at one place comes first is as with everybody.
    const page = pageOf(scene.one);
    const words = ['a', 'b', 'c', 'd', 'e', 'early', 'f', 'g', 'offline', 'tail'];
    const wordsOf = (text: string): string[] => text.trim().split(' ').sort();
    expect(wordsOf(page.text.toString())).toEqual([...words, 'trunk']);
    expect(wordsOf(page.body.toString())).toEqual(words);
    expect([...page.items].sort()).toEqual([...words, 't0', 't1'].sort());
    expect([...page.tags].sort()).toEqual(words);
    expect(page.votes.value).toBe(10);
    expect(shownIn(scene.two)).toEqual(shownIn(scene.one));
    // What lost stays readable.
    const titles = scene.one.database.conflicts(page, 'title').map(({ value }) => value);
    expect(titles.sort()).toEqual(['offline', 'tail']);
  });

  test('counts what it writes in a new feed upon such work', async () => {
    await write(scene.two, 'offline');
    await scene.reopen({ mayContinue: false });
    await write(scene.two, 'anew');
    expect(await scene.two.exchange.workApart(await scene.fetch())).toBe(14);
  });

  test('takes it over when its work is left on purpose', async () => {
    await write(scene.two, 'offline');
    await scene.two.exchange.leaveWork();
    await scene.reopen();
    const offer = await scene.fetch();
    expect(await scene.two.exchange.workApart(offer)).toBe(0);
    await scene.takeOver(offer);
    await scene.confirm();
    await scene.settle();
    expect(pageOf(scene.two).title).toBe('tail');
    expect(pageOf(scene.two).text.toString()).not.toContain('offline');
  });

  test('brings over all of it when something was written upon what was left', async () => {
    await write(scene.two, 'offline');
    await scene.two.exchange.leaveWork();
    pageOf(scene.two).text.insert(3, '!');
    await scene.two.flush();
    await scene.takeOver(await scene.fetch());
    await scene.confirm();
    expect(await scene.two.bringOver()).toBe(8);
    await scene.settle();
    expect(pageOf(scene.one).text.toString()).toContain('off!line ');
  });

  test('gives up what is on its way when it is told to', async () => {
    await write(scene.two, 'offline');
    await scene.takeOver(await scene.fetch());
    await scene.two.exchange.leaveWork();
    await scene.confirm();
    expect(await scene.two.bringOver()).toBe(0);
    await scene.settle();
    expect(pageOf(scene.one).text.toString()).not.toContain('offline');
  });

  test('has the work in its place again when what was taken over was never sealed', async () => {
    await write(scene.two, 'offline');
    const before = shownIn(scene.two);
    await scene.takeOver(await scene.fetch());
    expect(shownIn(scene.two)).not.toEqual(before);
    const { exchange: taken } = scene.two;
    await scene.two[Symbol.asyncDispose]();
    await taken.revert();
    await scene.reopen();
    expect(shownIn(scene.two)).toEqual(before);
    expect(await scene.two.exchange.onItsWay()).toBe(0);
    expect(await scene.two.bringOver()).toBe(0);
  });

  test('writes on in a new feed after an unclean end, and takes the epoch over with what it wrote', async () => {
    await scene.reopen({ mayContinue: false });
    await write(scene.two, 'anew');
    const offer = await scene.fetch();
    expect(await scene.two.exchange.workApart(offer)).toBe(0);
    await scene.takeOver(offer);
    await scene.confirm();
    await scene.settle();
    expect(pageOf(scene.two).text.toString()).toContain('anew');
  });
});
