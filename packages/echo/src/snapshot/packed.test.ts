/** Packing of answers: what comes back, what is refused, and that nobody can make much of little. */
import { CodecError, Writer } from '@atoll/codec';
import { fc, test } from '@fast-check/vitest';
import { deflateSync } from 'fflate';
import { expect } from 'vitest';
import { pack, unpack, UNPACKED_BYTES_MAX } from './packed.ts';

const codeOf = (run: () => unknown): string | undefined => {
  try {
    run();
    return undefined;
  } catch (failure) {
    if (failure instanceof CodecError) return failure.code;
    throw failure;
  }
};

test.prop([fc.uint8Array({ maxLength: 2000 }), fc.integer({ min: 1, max: 40 })])(
  'what was packed unpacks to the same, and is never longer by more than a byte',
  (part, times) => {
    const bytes = new Uint8Array(part.length * times);
    for (let at = 0; at < times; at++) bytes.set(part, at * part.length);
    const packed = pack(bytes);
    expect(packed.length).toBeLessThanOrEqual(bytes.length + 1);
    expect(unpack(packed)).toEqual(bytes);
  },
);

test.prop([fc.uint8Array({ maxLength: 300 })])(
  'any bytes unpack or are refused with a code',
  (bytes) => {
    codeOf(() => unpack(bytes));
    codeOf(() => unpack(Uint8Array.of(1, ...bytes)));
  },
);

const deflated = (bytes: Uint8Array, total: number): Uint8Array =>
  new Writer().u8(1).varint(total).bytes(deflateSync(bytes)).finish();

test.each([
  ['nothing', new Uint8Array(0)],
  ['an unknown way', Uint8Array.of(2)],
  ['less than is said', deflated(new Uint8Array(99), 100)],
  ['more than is said', deflated(new Uint8Array(101), 100)],
  ['more than there may be', deflated(new Uint8Array(99), UNPACKED_BYTES_MAX + 1)],
  ['something behind it', Uint8Array.of(...deflated(new Uint8Array(100), 100), 0)],
  ['half of it', deflated(new Uint8Array(100_000).fill(7), 100_000).subarray(0, 60)],
])('%s is refused', (_what, bytes) => {
  expect(codeOf(() => unpack(bytes))).toMatch(/^CODEC_/);
});

test('what says that it is little ends when it is more, whatever would come', () => {
  const bomb = deflated(new Uint8Array(UNPACKED_BYTES_MAX), 1000);
  expect(bomb.length).toBeGreaterThan(60_000);
  expect(codeOf(() => unpack(bomb))).toBe('CODEC_MALFORMED');
});
