import { defineType, s } from '@atoll/schema';
import { expect, test } from 'vitest';
import { WorldReplica } from '../testing/log-world.ts';
import { wordsOf } from './words.ts';

test('words are cut and folded in the way of each script', () => {
  expect(wordsOf('Release-Plan, v2.5')).toEqual(['release', 'plan', 'v2', '5']);
  expect(wordsOf('Éclair à la crème')).toEqual(['eclair', 'a', 'la', 'creme']);
  expect(wordsOf('Straße ﬁnden')).toEqual(['straße', 'finden']);
  expect(wordsOf('ПЛАН Ёлка')).toEqual(['план', 'елка']);
  expect(wordsOf('مرحبا بالعالم')).toHaveLength(2);
  // The marks of Devanagari are letters to their readers: they stay.
  expect(wordsOf('हिन्दी भाषा')).toEqual(['हिन्दी', 'भाषा']);
  expect(wordsOf('私は東京都に住んでいます')).toContain('東京');
  expect(wordsOf('สวัสดีชาวโลก').length).toBeGreaterThan(1);
  expect(wordsOf('😀 — …')).toEqual([]);
});

const Note = defineType('w.Note', {
  title: s.string().searchable(),
  body: s.text().searchable(),
  tags: s.set(s.string()),
  plain: s.string().default(''),
});

test('the index of words follows each edit, and ranks by fit', () => {
  const { db } = new WorldReplica('ada');
  const first = db.add(Note, { title: 'Boat plan', body: 'keel and mast' });
  const second = db.add(Note, { title: 'Mast', body: 'mast mast mast', plain: 'keel' });
  const found = (words: string): string[] =>
    db
      .query(Note)
      .search(words)
      .map(({ object }) => object.title);
  expect(found('mast')).toEqual(['Mast', 'Boat plan']);
  expect(found('pla ke')).toEqual(['Boat plan']);
  first.body.replace('sails');
  second.title = 'Rope';
  expect(found('keel')).toEqual([]);
  expect(found('ro')).toEqual(['Rope']);
  db.delete(second);
  expect(found('ro')).toEqual([]);
  db.restore(second);
  expect(found('ro')).toEqual(['Rope']);
});

test('before the index of words is loaded the same objects are found by reading', () => {
  const { db } = new WorldReplica('ada');
  db.add(Note, { title: 'Boat plan', body: 'keel and mast' });
  db.add(Note, { title: 'Mast', body: 'mast mast mast', plain: 'keel' });
  const titles = (words: string): string[] =>
    db
      .query(Note)
      .search(words)
      .map(({ object }) => object.title)
      .sort();
  const asked = ['mast', 'pla ke', 'ro', ''];
  const indexed = asked.map(titles);
  db.indexes.text = () => undefined;
  expect(asked.map(titles)).toEqual(indexed);
  const inTitle = db.query(Note).where({ title: { text: 'mas' } });
  expect(inTitle.run().map(({ title }) => title)).toEqual(['Mast']);
  expect(inTitle.explain().plan.kind).toBe('type');
});

test('fields without an index of words are read, and fields without words are refused', () => {
  const { db } = new WorldReplica('ada');
  db.add(Note, { title: 'a', tags: ['Long tag', 'other'], plain: 'Two words' });
  db.add(Note, { title: 'b' });
  const asked = db.query(Note).where({ plain: { text: 'wor' } });
  expect(asked.count()).toBe(1);
  expect(asked.explain().plan.kind).toBe('type');
  expect(
    db
      .query(Note)
      .where({ title: { text: 'a' } })
      .explain().plan.kind,
  ).toBe('words');
  expect(
    db
      .query(Note)
      .where({ tags: { text: 'tag' } })
      .count(),
  ).toBe(1);
  const Bare = defineType('w.Bare', { size: s.integer() });
  db.register(Bare);
  expect(() => db.query(Bare).where({ $text: 'a' }).run()).toThrow(/searchable/);
  expect(() =>
    db
      .query(Bare.name)
      .where({ size: { text: 'a' } })
      .run(),
  ).toThrow(/no words/);
});

test('a thousand edits leave no waste behind that would be found or would fill the memory', () => {
  const { db } = new WorldReplica('ada');
  const note = db.add(Note, { title: 'start' });
  for (let at = 0; at < 1000; at++) {
    note.title = `number${at}`;
    if (at % 7 === 0) expect(db.query(Note).search('number').length).toBe(1);
  }
  expect(db.query(Note).search('number999').length).toBe(1);
  expect(db.query(Note).search('number998').length).toBe(0);
});
