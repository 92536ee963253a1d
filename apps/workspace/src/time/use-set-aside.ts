/** Work that does not count, looked up when one comes and again when there is more or less of it. */
import type { SetAside, Space } from '@atoll/client';
import { useDatabase } from '@atoll/react';
import { useCallback, useEffect, useState } from 'react';

const NONE: readonly SetAside[] = [];

/** What was found, and the way to look again. */
export function useSetAside(space: Space): {
  readonly found: readonly SetAside[];
  readonly again: () => Promise<void>;
} {
  const [looked, setLooked] = useState({ of: space.id, found: NONE });
  const blocks = useDatabase(space, () => space.history.uncountedBlocks());
  const again = useCallback(async (): Promise<void> => {
    try {
      const found = await space.history.setAside();
      setLooked({ of: space.id, found });
    } catch {
      // Where history was dropped, or the space is being closed, there is nothing to offer.
      setLooked({ of: space.id, found: NONE });
    }
  }, [space]);
  useEffect(() => void again(), [again, blocks]);
  return { found: looked.of === space.id ? looked.found : NONE, again };
}
