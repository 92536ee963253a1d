/**
 * What this device wrote upon elements that others have agreed to forget meanwhile: it is looked at before
 * an epoch is adopted, and written anew after it, behind what stood before it. So nothing that somebody wrote
 * while they were away is lost, even if nobody waited for them.
 */
import type { Value } from '@atoll/codec';
import type { Database } from '../database.ts';
import type { FieldRef } from '../mutations.ts';
import { isHidden, stampOf } from '../sequence/sequence.ts';
import type { ElementId } from '../sequence/sequence-types.ts';
import { idOfUnit, unitOfElement } from '../sequence/unit-ranges.ts';
import type { SequenceState } from './collect-sequence.ts';

/** One element that is seen, in order. */
interface SeenElement {
  readonly id: ElementId;
  readonly isOwn: boolean;
  readonly content: Value | undefined;
}

/** A text or list as it is seen before an epoch. */
export interface SeenSequence {
  readonly ref: FieldRef;
  readonly elements: readonly SeenElement[];
}

/** Texts and lists of these rows that hold something of one's own. `isOwn`: a block of this device. */
export function seenOf(
  database: Database,
  rows: ReadonlySet<number>,
  isOwn: (block: number) => boolean,
  lastOf: (agent: number) => number,
): SeenSequence[] {
  const { fold } = database;
  const found: SeenSequence[] = [];
  for (const row of rows) {
    const type = fold.typeOf(row);
    for (const [field, state] of fold.state(row)?.fields ?? []) {
      const leaf = type.leafByField.get(field);
      if (leaf === undefined || (state.kind !== 'text' && state.kind !== 'list')) continue;
      const elements = elementsOf(database, state, (unit) => {
        const { sequence } = state.kind === 'text' ? state.text : state.list;
        const register = sequence.stamps[unit] as number;
        const isShown = register > 0 && !isHidden(register) && isOwn(stampOf(register));
        return isShown || isOwn(lastOf(state.ids.agentOf(unit)));
      });
      if (elements.some((element) => element.isOwn))
        found.push({ ref: { row, type, leaf }, elements });
    }
  }
  return found;
}

/** Writes anew what is not there any more; how many stretches that were. */
export function carryOver(database: Database, seen: readonly SeenSequence[]): number {
  let carried = 0;
  for (const { elements, ref } of seen) {
    const state = stateOf(database, ref);
    if (state === undefined || database.fold.isCollected(ref.row)) continue;
    const stretches: { readonly position: number; readonly lost: SeenElement[] }[] = [];
    let position = 0;
    let isOpen = false;
    for (const element of elements) {
      const at = shownAt(state, element.id);
      if (at !== undefined) {
        position = at + 1;
        isOpen = false;
      } else if (element.isOwn) {
        if (isOpen) stretches.at(-1)?.lost.push(element);
        else stretches.push({ position, lost: [element] });
        isOpen = true;
      }
    }
    carried += stretches.length;
    // What is behind comes first: it does not move what is before.
    for (const { lost, position: to } of stretches.reverse()) insert(database, ref, to, lost);
  }
  return carried;
}

function insert(
  database: Database,
  ref: FieldRef,
  position: number,
  lost: readonly SeenElement[],
): void {
  const { sequences } = database;
  const values = lost.flatMap(({ content }) => (content === undefined ? [] : [content]));
  if (ref.leaf.data.kind === 'list') sequences.insertItems(ref, position, values);
  else sequences.insertText(ref, position, values.join(''));
}

function elementsOf(
  database: Database,
  state: SequenceState,
  isOwn: (unit: number) => boolean,
): SeenElement[] {
  const { sequence } = state.kind === 'text' ? state.text : state.list;
  const elements: SeenElement[] = [];
  sequence.forEachVisible(0, sequence.length, (first, count) => {
    for (let slot = first; slot < first + count; slot++) {
      const unit = state.kind === 'text' ? slot : state.list.places.elementOf(slot);
      const id = idOfUnit(state.ids, unit);
      const content =
        state.kind === 'text'
          ? state.text.content.read(unit, 1)
          : database.sequences.itemValue(state, id);
      elements.push({ id, isOwn: isOwn(unit), content });
    }
  });
  return elements;
}

function stateOf(
  { sequences }: Database,
  { leaf, row, type }: FieldRef,
): SequenceState | undefined {
  const field = type.fields[leaf.index] as number;
  return sequences.text(row, field) ?? sequences.list(row, field);
}

/** Where an element is shown; `undefined` if it is not. */
function shownAt(state: SequenceState, id: ElementId): number | undefined {
  if (state.kind === 'list') return state.list.indexOf(id);
  const unit = unitOfElement(state.ids, id);
  if (unit === undefined || !state.text.sequence.isVisible(unit)) return undefined;
  return state.text.sequence.positionOf(unit);
}
