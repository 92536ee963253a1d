import type { RichDocument } from '@atoll/schema';
import { expect, test } from 'vitest';
import { keepingComments, stretchesOf } from './comment-threads.ts';

const paragraph = { kind: 'paragraph' } as const;

test('a thread is about everything from its first marked word to its last, over blocks', () => {
  const document: RichDocument = [
    {
      block: paragraph,
      runs: [
        { text: 'The ', marks: {} },
        { text: 'early', marks: { bold: true, 'comment:a': true } },
      ],
    },
    {
      block: paragraph,
      runs: [
        { text: 'ferry', marks: { 'comment:a': true, 'comment:b': true } },
        { text: ' home', marks: {} },
      ],
    },
  ];
  expect([...stretchesOf(document)]).toEqual([
    ['a', { from: 4, to: 15, quote: 'early ferry' }],
    ['b', { from: 10, to: 15, quote: 'ferry' }],
  ]);
});

test('going over Markdown takes marks away, but no comments', () => {
  expect(
    keepingComments([
      { retain: 4, attributes: { bold: null, 'comment:a': null } },
      { insert: 'x', attributes: { italic: true } },
      { delete: 1 },
    ]),
  ).toEqual([
    { retain: 4, attributes: { bold: null } },
    { insert: 'x', attributes: { italic: true } },
    { delete: 1 },
  ]);
});
