/** Operations on a list. A list holds slots; what an element's value is belongs to the caller. */
import type { Anchor, ElementId, IdRange, SequenceRefusal } from './sequence-types.ts';

/** New elements under an anchor; the id of an element is that of its first slot. */
export interface ListInsert extends Anchor {
  readonly kind: 'insert';
  readonly count: number;
}

/** A new slot for an element: its place is a register, and the greatest stamp wins. */
export interface ListMove extends Anchor {
  readonly kind: 'move';
  readonly moved: ElementId;
}

/** Elements to hide (a deletion) or to show again (its undoing). */
export interface ListVisibility {
  readonly kind: 'hide' | 'show';
  readonly ranges: readonly IdRange[];
}

/** One operation of one writer. */
export type ListOp = ListInsert | ListMove | ListVisibility;

/** All that one transaction does to one list: new slots in order, then the net visibility. */
export interface ListChange {
  readonly places: readonly (ListInsert | ListMove)[];
  readonly hidden: readonly IdRange[];
  readonly shown: readonly IdRange[];
}

/** A visible difference; positions count after the earlier edits of the same list. */
export interface ListEdit {
  readonly position: number;
  readonly deleted: number;
  readonly inserted: readonly ElementId[];
}

/** The edits that a reader sees, or why nothing was done. */
export type ListApplied =
  | { readonly edits: readonly ListEdit[]; readonly refused?: undefined }
  | { readonly refused: SequenceRefusal; readonly edits?: undefined };

/** A local edit: what to put into the block, and what the reader sees. */
export type ListEdited =
  | { readonly op: ListOp; readonly edits: readonly ListEdit[]; readonly refused?: undefined }
  | { readonly refused: SequenceRefusal; readonly op?: undefined; readonly edits?: undefined };
