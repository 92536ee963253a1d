/** Chance, where programs or connections must not act in step. */
import type { Rng } from '@atoll/kernel';

const STEPS = 0x10000;

/** A random number from 0 up to 1, exclusive. */
export function jitter(rng: Rng): number {
  const [high = 0, low = 0] = rng.bytes(2);
  return (high * 256 + low) / STEPS;
}
