/** Sealing to a public key. */
import { utf8, type Rng } from '@atoll/kernel';
import { simAgreer, SimRng } from '@atoll/testkit';
import { expect, test } from 'vitest';
import { sealTo } from './seal-to.ts';
import { openSealed, SEALED_BOX_OVERHEAD_BYTES } from './sealed-box.ts';
import { softwareAgreer } from './software-keys.ts';

const rng = new SimRng(41);
const secret = rng.bytes(32);
const reader = softwareAgreer(secret);
const info = utf8('space, rotation');
const plaintext = utf8('a content key');
const stuck: Rng = { bytes: (count) => new Uint8Array(count) };

function box(over: { recipient?: Uint8Array; rng?: Rng; plaintext?: Uint8Array } = {}): Uint8Array {
  return sealTo({ recipient: reader.publicKey, plaintext, info, rng, ...over });
}

test('the recipient opens it, with a key in memory or on the platform', async () => {
  const sealed = box();
  expect(sealed.length).toBe(plaintext.length + SEALED_BOX_OVERHEAD_BYTES);
  expect(await openSealed(reader, sealed, info)).toEqual(plaintext);
  expect(await openSealed(simAgreer(secret), sealed, info)).toEqual(plaintext);
});

test('nobody else opens it, and the recipient not with other info', async () => {
  const sealed = box();
  const other = softwareAgreer(rng.bytes(32));
  expect(await openSealed(other, sealed, info)).toBeUndefined();
  expect(await openSealed(reader, sealed, utf8('another space'))).toBeUndefined();
});

test('an ephemeral key of small order is refused before the platform sees it', async () => {
  const sealed = Uint8Array.from(box());
  sealed.fill(0, 1, 33);
  const never = {
    publicKey: reader.publicKey,
    agree: () => Promise.reject(new Error('the platform was asked')),
  };
  expect(await openSealed(never, sealed, info)).toBeUndefined();
});

test('an unknown algorithm byte and a short box are refused', async () => {
  const sealed = Uint8Array.from(box());
  expect(await openSealed(reader, sealed.subarray(0, 48), info)).toBeUndefined();
  sealed[0] = 2;
  expect(await openSealed(reader, sealed, info)).toBeUndefined();
});

test('a recipient of small order is refused with a code', () => {
  const attempt = (): unknown => box({ recipient: new Uint8Array(32) });
  expect(attempt).toThrow(expect.objectContaining({ code: 'CRYPTO_WEAK_KEY' }));
});

test('with repeating randomness two texts still have two ephemeral keys', () => {
  const [one, two] = [utf8('a'), utf8('b')].map((text) => box({ rng: stuck, plaintext: text }));
  expect(one?.subarray(1, 33)).not.toEqual(two?.subarray(1, 33));
});
