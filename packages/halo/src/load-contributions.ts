/** The door to what strangers write. */

import type * as Loaded from './contributions.ts';

/** See {@link loadContributions}. */
export type Contributions = typeof Loaded;

/** Loads what makes, checks and takes in contributions: a page needs it where a door is open, which few are. */
export function loadContributions(): Promise<Contributions> {
  return import('./contributions.ts');
}
