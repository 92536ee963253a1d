import { expect, test } from 'vitest';
import { sheetWords } from './model-code.ts';

test('a spreadsheet in a table is its first cells that hold something', () => {
  expect(
    sheetWords(
      [
        [null, 'Ferry', ''],
        [12, 'Tent'],
      ],
      100,
    ),
  ).toBe('Ferry, 12, Tent');
  expect(sheetWords([Array.from({ length: 40 }, (_, at) => at)], 1_000).split(', ')).toHaveLength(
    12,
  );
  expect(sheetWords([['Ferry', 'Tent']], 7)).toBe('Ferry, ');
  expect(sheetWords(undefined, 100)).toBe('');
});
