import { expect, test } from 'vitest';
import { compareBytes, fromHex, fromUtf8, toHex } from './bytes.ts';
import { errorCode } from './errors.ts';
import { idBytes, idFromBytes, parseId } from './ids.ts';

function codeOf(run: () => unknown): string {
  try {
    run();
    return 'nothing thrown';
  } catch (failure) {
    return errorCode(failure);
  }
}

test('an id comes back from its bytes', () => {
  const text = '0123456789abcdef'.repeat(4);
  expect(idFromBytes('space', idBytes(parseId('space', text)))).toBe(text);
});

test.each(['', 'ABCD'.repeat(16), 'g'.repeat(64), '00'.repeat(31), '00'.repeat(33)])(
  'the text "%s" is no space id',
  (text) => {
    expect(codeOf(() => parseId('space', text))).toBe('KERNEL_ID_MALFORMED');
  },
);

test('hex is strict: odd length, capitals and other letters are refused', () => {
  expect(fromHex('abc')).toBeUndefined();
  expect(fromHex('AB')).toBeUndefined();
  expect(fromHex('zz')).toBeUndefined();
  expect(toHex(fromHex('00ff10') ?? new Uint8Array())).toBe('00ff10');
});

test('byte order compares unsigned, a prefix first', () => {
  expect(compareBytes(Uint8Array.of(0x7f), Uint8Array.of(0x80))).toBe(-1);
  expect(compareBytes(Uint8Array.of(1), Uint8Array.of(1, 0))).toBe(-1);
  expect(compareBytes(Uint8Array.of(2), Uint8Array.of(1, 9))).toBe(1);
});

test('bytes that are no UTF-8 give no text', () => {
  expect(fromUtf8(Uint8Array.of(0xc3, 0x28))).toBeUndefined();
});
