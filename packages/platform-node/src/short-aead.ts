/**
 * XChaCha20-Poly1305 for short texts: libsodium's, in WebAssembly, called with places in its memory. A call
 * makes no garbage, which with the library in JavaScript is more than the cipher.
 */
import { webcrypto } from 'node:crypto';
import type { Libsodium } from 'libsodium';
import type { AeadPlace, ShortAead } from '@atoll/kernel';

/** Above, the machine's own cipher is as fast. */
const TEXT_BYTES_MAX = 4096;
/** The longest place that a block states has 217 bytes. */
const ASSOCIATED_BYTES_MAX = 512;
const KEY_BYTES = 32;
const NONCE_BYTES = 24;
const TAG_BYTES = 16;

/** Loads the library: 25 ms of CPU, once. */
export async function loadShortAead(): Promise<ShortAead> {
  const { default: make } = await import('libsodium');
  const sodium = await make();
  sodium.getRandomValue = () => webcrypto.getRandomValues(new Uint32Array(1))[0] as number;
  sodium._sodium_init();
  return new SodiumAead(sodium);
}

class SodiumAead implements ShortAead {
  readonly textBytesMax = TEXT_BYTES_MAX;
  readonly associatedBytesMax = ASSOCIATED_BYTES_MAX;
  readonly #sodium: Libsodium;
  // Places in the library's memory, one behind the other.
  readonly #key: number;
  readonly #nonce: number;
  readonly #associated: number;
  /** Text and ciphertext take each other's place; the tag stands behind. */
  readonly #text: number;

  constructor(sodium: Libsodium) {
    this.#sodium = sodium;
    const size = KEY_BYTES + NONCE_BYTES + ASSOCIATED_BYTES_MAX + TEXT_BYTES_MAX + TAG_BYTES;
    this.#key = sodium._malloc(size);
    this.#nonce = this.#key + KEY_BYTES;
    this.#associated = this.#nonce + NONCE_BYTES;
    this.#text = this.#associated + ASSOCIATED_BYTES_MAX;
  }

  seal(place: AeadPlace, plaintext: Uint8Array, target: Uint8Array, at: number): void {
    const memory = this.#enter(place);
    const text = this.#text;
    const size = plaintext.length;
    memory.set(plaintext, text);
    // prettier-ignore
    this.#sodium._crypto_aead_xchacha20poly1305_ietf_encrypt(
      text, 0, text, size, 0, this.#associated, place.associated.length, 0, 0, this.#nonce, this.#key,
    );
    target.set(memory.subarray(text, text + size + TAG_BYTES), at);
    this.#leave(memory);
  }

  open(place: AeadPlace, sealed: Uint8Array, from: number): Uint8Array<ArrayBuffer> | undefined {
    const size = sealed.length - from - TAG_BYTES;
    if (size < 0) return undefined;
    const memory = this.#enter(place);
    const text = this.#text;
    memory.set(from === 0 ? sealed : sealed.subarray(from), text);
    // prettier-ignore
    const verdict = this.#sodium._crypto_aead_xchacha20poly1305_ietf_decrypt(
      text, 0, 0, text, size + TAG_BYTES, 0, this.#associated, place.associated.length, 0,
      this.#nonce, this.#key,
    );
    const plaintext = verdict === 0 ? memory.slice(text, text + size) : undefined;
    memory.fill(0, text, text + size);
    this.#leave(memory);
    return plaintext;
  }

  /** Brings key, nonce and associated data; the library's memory as it is now. */
  #enter({ associated, key, nonce }: AeadPlace): Uint8Array<ArrayBuffer> {
    const { HEAPU8: memory } = this.#sodium;
    memory.set(key, this.#key);
    for (let at = 0; at < NONCE_BYTES; at++) memory[this.#nonce + at] = nonce[at] as number;
    memory.set(associated, this.#associated);
    return memory;
  }

  /** Nobody else's code runs in that memory, and still no key stays there. */
  #leave(memory: Uint8Array): void {
    memory.fill(0, this.#key, this.#key + KEY_BYTES);
  }
}
