/** In Node: its own cipher and keys, OpenSSL beneath. */
import { argon2Sync, createDecipheriv } from 'node:crypto';
import { nodeEd25519, nodeKeys } from '@atoll/platform-node';
import { expect, test } from 'vitest';
import { hex } from '../../packages/crypto/src/testing/vectors.ts';
import { PASSPHRASE, RFC_9106 } from './published.ts';
import { vectorSuites } from './suites.ts';

const TAG_BYTES = 16;

vectorSuites({
  ed25519: nodeEd25519,
  keys: nodeKeys,
  openGcm({ associated, key, nonce, sealed }) {
    const opener = createDecipheriv('aes-256-gcm', key, nonce);
    opener.setAAD(associated);
    opener.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
    const text = opener.update(sealed.subarray(0, sealed.length - TAG_BYTES));
    try {
      opener.final();
      return Promise.resolve(text);
    } catch {
      return Promise.resolve(undefined);
    }
  },
});

test('the implementation that passphrases are held against gives the tag of RFC 9106', () => {
  const { associated, lanes, memoryKiB, passes, password, salt, secret, tag } = RFC_9106;
  const made = argon2Sync('argon2id', {
    ...{ message: hex(password), nonce: hex(salt), secret: hex(secret) },
    ...{ associatedData: hex(associated), memory: memoryKiB, passes, parallelism: lanes },
    tagLength: 32,
  });
  expect(made.toString('hex')).toBe(tag);
  const ours = argon2Sync('argon2id', {
    ...{ message: PASSPHRASE.passphrase, nonce: hex(PASSPHRASE.salt) },
    ...{ memory: 65_536, passes: 3, parallelism: 4, tagLength: 32 },
  });
  expect(ours.toString('hex')).toBe(PASSPHRASE.key);
});
