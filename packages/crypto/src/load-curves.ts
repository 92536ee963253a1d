/** The door to the arithmetic of the curves. */
import type * as Loaded from './curves.ts';

/** See {@link loadCurves}. */
export type Curves = typeof Loaded;

let loaded: Curves | undefined;

/**
 * Loads the arithmetic of the curves, once: for the first signature of a key that was not seen before, and
 * for keys in memory. Where the platform holds the keys, a page is open and shows its data without it.
 */
export async function loadCurves(): Promise<Curves> {
  loaded ??= await import('./curves.ts');
  return loaded;
}
