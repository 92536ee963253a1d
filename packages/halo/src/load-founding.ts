/** The door to beginning identities and spaces. */

import type * as Loaded from './founding.ts';

/** See {@link loadFounding}. */
export type Founding = typeof Loaded;

/** Loads what begins an identity or a space: a page needs it when its user does either, which is seldom. */
export function loadFounding(): Promise<Founding> {
  return import('./founding.ts');
}
