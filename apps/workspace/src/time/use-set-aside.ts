/** Work that does not count, looked up when one comes and again when there is more or less of it. */
import type { SetAside, Space } from '@atoll/client';
import { useDatabase } from '@atoll/react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { SetAsideLook, type Looked } from './set-aside-look.ts';

const NONE: Looked<SetAside> = { found: [] };

/** What was found, why nothing could be looked up if so, and the way to look again. */
export function useSetAside(space: Space): Looked<SetAside> & {
  readonly again: () => Promise<void>;
} {
  const [looked, setLooked] = useState({ of: space.id, is: NONE });
  const blocks = useDatabase(space, () => space.history.uncountedBlocks());
  const look = useRef<SetAsideLook<SetAside>>(undefined);
  useEffect(() => {
    const own = new SetAsideLook<SetAside>({
      look: () => space.history.setAside(),
      tell: (is) => setLooked({ of: space.id, is }),
      later: (run, ms) => {
        const timer = window.setTimeout(run, ms);
        return () => window.clearTimeout(timer);
      },
    });
    look.current = own;
    return () => own.end();
  }, [space]);
  useEffect(() => void look.current?.again(), [space, blocks]);
  const again = useCallback(async (): Promise<void> => look.current?.again(), []);
  return { ...(looked.of === space.id ? looked.is : NONE), again };
}
