import { expect, test } from 'vitest';
import {
  newField,
  parseAssignment,
  scalarFromText,
  valueFromJson,
  valueFromText,
} from './field-values.ts';

const refusal = expect.objectContaining({ code: 'CLI_FIELD' });

test('an assignment is cut at its first equals sign', () => {
  expect(parseAssignment('title=a=b')).toEqual({ field: 'title', text: 'a=b' });
  expect(parseAssignment('body:text=')).toEqual({ field: 'body', kind: 'text', text: '' });
  expect(parseAssignment('url=http://x')).toEqual({ field: 'url', text: 'http://x' });
  expect(parseAssignment('note=two\nlines')).toEqual({ field: 'note', text: 'two\nlines' });
  expect(() => parseAssignment('title')).toThrow(refusal);
  expect(() => parseAssignment('=x')).toThrow(refusal);
});

test('a new field gets its kind from the value, or as it is told', () => {
  const kindOf = (given: string): string => newField(parseAssignment(given)).kind;
  expect(kindOf('a=true')).toBe('boolean');
  expect(kindOf('a=-3')).toBe('number');
  expect(kindOf('a=2.5')).toBe('number');
  expect(kindOf('a=1:2.3')).toBe('string');
  expect(kindOf('a=')).toBe('string');
  expect(kindOf('a=["x"]')).toBe('set');
  expect(kindOf('a={"x":1}')).toBe('json');
  expect(kindOf('a=[not json')).toBe('string');
  expect(kindOf('a:text=3')).toBe('text');
  expect(kindOf('a:list=3')).toBe('list');
  expect(() => kindOf('a:thing=3')).toThrow(refusal);
});

test('text becomes the value that the field holds, or is refused', () => {
  expect(valueFromText('n', { kind: 'integer' }, '42')).toBe(42);
  expect(() => valueFromText('n', { kind: 'integer' }, '4.2')).toThrow('field n takes');
  expect(() => valueFromText('n', { kind: 'number' }, ' ')).toThrow(refusal);
  expect(valueFromText('t', { kind: 'set', of: { kind: 'string' } }, 'a, b')).toEqual(['a', 'b']);
  expect(valueFromText('t', { kind: 'set', of: { kind: 'string' } }, '["a,b"]')).toEqual(['a,b']);
  expect(valueFromText('t', { kind: 'list', of: { kind: 'integer' } }, '')).toEqual([]);
  expect(valueFromText('d', { kind: 'date' }, '2026-03-01')).toEqual(new Date('2026-03-01'));
  expect(() => valueFromText('d', { kind: 'date' }, 'tomorrow')).toThrow(refusal);
  expect(valueFromText('b', { kind: 'bytes' }, '00ff')).toEqual(Uint8Array.of(0, 255));
  expect(() => valueFromText('e', { kind: 'enum', values: ['a'] }, 'b')).toThrow(refusal);
  expect(() => valueFromText('r', { kind: 'record', fields: {} }, '[]')).toThrow(refusal);
});

test('a ref by key is the key, and one by id must be an id', () => {
  expect(scalarFromText('r', { kind: 'ref', type: 'T', by: 'name' }, 'libc6')).toBe('libc6');
  const id = 'a'.repeat(32);
  expect(scalarFromText('r', { kind: 'ref' }, id)).toMatchObject({ $id: id });
  expect(() => scalarFromText('r', { kind: 'ref' }, 'libc6')).toThrow(refusal);
});

test('values of a file keep their kind', () => {
  expect(valueFromJson('n', { kind: 'number' }, 3)).toBe(3);
  expect(valueFromJson('d', { kind: 'date' }, 0)).toEqual(new Date(0));
  const refs = { kind: 'set', of: { kind: 'ref', type: 'T', by: 'name' } } as const;
  expect(valueFromJson('r', refs, ['a', 'b'])).toEqual(['a', 'b']);
  expect(() => valueFromJson('r', refs, 'a')).toThrow(refusal);
});

test('every kind has a form for the command line, and what does not fit is refused', () => {
  expect(valueFromText('b', { kind: 'bigint' }, '-123456789012345678901')).toBe(
    -123456789012345678901n,
  );
  expect(valueFromText('d', { kind: 'day' }, '2024-02-29')).toBe('2024-02-29');
  expect(() => valueFromText('d', { kind: 'day' }, '2023-02-29')).toThrow('a day such as');
  expect(valueFromText('p', { kind: 'tree', tree: 't' }, '')).toBeUndefined();
  const id = 'b'.repeat(32);
  expect(valueFromText('p', { kind: 'tree', tree: 't' }, id)).toMatchObject({ $id: id });
  const shape = {
    kind: 'value',
    fields: { at: { kind: 'date' }, x: { kind: 'number', optional: true } },
  } as const;
  expect(valueFromText('s', shape, '{"at":"2026-03-01T00:00:00Z"}')).toEqual({
    at: new Date('2026-03-01T00:00:00Z'),
  });
  expect(() => valueFromText('s', shape, '{"x":1}')).toThrow(refusal);
  const rooms = { kind: 'records', fields: { floor: { kind: 'integer' } } } as const;
  expect(valueFromText('r', rooms, '{"hall":{"floor":1}}')).toEqual({ hall: { floor: 1 } });
  expect(() => valueFromText('r', rooms, '{"hall":{"floor":"x"}}')).toThrow('r.hall.floor');
  const mixed = { kind: 'union', of: [{ kind: 'integer' }, { kind: 'string' }] } as const;
  expect([valueFromText('m', mixed, '5'), valueFromText('m', mixed, 'five')]).toEqual([5, 'five']);
  expect(newField(parseAssignment('a:day=2026-03-01')).kind).toBe('day');
});

test('null is a value of fields that may hold it, and a word in others', () => {
  expect(valueFromText('note', { kind: 'string', nullable: true }, 'null')).toBe(null);
  expect(valueFromText('size', { kind: 'number', nullable: true }, 'null')).toBe(null);
  expect(valueFromText('name', { kind: 'string' }, 'null')).toBe('null');
});
