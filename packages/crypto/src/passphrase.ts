/** A key from what somebody remembers: Argon2id (RFC 9106), in WebAssembly on every platform. */
import { utf8 } from '@atoll/kernel';
import { requireSize } from './crypto-error.ts';

/** Bytes of a salt. */
export const PASSPHRASE_SALT_BYTES = 16;
const KEY_BYTES = 32;
/** RFC 9106, section 4, second recommended option: 64 MiB, 3 passes, 4 lanes. */
const ARGON2 = { memorySize: 65_536, iterations: 3, parallelism: 4 } as const;

/**
 * 32 bytes from a passphrase, which is normalised (NFKC), so that it can be typed on any keyboard.
 * @throws CryptoError `CRYPTO_SIZE` for another salt than 16 bytes.
 */
export async function passphraseKey(passphrase: string, salt: Uint8Array): Promise<Uint8Array> {
  requireSize(salt, PASSPHRASE_SALT_BYTES, 'the salt of a passphrase');
  // Loaded when it is needed: most programs never ask.
  const { default: argon2 } = await import('hash-wasm/dist/argon2.umd.min.js');
  const password = utf8(passphrase.normalize('NFKC'));
  return argon2.argon2id({
    ...ARGON2,
    password,
    salt,
    hashLength: KEY_BYTES,
    outputType: 'binary',
  });
}
