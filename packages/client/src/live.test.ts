import { expect, test } from 'vitest';
import { DerivedCell, sameData } from './live.ts';

test('a derived value is worked out when it is asked for, and stays the same object while it is equal', () => {
  let looks = 0;
  let name = 'a';
  const cell = new DerivedCell(() => ({ name, looks: (looks++, 0) }), sameData);
  let told = 0;
  const stop = cell.subscribe(() => told++);
  for (let at = 0; at < 1_000; at++) cell.touch();
  expect([looks, told]).toEqual([0, 1_000]);
  const first = cell.get();
  expect(cell.get()).toBe(first);
  cell.touch();
  expect(cell.get()).toBe(first);
  expect(looks).toBe(2);
  name = 'b';
  cell.touch();
  expect(cell.get()).toEqual({ name: 'b', looks: 0 });
  stop();
  cell.touch();
  expect(told).toBe(1_002);
});
