/** Reads the vectors in spec/vectors for this package's tests. */
import { readFileSync } from 'node:fs';
import { assert, fromHex } from '@atoll/kernel';

/** Content of `spec/vectors/crypto-<name>.json`; the caller says what it expects there. */
export function readVectors<T>(name: string): T {
  const url = new URL(`../../../../spec/vectors/crypto-${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as T;
}

/** Bytes of hex in a vector. */
export function hex(text: string): Uint8Array<ArrayBuffer> {
  const bytes = fromHex(text.toLowerCase());
  assert(bytes !== undefined, `a vector has bad hex: ${text}`);
  return bytes;
}
