/** Paths of rights are compared id by id. */
import { expect, test } from 'vitest';
import { isBelow } from './path-keys.ts';

const one = 'a1'.repeat(16);
const other = `${one.slice(0, -1)}2`;

test('what lies below a path begins with all of its ids, and not with most of their bytes', () => {
  expect(isBelow(one, '')).toBe(true);
  expect(isBelow(one, one)).toBe(true);
  expect(isBelow(one + other, one)).toBe(true);
  expect(isBelow(other, one)).toBe(false);
  expect(isBelow(one, one + other)).toBe(false);
  expect(isBelow(one + one, one + other)).toBe(false);
});
