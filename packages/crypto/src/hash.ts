/**
 * Hashing under a purpose. The input of every hash is one unambiguous byte string: a tag that says what
 * it is for, then each part behind its length. Two different lists of parts never hash the same bytes.
 */
import { hkdf as nobleHkdf } from '@noble/hashes/hkdf.js';
import { hmac as nobleHmac } from '@noble/hashes/hmac.js';
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { utf8 } from '@atoll/kernel';
import { blake3Hash, blake3Hex, blake3Keyed, HASH_BYTES } from './blake3-engine.ts';
import { CryptoError, requireSize } from './crypto-error.ts';

/** Stands before every tag, so that no other protocol hashes the same bytes. */
const TAG_PREFIX = 'atoll/1/';
/** Longest tag; its length is one byte and a tag is a name, not data. */
const TAG_CHARACTERS_MAX = 64;
/** Inputs up to this size are assembled in one kept buffer; longer ones get a buffer of their own. */
const SCRATCH_BYTES = 64 * 1024;
/** Most bytes that the length of a part takes: lengths are below 2^32. */
const LENGTH_BYTES_MAX = 5;

const scratch: Uint8Array<ArrayBuffer> = new Uint8Array(SCRATCH_BYTES);
const headerByTag = new Map<string, Uint8Array<ArrayBuffer>>();

/**
 * BLAKE3-256 of `parts` under a tag: 32 bytes. The tag is a constant of the program, 1 to 64 printable
 * ASCII characters. @throws CryptoError `CRYPTO_TAG`.
 */
export function hash(tag: string, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return blake3Hash(framed(tag, parts));
}

/** The same in hex: for names, of which nobody wants the bytes. */
export function hashHex(tag: string, ...parts: readonly Uint8Array[]): string {
  return blake3Hex(framed(tag, parts));
}

/** BLAKE3-256 in keyed mode under a 32-byte key: a MAC and a pseudorandom function. */
export function keyedHash(
  key: Uint8Array,
  tag: string,
  ...parts: readonly Uint8Array[]
): Uint8Array<ArrayBuffer> {
  requireSize(key, HASH_BYTES, 'a hash key');
  return blake3Keyed(key, framed(tag, parts));
}

/** HMAC-SHA256 (RFC 2104) of the parts, one after another and without lengths. */
export function hmac(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const mac = nobleHmac.create(nobleSha256, key);
  for (const part of parts) mac.update(part);
  return mac.digest();
}

/** SHA-256 of bytes as they are, for formats of others that ask for it; our own hashes are {@link hash}. */
export function sha256(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return nobleSha256(bytes);
}

/** Inputs of {@link hkdf}. */
export interface HkdfInput {
  /** Input keying material of any length. */
  readonly secret: Uint8Array;
  /** Salt; absent means 32 zero bytes, as in the RFC. */
  readonly salt?: Uint8Array;
  /** Context; absent means empty. */
  readonly info?: Uint8Array;
  /** Bytes of output, at most 8160. */
  readonly sizeBytes: number;
}

/** HKDF-SHA256 (RFC 5869), extract then expand. */
export function hkdf(input: HkdfInput): Uint8Array<ArrayBuffer> {
  return nobleHkdf(nobleSha256, input.secret, input.salt, input.info, input.sizeBytes);
}

/**
 * A 32-byte key of its own for one purpose: HKDF-SHA256 without salt; the info is the framed purpose
 * and parts. Keys of different purposes or parts say nothing of each other. @throws CryptoError
 * `CRYPTO_TAG`.
 */
export function deriveKey(
  secret: Uint8Array,
  purpose: string,
  ...parts: readonly Uint8Array[]
): Uint8Array<ArrayBuffer> {
  return hkdf({ secret, info: framed(purpose, parts), sizeBytes: HASH_BYTES });
}

/** Tag and parts as one byte string; a view of the kept buffer, valid until the next call. */
function framed(tag: string, parts: readonly Uint8Array[]): Uint8Array {
  const header = headerByTag.get(tag) ?? makeHeader(tag);
  let bound = header.length;
  for (const part of parts) bound += part.length + LENGTH_BYTES_MAX;
  const bytes = bound <= SCRATCH_BYTES ? scratch : new Uint8Array(bound);
  bytes.set(header);
  let at = header.length;
  for (const part of parts) {
    let rest = part.length;
    while (rest >= 0x80) {
      bytes[at++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    bytes[at++] = rest;
    bytes.set(part, at);
    at += part.length;
  }
  return bytes === scratch ? scratchTo(at) : bytes.subarray(0, at);
}

/** Views of the start of the kept buffer, by their length: a block asks for nine, mostly of the same lengths. */
const views: (Uint8Array | undefined)[] = new Array<undefined>(1024).fill(undefined);

function scratchTo(length: number): Uint8Array {
  const kept = views[length];
  if (kept !== undefined) return kept;
  const view = scratch.subarray(0, length);
  if (length < views.length) views[length] = view;
  return view;
}

/** Length byte, prefix, tag. Tags are constants of the program, so the map stays small. */
function makeHeader(tag: string): Uint8Array<ArrayBuffer> {
  if (!/^[\x21-\x7e]+$/.test(tag) || tag.length > TAG_CHARACTERS_MAX) {
    throw new CryptoError('CRYPTO_TAG', `a tag is 1 to ${TAG_CHARACTERS_MAX} ASCII characters`);
  }
  const text = utf8(TAG_PREFIX + tag);
  const header = new Uint8Array(1 + text.length);
  header[0] = text.length;
  header.set(text, 1);
  headerByTag.set(tag, header);
  return header;
}
