/** What one transaction does to one rich text: its text, then marks. Blocks are registers of their own. */
import type { MarkValue } from '@atoll/schema';
import { isIndex, refuseElement, type ApplyContext } from '../sequence/change-check.ts';
import type { IdTable } from '../sequence/id-table.ts';
import type { SequenceRefusal, StablePosition } from '../sequence/sequence-types.ts';
import type { TextSequence } from '../sequence/text-sequence.ts';
import type { TextChange } from '../sequence/text-op.ts';
import { idOfUnit, unitOfElement } from '../sequence/unit-ranges.ts';
import type { MarkStretch } from './mark-table.ts';
import { before, behind, END, START, unitAtPoint, type Point } from './unit-order.ts';

/** A mark given to or taken from what stands between two places. */
export interface MarkOp {
  readonly key: string;
  /** `null` takes the mark away. */
  readonly value: MarkValue | null;
  readonly start: StablePosition;
  readonly end: StablePosition;
}

/** A change of a rich text. */
export interface RichChange {
  readonly text: TextChange | undefined;
  readonly marks: readonly MarkOp[];
}

/** A text change that does nothing. */
export const NO_TEXT: TextChange = { inserts: [], hidden: [], shown: [] };

/** Why marks cannot be applied: they name what is not in the past of their block. */
export function refuseMarks(
  ids: IdTable,
  marks: readonly MarkOp[],
  context: ApplyContext,
  fresh: number,
): SequenceRefusal | undefined {
  for (const { start, end } of marks) {
    for (const { element } of [start, end]) {
      const refused = refuseElement(ids, element, context, fresh);
      if (refused !== undefined) return refused;
    }
    if (start.element !== undefined && !isIndex(start.element.counter)) return 'out-of-range';
  }
  return undefined;
}

/** A mark in local terms. Its elements must be known. */
export function stretchOf(text: TextSequence, mark: MarkOp): MarkStretch {
  const { key, value } = mark;
  return { key, value, start: pointOf(text, mark.start), end: pointOf(text, mark.end) };
}

/** A mark in terms of elements. */
export function markOpOf(text: TextSequence, stretch: MarkStretch): MarkOp {
  const { key, value } = stretch;
  return { key, value, start: placeOf(text, stretch.start), end: placeOf(text, stretch.end) };
}

/** The place of a point. */
export function placeOf({ sequence }: TextSequence, point: Point): StablePosition {
  if (point === START) return { element: undefined, side: 'after' };
  if (point === END) return { element: undefined, side: 'before' };
  const element = idOfUnit(sequence.ids, unitAtPoint(point));
  return { element, side: point === before(unitAtPoint(point)) ? 'before' : 'after' };
}

/** The point of a place: outside of a surrogate pair. */
function pointOf({ sequence, content }: TextSequence, { element, side }: StablePosition): Point {
  if (element === undefined) return side === 'after' ? START : END;
  const unit = unitOfElement(sequence.ids, element) ?? 0;
  if (side === 'before') return before(content.isSecondHalf(unit) ? unit - 1 : unit);
  return behind(content.isFirstHalf(unit) ? unit + 1 : unit);
}
