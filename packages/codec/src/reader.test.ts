import { expect, test } from 'vitest';
import { CodecError } from './codec-error.ts';
import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

function code(run: () => unknown): string {
  try {
    run();
  } catch (failure) {
    if (failure instanceof CodecError) return failure.code;
  }
  return 'nothing thrown';
}

test.each([0, 1, 127, 128, 16_383, 16_384, 2 ** 32, Number.MAX_SAFE_INTEGER])(
  'the number %i comes back',
  (value) => {
    const reader = new Reader(new Writer().varint(value).finish());
    expect(reader.varint()).toBe(value);
    reader.end();
  },
);

test.each([0, -1, 1, 2 ** 51, -(2 ** 51)])('the signed number %i comes back', (value) => {
  expect(new Reader(new Writer().zigzag(value).finish()).zigzag()).toBe(value);
});

test('a number with a needless last byte is refused', () => {
  expect(code(() => new Reader(Uint8Array.of(0x81, 0x00)).varint())).toBe('CODEC_NOT_CANONICAL');
});

test('a number of more than 53 bits is refused', () => {
  const bytes = new Uint8Array(10).fill(0xff);
  expect(code(() => new Reader(bytes).varint())).toBe('CODEC_TOO_LARGE');
});

test('a length that reaches beyond the end is refused before anything is allocated', () => {
  const bytes = new Writer().varint(2 ** 40).finish();
  expect(code(() => new Reader(bytes).bytes())).toBe('CODEC_TRUNCATED');
});

test('left-over bytes are refused', () => {
  expect(code(() => new Reader(Uint8Array.of(1)).end())).toBe('CODEC_TRAILING');
});

test('text that is no UTF-8 is refused, long or short', () => {
  expect(code(() => new Reader(Uint8Array.of(1, 0xff)).text())).toBe('CODEC_MALFORMED');
  const long = new Writer().bytes(new Uint8Array(100).fill(0xff)).finish();
  expect(code(() => new Reader(long).text())).toBe('CODEC_MALFORMED');
});

test('a lone surrogate cannot be written', () => {
  expect(code(() => new Writer().text('\ud800'))).toBe('CODEC_MALFORMED');
});

test('text of every width comes back', () => {
  for (const text of ['', 'ascii', 'é'.repeat(50), '😀👩‍👩‍👧', 'x'.repeat(1000)]) {
    expect(new Reader(new Writer().text(text).finish()).text()).toBe(text);
  }
});

test('minus zero and NaN have no encoding', () => {
  expect(new Writer().f64(-0).finish()).toEqual(new Writer().f64(0).finish());
  expect(code(() => new Writer().f64(Number.NaN))).toBe('CODEC_MALFORMED');
  const minusZero = Uint8Array.of(0x80, 0, 0, 0, 0, 0, 0, 0);
  expect(code(() => new Reader(minusZero).f64())).toBe('CODEC_NOT_CANONICAL');
});
