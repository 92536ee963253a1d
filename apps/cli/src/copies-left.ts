/** Waiting for the servers to have what is kept for recovery as it is now. */
import { liveUntil, type Client } from '@atoll/client';
import { withTimeout } from './until.ts';

/** True once all of them have taken it since then; false when time is up: this device tries again when it is online. */
export async function copiesLeft(
  client: Client,
  options: { readonly sinceMs: number; readonly signal: AbortSignal; readonly timeoutMs: number },
): Promise<boolean> {
  const { signal, sinceMs, timeoutMs } = options;
  const { copies } = client.halo.recovery;
  using leaving = withTimeout(signal, timeoutMs, 'the server did not take it');
  const isLeft = (all: ReturnType<typeof copies.get>): boolean =>
    all.length > 0 && all.every(({ at, keptAtMs = 0 }) => at === 'kept' && keptAtMs >= sinceMs);
  try {
    await liveUntil(copies, isLeft, leaving);
    return true;
  } catch (failure) {
    if (signal.aborted) throw failure;
    return false;
  }
}
