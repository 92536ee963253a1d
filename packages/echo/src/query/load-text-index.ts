/**
 * The door to the index of words, which most types have no use for. It is loaded as soon as a type with
 * searchable fields is known, and is here when a space with such a type stands open. Until then, and where
 * it cannot be loaded, the same objects are found by reading their texts.
 */
import type * as Loaded from './text-index.ts';

/** What the part holds. */
export type TextIndexPart = typeof Loaded;

let loaded: TextIndexPart | undefined;
let loading: Promise<void> = Promise.resolve();
let isLoading = false;

/** Begins to load it, unless that was done. */
export function beginTextIndex(): void {
  if (loaded !== undefined || isLoading) return;
  isLoading = true;
  loading = import('./text-index.ts').then(
    (part) => {
      loaded = part;
    },
    () => {
      // Whoever searches next begins again.
      isLoading = false;
    },
  );
}

/** What was loaded, if it was. */
export function loadedTextIndex(): TextIndexPart | undefined {
  return loaded;
}

/** Resolves when what was begun has ended, well or not. */
export function textIndexSettled(): Promise<void> {
  return loading;
}

/** Loads it now, for programs and worlds that cannot wait for it later. */
export function loadTextIndex(): Promise<void> {
  beginTextIndex();
  return loading;
}
