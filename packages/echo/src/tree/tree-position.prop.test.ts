/** Positions: always one between any two, short at the ends. */
import { POSITION_BYTES_MAX } from '@atoll/schema';
import { compareBytes } from '@atoll/kernel';
import { fc, test } from '@fast-check/vitest';
import { expect, test as plainTest } from 'vitest';
import { numberedPosition, positionBetween } from './tree-position.ts';

const position = fc
  .uint8Array({ minLength: 1, maxLength: 12 })
  .filter((bytes) => bytes.at(-1) !== 0);
const spread = fc.nat(0xffffff);

test.prop([
  fc.option(position, { nil: undefined }),
  fc.option(position, { nil: undefined }),
  spread,
])(
  'a position between two others is greater than one and less than the other',
  (one, other, noise) => {
    const swap = one !== undefined && other !== undefined && compareBytes(one, other) > 0;
    const [after, before] = swap ? [other, one] : [one, other];
    const between = positionBetween(after, before, noise);
    if (after !== undefined && before !== undefined && compareBytes(after, before) === 0) {
      expect(between).toBeUndefined();
      return;
    }
    expect(between?.at(-1)).not.toBe(0);
    if (between === undefined) throw new TypeError('there is always one');
    if (after !== undefined) expect(compareBytes(after, between)).toBe(-1);
    if (before !== undefined) expect(compareBytes(between, before)).toBe(-1);
  },
);

plainTest('a hundred thousand at either end need seven bytes each', () => {
  let last: Uint8Array | undefined;
  let first: Uint8Array | undefined;
  for (let at = 0; at < 100_000; at++) {
    last = positionBetween(last, undefined, at);
    first = positionBetween(undefined, first, at);
  }
  expect([last?.length, first?.length]).toEqual([7, 7]);
});

plainTest('a thousand into one gap fit, and then the siblings are numbered anew', () => {
  const before = numberedPosition(1, 7);
  let after: Uint8Array | undefined = numberedPosition(0, 7);
  let count = 0;
  while (after !== undefined) {
    const next = positionBetween(after, before, count * 7919);
    if (next !== undefined) {
      expect(next.length).toBeLessThanOrEqual(POSITION_BYTES_MAX);
      expect(compareBytes(after, next)).toBe(-1);
      expect(compareBytes(next, before)).toBe(-1);
      count++;
    }
    after = next;
  }
  expect(count).toBeGreaterThan(1000);
});
