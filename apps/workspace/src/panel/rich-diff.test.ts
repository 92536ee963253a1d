import { fc, test } from '@fast-check/vitest';
import { deltaBetween } from '@atoll/client';
import type { Block, RichDocument } from '@atoll/schema';
import { expect, test as example } from 'vitest';
import { diffBlocks, type DiffBlock } from './rich-diff.ts';

const blocks = fc.constantFrom<Block>(
  { kind: 'paragraph' },
  { kind: 'heading', level: 1 },
  { kind: 'todo', depth: 0, checked: true },
);
const documents: fc.Arbitrary<RichDocument> = fc.array(
  fc.record({
    block: blocks,
    runs: fc
      .tuple(fc.string({ unit: fc.constantFrom('a', 'b', '👋'), maxLength: 5 }), fc.boolean())
      .map(([text, bold]) =>
        text === '' ? [] : [{ text, marks: bold ? { bold: true as const } : {} }],
      ),
  }),
  { minLength: 1, maxLength: 4 },
);

/** The text of one side: what came is not in the one before, what went not in the one after. */
function side(diff: readonly DiffBlock[], without: 'added' | 'removed'): string {
  return diff
    .map(({ change, runs }, at) => {
      const end = at === 0 || change === without ? '' : '\n';
      const texts = runs.filter((run) => run.change !== without).map(({ text }) => text);
      return end + texts.join('');
    })
    .join('');
}

function plain(document: RichDocument): string {
  return document.map(({ runs }) => runs.map(({ text }) => text).join('')).join('\n');
}

test.prop([documents, documents])(
  'without what came it is the text before, without what went the text after',
  (before, after) => {
    const diff = diffBlocks(before, deltaBetween(before, after));
    expect(side(diff, 'added')).toBe(plain(before));
    expect(side(diff, 'removed')).toBe(plain(after));
  },
);

test.prop([documents])('without a difference it is the document', (document) => {
  expect(
    diffBlocks(document, []).map(({ block, runs }) => ({
      block,
      runs: runs.map(({ text, marks }) => ({ text, marks })),
    })),
  ).toEqual(document);
});

example('other marks are formatting, and another kind of block is one', () => {
  const before: RichDocument = [
    { block: { kind: 'paragraph' }, runs: [{ text: 'ab', marks: {} }] },
  ];
  const diff = diffBlocks(before, [
    { start: { kind: 'quote' } },
    { retain: 1, attributes: { bold: true } },
  ]);
  expect(diff).toEqual([
    {
      block: { kind: 'quote' },
      change: 'formatted',
      runs: [
        { text: 'a', marks: { bold: true }, change: 'formatted' },
        { text: 'b', marks: {}, change: 'kept' },
      ],
    },
  ]);
});
