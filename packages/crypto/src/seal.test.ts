/** Sealing: what it binds, what it hides, and what it does when randomness repeats. */
import { toHex, utf8, type Rng } from '@atoll/kernel';
import { SimRng } from '@atoll/testkit';
import { describe, expect, test } from 'vitest';
import { keyCommitment, open, seal, SEAL_OVERHEAD_BYTES, sealingKey } from './seal.ts';

const rng = new SimRng(31);
const key = sealingKey(rng.bytes(32));
const associated = utf8('feed 1, block 2, section 0');
const plaintext = utf8('attack at dawn');
const stuck: Rng = { bytes: (count) => new Uint8Array(count) };

describe('a sealed text', () => {
  test('opens under its key at its place, and is the stated number of bytes longer', () => {
    const sealed = seal(key, { rng, associated, plaintext });
    expect(sealed.length).toBe(plaintext.length + SEAL_OVERHEAD_BYTES);
    expect(open(key, { associated, sealed })).toEqual(plaintext);
  });

  test('does not open under another key or at another place', () => {
    const sealed = seal(key, { rng, associated, plaintext });
    const other = sealingKey(rng.bytes(32));
    expect(open(other, { associated, sealed })).toBeUndefined();
    expect(open(key, { associated: utf8('feed 1, block 3'), sealed })).toBeUndefined();
  });

  test('is another one each time', () => {
    const [one, two] = [1, 2].map(() => seal(key, { rng, associated, plaintext }));
    expect(one).not.toEqual(two);
  });

  test('can be empty', () => {
    const sealed = seal(key, { rng, associated, plaintext: new Uint8Array(0) });
    expect(open(key, { associated, sealed })).toEqual(new Uint8Array(0));
  });

  test('opens from bytes that lie unaligned inside others', () => {
    const sealed = seal(key, { rng, associated, plaintext });
    const around = new Uint8Array(sealed.length + 7);
    around.set(sealed, 3);
    const inside = around.subarray(3, 3 + sealed.length);
    expect(open(key, { associated, sealed: inside })).toEqual(plaintext);
  });
});

describe('when the randomness repeats', () => {
  const nonceOf = (place: string, text: string): string => {
    const input = { rng: stuck, associated: utf8(place), plaintext: utf8(text) };
    return toHex(seal(key, input).subarray(0, 24));
  };

  test('another text or another place still has another nonce', () => {
    const nonces = [nonceOf('a', 'x'), nonceOf('a', 'y'), nonceOf('b', 'x'), nonceOf('ax', '')];
    expect(new Set(nonces).size).toBe(4);
  });

  test('only the same text at the same place has the same nonce', () => {
    expect(nonceOf('a', 'x')).toBe(nonceOf('a', 'x'));
  });
});

describe('a key commitment', () => {
  test('differs between keys, and is part of the prepared key', () => {
    const secret = rng.bytes(32);
    expect(sealingKey(secret).commitment).toEqual(keyCommitment(secret));
    expect(keyCommitment(secret)).not.toEqual(keyCommitment(rng.bytes(32)));
  });

  test('a secret of another length is refused', () => {
    const attempt = (): unknown => sealingKey(new Uint8Array(16));
    expect(attempt).toThrow(expect.objectContaining({ code: 'CRYPTO_SIZE' }));
  });
});
