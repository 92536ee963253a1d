/**
 * BLAKE3, plain and keyed, behind one synchronous interface: WebAssembly once `ready()` has resolved,
 * plain JavaScript before that and where WebAssembly is missing. Both give the same bytes.
 */
import { equalBytes, toHex } from '@atoll/kernel';
import { blake3 } from '@noble/hashes/blake3.js';
import type { IHasher } from 'hash-wasm';

/** Bytes of a key and of a digest. */
export const HASH_BYTES = 32;

interface Hashers {
  readonly plain: IHasher;
  readonly keyed: IHasher;
}

/** The keyed hasher reads its key from here each time it is initialised; see {@link load}. */
const keySlot: Uint8Array<ArrayBuffer> = new Uint8Array(HASH_BYTES);
let hashers: Hashers | undefined;
let loading: Promise<void> | undefined;

/** Loads the WebAssembly form, once. Resolves also where WebAssembly is missing or forbidden. */
export function loadBlake3(): Promise<void> {
  loading ??= load();
  return loading;
}

/** BLAKE3-256 of `input`. */
export function blake3Hash(input: Uint8Array): Uint8Array<ArrayBuffer> {
  if (hashers === undefined) return blake3(input);
  return own(hashers.plain.init().update(input).digest('binary'));
}

/** BLAKE3-256 of `input` in hex. */
export function blake3Hex(input: Uint8Array): string {
  if (hashers === undefined) return toHex(blake3(input));
  return hashers.plain.init().update(input).digest('hex');
}

/** BLAKE3-256 of `input` in keyed mode. `key` has 32 bytes. */
export function blake3Keyed(key: Uint8Array, input: Uint8Array): Uint8Array<ArrayBuffer> {
  if (hashers === undefined) return blake3(input, { key });
  return keyedDigest(hashers.keyed, key, input);
}

/**
 * The library binds a hasher to a key array when it is made, and reads that array at each `init`. We
 * hand it one array of ours and change its content. That is not promised, so it is checked here
 * against the other implementation before it is used.
 */
async function load(): Promise<void> {
  try {
    // The library's door to this one algorithm: through its main one, programs carry all of them. It comes
    // while the profile is being opened, not before a page's first line.
    const { default: blake3Wasm } = await import('hash-wasm/dist/blake3.umd.min.js');
    const plain = await blake3Wasm.createBLAKE3();
    const keyed = await blake3Wasm.createBLAKE3(HASH_BYTES * 8, keySlot);
    const input = Uint8Array.from({ length: 100 }, (_, at) => at);
    const key = input.subarray(1, 1 + HASH_BYTES);
    const agrees =
      equalBytes(own(plain.init().update(input).digest('binary')), blake3(input)) &&
      equalBytes(keyedDigest(keyed, key, input), blake3(input, { key }));
    if (agrees) hashers = { plain, keyed };
  } catch {
    // No WebAssembly, or a content security policy without wasm-unsafe-eval: stay with JavaScript.
  }
}

function keyedDigest(hasher: IHasher, key: Uint8Array, input: Uint8Array): Uint8Array<ArrayBuffer> {
  keySlot.set(key);
  const digest = hasher.init().update(input).digest('binary');
  keySlot.fill(0);
  return own(digest);
}

/** The library slices each digest out of its memory, so the buffer is plain and ours. */
function own(digest: Uint8Array): Uint8Array<ArrayBuffer> {
  return digest as Uint8Array<ArrayBuffer>;
}
