/**
 * Children of one parent on one side, in their order. Chunks keep an insertion cheap however many writers
 * type at one place, and the place is found by search, never by a scan.
 */

const CHUNK_MAX = 256;

/** A sorted list of units. */
export class Siblings {
  readonly #chunks: number[][];

  constructor(first: number) {
    this.#chunks = [[first]];
  }

  /** Adds a unit that is known to be the last one. */
  append(unit: number): void {
    const chunk = this.#chunks.at(-1) as number[];
    if (chunk.length < CHUNK_MAX) chunk.push(unit);
    else this.#chunks.push([unit]);
  }

  /**
   * Adds a unit. Returns the one that stands before it, or -1 for none.
   * `compare` gives the order of two units; its calls are what a hostile writer can make us pay.
   */
  add(unit: number, compare: (a: number, b: number) => number): number {
    const chunks = this.#chunks;
    let low = 0;
    let high = chunks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (compare((chunks[middle] as number[])[0] as number, unit) < 0) low = middle;
      else high = middle - 1;
    }
    const chunk = chunks[low] as number[];
    const place = placeIn(chunk, unit, compare);
    const before = place > 0 ? (chunk[place - 1] as number) : -1;
    chunk.splice(place, 0, unit);
    if (chunk.length > CHUNK_MAX) chunks.splice(low + 1, 0, chunk.splice(CHUNK_MAX / 2));
    return before;
  }

  /** All of them, in order. */
  all(): number[] {
    return this.#chunks.flat();
  }

  /** The one after the first: what stood first before a smaller unit was added. */
  second(): number {
    const first = this.#chunks[0] as number[];
    return first[1] ?? ((this.#chunks[1] as number[])[0] as number);
  }
}

function placeIn(
  chunk: readonly number[],
  unit: number,
  compare: (a: number, b: number) => number,
): number {
  let low = 0;
  let high = chunk.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(chunk[middle] as number, unit) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
