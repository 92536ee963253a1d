/** Where capsules lie counts only as the words themselves have said it, of this identity. */
import { idFromBytes } from '@atoll/kernel';
import { simEd25519, simSigner } from '@atoll/testkit';
import { expect, test } from 'vitest';
import { isLocatorOf, signLocator } from './locator.ts';

const ada = idFromBytes('identity', new Uint8Array(32).fill(1));
const eve = idFromBytes('identity', new Uint8Array(32).fill(2));
const words = simSigner(new Uint8Array(32).fill(3));
const thief = simSigner(new Uint8Array(32).fill(4));
const locatorSecret = new Uint8Array(32).fill(5);
const elsewhere = new Uint8Array(32).fill(6);

test('by the words, of this identity and this place', async () => {
  const signingKey = words.publicKey;
  const { signature } = await signLocator(words, ada, locatorSecret);
  const said = { signingKey, locatorSecret, signature };
  expect(await isLocatorOf(simEd25519, ada, said)).toBe(true);
  expect(await isLocatorOf(simEd25519, eve, said)).toBe(false);
  expect(await isLocatorOf(simEd25519, ada, { ...said, locatorSecret: elsewhere })).toBe(false);
});

test('not by who has a device and no words, in their name or his own', async () => {
  const { signature } = await signLocator(thief, ada, elsewhere);
  const forged = { signingKey: words.publicKey, locatorSecret: elsewhere, signature };
  expect(await isLocatorOf(simEd25519, ada, forged)).toBe(false);
  const short = { ...forged, signature: signature.slice(1) };
  expect(await isLocatorOf(simEd25519, ada, short)).toBe(false);
});
