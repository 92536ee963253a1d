/**
 * Keys by which refs find objects of a type, remembered so that a change tells which refs lead elsewhere
 * now: those with the key that an object had, and those with the one that it has.
 */
import type { Batch } from './plan-node.ts';
import { keyField, type Edge } from './edges.ts';
import type { QueryHost } from './query-host.ts';

/** Keys of the live objects of one type. */
export class KeyWatch {
  readonly #host: QueryHost;
  readonly #edge: Edge;
  readonly #keyByRow = new Map<number, string>();

  constructor(host: QueryHost, edge: Edge) {
    this.#host = host;
    this.#edge = edge;
    for (const row of host.indexes.rowsOfType(edge.ref.type ?? '')) {
      const key = this.#keyOf(row);
      if (key !== undefined) this.#keyByRow.set(row, key);
    }
  }

  /** Keys that may lead elsewhere after a batch. */
  changed(batch: Batch): Set<string> {
    const keys = new Set<string>();
    for (const row of batch.rowsOfType(this.#edge.ref.type ?? '')) {
      const before = this.#keyByRow.get(row);
      const after = this.#keyOf(row);
      if (before === after) continue;
      if (before !== undefined) keys.add(before);
      if (after === undefined) this.#keyByRow.delete(row);
      else {
        keys.add(after);
        this.#keyByRow.set(row, after);
      }
    }
    return keys;
  }

  #keyOf(row: number): string | undefined {
    const { source } = this.#host;
    const field = keyField(this.#host, this.#edge);
    if (field === undefined || !source.isLive(row)) return undefined;
    const value = source.reader(field)(row);
    return typeof value === 'string' ? value : undefined;
  }
}
