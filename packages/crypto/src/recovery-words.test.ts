/** Recovery words: BIP39 as published, errors a person can act on, and separated secrets. */
import { toHex } from '@atoll/kernel';
import { SimRng } from '@atoll/testkit';
import { describe, expect, test } from 'vitest';
import { newWords, parseWords, recoverySecrets, wordsToSeed } from './recovery-words.ts';

const ZERO_WORDS = [...Array<string>(23).fill('abandon'), 'art'];

test('the zero entropy gives the words of the published vectors', async () => {
  const words = await newWords({ bytes: (count) => new Uint8Array(count) });
  expect(words).toEqual(ZERO_WORDS);
});

test('the seed is that of BIP39 with an empty passphrase', async () => {
  // From the reference implementation: PBKDF2-HMAC-SHA512, 2048 rounds, salt "mnemonic".
  expect(toHex(await wordsToSeed(ZERO_WORDS))).toBe(
    '408b285c123836004f4b8842c89324c1f01382450c0d439af345ba7fc49acf70' +
      '5489c6fc77dbd4e3dc1dd8cc6bc9f043db8ada1e243c4a0eafb290d399480840',
  );
});

test('new words are 24, parse, and differ', async () => {
  const rng = new SimRng(71);
  const [one, two] = [await newWords(rng), await newWords(rng)];
  expect(one.length).toBe(24);
  expect(await parseWords(one.join(' '))).toEqual(one);
  expect(one).not.toEqual(two);
});

describe('parsing', () => {
  const text = ZERO_WORDS.join(' ');

  test('forgives capitals, line breaks and spaces around', async () => {
    expect(await parseWords(`  ${text.toUpperCase().replaceAll(' ', ' \n ')}\t`)).toEqual(
      ZERO_WORDS,
    );
  });

  test.each([
    ['CRYPTO_WORDS_COUNT', ZERO_WORDS.slice(1).join(' ')],
    ['CRYPTO_WORDS_COUNT', ''],
    ['CRYPTO_WORDS_UNKNOWN', text.replace('art', 'atr')],
    ['CRYPTO_WORDS_CHECKSUM', text.replace('art', 'able')],
  ])('refuses with %s', async (code, bad) => {
    await expect(parseWords(bad)).rejects.toThrow(expect.objectContaining({ code }));
  });

  test('tells which word is unknown, and never the word', async () => {
    await expect(parseWords(text.replace('art', 'secretx'))).rejects.toThrow(
      /^word 24 is not in the list$/,
    );
  });
});

test('the three secrets of a seed differ from each other and between seeds', () => {
  const secrets = [1, 2].flatMap((fill) =>
    Object.values(recoverySecrets(new Uint8Array(64).fill(fill)) as unknown as object),
  );
  expect(new Set(secrets.map((secret) => toHex(secret as Uint8Array))).size).toBe(6);
});
