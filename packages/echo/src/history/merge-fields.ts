/**
 * What a branch changed in one field, written into the origin as it is now: three ways, for what the
 * origin changed meanwhile stays. Texts, lists, sets and counters take both; registers that both changed
 * are conflicts. The branch's first state is a copy of the origin's at the fork, so the k-th element of
 * one is the k-th of the other.
 */
import type { Value } from '@atoll/codec';
import { isScalar, type ElementData, type Json, type RichDeltaOp } from '@atoll/schema';
import type { Database } from '../database.ts';
import type { FieldRef } from '../mutations.ts';
import { deltaBetween } from '../rich-text/diff.ts';
import { NO_MARKS } from '../rich-text/mark-table.ts';
import { RichTextView } from '../rich-text/rich-text-view.ts';
import { crossed, crossedBlock, crossedDocument, type Crossing } from './crossing.ts';
import {
  countOf,
  documentIn,
  elementData,
  elementNumber,
  elementOfNumber,
  itemsIn,
  jsonOf,
  keyOfValue,
  mapIn,
  runsIn,
  setIn,
  storedIn,
  type TextRun,
} from './fields.ts';
import { compareItems, compareRuns, type ItemPiece } from './sequence-diff.ts';

/** What both the branch and its origin changed. Values are in their JSON form. */
export interface MergeConflict {
  /** Id in the origin. */
  readonly object: string;
  /** Absent where one side deleted the object and the other changed it. */
  readonly field?: string;
  /** Key of a map's entry, or place of a list's element in the branch. */
  readonly key?: string;
  readonly base?: Json;
  readonly origin?: Json;
  readonly branch?: Json;
}

/** Whose value stays. */
export type MergeSide = 'origin' | 'branch';

/** The four states of a merge, and what becomes of conflicts. */
export interface Merging {
  /** The origin at the fork. */
  readonly base: Database;
  /** The origin now. */
  readonly origin: Database;
  /** The branch at the fork. */
  readonly start: Database;
  /** The branch now. */
  readonly branch: Database;
  /** From the branch to the origin. */
  readonly crossing: Crossing;
  /** Only looks for conflicts. */
  readonly isDry: boolean;
  readonly choose: (conflict: MergeConflict) => MergeSide | undefined;
  /** Conflicts that nobody has decided. */
  readonly open: MergeConflict[];
}

/** One field in the four states. */
export interface MergedField {
  readonly object: string;
  readonly base: FieldRef;
  readonly origin: FieldRef;
  readonly start: FieldRef;
  readonly branch: FieldRef;
}

/** Merges a field. */
export function mergeField(merging: Merging, field: MergedField): void {
  const { data } = field.branch.leaf;
  if (data.kind === 'map') mergeMap(merging, field);
  else if (data.kind === 'list') mergeList(merging, field);
  else if (isScalar(data)) mergeValue(merging, field);
  else if (merging.isDry) return;
  else if (data.kind === 'set') mergeSet(merging, field);
  else if (data.kind === 'counter') mergeCount(merging, field);
  else if (data.kind === 'text') mergeText(merging, field);
  else if (data.kind === 'rich') mergeRich(merging, field);
  else if (data.kind === 'model') mergeModel(merging, field);
}

/** Ops that the branch has beyond the fork: they know the elements of the origin, for the copy kept names. */
function mergeModel({ branch, origin, start }: Merging, field: MergedField): void {
  const before = start.models.opsOf(field.start);
  origin.models.rewrite(field.origin, branch.models.bytesOf(field.branch, before));
}

/** A register in the four states, the branch's crossed to the origin. */
interface Register {
  readonly base: Value | undefined;
  readonly origin: Value | undefined;
  readonly start: Value | undefined;
  readonly branch: Value | undefined;
}

/** True if the branch's value is to be written. */
function takesBranch(
  merging: Merging,
  field: MergedField,
  register: Register,
  key?: string,
): boolean {
  const { base, origin, start, branch } = register;
  if (keyOfValue(start) === keyOfValue(branch)) return false;
  if (keyOfValue(origin) === keyOfValue(branch)) return false;
  if (keyOfValue(origin) === keyOfValue(base)) return true;
  const json = (value: Value | undefined): Json | undefined =>
    jsonOf(merging.origin, elementOf(field), value);
  const was = json(base);
  const is = json(origin);
  const other = json(branch);
  const conflict: MergeConflict = {
    object: field.object,
    field: field.branch.leaf.name,
    ...(key === undefined ? {} : { key }),
    ...(was === undefined ? {} : { base: was }),
    ...(is === undefined ? {} : { origin: is }),
    ...(other === undefined ? {} : { branch: other }),
  };
  return decided(merging, conflict) === 'branch';
}

/** Whose side a conflict is decided for; noted as open if it is for neither. */
export function decided(merging: Merging, conflict: MergeConflict): MergeSide | undefined {
  const side = merging.choose(conflict);
  if (side === undefined) merging.open.push(conflict);
  return side;
}

function mergeValue(merging: Merging, field: MergedField): void {
  const register = {
    base: storedIn(merging.base, field.base),
    origin: storedIn(merging.origin, field.origin),
    start: cross(merging, field, storedIn(merging.start, field.start)),
    branch: cross(merging, field, storedIn(merging.branch, field.branch)),
  };
  if (takesBranch(merging, field, register) && !merging.isDry) {
    merging.origin.mutations.set(field.origin, register.branch);
  }
}

function mergeMap(merging: Merging, field: MergedField): void {
  const base = mapIn(merging.base, field.base);
  const origin = mapIn(merging.origin, field.origin);
  const start = mapIn(merging.start, field.start);
  const branch = mapIn(merging.branch, field.branch);
  for (const key of [...new Set([...start.keys(), ...branch.keys()])].sort()) {
    const register = {
      base: base.get(key),
      origin: origin.get(key),
      start: cross(merging, field, start.get(key)),
      branch: cross(merging, field, branch.get(key)),
    };
    if (takesBranch(merging, field, register, key) && !merging.isDry) {
      merging.origin.mutations.set(field.origin, register.branch, { key });
    }
  }
}

function mergeSet(merging: Merging, field: MergedField): void {
  const start = setIn(merging.start, field.start);
  const branch = setIn(merging.branch, field.branch);
  const { mutations } = merging.origin;
  for (const [key, value] of start) {
    if (!branch.has(key)) mutations.remove(field.origin, cross(merging, field, value) ?? value);
  }
  for (const [key, value] of branch) {
    if (!start.has(key)) mutations.add(field.origin, cross(merging, field, value) ?? value);
  }
}

function mergeCount(merging: Merging, field: MergedField): void {
  const counted = countOf(merging.branch, field.branch) - countOf(merging.start, field.start);
  if (counted !== 0) merging.origin.mutations.increment(field.origin, counted);
}

/** Where the elements of a text of the fork stand in the origin now. */
class ForkText {
  readonly #merging: Merging;
  readonly #field: MergedField;
  readonly #units: readonly { readonly agent: number; readonly counter: number }[];

  constructor(merging: Merging, field: MergedField) {
    this.#merging = merging;
    this.#field = field;
    this.#units = unitsOf(runsIn(merging.base, field.base));
  }

  /** Where something is inserted that stood behind the first `count` units. */
  placeAfter(count: number): number {
    if (count === 0) return 0;
    return this.#state()?.text.positionOf({ element: this.#units[count - 1], side: 'after' }) ?? 0;
  }

  /** Where a unit is now; `undefined` if it was deleted meanwhile. */
  placeOf(unit: number): number | undefined {
    const state = this.#state();
    const element = this.#units[unit];
    if (state === undefined || element === undefined) return undefined;
    const local = state.ids.unitOf(element.agent, element.counter);
    if (local < 0 || !state.text.sequence.isVisible(local)) return undefined;
    return state.text.sequence.positionOf(local);
  }

  /** Deletes units that are still there. */
  delete(from: number, to: number): void {
    const { origin } = this.#merging;
    for (let unit = to - 1; unit >= from;) {
      const place = this.placeOf(unit);
      if (place === undefined) {
        unit--;
        continue;
      }
      let first = place;
      let next = unit - 1;
      while (next >= from && this.placeOf(next) === first - 1) {
        first--;
        next--;
      }
      origin.sequences.deleteText(this.#field.origin, first, place - first + 1);
      unit = next;
    }
  }

  #state(): ReturnType<Database['sequences']['text']> {
    const { type, leaf, row } = this.#field.origin;
    return this.#merging.origin.sequences.text(row, type.fields[leaf.index] as number);
  }
}

function mergeText(merging: Merging, field: MergedField): void {
  const pieces = compareRuns(
    runsIn(merging.start, field.start),
    runsIn(merging.branch, field.branch),
  );
  const fork = new ForkText(merging, field);
  let passed = 0;
  let kept = 0;
  let place: number | undefined;
  for (const { change, text } of pieces) {
    if (change === 'added') {
      place ??= fork.placeAfter(kept);
      merging.origin.sequences.insertText(field.origin, place, text);
      place += text.length;
      continue;
    }
    if (change === 'removed') fork.delete(passed, passed + text.length);
    passed += text.length;
    if (change === 'kept') {
      kept = passed;
      place = undefined;
    }
  }
}

function mergeRich(merging: Merging, field: MergedField): void {
  const { crossing, origin } = merging;
  const start = crossedDocument(documentIn(merging.start, field.start), crossing);
  const branch = crossedDocument(documentIn(merging.branch, field.branch), crossing);
  const delta = deltaBetween(start, branch);
  if (delta.length === 0) return;
  const view = new RichTextView(origin, field.origin);
  const untouched =
    deltaBetween(documentIn(merging.base, field.base), documentIn(origin, field.origin)).length ===
    0;
  if (untouched) {
    view.setDocument(branch);
    return;
  }
  const fork = new ForkText(merging, field);
  let passed = 0;
  let kept = 0;
  let place: number | undefined;
  for (const op of delta) {
    if ('start' in op) view.setBlock(0, crossedBlock(op.start, crossing));
    else if ('delete' in op) {
      fork.delete(passed, passed + op.delete);
      passed += op.delete;
    } else if ('retain' in op) {
      formatKept(view, fork, op, passed);
      passed += op.retain;
      kept = passed;
      place = undefined;
    } else {
      const at: number = (place ??= fork.placeAfter(kept));
      const before = view.length;
      if (typeof op.insert !== 'string') view.split(at, op.insert.block);
      else {
        view.insert(at, op.insert);
        const marks = ('attributes' in op ? op.attributes : undefined) ?? NO_MARKS;
        origin.sequences.rich.markExactly(field.origin, at, at + op.insert.length, marks);
      }
      place = at + view.length - before;
    }
  }
}

/** Marks and blocks that the branch gave to what it kept, where that still is. */
function formatKept(
  view: RichTextView,
  fork: ForkText,
  op: Extract<RichDeltaOp, { readonly retain: number }>,
  passed: number,
): void {
  for (let unit = passed; unit < passed + op.retain; unit++) {
    if (op.attributes === undefined && op.block === undefined) return;
    const place = fork.placeOf(unit);
    if (place === undefined) continue;
    for (const [key, value] of Object.entries(op.attributes ?? {})) {
      if (value === null) view.unmark(place, place + 1, key);
      else view.mark(place, place + 1, key, value);
    }
    if (op.block !== undefined && view.toString()[place] === '\n')
      view.setBlock(place + 1, op.block);
  }
}

function mergeList(merging: Merging, field: MergedField): void {
  const start = itemsIn(merging.start, field.start);
  const base = itemsIn(merging.base, field.base);
  const keyThere = new Map(start.map(({ key }, at) => [key, base[at]?.key]));
  const baseByKey = new Map(base.map(({ key, value }) => [key, value]));
  const list = new OriginList(merging.origin, field.origin);
  let anchor: number | undefined;
  for (const piece of compareItems(start, itemsIn(merging.branch, field.branch))) {
    const there = keyThere.get(piece.key);
    if (piece.change === 'removed') {
      if (there !== undefined && !merging.isDry) list.hide(there);
      continue;
    }
    if (piece.change === 'added') {
      const value = cross(merging, field, piece.after) ?? null;
      if (!merging.isDry) anchor = list.insertAfter(anchor, value);
      continue;
    }
    if (there === undefined) continue;
    if (piece.change === 'moved' && !merging.isDry) list.moveAfter(anchor, there);
    anchor = there;
    mergeItem(merging, field, { piece, there, base: baseByKey.get(there), list });
  }
}

/** The value of an element that both have. */
function mergeItem(
  merging: Merging,
  field: MergedField,
  item: {
    readonly piece: ItemPiece;
    readonly there: number;
    readonly base: Value | undefined;
    readonly list: OriginList;
  },
): void {
  const { base, list, piece, there } = item;
  if (!piece.changed || !list.has(there)) return;
  const register = {
    base,
    origin: list.valueOf(there),
    start: cross(merging, field, piece.before),
    branch: cross(merging, field, piece.after),
  };
  if (takesBranch(merging, field, register, String(piece.to)) && !merging.isDry) {
    list.set(there, register.branch);
  }
}

/** A list of the origin, written by the ids of its elements. */
class OriginList {
  readonly #db: Database;
  readonly #ref: FieldRef;

  constructor(db: Database, ref: FieldRef) {
    this.#db = db;
    this.#ref = ref;
  }

  has(key: number): boolean {
    return this.#keys().includes(key);
  }

  valueOf(key: number): Value | undefined {
    return itemsIn(this.#db, this.#ref).find((item) => item.key === key)?.value;
  }

  set(key: number, value: Value | undefined): void {
    const named = this.#db.sequences.itemKey(elementOfNumber(key));
    this.#db.mutations.set(this.#ref, value, { key: named });
  }

  hide(key: number): void {
    const place = this.#keys().indexOf(key);
    if (place >= 0) this.#db.sequences.deleteItems(this.#ref, place, 1);
  }

  insertAfter(anchor: number | undefined, value: Value): number {
    const at = this.#after(anchor);
    this.#db.sequences.insertItems(this.#ref, at, [value]);
    return this.#keys()[at] as number;
  }

  moveAfter(anchor: number | undefined, key: number): void {
    const from = this.#keys().indexOf(key);
    if (from < 0) return;
    const to = this.#after(anchor);
    this.#db.sequences.moveItem(this.#ref, from, from < to ? to - 1 : to);
  }

  /** Behind the anchor; behind everything if it is gone, at the start if there is none. */
  #after(anchor: number | undefined): number {
    const keys = this.#keys();
    if (anchor === undefined) return 0;
    const at = keys.indexOf(anchor);
    return at < 0 ? keys.length : at + 1;
  }

  #keys(): number[] {
    return itemsIn(this.#db, this.#ref).map(({ key }) => key);
  }
}

function cross(merging: Merging, field: MergedField, value: Value | undefined): Value | undefined {
  return value === undefined ? undefined : crossed(elementOf(field), value, merging.crossing);
}

function elementOf({ branch }: MergedField): ElementData {
  return elementData(branch.leaf) as ElementData;
}

function unitsOf(runs: readonly TextRun[]): { readonly agent: number; readonly counter: number }[] {
  return runs.flatMap(({ agent, counter, text }) =>
    Array.from({ length: text.length }, (_, at) =>
      elementOfNumber(elementNumber({ agent, counter: counter + at })),
    ),
  );
}
