/** Forms of files: what is written is read as it was, and what is no file of its form is refused. */
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { formatCsv } from '@atoll/text-formats';
import { parseCsv } from './csv-records.ts';
import { formatMarkdown, parseMarkdown } from './markdown-folder.ts';

const never = (): undefined => undefined;
const always = (): { readonly kind: 'string' } => ({ kind: 'string' });

describe('tables', () => {
  test('cells are read as what their whole column looks like', () => {
    const text = 'n,code,flag,list,mixed\n1,007,true,"[1,2]",5\n-2.5,010,false,[],five\n';
    expect(parseCsv(text, never)).toEqual([
      { n: 1, code: '007', flag: true, list: [1, 2], mixed: '5' },
      { n: -2.5, code: '010', flag: false, list: [], mixed: 'five' },
    ]);
  });

  test('a column that is known to be text stays text', () => {
    expect(parseCsv('n\n1\n', always)).toEqual([{ n: '1' }]);
  });

  test('what a spreadsheet would run is written with an apostrophe', () => {
    expect(formatCsv([{ a: '=HYPERLINK("x")' }], never)).toBe('a\n"\'=HYPERLINK(""x"")"\n');
  });

  property.prop([
    fc.array(
      fc.record({
        a: fc.string({ minLength: 1, unit: 'binary' }),
        b: fc.string({ unit: 'grapheme' }),
      }),
      {
        minLength: 1,
      },
    ),
  ])('texts come back as they were', (rows) => {
    const records = rows.map((row) => ({ a: `x${row.a}`, b: `'=${row.b}` }));
    expect(parseCsv(formatCsv(records, always), always)).toEqual(records);
  });

  test.each([
    ['a,a\n1,2\n', /same name/],
    ['a\n"open\n', /cannot be read/],
  ])('%j is refused', (text, why) => {
    expect(() => parseCsv(text, never)).toThrow(why);
  });
});

describe('Markdown files', () => {
  test('a file without front matter is a title and a text', () => {
    expect(parseMarkdown('To do.md', 'Buy milk\n', 'body')).toEqual({
      title: 'To do',
      body: 'Buy milk\n',
    });
  });

  property.prop([
    fc.dictionary(
      fc.stringMatching(/^[a-z]{1,8}$/).filter((name) => name !== 'body'),
      fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.array(fc.string())),
    ),
    fc.string(),
  ])('fields and text come back as they were', (fields, body) => {
    const record = { title: 'x', ...fields, body };
    expect(parseMarkdown('y.md', formatMarkdown(record, 'body'), 'body')).toEqual(record);
  });

  test.each([
    ['---\na: [1\n---\n', /not YAML/],
    ['---\n- 1\n---\n', /no fields/],
    [`---\na: &x [1]\nb: [*x, *x]\n---\n`, /not YAML/],
  ])('%j is refused', (text, why) => {
    expect(() => parseMarkdown('n.md', text, 'body')).toThrow(why);
  });
});
