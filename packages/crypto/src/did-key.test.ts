// Names of keys, against the samples of RFC 8032 and the vectors of the did:key specification.
import { fromHex, toHex } from '@atoll/kernel';
import { expect, test } from 'vitest';
import { didKeyOf, keyOfDid } from './did-key.ts';
import { sha256 } from './hash.ts';
import { utf8 } from '@atoll/kernel';

/** From the test vectors of the did:key method, `ed25519-x25519.json`. */
const SEEDED = 'did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp';
const SEEDED_KEY = '3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29';

test('a key has the name that the specification gives it, and the name gives the key back', () => {
  expect(didKeyOf(fromHex(SEEDED_KEY) ?? new Uint8Array())).toBe(SEEDED);
  expect(toHex(keyOfDid(SEEDED) ?? new Uint8Array())).toBe(SEEDED_KEY);
});

test('the least and the greatest key have names of the same length', () => {
  for (const fill of [0, 1, 0x7f, 0xff]) {
    const key = new Uint8Array(32).fill(fill);
    expect(toHex(keyOfDid(didKeyOf(key)) ?? new Uint8Array())).toBe(toHex(key));
  }
});

test.each([
  '',
  'did:key:',
  'did:web:example.org',
  SEEDED.slice(0, -1),
  `${SEEDED}1`,
  SEEDED.replace('z6', 'z7'),
  SEEDED.replace('8', '0'),
  SEEDED.replace('z6', 'Z6'),
  // Another kind of key: secp256k1.
  'did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme',
])('%s is the name of no Ed25519 key', (text) => {
  expect(keyOfDid(text)).toBeUndefined();
});

test('SHA-256 is that of FIPS 180-4', () => {
  expect(toHex(sha256(utf8('abc')))).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
});
