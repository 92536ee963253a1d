/** Our composition of ChaCha20 and Poly1305 against Wycheproof and against the library's own. */
import { chacha20poly1305, xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { concatBytes, toHex } from '@atoll/kernel';
import { SimRng } from '@atoll/testkit';
import { expect, test } from 'vitest';
import { aeadOpen, aeadSeal, extendedNonce, prepareXKey, TAG_BYTES } from './aead.ts';
import { hex, readVectors } from './testing/vectors.ts';

interface AeadTest {
  readonly tcId: number;
  readonly key: string;
  readonly iv: string;
  readonly aad: string;
  readonly msg: string;
  readonly ct: string;
  readonly tag: string;
  readonly result: string;
}

/** Runs one vector; vectors with other nonce sizes are about other algorithms. */
function check(one: AeadTest, nonceBytes: number): boolean {
  const nonce = hex(one.iv);
  if (nonce.length !== nonceBytes) return false;
  const associated = hex(one.aad);
  const input =
    nonceBytes === 24
      ? extendedNonce(prepareXKey(hex(one.key)), nonce, associated)
      : { key: hex(one.key), nonce, associated };
  const sealed = concatBytes(hex(one.ct), hex(one.tag));
  const opened = aeadOpen(input, sealed);
  if (one.result !== 'valid') {
    expect({ id: one.tcId, opened }).toEqual({ id: one.tcId, opened: undefined });
    return true;
  }
  expect({ id: one.tcId, text: toHex(opened ?? new Uint8Array(1)) }).toEqual({
    id: one.tcId,
    text: one.msg,
  });
  const output = new Uint8Array(sealed.length);
  aeadSeal(input, hex(one.msg), output);
  expect(toHex(output)).toBe(toHex(sealed));
  return true;
}

test('XChaCha20-Poly1305 agrees with every Wycheproof vector', () => {
  const { tests } = readVectors<{ tests: AeadTest[] }>('wycheproof-xchacha20-poly1305');
  const ran = tests.filter((one) => check(one, 24));
  expect(ran.length).toBeGreaterThan(280);
});

test('ChaCha20-Poly1305 agrees with every Wycheproof vector', () => {
  const { tests } = readVectors<{ tests: AeadTest[] }>('wycheproof-chacha20-poly1305');
  const ran = tests.filter((one) => check(one, 12));
  expect(ran.length).toBeGreaterThan(290);
});

test('all sizes around block borders and above the kept buffer equal the library', () => {
  const rng = new SimRng(1);
  const sizes = [
    ...Array.from({ length: 200 }, (_, size) => size),
    16_384,
    20_416,
    20_500,
    70_001,
    130_500,
    131_000,
  ];
  for (const size of sizes) {
    const key = rng.bytes(32);
    const nonce = rng.bytes(24);
    const associated = rng.bytes(size % 50);
    const text = rng.bytes(size);
    const sealed = new Uint8Array(size + TAG_BYTES);
    const short = { key, nonce: nonce.subarray(0, 12), associated };
    aeadSeal(short, text, sealed);
    const theirs = chacha20poly1305(key, nonce.slice(0, 12), associated).encrypt(text);
    expect(toHex(sealed)).toBe(toHex(theirs));
    expect(aeadOpen(short, sealed)).toEqual(text);
    const long = extendedNonce(prepareXKey(key), nonce, associated);
    aeadSeal(long, text, sealed);
    expect(toHex(sealed)).toBe(toHex(xchacha20poly1305(key, nonce, associated).encrypt(text)));
  }
});

test('a text that was changed anywhere, or whose place was, does not open', () => {
  const rng = new SimRng(2);
  const input = { key: rng.bytes(32), nonce: rng.bytes(12), associated: rng.bytes(20) };
  const sealed = new Uint8Array(90 + TAG_BYTES);
  aeadSeal(input, rng.bytes(90), sealed);
  for (let at = 0; at < sealed.length; at++) {
    const changed = sealed.with(at, ((sealed[at] as number) + 1) % 256);
    expect(aeadOpen(input, changed)).toBeUndefined();
  }
  const elsewhere = { ...input, associated: input.associated.with(3, 0xff) };
  expect(aeadOpen(elsewhere, sealed)).toBeUndefined();
  expect(aeadOpen(input, sealed)).toBeDefined();
});
