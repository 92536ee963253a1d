/** Hex of ids that is shared is the hex of the bytes, whatever was read before. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sharedHex, toHex } from './bytes.ts';

const ID_BYTES = 32;

/** Ids that differ in few places: most of them are kept where another one is. */
const alike = fc
  .tuple(
    fc.integer({ min: 0, max: 3 }),
    fc.integer({ min: 0, max: ID_BYTES - 1 }),
    fc.integer({ min: 0, max: 255 }),
  )
  .map(([begins, at, value]) => {
    const id = new Uint8Array(ID_BYTES).fill(7);
    id[1] = begins << 4;
    id[at] = value;
    return id;
  });

test('shared hex is the hex of the bytes, also of ids that are alike', () => {
  fc.assert(
    fc.property(fc.array(alike, { minLength: 1, maxLength: 50 }), fc.nat(9), (ids, before) => {
      const bytes = new Uint8Array(before + ids.length * ID_BYTES);
      for (const [at, id] of ids.entries()) bytes.set(id, before + at * ID_BYTES);
      for (const [at, id] of ids.entries()) {
        expect(sharedHex(bytes, before + at * ID_BYTES)).toBe(toHex(id));
      }
    }),
  );
});

test('bytes that end before the id does give what there is, and spoil no other id', () => {
  const whole = Uint8Array.from({ length: ID_BYTES }, (_, at) => at);
  expect(sharedHex(whole, 0)).toBe(toHex(whole));
  expect(sharedHex(whole.subarray(0, 20), 0)).toBe(toHex(whole.subarray(0, 20)));
  expect(sharedHex(whole, 0)).toBe(toHex(whole));
});
