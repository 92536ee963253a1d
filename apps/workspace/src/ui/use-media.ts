/** Media queries as React state. */
import { useCallback, useSyncExternalStore } from 'react';

/** Width below which the phone layout holds. */
const PHONE = '(max-width: 720px)';

/** Whether a media query holds. */
function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (listener: () => void) => {
      const list = matchMedia(query);
      list.addEventListener('change', listener);
      return () => list.removeEventListener('change', listener);
    },
    [query],
  );
  return useSyncExternalStore(subscribe, () => matchMedia(query).matches);
}

/** Whether the phone layout holds. */
export function usePhone(): boolean {
  return useMedia(PHONE);
}
