import { expect, test } from 'vitest';
import { argon2Sync } from 'node:crypto';
import { passphraseKey } from './passphrase.ts';

test('the key of a passphrase is what another implementation of RFC 9106 makes of it', async () => {
  const nonce = Uint8Array.from({ length: 16 }, (_, at) => at);
  const expected = argon2Sync('argon2id', {
    message: 'correct horse',
    nonce,
    memory: 65_536,
    passes: 3,
    parallelism: 4,
    tagLength: 32,
  });
  expect(Buffer.from(await passphraseKey('correct horse', nonce))).toEqual(expected);
});

test('letters that look the same give the same key, other letters another one', async () => {
  const salt = new Uint8Array(16);
  const composed = await passphraseKey('caf\u00e9', salt);
  expect(await passphraseKey('cafe\u0301', salt)).toEqual(composed);
  expect(await passphraseKey('cafe', salt)).not.toEqual(composed);
});

test('a salt of another size is refused', async () => {
  await expect(passphraseKey('x', new Uint8Array(8))).rejects.toMatchObject({
    code: 'CRYPTO_SIZE',
  });
});
