/** The door to publishing spaces and following them. */

import type * as Loaded from './publishing.ts';

/** See {@link loadPublishing}. */
export type Publishing = typeof Loaded;

/** Loads what publishes and follows: a page needs it where a space is public, which few are. */
export function loadPublishing(): Promise<Publishing> {
  return import('./publishing.ts');
}
