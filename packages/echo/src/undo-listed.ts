/**
 * Undoing a deletion that an epoch has listed. Showing such elements again could come to nothing: others may
 * have agreed to forget them meanwhile. So they come back as copies, in the same place.
 */
import type { Database } from './database.ts';
import type { FieldRef } from './mutations.ts';
import { before, comparePoints } from './rich-text/unit-order.ts';
import type { ListState, TextState } from './sequence-state.ts';
import { pushRange } from './sequence/changes.ts';
import type { IdRange } from './sequence/sequence-types.ts';
import { STAMP_VOID, stampOf, type Sequence } from './sequence/sequence.ts';
import { addUnitsOfRange, idOfUnit, type UnitRange } from './sequence/unit-ranges.ts';

type State = TextState | ListState;

/** Hidden elements: those that may be shown again, and the units of those that may not. */
export interface Hidden {
  readonly free: IdRange[];
  readonly listed: number[];
}

/** Sorts hidden elements by whether they are on the list of an epoch. */
export function sortHidden(db: Database, state: State, ranges: readonly IdRange[]): Hidden {
  const { ids, stamps } = sequenceOf(state);
  const free: IdRange[] = [];
  const listed: number[] = [];
  for (const unit of unitsOf(state, ranges)) {
    const register = stamps[unit] as number;
    if (register > 0 && db.sequences.keepOff.hasListed(stampOf(register))) listed.push(unit);
    else pushRange(free, ids.agentOf(unit), ids.counterOf(unit), 1);
  }
  return { free, listed };
}

/** True if some of the elements are gone for good. */
export function someCollected(state: State, ranges: readonly IdRange[]): boolean {
  const { ids, stamps } = sequenceOf(state);
  const units = unitsOf(state, ranges);
  const named = ranges.reduce((sum, { count }) => sum + count, 0);
  const isRemoved = ranges.some(({ agent, counter }) => ids.isRemoved(agent, counter));
  return isRemoved || units.length < named || units.some((unit) => stamps[unit] === STAMP_VOID);
}

/** Inserts copies of hidden units where they were. */
export function insertCopies(
  db: Database,
  ref: FieldRef,
  state: State,
  units: readonly number[],
): void {
  const { tree } = sequenceOf(state);
  const sorted = [...units].sort((a, b) => comparePoints(tree, before(a), before(b)));
  const stretches: { readonly position: number; readonly units: number[] }[] = [];
  for (const unit of sorted) {
    const position = positionOf(state, unit);
    const last = stretches.at(-1);
    if (last?.position === position) last.units.push(unit);
    else stretches.push({ position, units: [unit] });
  }
  // What is behind comes first: it does not move what is before.
  for (const { position, units: stretch } of stretches.reverse()) {
    if (state.kind === 'text') {
      const text = stretch.map((unit) => state.text.content.read(unit, 1)).join('');
      db.sequences.insertText(ref, position, text);
      continue;
    }
    const values = stretch.flatMap(
      (unit) => db.sequences.itemValue(state, idOfUnit(state.ids, unit)) ?? [],
    );
    db.sequences.insertItems(ref, position, values);
  }
}

function positionOf(state: State, unit: number): number {
  if (state.kind === 'text') return state.text.sequence.positionOf(unit);
  return state.list.sequence.positionOf(state.list.places.slotOf(unit));
}

function unitsOf(state: State, ranges: readonly IdRange[]): number[] {
  const found: UnitRange[] = [];
  for (const range of ranges) addUnitsOfRange(state.ids, range, found);
  return found.flatMap(({ unit, count }) => Array.from({ length: count }, (_, at) => unit + at));
}

function sequenceOf(state: State): Sequence {
  return state.kind === 'text' ? state.text.sequence : state.list.sequence;
}
