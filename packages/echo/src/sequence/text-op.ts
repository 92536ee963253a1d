/** Operations on a text: what an edit becomes, what a block carries, what a reader is told. */
import type { Anchor, IdRange, SequenceRefusal } from './sequence-types.ts';

/** New text under an anchor. Its ids follow from the place of the op in its feed. */
export interface TextInsert extends Anchor {
  readonly kind: 'insert';
  /** Well-formed Unicode, not empty. */
  readonly text: string;
}

/** Elements to hide (a deletion) or to show again (its undoing). */
export interface TextVisibility {
  readonly kind: 'hide' | 'show';
  readonly ranges: readonly IdRange[];
}

/** One operation of one writer. */
export type TextOp = TextInsert | TextVisibility;

/**
 * All that one transaction does to one text, merged: inserts in order, then the net visibility. `hidden`
 * and `shown` are disjoint, so that a block can touch each element only once.
 */
export interface TextChange {
  readonly inserts: readonly TextInsert[];
  readonly hidden: readonly IdRange[];
  readonly shown: readonly IdRange[];
}

/** A visible difference, in UTF-16 units; positions count after the earlier edits of the same list. */
export interface TextEdit {
  readonly position: number;
  readonly deleted: number;
  readonly inserted: string;
  /** Units from the position on whose marks or block may be others now. */
  readonly formatted?: number;
}

/** The edits that a reader sees, or why nothing was done. */
export type Applied =
  | { readonly edits: readonly TextEdit[]; readonly refused?: undefined }
  | { readonly refused: SequenceRefusal; readonly edits?: undefined };

/** A local edit at one place: what to put into the block, and what the reader sees. */
export class EditAtPlace implements TextEdit {
  readonly refused: undefined;
  readonly op: TextOp;
  readonly position: number;
  readonly deleted: number;
  readonly inserted: string;

  constructor(op: TextOp, position: number, deleted: number, inserted: string) {
    this.op = op;
    this.position = position;
    this.deleted = deleted;
    this.inserted = inserted;
  }

  /** The visible difference; made only when asked for, because typing is the hottest path of all. */
  get edits(): readonly TextEdit[] {
    const { position, deleted, inserted } = this;
    return [{ position, deleted, inserted }];
  }
}

/** A local edit, or why it was not made. */
export type Edited =
  | EditAtPlace
  | { readonly op: TextOp; readonly edits: readonly TextEdit[]; readonly refused?: undefined }
  | { readonly refused: SequenceRefusal; readonly op?: undefined; readonly edits?: undefined };
