/** Acts that are to be judged again, the most senior first. A binary heap; each act is in it once. */
import { compareActs, type Act } from './acts.ts';

/** See above. */
export class DueActs {
  readonly #heap: Act[] = [];
  readonly #known = new Set<Act>();

  /** True if nothing is due. */
  get isEmpty(): boolean {
    return this.#heap.length === 0;
  }

  /** Makes an act due, unless it is. */
  add(act: Act): void {
    if (this.#known.has(act)) return;
    this.#known.add(act);
    const heap = this.#heap;
    let at = heap.push(act) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (compareActs(heap[above] as Act, act) <= 0) break;
      heap[at] = heap[above] as Act;
      at = above;
    }
    heap[at] = act;
  }

  /** The most senior one, which is due no more. */
  take(): Act | undefined {
    const heap = this.#heap;
    const least = heap[0];
    const last = heap.pop();
    if (least === undefined || last === undefined) return undefined;
    this.#known.delete(least);
    if (heap.length === 0) return least;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= heap.length) break;
      const right = left + 1;
      const isRight = right < heap.length && compareActs(heap[right] as Act, heap[left] as Act) < 0;
      const below = isRight ? right : left;
      if (compareActs(heap[below] as Act, last) >= 0) break;
      heap[at] = heap[below] as Act;
      at = below;
    }
    heap[at] = last;
    return least;
  }
}
