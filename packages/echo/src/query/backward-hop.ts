/** "An object that fulfils this leads here, within so many steps": `{ $from: { type, field, where } }`. */
import type { Value } from '@atoll/codec';
import type { Batch, Hop, Part, Source } from './plan-node.ts';
import { bestSource, rowsOf } from './choose-source.ts';
import { edgeKey, Edges, keyField, targetOf, type Edge } from './edges.ts';
import { steps, type HopInput } from './forward-hop.ts';
import { KeyWatch } from './key-watch.ts';
import { LiveSet } from './live-set.ts';
import type { QueryHost } from './query-host.ts';

/** Steps against refs. */
export class BackwardHop implements Hop {
  readonly #host: QueryHost;
  readonly #field: string;
  readonly #depth: number;
  readonly #edges: Edges;
  readonly #type: string;
  readonly #end: Part;
  readonly #asked = new Map<number, boolean>();
  /** Rows that were found to be led to, as long as the hop is not kept. */
  #sure: ReadonlySet<number> | undefined;
  #set: LiveSet | undefined;
  #watches: readonly (readonly [Edge, KeyWatch])[] = [];
  /** What the edge of a live row held; of ends only, where there is one step. */
  readonly #valuesByRow = new Map<number, readonly Value[]>();

  constructor(input: HopInput & { readonly type: string; readonly end: Part }) {
    this.#host = input.host;
    this.#field = input.field;
    this.#depth = input.depth;
    this.#edges = new Edges(input.host, input.edges);
    this.#type = input.type;
    this.#end = input.end;
  }

  /** The condition. */
  part(): Part {
    return {
      test: (row) => this.#test(row),
      words: `led to by ${this.#field} of ${this.#type}${steps(this.#depth)} with (${this.#end.words})`,
      source: () => this.#source(),
      hops: [this],
    };
  }

  /** See {@link Hop}. */
  keep(): void {
    const { source, indexes } = this.#host;
    this.#set = new LiveSet(this.#host, this.#type, this.#end);
    this.#asked.clear();
    this.#sure = undefined;
    this.#watches = this.#edges.edges
      .filter((edge) => edge.ref.by !== undefined)
      .map((edge) => [edge, new KeyWatch(this.#host, edge)] as const);
    for (const edge of this.#edges.edges) {
      for (const row of this.#depth === 1 ? this.#set.rows : indexes.rowsOfType(edge.type)) {
        if (source.isLive(row)) this.#valuesByRow.set(row, this.#valuesOf(row));
      }
    }
  }

  /** See {@link Hop}. */
  affected(batch: Batch): Iterable<number> {
    const first = new Set<number>();
    const flipped = new Set(this.#set?.update(batch) ?? []);
    for (const row of batch.rows)
      if (this.#edges.edgeOf(row) !== undefined) this.#replace(row, first);
    for (const row of flipped) {
      this.#replace(row, first);
      this.#addTargets(row, this.#valuesOf(row), first);
    }
    for (const [edge, watch] of this.#watches) {
      const field = keyField(this.#host, edge);
      if (field === undefined) continue;
      for (const key of watch.changed(batch)) this.#addKeyed(edge, key, first);
    }
    return this.#depth === 1 ? first : this.#edges.spread(first, this.#depth - 1, 'out');
  }

  /** Notes what a row's edge holds now; adds where it led and leads if that is different. */
  #replace(row: number, to: Set<number>): void {
    const isKept =
      this.#host.source.isLive(row) && (this.#depth > 1 || this.#set?.rows.has(row) === true);
    const before = this.#valuesByRow.get(row) ?? [];
    const after = isKept ? this.#valuesOf(row) : [];
    if (isKept) this.#valuesByRow.set(row, after);
    else this.#valuesByRow.delete(row);
    const same =
      before.length === after.length &&
      before.every((value, at) => edgeKey(value) === edgeKey(after[at] as Value));
    if (same) return;
    this.#addTargets(row, before, to);
    this.#addTargets(row, after, to);
  }

  #addTargets(row: number, values: readonly Value[], to: Set<number>): void {
    const edge = this.#edges.edgeOf(row);
    if (edge === undefined) return;
    for (const value of values) {
      if (typeof value === 'string') this.#addKeyed(edge, value, to);
      const target = typeof value === 'string' ? -1 : targetOf(this.#host, edge, value);
      if (target >= 0) to.add(target);
    }
  }

  /** All objects with a key: which of them is led to may have changed. */
  #addKeyed(edge: Edge, key: string, to: Set<number>): void {
    const field = keyField(this.#host, edge);
    if (field === undefined) return;
    for (const row of this.#host.indexes.rowsWith(edge.ref.type ?? '', field, key)) to.add(row);
  }

  #valuesOf(row: number): readonly Value[] {
    return this.#edges.edgeOf(row)?.items(row) ?? [];
  }

  #test(row: number): boolean {
    if (this.#sure?.has(row) === true) return true;
    const { source } = this.#host;
    const seen = new Set<number>();
    let border = source.isLive(row) ? [row] : [];
    for (let step = 0; step < this.#depth && border.length > 0; step++) {
      const next: number[] = [];
      for (const to of border) {
        for (const referrer of this.#edges.referrers(to)) {
          if (seen.has(referrer) || !source.isLive(referrer)) continue;
          if (this.#isEnd(referrer)) return true;
          seen.add(referrer);
          next.push(referrer);
        }
      }
      border = next;
    }
    return false;
  }

  #isEnd(row: number): boolean {
    if (this.#set !== undefined) return this.#set.rows.has(row);
    let is = this.#asked.get(row);
    if (is === undefined) {
      is = this.#host.source.typeName(row) === this.#type && this.#end.test(row);
      this.#asked.set(row, is);
    }
    return is;
  }

  #source(): Source {
    const { node } = bestSource(this.#host, this.#type, this.#end);
    return {
      node: {
        kind: 'hop',
        words: `objects that ${this.#field} of what is found there leads to${steps(this.#depth)}`,
        field: this.#field,
        estimate: node.estimate * this.#depth,
        of: [node],
      },
      rows: () => {
        const first = new Set<number>();
        for (const end of rowsOf(this.#host, this.#type, this.#end)) {
          if (!this.#host.source.isLive(end) || !this.#end.test(end)) continue;
          for (const target of this.#edges.targets(end)) first.add(target);
        }
        const found = this.#edges.spread(first, this.#depth - 1, 'out');
        if (this.#set === undefined) this.#sure = found;
        return found;
      },
    };
  }
}
