import { fc, test } from '@fast-check/vitest';
import type { TypeData } from '@atoll/schema';
import { expect, test as example } from 'vitest';
import { formatFilters, parseFilters, sentence, whereOf } from './filter.ts';

const TYPE: TypeData = {
  name: 'Package',
  fields: {
    name: { kind: 'string' },
    section: { kind: 'string' },
    installedSizeKiB: { kind: 'integer' },
    depends: { kind: 'set', of: { kind: 'ref', type: 'Package', by: 'name' } },
  },
};

const filter = fc.record({
  field: fc.string({ minLength: 1 }),
  way: fc.constantFrom('is' as const, 'has' as const, 'min' as const, 'empty' as const),
  value: fc.string(),
});

test.prop([fc.array(filter, { maxLength: 5 })])('filters survive their address', (filters) => {
  expect(parseFilters(formatFilters(filters))).toEqual(filters);
});

test.prop([fc.string()])('no address makes a filter that has no field or no way', (text) => {
  for (const each of parseFilters(text)) expect(each.field).not.toBe('');
});

example('a filter reads as a sentence', () => {
  expect(sentence({ field: 'section', way: 'is', value: 'net' })).toBe('Section is net');
  expect(sentence({ field: 'depends', way: 'has', value: 'libc6' })).toBe('Depends has libc6');
});

example('a filter becomes a condition of the kind of its field', () => {
  expect(
    whereOf(
      [
        { field: 'section', way: 'is', value: 'net' },
        { field: 'installedSizeKiB', way: 'min', value: '1000' },
        { field: 'installedSizeKiB', way: 'max', value: '2000' },
        { field: 'depends', way: 'has', value: 'libc6' },
      ],
      TYPE,
    ),
  ).toEqual({
    section: { eq: 'net' },
    installedSizeKiB: { gte: 1000, lte: 2000 },
    depends: { contains: 'libc6' },
  });
});

example('a number that is none filters nothing, nor does a field the type does not have', () => {
  expect(
    whereOf(
      [
        { field: 'installedSizeKiB', way: 'min', value: 'big' },
        { field: 'colour', way: 'is', value: 'red' },
      ],
      TYPE,
    ),
  ).toEqual({});
});
