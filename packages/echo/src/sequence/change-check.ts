/** What must hold before a change is applied: every element that it names is known and in its past. */
import type { IdTable } from './id-table.ts';
import {
  RANGES_MAX,
  STAMP_MAX,
  type Anchor,
  type ElementId,
  type IdRange,
  type SequenceRefusal,
} from './sequence-types.ts';
import { addUnitsOfRange, type UnitRange } from './unit-ranges.ts';

/** How an op or change from a block is applied. */
export interface ApplyContext {
  /** The branch of the feed that wrote it. */
  readonly agent: number;
  /** The block, as the stamp of what it hides, shows and moves. */
  readonly stamp: number;
  /**
   * A void block: its inserts become anchors that are never seen, the rest does nothing. It is never
   * refused for an element it names: an unknown anchor counts as the start.
   */
  readonly isVoid?: boolean;
  /**
   * How many units of an agent are in the causal past of the block; without it, all that are known. A
   * change that names others is refused as `unknown-element`.
   */
  readonly unitsInPast?: (agent: number) => number;
}

/** True for an index, count or local number. */
export function isIndex(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/** True for a stamp that fits a register. */
export function isStamp(value: number): boolean {
  return isIndex(value) && value <= STAMP_MAX;
}

/**
 * True when an element is known and in the past of the change, or one of the `fresh` units that the change
 * itself has made before.
 */
export function knowsElement(
  ids: IdTable,
  element: ElementId,
  context: ApplyContext,
  fresh: number,
): boolean {
  const { agent, counter } = element;
  if (!isIndex(agent) || !isIndex(counter)) return false;
  const next = ids.next(agent);
  if (agent === context.agent) {
    return counter >= next ? counter < next + fresh : ids.unitOf(agent, counter) >= 0;
  }
  const past = context.unitsInPast?.(agent) ?? next;
  return counter < past && ids.unitOf(agent, counter) >= 0;
}

/** As {@link knowsElement}, for where an insert attaches. */
export function knowsAnchor(
  ids: IdTable,
  anchor: Anchor,
  context: ApplyContext,
  fresh: number,
): boolean {
  if (anchor.element === undefined) return anchor.side === 'after';
  return knowsElement(ids, anchor.element, context, fresh);
}

/** Why an anchor, a moved element or the end of a mark is not taken; `undefined` if it is. */
export function refuseElement(
  ids: IdTable,
  element: ElementId | undefined,
  context: ApplyContext,
  fresh: number,
): SequenceRefusal | undefined {
  if (element === undefined || knowsElement(ids, element, context, fresh)) return undefined;
  const { agent, counter } = element;
  const isNamed = isIndex(agent) && isIndex(counter);
  return isNamed && ids.isRemoved(agent, counter) ? 'removed-element' : 'unknown-element';
}

/**
 * The units of ranges, without those that were removed, or why not. With a context, ranges may reach into the `fresh` units that the change
 * itself will create; those are left out.
 */
export function resolveRanges(
  ids: IdTable,
  ranges: readonly IdRange[],
  context?: ApplyContext,
  fresh = 0,
): UnitRange[] | SequenceRefusal {
  // Those of a block were counted when they were read: forks that are known here may have cut them since.
  if (context === undefined && ranges.length > RANGES_MAX) return 'too-large';
  const units: UnitRange[] = [];
  for (const range of ranges) {
    const count = knownCount(ids, range, context, fresh);
    if (typeof count === 'string') return count;
    if (count > 0 && !addUnitsOfRange(ids, { ...range, count }, units)) return 'unknown-element';
  }
  return units;
}

/** How many units of a range exist already; the rest the change will make. */
function knownCount(
  ids: IdTable,
  { agent, counter, count }: IdRange,
  context: ApplyContext | undefined,
  fresh: number,
): number | SequenceRefusal {
  if (!isIndex(agent) || !isIndex(counter) || !isIndex(count) || count === 0) return 'out-of-range';
  const next = ids.next(agent);
  const end = counter + count;
  if (agent === context?.agent) {
    if (end > next + fresh) return 'unknown-element';
    return count - Math.max(0, end - Math.max(next, counter));
  }
  return end > (context?.unitsInPast?.(agent) ?? next) ? 'unknown-element' : count;
}
