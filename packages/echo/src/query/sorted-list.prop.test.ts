/** A sorted list against an array that is sorted anew after each change. */
import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { SortedList } from './sorted-list.ts';

const steps = fc.array(fc.integer({ min: -400, max: 1500 }), { maxLength: 1200 });

test.prop([fc.uniqueArray(fc.integer({ min: 0, max: 1500 }), { maxLength: 1200 }), steps], {
  numRuns: 40,
})('a sorted list is the sorted array of what was added and not removed', (first, changes) => {
  const list = new SortedList<number>((a, b) => a - b);
  list.fill([...first]);
  const known = new Set(first);
  for (const change of changes) {
    const value = Math.abs(change);
    if (change < 0 || known.has(value)) expect(list.delete(value)).toBe(known.delete(value));
    else {
      list.add(value);
      known.add(value);
    }
  }
  const sorted = [...known].sort((a, b) => a - b);
  expect(list.size).toBe(sorted.length);
  expect(list.slice(0)).toEqual(sorted);
  expect(list.slice(3, 9)).toEqual(sorted.slice(3, 9));
  const rank = list.rank((entry) => entry < 700);
  expect(rank).toBe(sorted.filter((entry) => entry < 700).length);
  expect([...list.walk(rank, 1)]).toEqual(sorted.slice(rank));
  const back = rank > 0 ? [...list.walk(rank - 1, -1)] : [];
  expect(back).toEqual(sorted.slice(0, rank).reverse());
  expect([list.edge('first'), list.edge('last')]).toEqual([sorted[0], sorted.at(-1)]);
});
