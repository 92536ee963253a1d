/** The door to what handles the content of files, and what is known of it without. */

import type * as Loaded from './file-parts.ts';

/** See {@link loadFileParts}. */
export type FileParts = typeof Loaded;

/** Files up to this size come at once, unless an application says otherwise: a small picture does. */
export const EAGER_BYTES_MAX: number = 64 * 1024;

/** Loads what handles the content of files: a space is open and shows its objects without it. */
export function loadFileParts(): Promise<FileParts> {
  return import('./file-parts.ts');
}
