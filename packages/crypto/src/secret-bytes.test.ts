/** Comparison and wiping of secrets. */
import { expect, test } from 'vitest';
import { constantTimeEqual, isAllZero, wipe } from './secret-bytes.ts';

test('equal bytes are equal, a difference in any place or in length is seen', () => {
  const bytes = Uint8Array.of(1, 2, 3, 0);
  expect(constantTimeEqual(bytes, Uint8Array.of(1, 2, 3, 0))).toBe(true);
  for (let at = 0; at < bytes.length; at++) {
    const other = Uint8Array.from(bytes);
    other[at] = (other[at] as number) ^ 0x80;
    expect(constantTimeEqual(bytes, other)).toBe(false);
  }
  expect(constantTimeEqual(bytes, bytes.subarray(0, 3))).toBe(false);
});

test('only zeros are all zero', () => {
  expect(isAllZero(new Uint8Array(32))).toBe(true);
  expect(isAllZero(Uint8Array.of(0, 0, 0x80))).toBe(false);
});

test('wiping leaves zeros in every one of its arguments', () => {
  const [one, two] = [Uint8Array.of(1, 2), Uint8Array.of(3)];
  wipe(one, two);
  expect([...one, ...two]).toEqual([0, 0, 0]);
});
