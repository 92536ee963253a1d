/** "Leads, within so many steps, to an object that fulfils this": `{ assignee: { to: { … } } }`. */
import type { Batch, Hop, Part, PlanNode, Source } from './plan-node.ts';
import { bestSource, rowsOf } from './choose-source.ts';
import { Edges, type Edge } from './edges.ts';
import { KeyWatch } from './key-watch.ts';
import { LiveSet } from './live-set.ts';
import type { QueryHost } from './query-host.ts';

/** What a hop is made of. */
export interface HopInput {
  readonly host: QueryHost;
  /** The name along which it steps. */
  readonly field: string;
  readonly depth: number;
  /** All edges of that name along which it may go. */
  readonly edges: readonly Edge[];
  /** What the other end must fulfil, by the name of its type; other types never do. */
  readonly ends: ReadonlyMap<string, Part>;
}

/** Steps along refs. */
export class ForwardHop implements Hop {
  readonly #host: QueryHost;
  readonly #field: string;
  readonly #depth: number;
  readonly #edges: Edges;
  readonly #ends: ReadonlyMap<string, Part>;
  /** What was found of ends, as long as the hop is not kept. */
  readonly #asked = new Map<number, boolean>();
  /** Rows that were found to lead there, as long as the hop is not kept. */
  #sure: ReadonlySet<number> | undefined;
  #sets: ReadonlyMap<string, LiveSet> | undefined;
  #watches: readonly (readonly [Edge, KeyWatch])[] = [];

  constructor(input: HopInput) {
    this.#host = input.host;
    this.#field = input.field;
    this.#depth = input.depth;
    this.#edges = new Edges(input.host, input.edges);
    this.#ends = input.ends;
  }

  /** The condition. */
  part(): Part {
    const words = [...this.#ends.values()].map((part) => part.words);
    return {
      test: (row) => this.#test(row),
      words: `${this.#field} leads${steps(this.#depth)} to (${words.join(' or ') || 'nothing known'})`,
      source: () => this.#source(),
      hops: [this],
    };
  }

  /** See {@link Hop}. */
  keep(): void {
    const sets = [...this.#ends].map(
      ([type, part]) => [type, new LiveSet(this.#host, type, part)] as const,
    );
    this.#sets = new Map(sets);
    this.#asked.clear();
    this.#sure = undefined;
    this.#watches = this.#edges.edges
      .filter((edge) => edge.ref.by !== undefined)
      .map((edge) => [edge, new KeyWatch(this.#host, edge)] as const);
  }

  /** See {@link Hop}. */
  affected(batch: Batch): Iterable<number> {
    const first = new Set<number>();
    for (const set of this.#sets?.values() ?? []) {
      for (const end of set.update(batch)) this.#addReferrers(end, first);
    }
    for (const [edge, watch] of this.#watches) {
      for (const key of watch.changed(batch)) {
        for (const row of this.#edges.holders(edge, key)) first.add(row);
      }
    }
    if (this.#depth === 1) return first;
    this.#addSteps(batch, first);
    return this.#edges.spread(first, this.#depth - 1, 'in');
  }

  /** Rows on the way that lead elsewhere now. */
  #addSteps(batch: Batch, to: Set<number>): void {
    for (const row of batch.rows) {
      const edge = this.#edges.edgeOf(row);
      // An object that came or went counts as changed in every field.
      if (edge !== undefined && batch.touches(row, edge.of.field)) to.add(row);
    }
  }

  #addReferrers(row: number, to: Set<number>): void {
    for (const referrer of this.#edges.referrers(row)) to.add(referrer);
  }

  #test(row: number): boolean {
    if (this.#sure?.has(row) === true) return true;
    const seen = new Set<number>();
    let border = [row];
    for (let step = 0; step < this.#depth && border.length > 0; step++) {
      const next: number[] = [];
      for (const from of border) {
        for (const target of this.#edges.targets(from)) {
          if (seen.has(target)) continue;
          if (this.#isEnd(target)) return true;
          seen.add(target);
          next.push(target);
        }
      }
      border = next;
    }
    return false;
  }

  #isEnd(row: number): boolean {
    const type = this.#host.source.typeName(row);
    if (this.#sets !== undefined) return this.#sets.get(type)?.rows.has(row) === true;
    let is = this.#asked.get(row);
    if (is === undefined) {
      is = this.#ends.get(type)?.test(row) === true;
      this.#asked.set(row, is);
    }
    return is;
  }

  #source(): Source {
    const of: PlanNode[] = [];
    for (const [type, part] of this.#ends) of.push(bestSource(this.#host, type, part).node);
    const ends = of.reduce((sum, { estimate }) => sum + estimate, 0);
    const fanIn = this.#edges.fanIn([...this.#ends.keys()]);
    return {
      node: {
        kind: 'hop',
        words: `objects that lead by ${this.#field}${steps(this.#depth)} to what is found there`,
        field: this.#field,
        estimate: Math.ceil(ends * fanIn ** this.#depth),
        of,
      },
      rows: () => {
        const first = new Set<number>();
        for (const [type, part] of this.#ends) {
          for (const end of rowsOf(this.#host, type, part)) {
            if (this.#host.source.isLive(end) && part.test(end)) this.#addReferrers(end, first);
          }
        }
        // Within one step these are exactly those that lead there: no need to go the way back for each.
        if (this.#sets === undefined && this.#depth === 1) this.#sure = first;
        return this.#edges.spread(first, this.#depth - 1, 'in');
      },
    };
  }
}

/** " in one to three steps" in words. */
export function steps(depth: number): string {
  return depth === 1 ? '' : ` within ${depth} steps`;
}
