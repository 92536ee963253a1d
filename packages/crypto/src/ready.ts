/** What has to be loaded before hashing and sealing are fast. */
import { loadAead } from './aead.ts';
import { loadBlake3 } from './blake3-engine.ts';

let loading: Promise<void> | undefined;

/**
 * Loads the WebAssembly forms of BLAKE3 and ChaCha20-Poly1305, once. Resolves also where WebAssembly is
 * missing or forbidden: then everything stays correct and is several times slower.
 */
export function ready(): Promise<void> {
  loading ??= Promise.all([loadBlake3(), loadAead()]).then(() => undefined);
  return loading;
}
