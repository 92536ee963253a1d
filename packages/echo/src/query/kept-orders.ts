/** What passes between the ordered indexes of a database and the snapshots that keep them. */
import type { SortedColumns } from './sorted-columns.ts';
import type { Shown } from './value-order.ts';

/** An index as it is now, for a snapshot. */
export interface OrderCut {
  /** Name of the type, and local number of the field. */
  readonly type: string;
  readonly field: number;
  /** What the field shows where nothing was written. */
  readonly default: Shown;
  /** Rows from this number on are not looked at yet. */
  readonly rows: number;
  /** Rows for which the columns do not count. */
  readonly changed: readonly number[];
  /** The same for as long as the columns are the same; never used for others. */
  readonly id: number;
  /** Places of the columns. */
  readonly length: number;
  /** `undefined`: they are still where they were found. */
  readonly columns: SortedColumns | undefined;
}

/** An index that a snapshot has kept. */
export interface KeptOrder extends Omit<OrderCut, 'columns'> {
  /** Its columns; `undefined` if they are damaged: then it is made anew. */
  open(): SortedColumns | undefined;
}
