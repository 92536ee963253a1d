/** Refs as edges between rows: where a row's field of some name leads, and from where rows are led to. */
import type { Value } from '@atoll/codec';
import { toHex } from '@atoll/kernel';
import type { ElementData } from '@atoll/schema';
import { OBJECT_ID_BYTES } from '../op-ids.ts';
import type { KnownType } from '../type-registry.ts';
import type { QueryHost } from './query-host.ts';
import { refOf } from './fields.ts';
import type { QueryField } from './row-source.ts';

/** The field of one type that makes edges. */
export interface Edge {
  /** Name of the type that has the field. */
  readonly type: string;
  readonly of: QueryField;
  readonly ref: Extract<ElementData, { readonly kind: 'ref' }>;
  readonly items: (row: number) => readonly Value[];
}

/** Edges along fields of one name. */
export class Edges {
  readonly edges: readonly Edge[];
  readonly #host: QueryHost;
  readonly #byType: ReadonlyMap<string, Edge>;

  constructor(host: QueryHost, edges: readonly Edge[]) {
    this.#host = host;
    this.edges = edges;
    this.#byType = new Map(edges.map((edge) => [edge.type, edge]));
  }

  /** The edge of a row's type. */
  edgeOf(row: number): Edge | undefined {
    return this.#byType.get(this.#host.source.typeName(row));
  }

  /** Live rows to which a row leads. */
  targets(row: number): number[] {
    const edge = this.edgeOf(row);
    if (edge === undefined) return [];
    return edge.items(row).flatMap((value) => {
      const target = targetOf(this.#host, edge, value);
      return target < 0 ? [] : [target];
    });
  }

  /** Rows that lead to a row, deleted ones included, and whether or not that one is deleted by now. */
  *referrers(row: number): Generator<number> {
    const { source } = this.#host;
    const type = source.typeName(row);
    for (const edge of this.edges) {
      if (edge.ref.type !== undefined && edge.ref.type !== type) continue;
      const value = this.#valueFor(edge, row);
      if (value !== undefined) yield* this.holders(edge, value);
    }
  }

  /** Rows whose edge has this value, deleted ones included. */
  holders(edge: Edge, value: Value): Iterable<number> {
    return this.#host.indexes.rowsWith(edge.type, edge.of, value);
  }

  /** About how many objects lead to one of these types: only for comparing plans. */
  fanIn(types: readonly string[]): number {
    const { indexes } = this.#host;
    const rowsOf = (names: Iterable<string>): number => {
      let count = 0;
      for (const name of new Set(names)) count += indexes.rowsOfType(name).length;
      return count;
    };
    const share = rowsOf(this.#byType.keys()) / Math.max(1, rowsOf(types));
    return Math.max(1, share);
  }

  /** Rows within so many steps of some, against (`in`) or along (`out`) the edges; the first are included. */
  spread(from: Iterable<number>, steps: number, direction: 'in' | 'out'): Set<number> {
    const found = new Set(from);
    let border: Iterable<number> = [...found];
    for (let step = 0; step < steps; step++) {
      const next: number[] = [];
      for (const row of border) {
        for (const other of direction === 'in' ? this.referrers(row) : this.targets(row)) {
          if (found.has(other)) continue;
          found.add(other);
          next.push(other);
        }
      }
      if (next.length === 0) break;
      border = next;
    }
    return found;
  }

  /** What an edge holds if it leads to the row. */
  #valueFor(edge: Edge, row: number): Value | undefined {
    if (edge.ref.by === undefined) return this.#host.source.idBytes(row);
    const key = keyOf(this.#host, edge, row);
    if (key === undefined || targetOf(this.#host, edge, key) !== row) return undefined;
    return key;
  }
}

/** The live row to which an edge's value leads, or -1. */
export function targetOf(host: QueryHost, edge: Edge, value: Value): number {
  const { source } = host;
  const { ref } = edge;
  if (ref.by !== undefined) {
    return typeof value === 'string' ? host.rowOfKey(ref.type ?? '', ref.by, value) : -1;
  }
  if (!(value instanceof Uint8Array) || value.length !== OBJECT_ID_BYTES) return -1;
  const row = source.find(value);
  if (row < 0 || !source.isLive(row)) return -1;
  return ref.type === undefined || source.typeName(row) === ref.type ? row : -1;
}

/** The key under which refs of a keyed edge name the row. */
function keyOf(host: QueryHost, edge: Edge, row: number): string | undefined {
  const field = edge.ref.by === undefined ? undefined : keyField(host, edge);
  const value = field === undefined ? undefined : host.source.reader(field)(row);
  return typeof value === 'string' ? value : undefined;
}

/** The field whose values are the keys of a keyed edge. */
export function keyField(host: QueryHost, edge: Edge): QueryField | undefined {
  const type = host.readerOf(edge.ref.type ?? '');
  const leaf = edge.ref.by === undefined ? undefined : type?.compiled.leafByName.get(edge.ref.by);
  if (type === undefined || leaf === undefined) return undefined;
  return { leaf, field: type.fields[leaf.index] as number };
}

/** A value of an edge as a key of maps. */
export function edgeKey(value: Value): string {
  return value instanceof Uint8Array ? `i${toHex(value)}` : `k${String(value)}`;
}

/** The edge that a field makes; `undefined` if it is no ref. */
export function edgeFrom(host: QueryHost, type: KnownType, name: string): Edge | undefined {
  const leaf = type.compiled.leafByName.get(name);
  const ref = leaf === undefined ? undefined : refOf(leaf);
  if (leaf === undefined || ref === undefined) return undefined;
  const of = { leaf, field: type.fields[leaf.index] as number };
  return { type: type.compiled.name, of, ref, items: host.source.items(of) };
}

/** Edges of all types that have a ref of this name. */
export function edgesNamed(host: QueryHost, name: string): Edge[] {
  return host.typeNames().flatMap((type) => {
    const reader = host.readerOf(type);
    const edge = reader === undefined ? undefined : edgeFrom(host, reader, name);
    return edge === undefined ? [] : [edge];
  });
}

/** Names of types that have refs: of all types, or of the one that is named. */
export function typesWithRefs(
  host: Pick<QueryHost, 'typeNames' | 'readerOf'>,
  name: string | undefined,
): readonly string[] {
  const names = name === undefined ? host.typeNames() : [name];
  return names.filter((each) => {
    const leaves = host.readerOf(each)?.compiled.leaves ?? [];
    return leaves.some((leaf) => refOf(leaf) !== undefined);
  });
}
