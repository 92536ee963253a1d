/** Differences between a point and now, looked up again after changes. */
import type { HistoryPoint, ObjectDiff, Space } from '@atoll/client';
import { useEffect, useState } from 'react';
import { codeOf } from '../app/failure.ts';

/** What is known of the differences. */
export type Compared =
  | { readonly at: 'loading' }
  | { readonly at: 'ready'; readonly changes: readonly ObjectDiff[] }
  | { readonly at: 'failed'; readonly code: string | undefined };

/** Time after the last change before they are looked up again. */
const SETTLE_MS = 400;

/** Compares with a point that `key` names; nothing while there is none. */
export function useCompared(space: Space, point: HistoryPoint | undefined, key: string): Compared {
  const [compared, setCompared] = useState<Compared & { readonly of?: string }>({ at: 'loading' });
  useEffect(() => {
    if (point === undefined) return undefined;
    let isOver = false;
    let timer: number | undefined;
    const look = (): void => {
      space.history.compare(point).then(
        (changes) => (isOver ? undefined : setCompared({ at: 'ready', changes, of: key })),
        (failure: unknown) =>
          isOver ? undefined : setCompared({ at: 'failed', code: codeOf(failure), of: key }),
      );
    };
    const stop = space.db.onChange(() => {
      window.clearTimeout(timer);
      timer = window.setTimeout(look, SETTLE_MS);
    });
    look();
    return () => {
      isOver = true;
      window.clearTimeout(timer);
      stop();
    };
    // The key stands for the point, which may be another array each time.
  }, [space, key]);
  return compared.of === key ? compared : { at: 'loading' };
}
