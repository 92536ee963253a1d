/**
 * Long work in slices: whoever does it asks often whether others should have their turn, which mostly costs
 * reading a clock.
 */
import type { Clock } from '@atoll/kernel';

/** So long a slice takes at most, as far as its parts allow: a third of a frame of a screen. */
const SLICE_MS = 6;
/** After so many parts others have a turn in any case: where no time passes, as in simulations, too. */
const PARTS_MAX = 16;

/** What is to be awaited between two parts of long work. */
export function turnsOf(clock: Clock): () => Promise<void> {
  const { signal } = new AbortController();
  let parts = 0;
  let sinceMs = clock.monotonicMs();
  return async () => {
    if (++parts < PARTS_MAX && clock.monotonicMs() - sinceMs < SLICE_MS) return;
    await clock.sleep(0, signal);
    parts = 0;
    sinceMs = clock.monotonicMs();
  };
}
