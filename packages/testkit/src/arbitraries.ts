/** fast-check arbitraries of the words that every package speaks. */
import fc from 'fast-check';
import { ID_BYTES, toHex, type IdByKind } from '@atoll/kernel';
import type { Value } from '@atoll/codec';

/** Byte strings up to a length, empty included. */
export function anyBytes(maxLength = 64): fc.Arbitrary<Uint8Array<ArrayBuffer>> {
  return fc.uint8Array({ maxLength }).map((bytes) => new Uint8Array(bytes));
}

/** Byte strings of one length. */
export function bytesOf(length: number): fc.Arbitrary<Uint8Array<ArrayBuffer>> {
  return fc
    .uint8Array({ minLength: length, maxLength: length })
    .map((bytes) => new Uint8Array(bytes));
}

/** Well-formed ids of a kind. */
export function anyId<K extends keyof IdByKind>(kind: K): fc.Arbitrary<IdByKind[K]> {
  return bytesOf(ID_BYTES[kind]).map((bytes) => toHex(bytes) as IdByKind[K]);
}

/** Text without lone surrogates, beyond the basic plane included. */
export function anyText(maxLength = 24): fc.Arbitrary<string> {
  return fc.string({ unit: 'grapheme', maxLength });
}

/** Values that a register can hold. */
export function anyValue(): fc.Arbitrary<Value> {
  return fc.letrec<{ value: Value }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      fc.constant(null),
      fc.boolean(),
      fc.integer(),
      fc.double({ noNaN: true }),
      fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n }),
      anyText(),
      anyBytes(),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(anyText(8), tie('value'), { maxKeys: 4 }),
    ),
  })).value;
}
