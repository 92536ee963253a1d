/** The short ways of payloads agree with the codec's. */
import { encodeValue, Writer, writeValue, type Value } from '@atoll/codec';
import { hash } from '@atoll/crypto';
import { compileType } from '@atoll/schema';
import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import {
  decodePayload,
  encodePayload,
  isPayload,
  payloadValue,
  sortedItems,
} from './row-payload.ts';

const type = compileType(
  {
    name: 'T',
    fields: {
      text: { kind: 'string' },
      number: { kind: 'number' },
      flag: { kind: 'boolean' },
      tags: { kind: 'set', of: { kind: 'string' } },
      any: { kind: 'json' },
      integer: { kind: 'integer' },
      key: { kind: 'ref', type: 'T', by: 'text' },
    },
  },
  hash,
);

const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.string({ minLength: 120 }));
const values = fc.tuple(
  fc.option(text, { nil: undefined }),
  fc.option(fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })), {
    nil: undefined,
  }),
  fc.option(fc.boolean(), { nil: undefined }),
  fc.option(fc.array(text).map(sortedItems), { nil: undefined }),
  fc.option(fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Value>, { nil: undefined }),
  fc.option(fc.integer(), { nil: undefined }),
  fc.option(text, { nil: undefined }),
);

/** Without the short ways. */
function plainPayload(given: readonly (Value | undefined)[]): Uint8Array {
  const writer = new Writer();
  writer.varint(given.filter((value) => value !== undefined).length);
  given.forEach((value, leaf) => {
    if (value !== undefined) writeValue(writer.varint(leaf), value);
  });
  return writer.finish();
}

test.prop([values], { numRuns: 300 })('a payload has the codec’s bytes and values', (given) => {
  const bytes = encodePayload(given);
  expect(bytes).toEqual(plainPayload(given));
  expect(isPayload(bytes, type.leaves)).toBe(true);
  const decoded = decodePayload(bytes, type.leaves.length);
  given.forEach((value, leaf) => {
    const read = payloadValue(bytes, 0, leaf);
    expect(read).toEqual(decoded[leaf]);
    if (value !== undefined && read !== undefined) {
      expect(encodeValue(read)).toEqual(encodeValue(value));
    }
  });
});

test.prop([values, fc.nat(), fc.nat({ max: 255 })], { numRuns: 500 })(
  'a changed payload is accepted only if it is canonical',
  (given, at, byte) => {
    const bytes = encodePayload(given);
    bytes[at % bytes.length] = byte;
    if (!isPayload(bytes, type.leaves)) return;
    expect(plainPayload(decodePayload(bytes, type.leaves.length))).toEqual(bytes);
  },
);
