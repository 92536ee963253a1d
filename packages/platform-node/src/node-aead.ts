/** ChaCha20-Poly1305 through node:crypto: about fifteen times as fast as JavaScript for large texts. */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { AeadPlatform } from '@atoll/kernel';

const CIPHER = 'chacha20-poly1305';
const TAG_BYTES = 16;

/** The cipher of this process's OpenSSL. */
export const nodeAead: AeadPlatform = {
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
