/** What a step of the editor does, as the delta that does it to the rich text. */
import { deltaBetween, type RichDelta, type RichDeltaOp } from '@atoll/client';
import type { Node } from 'prosemirror-model';
import type { Step } from 'prosemirror-transform';
import { documentOf, placeAtPos } from './rich-nodes.ts';

/** Positions of what a step touched, before and after. */
interface Touched {
  readonly from: number;
  readonly to: number;
  readonly now: number;
}

/** The delta of one step: nothing outside of what it touched is compared or changed. */
export function deltaOfStep(step: Step, before: Node, after: Node): RichDelta {
  const touched = touchedBy(step);
  return touched === undefined ? [] : deltaOfStretch(before, after, touched);
}

function touchedBy(step: Step): Touched | undefined {
  let touched: Touched | undefined;
  step.getMap().forEach((oldStart, oldEnd, newStart, newEnd) => {
    touched = { from: touched?.from ?? Math.min(oldStart, newStart), to: oldEnd, now: newEnd };
  });
  if (touched !== undefined) return touched;
  // Marks and attributes move nothing.
  const { from, to, pos } = step.toJSON() as { from?: number; to?: number; pos?: number };
  if (from !== undefined && to !== undefined) return { from, to, now: to };
  return pos === undefined ? undefined : { from: pos, to: pos + 1, now: pos + 1 };
}

/** The delta between two documents that differ only inside of a stretch. */
function deltaOfStretch(before: Node, after: Node, touched: Touched): RichDelta {
  const first = placeAtPos(before, touched.from);
  const oldEnd = endOf(before, touched.to);
  const newEnd = endOf(after, touched.now);
  // A stretch that begins between two blocks begins with the boundary between them.
  const between = first.index > 0 && touched.from <= first.pos;
  const index = between ? first.index - 1 : first.index;
  const start = between ? first.unit - 1 - before.child(index).content.size : first.unit;
  const from = between ? first.unit - 1 : first.unit + Math.max(0, touched.from - first.pos - 1);
  const delta = deltaBetween(
    documentOf(before, index, oldEnd.index),
    documentOf(after, index, newEnd.index),
    { from: from - start, to: oldEnd.unit - start, now: newEnd.unit - start },
  );
  return shifted(delta, start);
}

/** Blocks up to the end of a stretch, and the unit at which it ends. */
function endOf(doc: Node, pos: number): { readonly index: number; readonly unit: number } {
  const { index, unit, pos: start } = placeAtPos(doc, pos);
  if (index === doc.childCount) return { index, unit: unit - 1 };
  return { index: index + 1, unit: unit + Math.max(0, pos - start - 1) };
}

/** A delta for a part of a document that begins with a block. */
function shifted(delta: RichDelta, start: number): RichDelta {
  if (delta.length === 0 || start === 0) return delta;
  const [first, ...rest] = delta;
  if (first === undefined || !('start' in first)) return [{ retain: start }, ...delta];
  const boundary: RichDeltaOp = { retain: 1, block: first.start };
  return start === 1 ? [boundary, ...rest] : [{ retain: start - 1 }, boundary, ...rest];
}
