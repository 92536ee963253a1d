/** Whether the browser keeps what is stored here when it needs room, and the way to ask it. */
import { useCallback, useEffect, useState } from 'react';

/** What the browser says; absent until it has, and where it does not say. */
export interface Kept {
  readonly usedBytes?: number | undefined;
  readonly isKept?: boolean;
}

/** What is known, and a way to ask the browser to keep it: answers whether it does. */
export function useKept(): readonly [kept: Kept, ask: () => Promise<boolean>] {
  const [kept, setKept] = useState<Kept>({});
  const look = useCallback(async (): Promise<void> => {
    // Absent outside of secure contexts.
    const storage = navigator.storage as StorageManager | undefined;
    if (storage === undefined) return;
    const [estimate, isKept] = await Promise.all([storage.estimate(), storage.persisted()]);
    setKept({ usedBytes: estimate.usage, isKept });
  }, []);
  useEffect(() => void look(), [look]);
  const ask = useCallback(async (): Promise<boolean> => {
    const isKept = await navigator.storage.persist();
    await look();
    return isKept;
  }, [look]);
  return [kept, ask];
}
