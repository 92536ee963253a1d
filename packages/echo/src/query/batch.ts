/** The rows that changed in one tick, as queries look at them. */
import type { Batch } from './plan-node.ts';
import type { RowSource } from './row-source.ts';

/** Fields of each changed row; `undefined` for a row in which anything may have changed. */
export type ChangedFields = ReadonlyMap<number, ReadonlySet<number> | undefined>;

/** A batch over the rows of a database. */
export class RowBatch implements Batch {
  readonly #fields: ChangedFields;
  readonly #rowsByType = new Map<string, number[]>();

  constructor(source: RowSource, fields: ChangedFields) {
    this.#fields = fields;
    for (const row of fields.keys()) {
      const type = source.typeName(row);
      const rows = this.#rowsByType.get(type);
      if (rows === undefined) this.#rowsByType.set(type, [row]);
      else rows.push(row);
    }
  }

  /** See {@link Batch}. */
  get rows(): Iterable<number> {
    return this.#fields.keys();
  }

  /** Number of rows. */
  get size(): number {
    return this.#fields.size;
  }

  /** See {@link Batch}. */
  rowsOfType(name: string): readonly number[] {
    return this.#rowsByType.get(name) ?? [];
  }

  /** See {@link Batch}. */
  touches(row: number, field: number): boolean {
    if (!this.#fields.has(row)) return false;
    return this.#fields.get(row)?.has(field) ?? true;
  }

  /** True if anything of the row changed. */
  has(row: number): boolean {
    return this.#fields.has(row);
  }
}
