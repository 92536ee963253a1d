/** X25519 against Wycheproof, Ed25519 against RFC 8032, and the list of weak keys. */
import { toHex } from '@atoll/kernel';
import { simAgreer, simEd25519, SimRng, simSigner } from '@atoll/testkit';
import { expect, test } from 'vitest';
import { agreeNow, softwareAgreer, softwareSigner } from './software-keys.ts';
import { isWeakAgreementKey } from './weak-agreement-key.ts';
import { hex, readVectors } from './testing/vectors.ts';

interface AgreementTest {
  readonly tcId: number;
  readonly public: string;
  readonly private: string;
  readonly shared: string;
}

test('X25519 gives every Wycheproof secret, and nothing where it would be all zero', () => {
  const { tests } = readVectors<{ tests: AgreementTest[] }>('wycheproof-x25519');
  for (const one of tests) {
    const zero = /^0+$/.test(one.shared);
    const shared = agreeNow(hex(one.private), hex(one.public));
    expect({ id: one.tcId, shared: shared && toHex(shared) }).toEqual({
      id: one.tcId,
      shared: zero ? undefined : one.shared,
    });
    expect({ id: one.tcId, weak: isWeakAgreementKey(hex(one.public)) }).toEqual({
      id: one.tcId,
      weak: zero,
    });
  }
  expect(tests.length).toBe(518);
});

test('an agreer answers a weak key with zeros, as the port says', async () => {
  const agreer = softwareAgreer(new SimRng(1).bytes(32));
  expect(toHex(await agreer.agree(new Uint8Array(32)))).toBe('00'.repeat(32));
});

test('a software agreer and a platform agreer of two secrets agree', async () => {
  const rng = new SimRng(2);
  const ours = softwareAgreer(rng.bytes(32));
  const theirs = simAgreer(rng.bytes(32));
  expect(await ours.agree(theirs.publicKey)).toEqual(await theirs.agree(ours.publicKey));
});

test('RFC 8032, test 2: key and signature of a one-byte message', async () => {
  const seed = '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb';
  const signer = softwareSigner(hex(seed));
  expect(toHex(signer.publicKey)).toBe(
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
  );
  expect(toHex(await signer.sign(Uint8Array.of(0x72)))).toBe(
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
      '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  );
});

test('a software signer signs as the platform does, and the platform accepts it', async () => {
  const rng = new SimRng(3);
  for (let at = 0; at < 8; at++) {
    const seed = rng.bytes(32);
    const message = rng.bytes(at * 40);
    const signature = await softwareSigner(seed).sign(message);
    expect(signature).toEqual(await simSigner(seed).sign(message));
    const { publicKey } = simSigner(seed);
    expect(await simEd25519.verify(publicKey, message, signature)).toBe(true);
  }
});

test('a seed changed after the signer was made does not change the signer', async () => {
  const seed = new SimRng(4).bytes(32);
  const signer = softwareSigner(seed);
  const before = await signer.sign(seed.subarray(0, 0));
  seed.fill(0);
  expect(await signer.sign(new Uint8Array(0))).toEqual(before);
});

test('seeds and secrets of a wrong length are refused', () => {
  const short = new Uint8Array(31);
  expect(() => softwareSigner(short)).toThrow(expect.objectContaining({ code: 'CRYPTO_SIZE' }));
  expect(() => softwareAgreer(short)).toThrow(expect.objectContaining({ code: 'CRYPTO_SIZE' }));
});
