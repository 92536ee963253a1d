/** Laws of formats: what can be said in both comes back; nothing that is read can hurt. */
import { fc, test } from '@fast-check/vitest';
import type { Block, Marks, RichDocument, RichRun } from '@atoll/client';
import { expect } from 'vitest';
import { documentOfHtml, documentOfMarkdown, htmlOf, markdownOf } from './index.ts';

const words = fc.string({
  unit: fc.constantFrom(
    'a',
    'b',
    'é',
    '👋',
    '1',
    '.',
    '*',
    '_',
    '#',
    '<',
    '&',
    '`',
    '\\',
    '[',
    '!',
    '~',
    '-',
    '>',
  ),
  minLength: 1,
  maxLength: 6,
});
const letters = fc.string({
  unit: fc.constantFrom('a', 'b', 'é', '👩‍🚀', '7'),
  minLength: 1,
  maxLength: 5,
});
const marks: fc.Arbitrary<Marks> = fc
  .record(
    {
      bold: fc.constant(true as const),
      italic: fc.constant(true as const),
      strike: fc.constant(true as const),
      link: fc.constantFrom('https://a.example/', '/b?c=d&e'),
    },
    { requiredKeys: [] },
  )
  .map((given) => Object.fromEntries(Object.entries(given).sort(([a], [b]) => (a < b ? -1 : 1))));
/** Marked words stand between plain ones, which is what Markdown can say exactly. */
const runs: fc.Arbitrary<RichRun[]> = fc
  .array(fc.tuple(words, letters, marks), { minLength: 1, maxLength: 3 })
  .map((triples) =>
    triples.flatMap(([plain, marked, given]): RichRun[] =>
      Object.keys(given).length === 0
        ? [{ text: `${plain} ${marked} `, marks: {} }]
        : [
            { text: `${plain} `, marks: {} },
            { text: marked, marks: given },
            { text: ' ', marks: {} },
          ],
    ),
  )
  .map((list) => joined([...list, { text: 'z', marks: {} }]));
const blocks = fc.oneof(
  fc.constantFrom<Block>({ kind: 'paragraph' }, { kind: 'quote' }),
  fc.integer({ min: 1, max: 6 }).map((level): Block => ({ kind: 'heading', level })),
  fc
    .tuple(fc.constantFrom('bullet' as const, 'ordered' as const), fc.nat(3))
    .map(([kind, depth]): Block => ({ kind, depth })),
  fc
    .tuple(fc.nat(3), fc.boolean())
    .map(([depth, checked]): Block => ({ kind: 'todo', depth, checked })),
);
const documents: fc.Arbitrary<RichDocument> = fc
  .array(fc.record({ block: blocks, runs }), { minLength: 1, maxLength: 8 })
  .map(nested);

function joined(list: readonly RichRun[]): RichRun[] {
  const found: RichRun[] = [];
  for (const { text, marks } of list) {
    const last = found.at(-1);
    if (last !== undefined && JSON.stringify(last.marks) === JSON.stringify(marks)) {
      found[found.length - 1] = { text: last.text + text, marks };
    } else found.push({ text, marks });
  }
  return found;
}

/** An item is at most one deeper than the one before: neither format can say more. */
function nested(document: RichDocument): RichDocument {
  let room = 0;
  return document.map((each) => {
    const { block } = each;
    if (!('depth' in block)) {
      room = 0;
      return each;
    }
    const depth = Math.min(block.depth, room);
    room = depth + 1;
    return { ...each, block: { ...block, depth } };
  });
}

test.prop([documents])('a document comes back from Markdown', (document) => {
  expect(documentOfMarkdown(markdownOf(document))).toEqual(document);
});

test.prop([documents])('and from HTML', (document) => {
  expect(documentOfHtml(htmlOf(document))).toEqual(document);
});

test.prop([fc.string({ unit: 'binary', maxLength: 60 })])(
  'any text comes back from HTML as text',
  (any) => {
    const text = any.toWellFormed().replace(/[\u0000\r\n\u2028]/g, '');
    const document: RichDocument = [
      { block: { kind: 'paragraph' }, runs: text === '' ? [] : [{ text, marks: { bold: true } }] },
    ];
    expect(documentOfHtml(htmlOf(document))).toEqual(document);
  },
);

const html = fc.array(
  fc.constantFrom(
    '<p>',
    '</p>',
    '<b',
    '>',
    '<script>',
    '</script>',
    '<a href="javascript:x">',
    '</a>',
    '<li>',
    '<pre>',
    'text',
    ' ',
    '&amp;',
    '&#0;',
    '<!--',
    '-->',
    '"',
    '<svg onload=x>',
    '<ul>',
    '\n',
  ),
  { maxLength: 30 },
);

test.prop([html])(
  'whatever is read, what is written of it can be read again and runs nothing',
  (pieces) => {
    const document = documentOfHtml(pieces.join(''));
    const written = htmlOf(document);
    expect(written).not.toMatch(/<script|<svg|javascript:|onload/i);
    expect(documentOfHtml(written)).toEqual(documentOfHtml(htmlOf(documentOfHtml(written))));
  },
);

test.prop([fc.string({ maxLength: 80 })])(
  'any text is Markdown of something that can be written',
  (text) => {
    const once = markdownOf(documentOfMarkdown(text));
    expect(typeof markdownOf(documentOfMarkdown(once))).toBe('string');
  },
);
