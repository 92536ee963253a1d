/**
 * Collection in one text or list: which of its units are gone, what the state is without them, and whether
 * that can be told from this state alone.
 */
import type { BlockTable } from '../block-table.ts';
import { END, START, unitAtPoint, type Point } from '../rich-text/unit-order.ts';
import type { Sibling } from '../register.ts';
import {
  KEPT,
  REMOVED,
  fatesOf,
  rebuildSequence,
  type UnitFates,
} from '../sequence/collect-units.ts';
import { ROOT } from '../sequence/id-table.ts';
import { STAMP_VOID, isHidden, stampOf, type Sequence } from '../sequence/sequence.ts';
import { idOfUnit } from '../sequence/unit-ranges.ts';
import {
  elementKey,
  emptyList,
  emptyText,
  type ListState,
  type TextState,
} from '../sequence-state.ts';
import type { CollectionStage } from './stage.ts';

/** A text or list. */
export type SequenceState = TextState | ListState;

/** What a stage does to one text or list. */
export interface SequenceOutcome {
  /** The state that it leads to; the same one if no unit is collected. */
  readonly state: SequenceState;
  readonly isChanged: boolean;
}

/** True for a unit that a frontier covers. */
type UnitTest = (unit: number) => boolean;

/** Puts a text or list behind an epoch. Its state must be exact, see {@link isExact}. */
export function collectSequence(
  blocks: BlockTable,
  state: SequenceState,
  stage: CollectionStage,
): SequenceOutcome {
  const { hasListed } = stage;
  const fates =
    hasListed === undefined ? undefined : fatesAt(state, isUnderOf(state, stage), hasListed);
  const isSettled = state.timeline.settle(
    (block) => stage.isUnder(block),
    (agent) => !stage.hasParted(blocks.branches.feedOf(agent)),
  );
  if (fates === undefined || fates.changed === 0) return { state, isChanged: isSettled };
  const made =
    state.kind === 'text' ? rebuiltText(blocks, state, fates) : rebuiltList(blocks, state, fates);
  return { state: made, isChanged: true };
}

/**
 * True if a state that holds ops above the frontier too tells what it was at the frontier, as far as
 * collection asks: else the row is folded again.
 */
export function isExact(state: SequenceState, stage: CollectionStage): boolean {
  const { hasListed } = stage;
  if (hasListed === undefined) return true;
  const { sequence } = state.kind === 'text' ? state.text : state.list;
  const { ids, stamps } = sequence;
  const isUnder = isUnderOf(state, stage);
  for (let unit = 0; unit < ids.units; unit++) {
    const register = stamps[unit] as number;
    if (register > 0 && !stage.isUnder(stampOf(register)) && isUnder(unit)) return false;
  }
  if (state.kind === 'list' && !arePlacesExact(state, stage)) return false;
  // What lies above does not keep anything: it hangs on what was removed before it came.
  const { fates } = fatesAt(state, isUnder, hasListed, (unit) => !isUnder(unit));
  const isRemoved = (unit: number): boolean =>
    unit !== ROOT && isUnder(unit) && fates[unit] === REMOVED;
  if (!fates.some((_, unit) => isRemoved(unit))) return true;
  const hangs = fates.some((_, unit) => !isUnder(unit) && isRemoved(sequence.parentOf(unit)));
  return !hangs && areMarksExact(state, stage);
}

function areMarksExact(state: SequenceState, stage: CollectionStage): boolean {
  if (state.kind === 'list') return true;
  for (const line of state.rich?.marks.lines.values() ?? []) {
    for (const write of line.writes) {
      if (write !== undefined && !stage.isUnder(write.stamp)) return false;
    }
  }
  return true;
}

function arePlacesExact({ list }: ListState, stage: CollectionStage): boolean {
  for (const [, element] of list.places.moves()) {
    const place = element < 0 ? undefined : list.places.placeOf(element);
    if (place !== undefined && !stage.isUnder(place.stamp)) return false;
  }
  return true;
}

/** Whether units came under a frontier. */
function isUnderOf({ ids, timeline }: SequenceState, stage: CollectionStage): UnitTest {
  const units = new Map<number, number>();
  return (unit) => {
    const { agent, counter } = idOfUnit(ids, unit);
    let under = units.get(agent);
    if (under === undefined) {
      under = timeline.unitsUnder(agent, (block) => stage.isUnder(block));
      units.set(agent, under);
    }
    return counter < under;
  };
}

/**
 * Units that writers must not build upon while a list stands: those that will be collected if nobody does.
 * `undefined` if there are none.
 */
export function avoidedUnits(
  state: SequenceState,
  hasListed: (block: number) => boolean,
): Uint8Array | undefined {
  const { fates, removed } = fatesAt(state, () => true, hasListed);
  return removed === 0 ? undefined : fates.map((fate) => (fate === REMOVED ? 1 : 0));
}

/** `passed`: units that keep nothing, as if they were not there. */
function fatesAt(
  state: SequenceState,
  isUnder: UnitTest,
  hasListed: (block: number) => boolean,
  passed: UnitTest = () => false,
): UnitFates {
  if (state.kind === 'list') {
    const isGone = goneOfList(state, isUnder, hasListed);
    return fatesOf(state.list.sequence, (unit) => passed(unit) || isGone(unit));
  }
  const { sequence } = state.text;
  const isGone = goneBy(sequence, isUnder, hasListed);
  return fatesOf(sequence, (unit) => passed(unit) || isGone(unit), heldUnits(state));
}

/** Void, or hidden by a block under the list's frontier. */
function goneBy(
  { stamps }: Sequence,
  isUnder: UnitTest,
  hasListed: (block: number) => boolean,
): UnitTest {
  return (unit) => {
    const register = stamps[unit] as number;
    if (register === STAMP_VOID) return isUnder(unit);
    return register > 0 && isHidden(register) && hasListed(stampOf(register));
  };
}

/** Units beside which a mark begins or ends. */
function* heldUnits({ rich }: TextState): Generator<number> {
  for (const line of rich?.marks.lines.values() ?? []) {
    for (const point of line.points) {
      if (point !== START && point !== END) yield unitAtPoint(point);
    }
  }
}

/** An element is gone if it is hidden and was not moved since; a slot, if its element is, or left it before. */
function goneOfList(
  { list }: ListState,
  isUnder: UnitTest,
  hasListed: (block: number) => boolean,
): UnitTest {
  const { places, sequence } = list;
  const isHiddenFor = goneBy(sequence, isUnder, hasListed);
  const isStill = (element: number): boolean => {
    const place = places.placeOf(element);
    return place === undefined || hasListed(place.stamp);
  };
  return (unit) => {
    if (!places.isMoveSlot(unit)) return isHiddenFor(unit) && isStill(unit);
    const element = places.elementOf(unit);
    if (element < 0) return isUnder(unit);
    if (isHiddenFor(element)) return isStill(element);
    return isUnder(unit) && places.slotOf(element) !== unit && isStill(element);
  };
}

function rebuiltText(blocks: BlockTable, old: TextState, fates: UnitFates): TextState {
  const made = emptyText(blocks, old.timeline, old.rich !== undefined);
  const { content, sequence } = made.text;
  const numbers = rebuildSequence(old.text.sequence, fates, sequence);
  content.reserve(sequence.ids.units);
  content.hasPairs = old.text.content.hasPairs;
  numbers.forEach((number, unit) => {
    if (number < 0 || sequence.stamps[number] === STAMP_VOID) return;
    content.units[number] = old.text.content.units[unit] as number;
  });
  made.text.forgetText();
  if (old.rich === undefined || made.rich === undefined) return made;
  const moved = (point: Point): Point =>
    point === START || point === END
      ? point
      : (numbers[unitAtPoint(point)] as number) * 2 + (point % 2);
  for (const [key, line] of old.rich.marks.lines) {
    const own = made.rich.marks.lineOf(key);
    own.points.push(...line.points.map(moved));
    own.writes.push(...line.writes);
  }
  for (const [key, siblings] of keptEntries(old, old.rich.blocks, fates)) {
    made.rich.blocks.set(key, siblings);
  }
  return made;
}

function rebuiltList(blocks: BlockTable, old: ListState, fates: UnitFates): ListState {
  const made = emptyList(blocks, old.timeline);
  const { places } = old.list;
  const own = made.list.places;
  rebuildSequence(old.list.sequence, fates, made.list.sequence, (numbers) => {
    for (const [slot, element] of places.moves()) {
      const number = numbers[slot] as number;
      if (number < 0) continue;
      const isKept = element >= 0 && fates.fates[element] === KEPT && fates.fates[slot] === KEPT;
      const kept = isKept ? (numbers[element] as number) : -1;
      own.addSlot(number, kept);
      const place = isKept ? places.placeOf(element) : undefined;
      if (place?.slot === slot) own.setPlace(kept, { slot: number, stamp: place.stamp });
    }
    const { sequence } = made.list;
    return (unit) => {
      const element = own.elementOf(unit);
      return element >= 0 && own.slotOf(element) === unit && sequence.isVisible(element);
    };
  });
  for (const [key, siblings] of keptEntries(old, old.values, fates)) made.values.set(key, siblings);
  return made;
}

/** Entries of elements that are not gone. */
function* keptEntries(
  { ids }: SequenceState,
  entries: ReadonlyMap<string, readonly Sibling[]>,
  { fates }: UnitFates,
): Generator<readonly [string, readonly Sibling[]]> {
  const gone = new Set<string>();
  fates.forEach((fate, unit) => {
    if (fate !== KEPT) gone.add(elementKey(idOfUnit(ids, unit)));
  });
  for (const [key, siblings] of entries) if (!gone.has(key)) yield [key, siblings];
}
