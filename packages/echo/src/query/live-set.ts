/** The live objects of one type that fulfil a condition, kept by looking at what a change can touch. */
import type { Batch, Part } from './plan-node.ts';
import { rowsOf } from './choose-source.ts';
import type { QueryHost } from './query-host.ts';

/** Rows that fulfil a condition now. */
export class LiveSet {
  readonly rows: Set<number> = new Set();
  readonly #host: QueryHost;
  readonly #type: string;
  readonly #part: Part;

  constructor(host: QueryHost, type: string, part: Part) {
    this.#host = host;
    this.#type = type;
    this.#part = part;
    for (const hop of part.hops) hop.keep();
    for (const row of rowsOf(host, type, part)) {
      if (host.source.isLive(row) && part.test(row)) this.rows.add(row);
    }
  }

  /** Rows that came in or went out. */
  update(batch: Batch): number[] {
    const flipped: number[] = [];
    for (const row of touchedBy(this.#host, { type: this.#type, part: this.#part, batch })) {
      const is = this.#host.source.isLive(row) && this.#part.test(row);
      if (is === this.rows.has(row)) continue;
      if (is) this.rows.add(row);
      else this.rows.delete(row);
      flipped.push(row);
    }
    return flipped;
  }
}

/** Rows of a type whose test may answer differently after a batch. */
export function touchedBy(
  host: QueryHost,
  input: { readonly type: string; readonly part: Part; readonly batch: Batch },
): ReadonlySet<number> {
  const { type, part, batch } = input;
  const touched = new Set(batch.rowsOfType(type));
  for (const hop of part.hops) {
    for (const row of hop.affected(batch)) {
      if (host.source.typeName(row) === type) touched.add(row);
    }
  }
  return touched;
}
