import type { TypeData } from '@atoll/schema';
import { expect, test } from 'vitest';
import { parseOrders, parseWhere } from './conditions.ts';

const TYPE: TypeData = {
  name: 'Package',
  fields: {
    name: { kind: 'string' },
    note: { kind: 'string', nullable: true },
    size: { kind: 'integer' },
    votes: { kind: 'bigint' },
    done: { kind: 'boolean' },
    tags: { kind: 'set', of: { kind: 'string' } },
    place: { kind: 'record', fields: { city: { kind: 'string' } } },
  },
};

test('conditions compare values of the field’s own kind', () => {
  expect(parseWhere(TYPE, ['name=libs', 'size>=3', 'size<9', 'done=true', 'tags~web'])).toEqual({
    name: { eq: 'libs' },
    size: { gte: 3, lt: 9 },
    done: { eq: true },
    tags: { contains: 'web' },
  });
  expect(parseWhere(TYPE, ['place.city!=Ulm'])).toEqual({ 'place.city': { ne: 'Ulm' } });
});

test('a number is compared with a big integer, and a big integer with a fraction', () => {
  const big = '36893488147419103232';
  expect(parseWhere(TYPE, [`size<${big}`, 'votes>1.5', `votes<${big}`])).toEqual({
    size: { lt: big },
    votes: { gt: 1.5, lt: BigInt(big) },
  });
});

test('texts are compared by their beginning, their parts and their words', () => {
  expect(parseWhere(TYPE, ['name^=lib', 'tags~web'])).toEqual({
    name: { prefix: 'lib' },
    tags: { contains: 'web' },
  });
  expect(parseWhere(TYPE, ['name~=two words'])).toEqual({ name: { text: 'two words' } });
});

test('a value may contain signs, and an empty one asks for fields without a value', () => {
  expect(parseWhere(TYPE, ['name=a>=b'])).toEqual({ name: { eq: 'a>=b' } });
  expect(parseWhere(TYPE, ['name='])).toEqual({ name: { exists: false } });
  expect(parseWhere(TYPE, ['name!='])).toEqual({ name: { exists: true } });
});

test('null is asked for where it is a value, and is a word elsewhere', () => {
  expect(parseWhere(TYPE, ['note=null'])).toEqual({ note: { eq: null, exists: true } });
  expect(parseWhere(TYPE, ['note!=null'])).toEqual({ note: { ne: null } });
  expect(parseWhere(TYPE, ['name=null'])).toEqual({ name: { eq: 'null' } });
});

test('what is no condition, names no field or says a thing twice is refused', () => {
  expect(() => parseWhere(TYPE, ['name'])).toThrow(expect.objectContaining({ code: 'CLI_USAGE' }));
  expect(() => parseWhere(TYPE, ['colour=red'])).toThrow(
    'it has name, note, size, votes, done, tags, place',
  );
  expect(() => parseWhere(TYPE, ['size=big'])).toThrow(
    expect.objectContaining({ code: 'CLI_FIELD' }),
  );
  expect(() => parseWhere(TYPE, ['size>1', 'size>2'])).toThrow('twice');
});

test('orders name a field and may be turned round', () => {
  expect(parseOrders(TYPE, ['name', 'size:desc'])).toEqual([
    { field: 'name', direction: 'asc' },
    { field: 'size', direction: 'desc' },
  ]);
  expect(() => parseOrders(TYPE, ['weight'])).toThrow('Package has no field weight');
});
