/** Where the history of a space begins, if not with the space. */
import type { HistoryBeginning, Space } from '@atoll/client';
import { useEffect, useState } from 'react';

/** Looked up once; `undefined` until it is known, and where history is whole. */
export function useBeginning(space: Space): HistoryBeginning | undefined {
  const [begins, setBegins] = useState<HistoryBeginning | undefined>(undefined);
  useEffect(() => {
    let isOver = false;
    space.history.begins().then(
      (found) => (isOver ? undefined : setBegins(found)),
      // What cannot be known is not said.
      () => undefined,
    );
    return () => {
      isOver = true;
    };
  }, [space]);
  return begins;
}
