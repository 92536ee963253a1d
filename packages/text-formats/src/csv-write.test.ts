import { expect, test } from 'vitest';
import { formatCsv } from './csv-write.ts';

const unknown = (): undefined => undefined;

test('cells with commas, quotes and line ends are quoted, and columns are those of all records', () => {
  const records = [
    { id: '1', title: 'Tent, rope' },
    { id: '2', title: 'He said "go"\nand went', done: true, tags: ['a', 'b'] },
  ];
  expect(formatCsv(records, unknown)).toBe(
    'id,title,done,tags\n1,"Tent, rope",,\n2,"He said ""go""\nand went",true,"[""a"",""b""]"\n',
  );
});

test('what a spreadsheet would run is kept from it', () => {
  expect(formatCsv([{ title: '=1+1' }, { title: "'-2" }, { title: -2 }], unknown)).toBe(
    "title\n'=1+1\n''-2\n-2\n",
  );
});

test('no value, null, an empty text and the word null are four different cells', () => {
  const records = [{ a: 1, b: null }, { a: 2, b: '' }, { a: 3, b: 'null' }, { a: 4 }];
  expect(formatCsv(records, unknown)).toBe('a,b\n1,null\n2,""\n3,"null"\n4,\n');
});
