/** How a query finds its rows, as plain data that a person can read and a tool can draw. */

/** One step of a plan. */
export interface PlanNode {
  /** `type`: all rows of the type; `none`: nothing can match; the others name what knows the rows. */
  readonly kind:
    | 'type'
    | 'none'
    | 'ids'
    | 'equality'
    | 'ordered'
    | 'words'
    | 'refs'
    | 'hop'
    | 'tree'
    | 'union'
    | 'meeting'
    | 'walk';
  /** The step in words. */
  readonly words: string;
  /** About how many rows it gives. */
  readonly estimate: number;
  readonly field?: string;
  readonly of?: readonly PlanNode[];
}

/** Rows among which all that match are. */
export interface Source {
  readonly node: PlanNode;
  /** Each once; void and deleted ones may be among them, and others that do not match unless `isExact`. */
  readonly rows: () => Iterable<number>;
  /** All of the rows pass the test: an index has seen so, and reading each of them again costs more. */
  readonly isExact?: boolean;
  /** What is still to be tested of them, where an index has seen to a part of the condition. */
  readonly rest?: (row: number) => boolean;
  /** The estimate is a guess, as the index is not made yet. */
  readonly isGuessed?: boolean;
}

/** A condition that is ready to be tested. */
export interface Part {
  readonly test: (row: number) => boolean;
  readonly words: string;
  /** What knows where to look, if anything does. */
  readonly source?: () => Source | undefined;
  /** What must be kept up to date for `test` to be true over time. */
  readonly hops: readonly Hop[];
}

/** Rows that changed, and in what. */
export interface Batch {
  readonly rows: Iterable<number>;
  rowsOfType(name: string): readonly number[];
  /** True if the field, or the object as a whole, may have changed. */
  touches(row: number, field: number): boolean;
}

/** A condition about other objects. Tests ask them afresh until it is kept. */
export interface Hop {
  /** Remembers what {@link Hop.affected} will need. */
  keep(): void;
  /** Takes in a batch; rows that have not changed themselves, but whose test may answer differently now. */
  affected(batch: Batch): Iterable<number>;
}
