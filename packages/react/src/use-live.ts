/** Live values as React state. */
import type { Live } from '@atoll/client';
import { useCallback, useSyncExternalStore } from 'react';

/** The current value of a {@link Live}; renders again after each change. */
export function useLive<T>(live: Live<T>): T;
export function useLive<T>(live: Live<T> | undefined): T | undefined;
export function useLive<T>(live: Live<T> | undefined): T | undefined {
  const subscribe = useCallback(
    (listener: () => void) => live?.subscribe(listener) ?? nothingToStop,
    [live],
  );
  const get = useCallback(() => live?.get(), [live]);
  return useSyncExternalStore(subscribe, get, get);
}

function nothingToStop(): void {
  // Nothing was started.
}
