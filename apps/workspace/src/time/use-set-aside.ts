/** Work that does not count, looked up when one comes and again when rights have changed. */
import type { SetAside, Space } from '@atoll/client';
import { useLive, useMembers } from '@atoll/react';
import { useCallback, useEffect, useState } from 'react';

/** Time after a change of rights before it is looked up: what follows from it is worked out first. */
const SETTLE_MS = 1_500;

const NONE: readonly SetAside[] = [];

/** What was found, and the way to look again. */
export function useSetAside(space: Space): {
  readonly found: readonly SetAside[];
  readonly again: () => Promise<void>;
} {
  const [looked, setLooked] = useState({ of: space.id, found: NONE });
  const role = useLive(space.myRole);
  const members = useMembers(space);
  const again = useCallback(async (): Promise<void> => {
    try {
      const found = await space.history.setAside();
      setLooked({ of: space.id, found });
    } catch {
      // Where history was dropped, or the space is being closed, there is nothing to offer.
      setLooked({ of: space.id, found: NONE });
    }
  }, [space]);
  useEffect(() => {
    void again();
    const timer = window.setTimeout(() => void again(), SETTLE_MS);
    return () => window.clearTimeout(timer);
  }, [again, role, members]);
  return { found: looked.of === space.id ? looked.found : NONE, again };
}
