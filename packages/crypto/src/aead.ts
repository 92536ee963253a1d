/**
 * ChaCha20-Poly1305 (RFC 8439) and XChaCha20-Poly1305 from the stream cipher, HChaCha20 and Poly1305 of an
 * audited library. One pass of the stream gives the one-time key and the text together, in kept buffers.
 */
import { chacha20, hchacha } from '@noble/ciphers/chacha.js';
import { poly1305 } from '@noble/ciphers/_poly1305.js';
import { utf8 } from '@atoll/kernel';
import { constantTimeEqual } from './secret-bytes.ts';

/** Bytes of a Poly1305 tag. */
export const TAG_BYTES = 16;
/** Bytes of an XChaCha20 nonce. */
export const XNONCE_BYTES = 24;

const BLOCK_BYTES = 64;
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const LENGTHS_BYTES = 16;
/** Messages up to this size use the kept buffers: a mux frame of 16 KiB and its surroundings. */
const SCRATCH_BYTES = 20 * 1024;

/** A block of key stream, whose first half is the one-time key, then the text. */
const streamScratch: Uint8Array<ArrayBuffer> = new Uint8Array(SCRATCH_BYTES);
/** What the tag is over: associated data and ciphertext, each padded to 16, and their lengths. */
const macScratch: Uint8Array<ArrayBuffer> = new Uint8Array(SCRATCH_BYTES);
const SIGMA: Uint32Array = new Uint32Array(utf8('expand 32-byte k').buffer);

/** Key, nonce and associated data of one message. */
export interface AeadInput {
  /** 32 bytes. */
  readonly key: Uint8Array;
  /** 12 bytes; never twice under one key. */
  readonly nonce: Uint8Array;
  /** Bytes that are authenticated and not sent. */
  readonly associated: Uint8Array;
}

/** Writes ciphertext and tag into `output` from position `at`. */
export function aeadSeal(
  input: AeadInput,
  plaintext: Uint8Array,
  output: Uint8Array,
  at = 0,
): void {
  const work = streamed(input, plaintext);
  const ciphertext = work.subarray(BLOCK_BYTES);
  output.set(ciphertext, at);
  output.set(authenticate(work, input.associated, ciphertext), at + plaintext.length);
  work.fill(0, 0, KEY_BYTES);
}

/** The plaintext of ciphertext and tag, which begin at `from`, or `undefined` when they do not belong together. */
export function aeadOpen(
  input: AeadInput,
  sealed: Uint8Array,
  from = 0,
): Uint8Array<ArrayBuffer> | undefined {
  const size = sealed.length - from - TAG_BYTES;
  if (size < 0) return undefined;
  const ciphertext = sealed.subarray(from, from + size);
  const work = streamed(input, ciphertext);
  const tag = authenticate(work, input.associated, ciphertext);
  // The text is in our buffer by now, and leaves it only if the tag is right.
  const genuine = constantTimeEqual(tag, sealed.subarray(from + size));
  const plaintext = genuine ? work.slice(BLOCK_BYTES) : undefined;
  work.fill(0);
  return plaintext;
}

/** A key prepared for XChaCha20: its bytes, and the same as words in the machine's order. */
export interface XKey {
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
}

/** Prepares a 32-byte key; the bytes are copied. */
export function prepareXKey(key: Uint8Array): XKey {
  const bytes = Uint8Array.from(key);
  return { bytes, words: new Uint32Array(bytes.buffer) };
}

const nonceWords: Uint32Array<ArrayBuffer> = new Uint32Array(4);
const nonceBytes: Uint8Array = new Uint8Array(nonceWords.buffer);
const HCHACHA_BYTES = 16;
const subkeyWords: Uint32Array<ArrayBuffer> = new Uint32Array(8);
const subkey: Uint8Array = new Uint8Array(subkeyWords.buffer);
const shortNonce: Uint8Array = new Uint8Array(NONCE_BYTES);

/**
 * Input with the 24-byte nonce at the start of `nonced`; key and nonce are views of kept buffers, valid
 * until the next call.
 */
export function extendedNonce(key: XKey, nonced: Uint8Array, associated: Uint8Array): AeadInput {
  // Byte by byte: a view costs more than it copies.
  for (let at = 0; at < HCHACHA_BYTES; at++) nonceBytes[at] = nonced[at] as number;
  for (let at = HCHACHA_BYTES; at < XNONCE_BYTES; at++) {
    shortNonce[at - HCHACHA_BYTES + 4] = nonced[at] as number;
  }
  hchacha(SIGMA, key.words, nonceWords, subkeyWords);
  return { key: subkey, nonce: shortNonce, associated };
}

/** Key stream of counter 0, then `text` under the stream from counter 1. */
function streamed(input: AeadInput, text: Uint8Array): Uint8Array<ArrayBuffer> {
  const size = BLOCK_BYTES + text.length;
  const work = size <= SCRATCH_BYTES ? streamScratch.subarray(0, size) : new Uint8Array(size);
  work.fill(0, 0, BLOCK_BYTES);
  work.set(text, BLOCK_BYTES);
  chacha20(input.key, input.nonce, work, work);
  return work;
}

/** Tag over associated data and ciphertext under the one-time key at the start of `work`. */
function authenticate(
  work: Uint8Array,
  associated: Uint8Array,
  ciphertext: Uint8Array,
): Uint8Array {
  const textAt = padded(associated.length);
  const lengthsAt = textAt + padded(ciphertext.length);
  const size = lengthsAt + LENGTHS_BYTES;
  const message = size <= SCRATCH_BYTES ? macScratch.subarray(0, size) : new Uint8Array(size);
  message.set(associated);
  message.fill(0, associated.length, textAt);
  message.set(ciphertext, textAt);
  message.fill(0, textAt + ciphertext.length, size);
  writeLength(message, lengthsAt, associated.length);
  writeLength(message, lengthsAt + 8, ciphertext.length);
  return poly1305(message, work.subarray(0, KEY_BYTES));
}

function padded(length: number): number {
  return (length + 15) & ~15;
}

/** Little-endian; lengths are below 2^32, so the upper half stays zero. */
function writeLength(bytes: Uint8Array, at: number, length: number): void {
  bytes[at] = length;
  bytes[at + 1] = length >>> 8;
  bytes[at + 2] = length >>> 16;
  bytes[at + 3] = length >>> 24;
}
