/** Loading at once what would else be loaded at its first use. */
import { loadBlake3 } from './blake3-engine.ts';
import { loadCurves } from './load-curves.ts';

/**
 * Loads the WebAssembly form of BLAKE3 and the arithmetic of the curves. Everything works without it:
 * hashing is about eight times slower until then, and where WebAssembly is missing or forbidden for ever;
 * the first key waits for its arithmetic. Rejects if a part could not be loaded, and may be asked again.
 */
export async function ready(): Promise<void> {
  await Promise.all([loadBlake3(), loadCurves()]);
}
