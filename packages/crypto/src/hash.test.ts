/** Framing, domain separation and both engines of the hash; HMAC and HKDF against Wycheproof. */
import { blake3 } from '@noble/hashes/blake3.js';
import { concatBytes, toHex, utf8 } from '@atoll/kernel';
import { beforeAll, describe, expect, test } from 'vitest';
import { deriveKey, hash, hkdf, hmac, keyedHash } from './hash.ts';
import { ready } from './ready.ts';
import { hex, readVectors } from './testing/vectors.ts';

const key = Uint8Array.from({ length: 32 }, (_, at) => at);
const parts = [utf8('one'), new Uint8Array(0), new Uint8Array(300).fill(7)];
/** Taken before `ready()`, so by the JavaScript engine. */
const early = { plain: hash('test', ...parts), keyed: keyedHash(key, 'test', ...parts) };

beforeAll(ready);

describe('hash', () => {
  test('the WebAssembly engine gives the same digests as the JavaScript one', () => {
    expect(toHex(hash('test', ...parts))).toBe(toHex(early.plain));
    expect(toHex(keyedHash(key, 'test', ...parts))).toBe(toHex(early.keyed));
  });

  test('the bytes hashed are prefixed tag, then each part behind its LEB128 length', () => {
    const tag = utf8('atoll/1/test');
    const framed = concatBytes(
      Uint8Array.of(tag.length),
      tag,
      Uint8Array.of(3),
      utf8('one'),
      Uint8Array.of(0, 0xac, 0x02),
      new Uint8Array(300).fill(7),
    );
    expect(toHex(hash('test', ...parts))).toBe(toHex(blake3(framed)));
    expect(toHex(keyedHash(key, 'test', ...parts))).toBe(toHex(blake3(framed, { key })));
  });

  test('moving a boundary between parts changes the digest', () => {
    expect(hash('t', utf8('ab'), utf8('c'))).not.toEqual(hash('t', utf8('a'), utf8('bc')));
    expect(hash('t', utf8('ab'))).not.toEqual(hash('t', utf8('ab'), new Uint8Array(0)));
  });

  test('moving a character from the tag to a part changes the digest', () => {
    expect(hash('ta', utf8('b'))).not.toEqual(hash('t', utf8('ab')));
  });

  test('an input above the kept buffer hashes as one below it would', () => {
    const long = new Uint8Array(200_000).fill(3);
    const header = concatBytes(utf8('\u000eatoll/1/longer'), Uint8Array.of(0xc0, 0x9a, 0x0c));
    expect(toHex(hash('longer', long))).toBe(toHex(blake3(concatBytes(header, long))));
  });

  test('a digest does not change when the next one is taken', () => {
    const first = hash('t', utf8('a'));
    const copy = Uint8Array.from(first);
    hash('t', utf8('b'));
    expect(first).toEqual(copy);
  });

  test.each(['', 'with space', 'ünicode', 'x'.repeat(65)])('the tag %j is refused', (tag) => {
    expect(() => hash(tag)).toThrow(expect.objectContaining({ code: 'CRYPTO_TAG' }));
  });

  test('a key of another length than 32 bytes is refused', () => {
    const attempt = (): unknown => keyedHash(new Uint8Array(31), 't');
    expect(attempt).toThrow(expect.objectContaining({ code: 'CRYPTO_SIZE' }));
  });
});

describe('deriveKey', () => {
  test('another purpose, part or secret gives another key', () => {
    const keys = [
      deriveKey(key, 'a'),
      deriveKey(key, 'b'),
      deriveKey(key, 'a', utf8('x')),
      deriveKey(key.subarray(1), 'a'),
    ].map(toHex);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

interface MacTest {
  readonly tcId: number;
  readonly key: string;
  readonly msg: string;
  readonly tag: string;
  readonly tagSize: number;
  readonly result: string;
}

test('HMAC-SHA256 agrees with every Wycheproof vector', () => {
  const { tests } = readVectors<{ tests: MacTest[] }>('wycheproof-hmac-sha256');
  for (const one of tests) {
    const tag = toHex(hmac(hex(one.key), hex(one.msg))).slice(0, one.tagSize / 4);
    expect({ id: one.tcId, same: tag === one.tag }).toEqual({
      id: one.tcId,
      same: one.result === 'valid',
    });
  }
  expect(tests.length).toBe(174);
});

interface HkdfTest {
  readonly ikm: string;
  readonly salt: string;
  readonly info: string;
  readonly size: number;
  readonly okm: string;
  readonly result: string;
}

test('HKDF-SHA256 agrees with every valid Wycheproof vector and refuses the others', () => {
  const { tests } = readVectors<{ tests: HkdfTest[] }>('wycheproof-hkdf-sha256');
  for (const one of tests) {
    const derive = (): Uint8Array =>
      hkdf({
        secret: hex(one.ikm),
        salt: hex(one.salt),
        info: hex(one.info),
        sizeBytes: one.size,
      });
    if (one.result === 'valid') expect(toHex(derive())).toBe(one.okm);
    else expect(derive).toThrow();
  }
});
