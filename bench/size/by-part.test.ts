// What a source map says of a file's characters.
import { expect, test } from 'vitest';
import { charactersBySource, partOf } from './by-part.ts';

test('characters belong to the source of the segment before them, and to nobody before the first', () => {
  // Column 2 is of source 0, column 5 of source 1; the next line begins with source 0.
  const file = { code: 'aabbbcccc\ndd', sources: ['one.ts', 'two.ts'], mappings: 'EAAA,GCAA;ADAA' };
  expect([...charactersBySource(file)]).toEqual([
    ['', 2],
    ['one.ts', 5],
    ['two.ts', 4],
  ]);
});

test('a source belongs to its folder, or to its package', () => {
  expect(partOf('../../packages/echo/src/query/plan.ts')).toBe('echo/query');
  expect(partOf('../../packages/echo/src/fold.ts')).toBe('echo');
  expect(partOf('../../node_modules/@noble/hashes/sha2.js')).toBe('@noble/hashes');
});
