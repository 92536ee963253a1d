/** The filter and the platform together: Wycheproof, and keys and signatures made to divide libraries. */
import { ed25519, ED25519_TORSION_SUBGROUP } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes, toHex, utf8 } from '@atoll/kernel';
import { SimRng, simEd25519, simSigner } from '@atoll/testkit';
import { describe, expect, test } from 'vitest';
import { isCanonicalKey, isCanonicalSignature, isPlainPoint } from './canonical-ed25519.ts';
import { hex, readVectors } from './testing/vectors.ts';

const Point = ed25519.Point;
const ORDER = Point.Fn.ORDER;
const rng = new SimRng(5);

async function accepts(key: Uint8Array, message: Uint8Array, sig: Uint8Array): Promise<boolean> {
  if (!(await isCanonicalKey(key)) || !isCanonicalSignature(sig)) return false;
  return (await simEd25519.verify(key, message, sig)) === true;
}

function little(value: bigint): Uint8Array {
  return hex(value.toString(16).padStart(64, '0')).reverse();
}

function number(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(Uint8Array.from(bytes).reverse())}`);
}

/** A signature made by hand, with any encoded R and key, so that S B = R' + k A holds for k as hashed. */
function craft(options: {
  readonly secret: bigint;
  readonly nonce: bigint;
  readonly encodedR: Uint8Array;
  readonly key: Uint8Array;
  readonly message: Uint8Array;
}): Uint8Array {
  const { secret, nonce, encodedR, key, message } = options;
  const challenge = number(sha512(concatBytes(encodedR, key, message))) % ORDER;
  return concatBytes(encodedR, little((nonce + challenge * secret) % ORDER));
}

interface SignatureTest {
  readonly tcId: number;
  readonly key: string;
  readonly msg: string;
  readonly sig: string;
  readonly result: string;
}

test('filter and platform give the Wycheproof verdict on every vector', async () => {
  const { tests } = readVectors<{ tests: SignatureTest[] }>('wycheproof-ed25519');
  for (const one of tests) {
    const verdict = await accepts(hex(one.key), hex(one.msg), hex(one.sig));
    expect({ id: one.tcId, verdict }).toEqual({ id: one.tcId, verdict: one.result === 'valid' });
  }
  expect(tests.length).toBe(151);
});

describe('keys', () => {
  test('every encoding of a point of small order is refused by bytes alone', () => {
    for (const point of ED25519_TORSION_SUBGROUP) {
      const bytes = hex(point);
      expect(isPlainPoint(bytes)).toBe(false);
      bytes[31] = (bytes[31] as number) ^ 0x80;
      expect(isPlainPoint(bytes)).toBe(false);
    }
    expect(ED25519_TORSION_SUBGROUP.length).toBe(8);
  });

  test('every encoding whose y is not below the prime is refused', () => {
    const prime = 2n ** 255n - 19n;
    for (let above = 0n; above < 19n; above++) {
      const bytes = little(prime + above);
      expect(isPlainPoint(bytes)).toBe(false);
      bytes[31] = (bytes[31] as number) | 0x80;
      expect(isPlainPoint(bytes)).toBe(false);
    }
    expect(isPlainPoint(little(prime - 2n))).toBe(true);
  });

  test('a key with a part of small order is refused, though its signatures verify', async () => {
    const secret = number(rng.bytes(32)) % ORDER;
    const torsion = Point.fromHex(ED25519_TORSION_SUBGROUP[1] as string);
    const key = Point.BASE.multiply(secret).add(torsion).toBytes();
    expect(isPlainPoint(key)).toBe(true);
    expect(await isCanonicalKey(key)).toBe(false);
    // Some message has a challenge divisible by eight: there a cofactorless verifier accepts the key.
    const nonce = 1234567n;
    const encodedR = Point.BASE.multiply(nonce).toBytes();
    let platformAccepted = false;
    for (let at = 0; at < 200 && !platformAccepted; at++) {
      const message = utf8(`message ${at}`);
      const signature = craft({ secret, nonce, encodedR, key, message });
      platformAccepted = await simEd25519.verify(key, message, signature);
      expect(await accepts(key, message, signature)).toBe(false);
    }
    expect(platformAccepted).toBe(true);
  });

  test('bytes that are no point and bytes of a wrong length are refused', async () => {
    let refused = 0;
    for (let at = 0; at < 20; at++) if (!(await isCanonicalKey(rng.bytes(32)))) refused++;
    expect(refused).toBeGreaterThan(0);
    expect(await isCanonicalKey(new Uint8Array(31))).toBe(false);
    expect(await isCanonicalKey(new Uint8Array(33))).toBe(false);
  });

  test('an honest key is accepted, the second time from memory', async () => {
    const { publicKey } = simSigner(rng.bytes(32));
    expect(await isCanonicalKey(publicKey)).toBe(true);
    expect(await isCanonicalKey(publicKey)).toBe(true);
  });
});

describe('signatures', () => {
  const signer = simSigner(rng.bytes(32));
  const message = utf8('hello');

  test('S plus the order is refused', async () => {
    const signature = await signer.sign(message);
    const shifted = concatBytes(
      signature.subarray(0, 32),
      little(number(signature.subarray(32)) + ORDER),
    );
    expect(await accepts(signer.publicKey, message, signature)).toBe(true);
    expect(isCanonicalSignature(shifted)).toBe(false);
  });

  test('S equal to the order is refused and S one below it is not', () => {
    const pointR = Point.BASE.toBytes();
    expect(isCanonicalSignature(concatBytes(pointR, little(ORDER)))).toBe(false);
    expect(isCanonicalSignature(concatBytes(pointR, little(ORDER - 1n)))).toBe(true);
  });

  test('an R of small order is refused, though the equation holds', () => {
    const secret = 42n;
    const key = Point.BASE.multiply(secret).toBytes();
    const encodedR = Point.ZERO.toBytes();
    const signature = craft({ secret, nonce: 0n, encodedR, key, message });
    expect(isCanonicalSignature(signature)).toBe(false);
  });

  test('a wrong length is refused', async () => {
    const signature = await signer.sign(message);
    expect(isCanonicalSignature(signature.subarray(1))).toBe(false);
    expect(isCanonicalSignature(concatBytes(signature, Uint8Array.of(0)))).toBe(false);
  });
});
