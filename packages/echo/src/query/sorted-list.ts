/**
 * A sorted list in chunks: adding, removing, finding a rank and reading a window cost about the square
 * root of its length at worst, in practice a binary search and a short copy.
 */

/** Entries of a chunk; when full it is cut in two. */
const CHUNK_MAX = 512;

/** Entries under a total order: entries that compare as equal are the same entry. */
export class SortedList<E> {
  readonly #compare: (a: E, b: E) => number;
  #chunks: E[][] = [];
  #size = 0;

  constructor(compare: (a: E, b: E) => number) {
    this.#compare = compare;
  }

  /** Number of entries. */
  get size(): number {
    return this.#size;
  }

  /** Replaces everything by entries in any order. */
  fill(entries: E[]): void {
    entries.sort(this.#compare);
    this.#size = entries.length;
    this.#chunks = [];
    const step = CHUNK_MAX >> 1;
    for (let at = 0; at < entries.length; at += step) {
      this.#chunks.push(entries.slice(at, at + step));
    }
  }

  /** Adds an entry that is not there. */
  add(entry: E): void {
    this.#size++;
    if (this.#chunks.length === 0) {
      this.#chunks.push([entry]);
      return;
    }
    const no = this.#chunkOf(entry);
    const chunk = this.#chunks[no] as E[];
    chunk.splice(this.#placeIn(chunk, entry), 0, entry);
    if (chunk.length > CHUNK_MAX) this.#chunks.splice(no + 1, 0, chunk.splice(CHUNK_MAX >> 1));
  }

  /** Removes an entry; false if it is not there. */
  delete(entry: E): boolean {
    if (this.#chunks.length === 0) return false;
    const no = this.#chunkOf(entry);
    const chunk = this.#chunks[no] as E[];
    const at = this.#placeIn(chunk, entry);
    const found = chunk[at];
    if (found === undefined || this.#compare(found, entry) !== 0) return false;
    chunk.splice(at, 1);
    this.#size--;
    if (chunk.length === 0) this.#chunks.splice(no, 1);
    return true;
  }

  /** How many entries come before the first one that `isBefore` does not hold for. */
  rank(isBefore: (entry: E) => boolean): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore((this.#chunks[middle] as E[]).at(-1) as E)) low = middle + 1;
      else high = middle;
    }
    let rank = 0;
    for (let no = 0; no < low; no++) rank += (this.#chunks[no] as E[]).length;
    const chunk = this.#chunks[low];
    return chunk === undefined ? rank : rank + placeWhere(chunk, isBefore);
  }

  /** The entries of ranks from `start` to before `end`. */
  slice(start: number, end: number = this.#size): E[] {
    const found: E[] = [];
    let rank = 0;
    for (const chunk of this.#chunks) {
      if (rank >= end) break;
      if (rank + chunk.length > start) {
        const from = Math.max(0, start - rank);
        const to = Math.min(chunk.length, end - rank);
        for (let at = from; at < to; at++) found.push(chunk[at] as E);
      }
      rank += chunk.length;
    }
    return found;
  }

  /** First or last entry. */
  edge(which: 'first' | 'last'): E | undefined {
    return which === 'first' ? this.#chunks[0]?.[0] : this.#chunks.at(-1)?.at(-1);
  }

  /** Entries from a rank on, forwards or backwards. The list must not change meanwhile. */
  *walk(rank: number, direction: 1 | -1): Generator<E> {
    let no = 0;
    let at = rank;
    while (no < this.#chunks.length && at >= (this.#chunks[no] as E[]).length) {
      at -= (this.#chunks[no++] as E[]).length;
    }
    for (; no >= 0 && no < this.#chunks.length; no += direction) {
      const chunk = this.#chunks[no] as E[];
      if (at < 0) at = chunk.length - 1;
      for (; at >= 0 && at < chunk.length; at += direction) yield chunk[at] as E;
      at = direction === 1 ? 0 : -1;
    }
  }

  /** The chunk in which an entry is or belongs. */
  #chunkOf(entry: E): number {
    let low = 0;
    let high = this.#chunks.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#compare((this.#chunks[middle] as E[]).at(-1) as E, entry) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #placeIn(chunk: readonly E[], entry: E): number {
    return placeWhere(chunk, (each) => this.#compare(each, entry) < 0);
  }
}

function placeWhere<E>(chunk: readonly E[], isBefore: (entry: E) => boolean): number {
  let low = 0;
  let high = chunk.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(chunk[middle] as E)) low = middle + 1;
    else high = middle;
  }
  return low;
}
