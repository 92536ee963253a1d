// The few functions of libsodium's WebAssembly that are called, with pointers as its C functions take them.
// Lengths of 64 bits are two numbers, the low one first.
declare module 'libsodium' {
  /** The library after its start. */
  export interface Libsodium {
    /** All memory; another view after it has grown. */
    readonly HEAPU8: Uint8Array<ArrayBuffer>;
    /** Is asked for when the library starts; of what is called here nothing draws from it. */
    getRandomValue: () => number;
    _malloc(bytes: number): number;
    _sodium_init(): number;
    _crypto_aead_xchacha20poly1305_ietf_encrypt(
      ciphertext: number,
      ciphertextLength: number,
      message: number,
      messageLength: number,
      messageLengthHigh: number,
      associated: number,
      associatedLength: number,
      associatedLengthHigh: number,
      secretNonce: number,
      nonce: number,
      key: number,
    ): number;
    _crypto_aead_xchacha20poly1305_ietf_decrypt(
      message: number,
      messageLength: number,
      secretNonce: number,
      ciphertext: number,
      ciphertextLength: number,
      ciphertextLengthHigh: number,
      associated: number,
      associatedLength: number,
      associatedLengthHigh: number,
      nonce: number,
      key: number,
    ): number;
  }
  const make: () => Promise<Libsodium>;
  export { make as default };
}
