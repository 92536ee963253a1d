/** Reads the vectors in spec/vectors for tests, which run in Node and in browsers. */
import { assert, fromHex } from '@atoll/kernel';

const FILES: Readonly<Record<string, string>> = import.meta.glob(
  '../../../../spec/vectors/crypto-*.json',
  { query: '?raw', import: 'default', eager: true },
);

/** Content of `spec/vectors/crypto-<name>.json`; the caller says what it expects there. */
export function readVectors<T>(name: string): T {
  const text = FILES[`../../../../spec/vectors/crypto-${name}.json`];
  assert(text !== undefined, `there are no vectors called ${name}`);
  return JSON.parse(text) as T;
}

/** Bytes of hex in a vector. */
export function hex(text: string): Uint8Array<ArrayBuffer> {
  const bytes = fromHex(text.toLowerCase());
  assert(bytes !== undefined, `a vector has bad hex: ${text}`);
  return bytes;
}
