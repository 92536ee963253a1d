/** Laws of formats over documents of every kind of block, with marks that lie anywhere. */
import { fc, test } from '@fast-check/vitest';
import type { Block, Marks, RichDocument } from '@atoll/client';
import { expect, test as example } from 'vitest';
import { documentOfHtml, documentOfMarkdown, htmlOf, markdownOf } from './index.ts';

const UNITS = [...'ab .*_#<&`\\[]!~->()é|1\t', '👋', '\u2028', '\u00a0'];
const text = fc.string({ unit: fc.constantFrom(...UNITS), minLength: 1, maxLength: 6 });
const set = fc.constant(true as const);
const marks: fc.Arbitrary<Marks> = fc
  .record(
    {
      bold: set,
      code: set,
      color: fc.constant('red'),
      'comment:c1': fc.constantFrom('why', 'a"<'),
      italic: set,
      link: fc.constantFrom('https://a.example/', '/b?c=d&amp;e', 'https://é.example/(a)<b>'),
      strike: set,
      underline: set,
    },
    { requiredKeys: [] },
  )
  .map((given) => Object.fromEntries(Object.entries(given).sort(([a], [b]) => (a < b ? -1 : 1))));
const blocks: fc.Arbitrary<Block> = fc.oneof(
  fc.constantFrom<Block>({ kind: 'paragraph' }, { kind: 'quote' }, { kind: 'divider' }),
  fc.integer({ min: 1, max: 6 }).map((level): Block => ({ kind: 'heading', level })),
  fc
    .tuple(fc.constantFrom('bullet' as const, 'ordered' as const), fc.nat(8))
    .map(([kind, depth]): Block => ({ kind, depth })),
  fc
    .tuple(fc.nat(8), fc.boolean())
    .map(([depth, checked]): Block => ({ kind: 'todo', depth, checked })),
  fc.constantFrom('', 'ts', 'c++').map((language): Block => ({ kind: 'code', language })),
  fc.constant<Block>({ kind: 'embed', object: 'ab'.repeat(16) }),
);
const documents = fc
  .array(
    fc.record({ block: blocks, runs: fc.array(fc.record({ text, marks }), { maxLength: 4 }) }),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map(possible);

/** As texts can be: runs of different marks, none in code, items at most one deeper than the one before. */
function possible(document: RichDocument): RichDocument {
  let room = 0;
  return document.map(({ block, runs }) => {
    const depth = 'depth' in block ? Math.min(block.depth, room) : 0;
    room = 'depth' in block ? depth + 1 : 0;
    const isPlain = block.kind === 'code';
    const found: { text: string; marks: Marks }[] = [];
    for (const run of block.kind === 'divider' ? [] : runs) {
      const given = isPlain ? {} : run.marks;
      const last = found.at(-1);
      const isSame = last !== undefined && JSON.stringify(last.marks) === JSON.stringify(given);
      if (isSame) last.text += run.text;
      else found.push({ text: run.text, marks: given });
    }
    return { block: 'depth' in block ? { ...block, depth } : block, runs: found };
  });
}

test.prop([documents], { numRuns: 300 })('any document comes back from HTML', (document) => {
  expect(documentOfHtml(htmlOf(document))).toEqual(document);
});

function plainOf(document: RichDocument): readonly unknown[] {
  return document
    .map(({ block, runs }) => [block, runs.map((run) => run.text).join('')] as const)
    .filter(([{ kind }, words]) => words !== '' || (kind !== 'paragraph' && kind !== 'quote'));
}

test.prop([documents], { numRuns: 300 })(
  'blocks and words of any document come back from Markdown, whatever marks are lost',
  (document) => {
    expect(plainOf(documentOfMarkdown(markdownOf(document)))).toEqual(plainOf(document));
  },
);

example.each([
  ['Hello ', 'world', '**Hello** world'],
  ['Stop!', 'now', 'Stop!now'],
  ['a', ' b', '**a** b'],
  ['\u2028a', '', '&#8232;**a**'],
])('bold %j before %j is written as %j', (bold, plain, markdown) => {
  const runs = [
    { text: bold, marks: { bold: true as const } },
    { text: plain, marks: {} },
  ].filter((run) => run.text !== '');
  expect(markdownOf([{ block: { kind: 'paragraph' }, runs }])).toBe(`${markdown}\n`);
});

example('one unhappy mark does not cost the others of its block', () => {
  const bold = { bold: true as const };
  const runs = [
    { text: 'one', marks: bold },
    { text: ' ', marks: {} },
    { text: 'two!', marks: bold },
    { text: 'three ', marks: {} },
    { text: 'four', marks: bold },
  ];
  expect(markdownOf([{ block: { kind: 'paragraph' }, runs }])).toBe('**one** two!three **four**\n');
});
