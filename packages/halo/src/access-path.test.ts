/** Paths of rights are compared by whole ids, and ids of names tell nothing of each other. */
import { expect, test } from 'vitest';
import { isBelow } from './access/path-keys.ts';
import {
  elementPathId,
  mapKeyId,
  ownObjectsPath,
  pathIds,
  pathKey,
  typePath,
} from './access-path.ts';

const id = (last: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.of(...Array<number>(15).fill(7), last);

test('a path is below another one if it begins with the same ids, to their last byte', () => {
  const [one, other] = [id(1), id(2)];
  expect(isBelow(pathKey([one, other]), pathKey([one]))).toBe(true);
  expect(isBelow(pathKey([one]), pathKey([one]))).toBe(true);
  expect(isBelow(pathKey([one]), '')).toBe(true);
  expect(isBelow(pathKey([other, one]), pathKey([one]))).toBe(false);
  expect(isBelow(pathKey([one]), pathKey([one, other]))).toBe(false);
  expect(pathIds(pathKey([one, other]))).toEqual([pathKey([one]), pathKey([other])]);
});

test('names that begin alike have ids that do not', () => {
  const names = ['a', 'ab', 'abc', 'abcdefghijklmnop', 'abcdefghijklmnopq'];
  const starts = names.map((name) => pathKey([mapKeyId(name)]).slice(0, 8));
  expect(new Set(starts).size).toBe(names.length);
  expect(pathKey(typePath('a'))).not.toBe(pathKey(typePath('ab')));
  expect(isBelow(pathKey(ownObjectsPath('a')), pathKey(typePath('a')))).toBe(true);
  expect(isBelow(pathKey(ownObjectsPath('ab')), pathKey(typePath('a')))).toBe(false);
});

test('elements are told apart by feed and number', () => {
  const [one, other] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  const ids = [elementPathId(one, 0), elementPathId(one, 1), elementPathId(other, 0)];
  expect(new Set(ids.map((each) => pathKey([each]))).size).toBe(3);
});
