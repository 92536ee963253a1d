/** Noise, section 5: the cipher state and the symmetric state of 25519_ChaChaPoly_SHA256. */
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8 } from '@atoll/kernel';
import { aeadOpen, aeadSeal, TAG_BYTES } from './aead.ts';
import { CryptoError } from './crypto-error.ts';
import { hkdf } from './hash.ts';
import { wipe } from './secret-bytes.ts';

const KEY_BYTES = 32;
const HASH_BYTES = 32;
const NONCE_BYTES = 12;
/** Messages of one cipher state between rekeys; far below Noise's 2^64 - 1, and exact in a number. */
const MESSAGES_MAX = 2 ** 48;
/** Noise's own limit for any message. */
export const NOISE_MESSAGE_BYTES_MAX = 65_535;

const NOTHING: Uint8Array<ArrayBuffer> = new Uint8Array(0);

/** One direction of a session: seals or opens messages in order, each under the next nonce. */
export class CipherState {
  #key: Uint8Array<ArrayBuffer>;
  #counter = 0;
  readonly #nonce: Uint8Array<ArrayBuffer> = new Uint8Array(NONCE_BYTES);
  readonly #nonceView: DataView = new DataView(this.#nonce.buffer);

  /** Takes the 32-byte key over. */
  constructor(key: Uint8Array<ArrayBuffer>) {
    this.#key = key;
  }

  /** Messages sealed or opened so far. */
  get messages(): number {
    return this.#counter;
  }

  /**
   * Ciphertext and tag of the next message. @throws CryptoError `CRYPTO_SIZE` above 65,519 bytes,
   * `CRYPTO_NONCE_EXHAUSTED`.
   */
  encrypt(plaintext: Uint8Array, associated: Uint8Array = NOTHING): Uint8Array<ArrayBuffer> {
    if (plaintext.length + TAG_BYTES > NOISE_MESSAGE_BYTES_MAX) {
      throw new CryptoError(
        'CRYPTO_SIZE',
        `${plaintext.length} bytes are too many for one message`,
      );
    }
    const output = new Uint8Array(plaintext.length + TAG_BYTES);
    const input = { key: this.#key, nonce: this.#nextNonce(), associated };
    aeadSeal(input, plaintext, output);
    this.#counter++;
    return output;
  }

  /** The next message, or `undefined` when it is not that; a failure does not use up a nonce. */
  decrypt(
    sealed: Uint8Array,
    associated: Uint8Array = NOTHING,
  ): Uint8Array<ArrayBuffer> | undefined {
    if (sealed.length > NOISE_MESSAGE_BYTES_MAX || this.#counter >= MESSAGES_MAX) return undefined;
    const opened = aeadOpen({ key: this.#key, nonce: this.#nextNonce(), associated }, sealed);
    if (opened !== undefined) this.#counter++;
    return opened;
  }

  /** Replaces the key by one that does not lead back to it; the counter goes on (Noise, 4.2 and 11.3). */
  rekey(): void {
    const next = new Uint8Array(KEY_BYTES + TAG_BYTES);
    this.#nonce.fill(0xff, 4);
    const input = { key: this.#key, nonce: this.#nonce, associated: NOTHING };
    aeadSeal(input, new Uint8Array(KEY_BYTES), next);
    wipe(this.#key);
    this.#key = next.slice(0, KEY_BYTES);
    wipe(next);
  }

  /** Forgets the key: afterwards sealing is refused and nothing opens. */
  forget(): void {
    wipe(this.#key);
    this.#counter = MESSAGES_MAX;
  }

  #nextNonce(): Uint8Array {
    if (this.#counter >= MESSAGES_MAX) {
      throw new CryptoError('CRYPTO_NONCE_EXHAUSTED', 'the cipher state must not be used any more');
    }
    this.#nonceView.setUint32(4, this.#counter % 2 ** 32, true);
    this.#nonceView.setUint32(8, Math.floor(this.#counter / 2 ** 32), true);
    return this.#nonce;
  }
}

/** The running hash and chaining key of a handshake. */
export class SymmetricState {
  #hash: Uint8Array<ArrayBuffer>;
  #chainingKey: Uint8Array<ArrayBuffer>;
  #cipher: CipherState | undefined;

  /** Begins with the protocol's name, and mixes the prologue in. */
  constructor(protocolName: string, prologue: Uint8Array) {
    const name = utf8(protocolName);
    this.#hash = name.length <= HASH_BYTES ? new Uint8Array(HASH_BYTES) : sha256(name);
    if (name.length <= HASH_BYTES) this.#hash.set(name);
    this.#chainingKey = Uint8Array.from(this.#hash);
    this.mixHash(prologue);
  }

  /** The handshake hash so far. */
  get hash(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.#hash);
  }

  mixHash(data: Uint8Array): void {
    this.#hash = sha256(concatBytes(this.#hash, data));
  }

  mixKey(input: Uint8Array): void {
    const [chainingKey, key] = this.#derive(input, 2);
    this.#replaceChainingKey(chainingKey as Uint8Array<ArrayBuffer>);
    this.#replaceCipher(key as Uint8Array<ArrayBuffer>);
  }

  mixKeyAndHash(input: Uint8Array): void {
    const [chainingKey, hash, key] = this.#derive(input, 3);
    this.#replaceChainingKey(chainingKey as Uint8Array<ArrayBuffer>);
    this.mixHash(hash as Uint8Array);
    this.#replaceCipher(key as Uint8Array<ArrayBuffer>);
  }

  /** Seals (once there is a key) and mixes what is sent into the hash. */
  encryptAndHash(plaintext: Uint8Array): Uint8Array<ArrayBuffer> {
    const sent = this.#cipher?.encrypt(plaintext, this.#hash) ?? Uint8Array.from(plaintext);
    this.mixHash(sent);
    return sent;
  }

  /** Opens (once there is a key) and mixes what was received into the hash. */
  decryptAndHash(received: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
    const plaintext =
      this.#cipher === undefined
        ? Uint8Array.from(received)
        : this.#cipher.decrypt(received, this.#hash);
    if (plaintext !== undefined) this.mixHash(received);
    return plaintext;
  }

  /** Cipher states of both directions, the initiator's sending one first; forgets everything else. */
  split(): readonly [CipherState, CipherState] {
    const [first, second] = this.#derive(NOTHING, 2);
    this.forget();
    return [
      new CipherState(first as Uint8Array<ArrayBuffer>),
      new CipherState(second as Uint8Array<ArrayBuffer>),
    ];
  }

  /** Wipes the secrets; the hash is not one. */
  forget(): void {
    wipe(this.#chainingKey);
    this.#cipher?.forget();
  }

  /** Noise's HKDF equals RFC 5869 with the chaining key as salt and no info. */
  #derive(input: Uint8Array, count: 2 | 3): Uint8Array<ArrayBuffer>[] {
    const sizeBytes = count * HASH_BYTES;
    const output = hkdf({ secret: input, salt: this.#chainingKey, sizeBytes });
    const keys = Array.from({ length: count }, (_, at) =>
      output.slice(at * HASH_BYTES, (at + 1) * HASH_BYTES),
    );
    wipe(output);
    return keys;
  }

  #replaceChainingKey(next: Uint8Array<ArrayBuffer>): void {
    wipe(this.#chainingKey);
    this.#chainingKey = next;
  }

  #replaceCipher(key: Uint8Array<ArrayBuffer>): void {
    this.#cipher?.forget();
    this.#cipher = new CipherState(key);
  }
}
