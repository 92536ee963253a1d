/** Randomness in small portions, drawn from the platform in larger ones. */
import type { Rng } from './ports.ts';

/** Random bytes drawn at once: a call to the system costs as much as 2 KiB of them. */
const POOL_BYTES = 8_192;
/** Requests above this go to the system directly. */
const POOLED_MAX = 256;

/** `fill` overwrites all it is given with the platform's random bytes. */
export function pooledRng(fill: (bytes: Uint8Array<ArrayBuffer>) => void): Rng {
  const pool = new Uint8Array(POOL_BYTES);
  let used = POOL_BYTES;
  return {
    bytes(count) {
      if (count > POOLED_MAX) {
        const drawn = new Uint8Array(count);
        fill(drawn);
        return drawn;
      }
      if (used + count > POOL_BYTES) {
        fill(pool);
        used = 0;
      }
      const bytes = pool.slice(used, used + count);
      pool.fill(0, used, used + count); // What was given out is nowhere else.
      used += count;
      return bytes;
    },
  };
}
