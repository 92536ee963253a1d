/** Collaborative text as React state. */
import type { TextField } from '@atoll/client';
import { useCallback, useSyncExternalStore } from 'react';

/** A text and the ways to change it. Positions count UTF-16 code units. */
export interface TextHandle {
  readonly text: string;
  insert(position: number, text: string): void;
  remove(position: number, count: number): void;
  /** Replaces the whole by the shortest edit. */
  replace(text: string): void;
}

/** The current content of a text field; renders again after each change, own and foreign. */
export function useText(field: TextField): TextHandle {
  const subscribe = useCallback((listener: () => void) => field.subscribe(listener), [field]);
  const get = useCallback(() => field.toString(), [field]);
  return {
    text: useSyncExternalStore(subscribe, get, get),
    insert: (position, text) => field.insert(position, text),
    remove: (position, count) => field.delete(position, count),
    replace: (text) => field.replace(text),
  };
}
