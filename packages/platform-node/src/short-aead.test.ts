import { open, seal, sealingKey } from '@atoll/crypto';
import { concatBytes, fromHex, utf8, type AeadPlatform } from '@atoll/kernel';
import { SimRng } from '@atoll/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadShortAead } from './short-aead.ts';

const short = await loadShortAead();

// draft-irtf-cfrg-xchacha-03, appendix A.3.1.
const place = {
  key: Uint8Array.from({ length: 32 }, (_, at) => 0x80 + at),
  nonce: Uint8Array.from({ length: 24 }, (_, at) => 0x40 + at),
  associated: hex('50515253c0c1c2c3c4c5c6c7'),
};
const plaintext = utf8(
  "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, " +
    'sunscreen would be it.',
);
const sealed = concatBytes(
  hex('bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb'),
  hex('731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452'),
  hex('2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9'),
  hex('21f9664c97637da9768812f615c68b13b52e'),
  hex('c0875924c1c7987947deafd8780acf49'),
);

test('the cipher is the one of the draft', () => {
  const target = new Uint8Array(plaintext.length + 16 + 3);
  short.seal(place, plaintext, target, 3);
  expect(target.subarray(3)).toEqual(sealed);
  expect(short.open(place, sealed, 0)).toEqual(plaintext);
  expect(short.open(place, target, 3)).toEqual(plaintext);
});

test('it opens in its place only, and with every byte as it was', () => {
  for (let at = 0; at < sealed.length; at++) {
    const wrong = sealed.slice();
    wrong[at] = (wrong[at] as number) ^ 1;
    expect(short.open(place, wrong, 0)).toBeUndefined();
  }
  expect(short.open({ ...place, associated: utf8('elsewhere') }, sealed, 0)).toBeUndefined();
  expect(short.open(place, sealed.subarray(0, 15), 0)).toBeUndefined();
});

test('what one way seals the other opens, and their bytes are the same, for all lengths', () => {
  const aead: AeadPlatform = {
    short,
    seal: () => new Uint8Array(0),
    open: () => undefined,
  };
  const key = sealingKey(new Uint8Array(32).fill(7));
  const bytes = fc.uint8Array({ maxLength: short.textBytesMax });
  fc.assert(
    fc.property(bytes, fc.uint8Array({ maxLength: 512 }), (text, associated) => {
      const ours = seal(key, { rng: new SimRng(1), associated, plaintext: text });
      const theirs = seal(key, { rng: new SimRng(1), associated, plaintext: text, aead });
      expect(theirs).toEqual(ours);
      expect(open(key, { associated, sealed: ours, aead })).toEqual(text);
      expect(open(key, { associated, sealed: theirs })).toEqual(text);
    }),
    { numRuns: 60 },
  );
});

function hex(text: string): Uint8Array {
  return fromHex(text) ?? new Uint8Array(0);
}
