import { expect, test } from 'vitest';
import { stretchOf } from './comment-threads.ts';

/** A text whose stable places are plain positions; `gone` is one that is not known. */
function text(content: string): Parameters<typeof stretchOf>[0] {
  const position = (cursor: string): number | undefined =>
    cursor === 'gone' ? undefined : Number(cursor);
  return { position, toString: () => content };
}

test('a thread quotes its stretch over the end of a block', () => {
  expect(stretchOf(text('The early\nferry home'), ['4', '15'])).toEqual({
    from: 4,
    to: 15,
    quote: 'early ferry',
  });
});

test('a long stretch is quoted in part', () => {
  expect(stretchOf(text('x'.repeat(200)), ['0', '200'])?.quote).toBe(`${'x'.repeat(90)}…`);
});

test('a stretch of which nothing is left, and one that never was, are none', () => {
  expect(stretchOf(text('ferry'), ['2', '2'])).toBeUndefined();
  expect(stretchOf(text('ferry'), ['gone', '2'])).toBeUndefined();
  expect(stretchOf(text('ferry'), ['3', 'gone'])).toBeUndefined();
});
