import { expect, test } from 'vitest';
import { formatCsv } from './csv.ts';

test('cells with commas, quotes and line ends are quoted, and columns are those of all records', () => {
  const records = [
    { id: '1', title: 'Tent, rope' },
    { id: '2', title: 'He said "go"\nand went', done: true, tags: ['a', 'b'] },
  ];
  expect(formatCsv(records)).toBe(
    'id,title,done,tags\r\n1,"Tent, rope",,\r\n2,"He said ""go""\nand went",true,"[""a"",""b""]"\r\n',
  );
});

test('what a spreadsheet would run is kept from it', () => {
  expect(formatCsv([{ title: '=1+1' }, { title: "'-2" }, { title: -2 }])).toBe(
    "title\r\n'=1+1\r\n''-2\r\n-2\r\n",
  );
});
