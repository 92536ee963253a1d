/** The library's files of one algorithm each, which have the same functions as its main door and no types. */
declare module 'hash-wasm/dist/blake3.umd.min.js' {
  import type { createBLAKE3 } from 'hash-wasm';
  const parts: { readonly createBLAKE3: typeof createBLAKE3 };
  export = parts;
}

declare module 'hash-wasm/dist/argon2.umd.min.js' {
  import type { argon2id } from 'hash-wasm';
  const parts: { readonly argon2id: typeof argon2id };
  export = parts;
}
