/** Waiting for others no longer than some time. */
import type { Clock } from '@atoll/kernel';

/** What a promise gives in this time; `undefined` when it takes longer. */
export async function within<T>(
  clock: Clock,
  ms: number,
  work: Promise<T>,
): Promise<T | undefined> {
  const enough = new AbortController();
  const late = clock.sleep(ms, enough.signal).then(
    () => undefined,
    () => undefined,
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    enough.abort();
  }
}
