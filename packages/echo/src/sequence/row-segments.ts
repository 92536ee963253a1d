/**
 * How a row names elements where feeds have forked: by stretches of ids that depend on no order of arrival.
 * Without forks a row needs none of this.
 */

/** A part of a segment: consecutive counters of one agent. */
export interface SegmentPart {
  readonly agent: number;
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/** The segments of a sequence, numbered from 0 in the order of their names. */
export class RowSegments {
  /** Parts of each segment, ascending by counter. */
  readonly parts: readonly (readonly SegmentPart[])[];
  readonly #byAgent = new Map<number, { readonly part: SegmentPart; readonly segment: number }[]>();

  constructor(parts: readonly (readonly SegmentPart[])[]) {
    this.parts = parts;
    parts.forEach((list, segment) => {
      for (const part of list) {
        const known = this.#byAgent.get(part.agent);
        if (known === undefined) this.#byAgent.set(part.agent, [{ part, segment }]);
        else known.push({ part, segment });
      }
    });
  }

  /** The segment of an element. */
  of(agent: number, counter: number): number {
    const known = this.#byAgent.get(agent) ?? [];
    const found = known.find(({ part }) => part.from <= counter && counter < part.to);
    return found?.segment ?? 0;
  }
}
