/** Refusals of the crypto package. Bad input of a peer is never one of these: it is a value. */
import { AtollError } from '@atoll/kernel';

/** Every way this package can refuse its own caller. */
export type CryptoErrorCode =
  | 'CRYPTO_SIZE' // A key, nonce or message of our own has the wrong length. A defect of the caller: report it.
  | 'CRYPTO_TAG' // A domain tag is empty, too long or not plain ASCII. A defect of the caller: report it.
  | 'CRYPTO_WEAK_KEY' // A public key gives a shared secret that everybody knows. Do not trust whoever gave it.
  | 'CRYPTO_WORDS_COUNT' // A recovery phrase has not exactly 24 words. Type all of them.
  | 'CRYPTO_WORDS_UNKNOWN' // A word of a recovery phrase is not in the list. Look for a misspelling.
  | 'CRYPTO_WORDS_CHECKSUM' // All words are known, but they do not belong together. Check their order and spelling.
  | 'CRYPTO_HANDSHAKE_ORDER' // A handshake was asked for a step out of turn, or after it failed. A defect of the caller: report it.
  | 'CRYPTO_NONCE_EXHAUSTED'; // A cipher state has sealed as many messages as it may. Connect anew.

/** Error of the crypto package. */
export class CryptoError extends AtollError<CryptoErrorCode> {
  override readonly name = 'CryptoError';
}

/** Refuses bytes of our own that have the wrong length. @throws CryptoError `CRYPTO_SIZE`. */
export function requireSize(bytes: Uint8Array, size: number, what: string): void {
  if (bytes.length === size) return;
  throw new CryptoError('CRYPTO_SIZE', `${what} has ${size} bytes, got ${bytes.length}`);
}
