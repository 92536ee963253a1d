/** The timeline of an object, read again after it has changed. */
import type { AnyObject, HistoryBeginning, Space, TimelineEntry } from '@atoll/client';
import { useCallback, useEffect, useRef, useState } from 'react';

/** Entries that are looked up at once. */
const ENTRIES_AT_ONCE = 6;
/** Work without a pause of this length reads as one sentence. */
const PAUSE_MS = 60_000;
/** After a change it waits for the pause after the last key. */
const SETTLE_MS = 400;

/** What is known of a timeline. */
export interface TimelineState {
  readonly at: 'loading' | 'ready' | 'failed';
  /** Once the earliest entry is here: where history begins, if what was before is not kept. */
  readonly begins: HistoryBeginning | undefined;
  readonly entries: readonly TimelineEntry[];
  readonly hasMore: boolean;
  readonly more: () => void;
}

/** Reads the newest entries, and earlier ones when asked. */
export function useTimeline(space: Space, object: AnyObject): TimelineState {
  const [at, setAt] = useState<TimelineState['at']>('loading');
  const [entries, setEntries] = useState<readonly TimelineEntry[]>([]);
  const [begins, setBegins] = useState<HistoryBeginning | undefined>(undefined);
  const [hasMore, setHasMore] = useState(false);
  const wanted = useRef(ENTRIES_AT_ONCE);
  const { id } = object;
  const read = useCallback(async (): Promise<void> => {
    try {
      const page = await space.history.timeline(id, { limit: wanted.current, pauseMs: PAUSE_MS });
      setEntries(page.entries);
      setHasMore(page.next !== undefined);
      setBegins(page.begins);
      setAt('ready');
    } catch {
      setAt('failed');
    }
  }, [space, id]);
  useEffect(() => {
    let timer: number | undefined;
    const stop = space.db.observe(object, () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => void read(), SETTLE_MS);
    });
    void read();
    return () => {
      stop();
      window.clearTimeout(timer);
    };
  }, [space, object, read]);
  const more = (): void => {
    wanted.current += ENTRIES_AT_ONCE * 2;
    void read();
  };
  return { at, begins, entries, hasMore, more };
}
