/**
 * ChaCha20-Poly1305 through node:crypto for large texts, about fifteen times as fast as JavaScript; for short
 * ones, of which a call would be the most, through libsodium.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { AeadPlatform, ShortAead } from '@atoll/kernel';
import { loadShortAead } from './short-aead.ts';

const CIPHER = 'chacha20-poly1305';
const TAG_BYTES = 16;

/** Short texts before libsodium is loaded for the rest: a short command never pays for that. */
const TEXTS_BEFORE_LOADING = 1024;

let texts = 0;
let short: ShortAead | undefined;

/** libsodium's, once many texts were short. If it cannot be loaded, everything goes on without it. */
function shortAead(): ShortAead | undefined {
  if (texts <= TEXTS_BEFORE_LOADING && texts++ === TEXTS_BEFORE_LOADING) {
    void loadShortAead().then(
      (loaded) => (short = loaded),
      () => undefined,
    );
  }
  return short;
}

/** The ciphers of this process. */
export const nodeAead: AeadPlatform = {
  get short() {
    return shortAead();
  },
  seal({ associated, key, nonce }, plaintext) {
    const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(associated, { plaintextLength: plaintext.length });
    const sealed = new Uint8Array(plaintext.length + TAG_BYTES);
    sealed.set(cipher.update(plaintext));
    cipher.final();
    sealed.set(cipher.getAuthTag(), plaintext.length);
    return sealed;
  },
  open({ associated, key, nonce }, sealed) {
    const size = sealed.length - TAG_BYTES;
    if (size < 0) return undefined;
    const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(associated, { plaintextLength: size });
    decipher.setAuthTag(sealed.subarray(size));
    const plaintext = decipher.update(sealed.subarray(0, size));
    try {
      decipher.final();
    } catch {
      // The only reason is a tag that does not fit. The text must not be looked at then.
      return undefined;
    }
    return new Uint8Array(plaintext.buffer as ArrayBuffer, plaintext.byteOffset, plaintext.length);
  },
};
