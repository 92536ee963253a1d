/** The door to contacts, attestations and presentations. */

import type * as Loaded from './claims.ts';

/** See {@link loadClaims}. */
export type Claims = typeof Loaded;

/** Loads what says and checks things about people: a page needs it when its user looks at one. */
export function loadClaims(): Promise<Claims> {
  return import('./claims.ts');
}
