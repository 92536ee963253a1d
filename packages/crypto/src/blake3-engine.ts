/**
 * BLAKE3, plain and keyed, behind one synchronous interface: WebAssembly once `loadBlake3()` has resolved,
 * plain JavaScript before that and where WebAssembly is missing. Both give the same bytes.
 */
import { equalBytes } from '@atoll/kernel';
import { blake3 } from '@noble/hashes/blake3.js';
import { loadBlake3Engine, type Blake3Engine } from './blake3-wasm.ts';

/** Bytes of a key and of a digest. */
export const HASH_BYTES = 32;
/** Inputs up to this size can be put together in {@link blake3Room}. */
export const ROOM_BYTES: number = 64 * 1024;
/** Sizes on both sides of a block, of a chunk, and of subtrees that are not full. */
const COMPARED_BYTES: readonly number[] = [0, 64, 65, 1024, 1025, 5_200];

const plainRoom: Uint8Array<ArrayBuffer> = new Uint8Array(ROOM_BYTES);
let engine: Blake3Engine | undefined;
let loading: Promise<void> | undefined;

/**
 * Loads the WebAssembly form of BLAKE3, once. Resolves also where WebAssembly is missing or forbidden:
 * then hashing stays correct and is about eight times slower.
 */
export function loadBlake3(): Promise<void> {
  loading ??= load();
  return loading;
}

/** Where an input is best put together: hashed from its start, it is not copied. Written over by the next. */
export function blake3Room(): Uint8Array<ArrayBuffer> {
  return engine === undefined ? plainRoom : engine.room;
}

/** BLAKE3-256 of the first `length` bytes of `input`. */
export function blake3Hash(input: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  return engine === undefined ? blake3(input.subarray(0, length)) : engine.digest(input, length);
}

/** BLAKE3-256 of the first `length` bytes of `input` in keyed mode. `key` has 32 bytes. */
export function blake3Keyed(
  key: Uint8Array,
  input: Uint8Array,
  length: number,
): Uint8Array<ArrayBuffer> {
  if (engine === undefined) return blake3(input.subarray(0, length), { key });
  return engine.digest(input, length, key);
}

/** A machine that counts wrongly would write what nobody believes: compared once before it is used. */
async function load(): Promise<void> {
  try {
    const loaded = await loadBlake3Engine();
    const bytes = Uint8Array.from({ length: 6_000 }, (_, at) => at * 7);
    const key = bytes.subarray(1, 1 + HASH_BYTES);
    const agrees = COMPARED_BYTES.every((size) => {
      const input = bytes.subarray(0, size);
      return (
        equalBytes(loaded.digest(bytes, size), blake3(input)) &&
        equalBytes(loaded.digest(bytes, size, key), blake3(input, { key }))
      );
    });
    if (agrees) engine = loaded;
  } catch {
    // No WebAssembly, or a content security policy without wasm-unsafe-eval: stay with JavaScript.
  }
}
