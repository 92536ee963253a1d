import { expect, test } from 'vitest';
import { columnName, inputOf } from './model-field.tsx';

test('columns are called as spreadsheets call them', () => {
  expect([0, 25, 26, 51, 52, 701, 702].map(columnName)).toEqual([
    'A',
    'Z',
    'AA',
    'AZ',
    'BA',
    'ZZ',
    'AAA',
  ]);
});

test('what is typed into a cell is a number where it is one', () => {
  expect(['', ' ', '12', '-1.5', '1e3', 'tent', '=A1*2', 'Infinity'].map(inputOf)).toEqual([
    null,
    null,
    12,
    -1.5,
    1_000,
    'tent',
    '=A1*2',
    'Infinity',
  ]);
});
