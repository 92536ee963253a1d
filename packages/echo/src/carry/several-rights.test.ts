/** What was written apart in one block under several rights is brought over right by right. */
import { typePath } from '@atoll/halo';
import { defineType, s, type InstanceOf } from '@atoll/schema';
import { expect, test } from 'vitest';
import { ApartScene, type ApartStory } from '../epoch/apart-scene.fixture.ts';
import type { Database } from '../database.ts';
import type { Space } from '../space/space.ts';
import { grant, named } from '../space/testing/rights-fixture.ts';

const Page = defineType('org.example.Page', {
  title: s.string(),
  note: s.string().default(''),
  text: s.text(),
});
const Memo = defineType('org.example.Memo', {
  word: s.string(),
  about: s.ref().optional(),
  votes: s.counter(),
});
type PageObject = InstanceOf<typeof Page>;

function register(db: Database): void {
  db.register(Page);
  db.register(Memo);
}

function page({ database }: Space, title: string): PageObject {
  const found = database.query(Page).where({ title }).run()[0];
  if (found === undefined) throw new RangeError(`there is no page ${title}`);
  return found;
}

function memos({ database }: Space): readonly (readonly [string, number, boolean])[] {
  const all = database.query(Memo).orderBy('word').run();
  return all.map(({ about, votes, word }) => [word, votes.value, about !== undefined] as const);
}

/** Jun may only read the space, but change page A and write memos. */
const STORY: ApartStory = {
  register,
  role: 'reader',
  rights: async ({ ada: person, jun, one: space }) => {
    space.database.add(Page, { title: 'A', text: 'trunk' });
    space.database.add(Page, { title: 'B', text: 'other' });
    await space.flush();
    for (const path of [
      space.rights.pathOf({ object: page(space, 'A').id }),
      typePath('org.example.Memo'),
    ]) {
      await grant({ person, space }, named(jun), { path, level: 'write' });
    }
  },
  before: async (_one, original) => {
    original.database.add(Memo, { word: 'first' });
    await original.flush();
  },
  wentOn: async (original) => {
    page(original, 'A').text.insert(0, 'the ');
    await original.flush();
  },
  tail: async (one) => {
    page(one, 'B').note = 'behind';
    await one.flush();
  },
};

test('ops of each right come over under it, and what they say of each other holds', async () => {
  const scene = await ApartScene.make(940, STORY);
  const { two } = scene;
  const a = page(two, 'A');
  a.note = 'apart';
  const memo = two.database.add(Memo, { word: 'made' });
  memo.about = a;
  a.text.insert(5, 's');
  memo.votes.increment(2);
  two.database.commit();
  // What one section made is what a later block goes on with.
  memo.votes.increment(3);
  memo.word = 'made apart';
  a.note = 'apart, twice';
  await two.flush();
  await scene.takeOver(await scene.fetch());
  expect(page(scene.two, 'A').note).toBe('');
  await scene.confirm();
  expect(await scene.two.bringOver()).toBe(2);
  await scene.settle();
  for (const space of [scene.one, scene.two]) {
    expect(page(space, 'A').note).toBe('apart, twice');
    expect(String(page(space, 'A').text)).toBe('the trunks');
    expect(memos(space)).toEqual([
      ['first', 0, false],
      ['made apart', 5, true],
    ]);
    expect(space.history.uncountedBlocks()).toBe(0);
  }
});

test('it is all there after an end without a word in the middle, once', async () => {
  const scene = await ApartScene.make(950, STORY);
  page(scene.two, 'A').note = 'apart';
  scene.two.database.add(Memo, { word: 'apart' });
  await scene.two.flush();
  await scene.takeOver(await scene.fetch());
  await scene.confirm();
  await scene.reopen();
  await scene.two.bringOver();
  await scene.reopen();
  expect(await scene.two.bringOver()).toBe(0);
  await scene.settle();
  expect(page(scene.one, 'A').note).toBe('apart');
  expect(memos(scene.one).map(([word]) => word)).toEqual(['apart', 'first']);
});
