import type { FieldData } from '@atoll/schema';
import { expect, test } from 'vitest';
import { plainWords, valueLines, valueText } from './value-words.ts';

const nobody = (): string => 'Bare';

test('values of every kind are words, and none is the name of a class', () => {
  const text = (data: FieldData, value: unknown): string => valueText(data, value, nobody);
  expect(text({ kind: 'bigint' }, 2n ** 70n)).toMatch(/^1\D180\D591/u);
  expect(text({ kind: 'bytes' }, Uint8Array.of(0, 255))).toBe('2 B');
  expect(text({ kind: 'boolean' }, false)).toBe('no');
  expect(text({ kind: 'json' }, { a: [1, 'two', null], b: { c: true } })).toBe(
    'A: 1, two, B: (C: yes)',
  );
  expect(text({ kind: 'union', of: [{ kind: 'bigint' }] }, 7n)).toBe('7');
  expect(text({ kind: 'set', of: { kind: 'bigint' } }, [1n, 2n])).toBe('1, 2');
  expect(
    text(
      { kind: 'value', fields: { n: { kind: 'bigint' }, of: { kind: 'string' } } },
      { n: 3n, of: 'x' },
    ),
  ).toBe('N: 3, Of: x');
  expect(text({ kind: 'ref' } as FieldData, { $id: 'x', $state: 'present' })).toBe('Bare');
  expect(text({ kind: 'string' }, null)).toBe('');
});

test('records and maps are a line for each entry', () => {
  const record: FieldData = {
    kind: 'record',
    fields: {
      owner: { kind: 'string' },
      deep: { kind: 'record', fields: { z: { kind: 'number' } } },
    },
  };
  expect(valueLines(record, { owner: 'Ada', deep: { z: 1 } }, nobody)).toEqual([
    'Owner: Ada',
    'Deep (Z: 1)',
  ]);
  const map: FieldData = { kind: 'map', of: { kind: 'number', nullable: true } };
  expect(
    valueLines(
      map,
      [
        ['euro', 12],
        ['free', null],
      ],
      nobody,
    ),
  ).toEqual(['euro: 12', 'free']);
  expect(valueLines(map, undefined, nobody)).toEqual([]);
});

test('plain data of any depth is words', () => {
  expect(plainWords([{ team: 'red' }, { team: 'blue' }])).toBe('(Team: red), (Team: blue)');
});
