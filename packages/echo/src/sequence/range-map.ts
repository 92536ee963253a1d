/** A flag for every element that was set, kept as maximal ranges; setting again overrides. */
import type { IdRange } from './sequence-types.ts';

interface Span {
  readonly from: number;
  readonly to: number;
  readonly flag: boolean;
}

/** Ranges of ids with a flag each; never two that overlap, nor two alike that touch. */
export class RangeMap {
  readonly #spansByAgent = new Map<number, Span[]>();

  /** True when nothing was set. */
  get isEmpty(): boolean {
    return this.#spansByAgent.size === 0;
  }

  /** Sets the flag of a range. */
  set({ agent, counter, count }: IdRange, flag: boolean): void {
    let spans = this.#spansByAgent.get(agent);
    if (spans === undefined) {
      spans = [];
      this.#spansByAgent.set(agent, spans);
    }
    let from = counter;
    let to = counter + count;
    // The first span that ends at or after the range: it may touch or overlap.
    const first = firstEndingAt(spans, from);
    let last = first;
    const kept: Span[] = [];
    const right: Span[] = [];
    for (; last < spans.length; last++) {
      const span = spans[last] as Span;
      if (span.from > to) break;
      if (span.flag === flag) {
        from = Math.min(from, span.from);
        to = Math.max(to, span.to);
      } else {
        if (span.from < from) kept.push({ ...span, to: Math.min(span.to, from) });
        if (span.to > to) right.push({ ...span, from: Math.max(span.from, to) });
      }
    }
    spans.splice(first, last - first, ...kept, { from, to, flag }, ...right);
  }

  /** Calls back with every range; agents as they came, counters ascending. */
  forEach(visit: (range: IdRange, flag: boolean) => void): void {
    for (const [agent, spans] of this.#spansByAgent) {
      for (const { from, to, flag } of spans) {
        visit({ agent, counter: from, count: to - from }, flag);
      }
    }
  }
}

function firstEndingAt(spans: readonly Span[], counter: number): number {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle] as Span).to < counter) low = middle + 1;
    else high = middle;
  }
  return low;
}
