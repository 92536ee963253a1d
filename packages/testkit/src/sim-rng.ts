/**
 * Repeatable randomness for simulated worlds: sfc32, seeded through splitmix32. Fast and
 * well-distributed, and predictable by anyone who knows the seed: never for real keys.
 */
import type { Rng } from '@atoll/kernel';

/** Spreads the bits of a small seed, so that worlds 1 and 2 have nothing in common. */
function splitmix32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
}

/** A stream of pseudo-random numbers. Equal seeds give equal streams. */
export class SimRng implements Rng {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number) {
    const next = splitmix32(seed);
    // The upper half of a seed counts too: seeds up to 2^53 differ.
    const high = splitmix32(Math.floor(seed / 2 ** 32) ^ 0x5bd1e995);
    this.#a = next();
    this.#b = next();
    this.#c = high();
    for (let round = 0; round < 12; round++) this.uint32();
  }

  /** Uniform in [0, 2^32). */
  uint32(): number {
    const sum = (this.#a + this.#b + this.#counter) >>> 0;
    this.#counter = (this.#counter + 1) >>> 0;
    this.#a = (this.#b ^ (this.#b >>> 9)) >>> 0;
    this.#b = (this.#c + (this.#c << 3)) >>> 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) >>> 0;
    return sum;
  }

  /** Uniform in [0, 1). */
  float(): number {
    return this.uint32() / 2 ** 32;
  }

  /** Uniform integer in [0, below), `below` at most 2^32. The bias is below 2^-20 for small ranges. */
  int(below: number): number {
    return Math.floor(this.float() * below);
  }

  /** True with the given probability. Draws even when it is 0, so that streams stay aligned. */
  chance(probability: number): boolean {
    return this.float() < probability;
  }

  /** One of the items, which must not be empty. */
  pick<T>(items: readonly [T, ...T[]] | readonly T[]): T {
    return items[this.int(items.length)] as T;
  }

  /** A new array with the items in random order. */
  shuffle<T>(items: readonly T[]): T[] {
    const shuffled = [...items];
    for (let at = shuffled.length - 1; at > 0; at--) {
      const other = this.int(at + 1);
      [shuffled[at], shuffled[other]] = [shuffled[other] as T, shuffled[at] as T];
    }
    return shuffled;
  }

  /** An independent stream, for a part of the world that must not disturb the others' draws. */
  fork(): SimRng {
    return new SimRng(this.uint32() * 2 ** 21 + (this.uint32() >>> 11));
  }

  bytes(count: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(count);
    for (let at = 0; at < count; at += 4) {
      const word = this.uint32();
      for (let byte = 0; byte < 4 && at + byte < count; byte++) {
        bytes[at + byte] = (word >>> (8 * byte)) & 0xff;
      }
    }
    return bytes;
  }
}
