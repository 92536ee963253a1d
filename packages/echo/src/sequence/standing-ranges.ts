/** Which of some elements are visible, or hidden by one's own hand. */
import { pushRange } from './changes.ts';
import type { IdRange } from './sequence-types.ts';
import { isHidden, stampOf, type Sequence } from './sequence.ts';
import { addUnitsOfRange, type UnitRange } from './unit-ranges.ts';

/** Of the given elements those that are visible. */
export function visibleRanges(sequence: Sequence, ranges: readonly IdRange[]): IdRange[] {
  const visible: IdRange[] = [];
  const units: UnitRange[] = [];
  for (const range of ranges) addUnitsOfRange(sequence.ids, range, units);
  for (const { unit, count } of units) {
    for (let at = unit; at < unit + count; at++) {
      if (!sequence.isVisible(at)) continue;
      pushRange(visible, sequence.ids.agentOf(at), sequence.ids.counterOf(at), 1);
    }
  }
  return visible;
}

/** Of the given elements those that a stamp of one's own hides (or shows). */
export function ownRanges(
  sequence: Sequence,
  ranges: readonly IdRange[],
  is: { readonly hidden: boolean; readonly own: (stamp: number) => boolean },
): IdRange[] {
  const found: IdRange[] = [];
  const units: UnitRange[] = [];
  for (const range of ranges) addUnitsOfRange(sequence.ids, range, units);
  for (const { unit, count } of units) {
    for (let at = unit; at < unit + count; at++) {
      const register = sequence.stamps[at] as number;
      if (register <= 0 || isHidden(register) !== is.hidden || !is.own(stampOf(register))) continue;
      pushRange(found, sequence.ids.agentOf(at), sequence.ids.counterOf(at), 1);
    }
  }
  return found;
}
