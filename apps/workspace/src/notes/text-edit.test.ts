import { fc, test } from '@fast-check/vitest';
import { expect, test as example } from 'vitest';
import { caretAfter, rebased, spliceBetween, spliced } from './text-edit.ts';

const texts = fc.string({ unit: fc.constantFrom('a', 'b', '\n', '👋', 'é'), maxLength: 20 });

test.prop([texts, texts])('a splice makes the second text of the first', (before, after) => {
  const splice = spliceBetween(before, after);
  expect(splice === undefined ? before : spliced(before, splice)).toBe(after);
});

test.prop([texts, texts, fc.nat()])('also with a caret anywhere', (before, after, at) => {
  const splice = spliceBetween(before, after, at % (after.length + 1));
  expect(splice === undefined ? before : spliced(before, splice)).toBe(after);
});

test.prop([texts, texts])('no splice begins or ends inside a character', (before, after) => {
  const splice = spliceBetween(before, after);
  if (splice === undefined) return;
  expect(splice.inserted.isWellFormed()).toBe(true);
  const removed = before.slice(splice.position, splice.position + splice.deleted);
  expect(removed.isWellFormed()).toBe(true);
});

example('of equal letters the one at the caret was typed', () => {
  expect(spliceBetween('aa', 'aaa', 1)).toEqual({ position: 0, deleted: 0, inserted: 'a' });
  expect(spliceBetween('aa', 'aaa', 3)).toEqual({ position: 2, deleted: 0, inserted: 'a' });
});

example('a caret stays before text that it stood before', () => {
  expect(caretAfter(5, { position: 2, deleted: 0, inserted: 'xyz' })).toBe(8);
  expect(caretAfter(2, { position: 2, deleted: 0, inserted: 'xyz' })).toBe(2);
  expect(caretAfter(2, { position: 5, deleted: 1, inserted: '' })).toBe(2);
});

example('a caret in text that was removed goes to where the text was', () => {
  expect(caretAfter(4, { position: 2, deleted: 5, inserted: 'n' })).toBe(3);
});

test.prop([texts, texts, texts])(
  'what one typed is there after others wrote',
  (base, own, foreign) => {
    const mine = spliceBetween(base, own);
    const theirs = spliceBetween(base, foreign);
    if (mine === undefined) return;
    const after = spliced(foreign, rebased(mine, theirs));
    expect(after).toContain(mine.inserted);
  },
);

example('typing behind what someone else inserted goes to its end', () => {
  const own = { position: 5, deleted: 0, inserted: '!' };
  const foreign = { position: 0, deleted: 0, inserted: 'Oh, ' };
  expect(spliced('Oh, hello', rebased(own, foreign))).toBe('Oh, hello!');
});
