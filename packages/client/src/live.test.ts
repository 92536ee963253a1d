import { expect, test } from 'vitest';
import { DerivedCell, sameData } from './live.ts';

test('a derived value is worked out when it is asked for, and stays the same object while it is equal', () => {
  let looks = 0;
  let name = 'a';
  const cell = new DerivedCell(() => ({ name, looks: (looks++, 0) }), sameData);
  let told = 0;
  const stop = cell.subscribe(() => told++);
  for (let at = 0; at < 1_000; at++) cell.stale();
  expect([looks, told]).toEqual([0, 0]);
  const first = cell.get();
  expect(cell.get()).toBe(first);
  cell.stale();
  expect(cell.get()).toBe(first);
  expect(looks).toBe(2);
  cell.tell();
  expect([looks, told]).toEqual([2, 1]);
  name = 'b';
  cell.stale();
  expect(cell.get()).toEqual({ name: 'b', looks: 0 });
  cell.tell();
  expect([looks, told]).toEqual([3, 2]);
  stop();
  cell.stale();
  cell.tell();
  expect([looks, told]).toEqual([3, 2]);
});

test('news that wait for the end of the tick are told once, and only of another value', () => {
  let name = 'a';
  let looks = 0;
  const cell = new DerivedCell(() => ({ name, looks: (looks++, 0) }), sameData);
  cell.get();
  let told = 0;
  cell.tell();
  cell.subscribe(() => told++);
  cell.stale();
  cell.tell();
  expect(told).toBe(0);
  name = 'b';
  for (let at = 0; at < 100; at++) cell.stale();
  expect([looks, cell.get().name, told]).toEqual([2, 'b', 0]);
  cell.tell();
  cell.tell();
  expect([looks, told]).toEqual([3, 1]);
});
