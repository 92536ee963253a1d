import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { CodecError } from './codec-error.ts';
import { decodeValue, encodeValue, type Value } from './value.ts';

const scalar: fc.Arbitrary<Value> = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true }).map((value) => (value === 0 ? 0 : value)),
  fc.bigInt(),
  fc.string({ unit: 'grapheme' }),
  fc.uint8Array({ maxLength: 40 }),
);
const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

test.prop([value])('a value comes back from its bytes', (original) => {
  expect(decodeValue(encodeValue(original))).toEqual(original);
});

test.prop([value, fc.nat(), fc.integer({ min: 1, max: 255 })])(
  'changed bytes are refused or are the one encoding of another value',
  (original, at, change) => {
    const bytes = encodeValue(original);
    const index = at % bytes.length;
    bytes[index] = (bytes[index] as number) ^ change;
    let decoded: Value;
    try {
      decoded = decodeValue(bytes);
    } catch (failure) {
      expect(failure).toBeInstanceOf(CodecError);
      return;
    }
    expect(encodeValue(decoded)).toEqual(bytes);
  },
);

test.prop([fc.uint8Array({ maxLength: 60 })])(
  'random bytes never do anything but decode or throw a coded error',
  (bytes) => {
    try {
      expect(encodeValue(decodeValue(bytes))).toEqual(bytes);
    } catch (failure) {
      expect(failure).toBeInstanceOf(CodecError);
    }
  },
);
