/**
 * A collaborative list: the order of text with slots instead of characters. An element's place and its
 * visibility are two registers; its value is a third, kept by the caller under the element's id. A move
 * makes a new slot, and only one slot of an element is ever shown, so that no move can duplicate.
 */
import {
  isIndex,
  isStamp,
  knowsAnchor,
  knowsElement,
  refuseElement,
  resolveRanges,
  type ApplyContext,
} from './change-check.ts';
import { LEFT, RIGHT, ROOT } from './id-table.ts';
import type {
  ListApplied,
  ListChange,
  ListEdit,
  ListEdited,
  ListInsert,
  ListMove,
  ListOp,
} from './list-op.ts';
import { ListPlaces } from './list-places.ts';
import {
  INSERT_UNITS_MAX,
  SEQUENCE_UNITS_MAX,
  type Anchor,
  type ElementId,
  type IdRange,
  type SequenceChange,
  type SequenceOrder,
  type SequenceRefusal,
} from './sequence-types.ts';
import { isHidden, packStamp, Sequence, STAMP_VOID } from './sequence.ts';
import { idOfUnit, unitOfElement, type UnitRange } from './unit-ranges.ts';

/** What a change that is being checked will have made by itself. */
interface OwnUnits {
  readonly context: ApplyContext;
  readonly moves: Set<number>;
  fresh: number;
}

/** A list that any number of writers edit. */
export class ListSequence {
  /** Order, ids and visibility; shared with the codecs of this folder. */
  readonly sequence: Sequence;
  /** Where moved elements are; shared with the codecs of this folder. */
  readonly places: ListPlaces = new ListPlaces();
  readonly #order: SequenceOrder;

  constructor(order: SequenceOrder) {
    this.#order = order;
    this.sequence = new Sequence(order);
  }

  /** Visible elements. */
  get length(): number {
    return this.sequence.length;
  }

  /** Counter of the next slot that an agent makes. */
  nextCounter(agent: number): number {
    return this.sequence.ids.next(agent);
  }

  /** The element at an index. */
  elementAt(index: number): ElementId | undefined {
    if (!isIndex(index) || index >= this.length) return undefined;
    return this.#idAt(this.sequence.unitAt(index));
  }

  /** The visible elements between two indexes, in order. */
  elements(from = 0, to: number = this.length): ElementId[] {
    const found: ElementId[] = [];
    const end = Math.min(to, this.length);
    this.sequence.forEachVisible(Math.max(from, 0), end, (unit, count) => {
      for (let at = unit; at < unit + count; at++) found.push(this.#idAt(at));
    });
    return found;
  }

  /** The index of an element; `undefined` when it is hidden, void or unknown. */
  indexOf(element: ElementId): number | undefined {
    const unit = this.#elementUnit(element);
    if (unit === undefined || !this.sequence.isVisible(unit)) return undefined;
    return this.sequence.positionOf(this.places.slotOf(unit));
  }

  /** Inserts `count` new elements before an index; `edits` names their ids. */
  insert(edit: {
    readonly agent: number;
    readonly position: number;
    readonly count: number;
  }): ListEdited {
    const { agent, position, count } = edit;
    if (!isIndex(agent) || !isIndex(position) || position > this.length) {
      return { refused: 'out-of-range' };
    }
    const refused = this.#refuseCount(count);
    if (refused !== undefined) return { refused };
    const unit = this.sequence.insertAt(agent, position, count);
    const op: ListOp = { kind: 'insert', ...this.#anchor(), count };
    return { op, edits: [{ position, deleted: 0, inserted: this.#idsFrom(unit, count) }] };
  }

  /** Moves the element at `from` so that it is then at `to`. */
  move(edit: {
    readonly agent: number;
    readonly from: number;
    readonly to: number;
    readonly stamp: number;
  }): ListEdited {
    const { agent, from, to, stamp } = edit;
    const valid = isIndex(agent) && isIndex(from) && isIndex(to) && isStamp(stamp);
    if (!valid || Math.max(from, to) >= this.length) return { refused: 'out-of-range' };
    const refused = this.#refuseCount(1);
    if (refused !== undefined) return { refused };
    const element = this.places.elementOf(this.sequence.unitAt(from));
    const slot = this.sequence.insertAt(agent, to <= from ? to : to + 1, 1);
    const anchor = this.#anchor();
    const edits = this.#settle(slot, element, stamp);
    const op: ListOp = { kind: 'move', moved: idOfUnit(this.sequence.ids, element), ...anchor };
    return { op, edits };
  }

  /** Hides `count` elements from an index on. */
  delete(edit: {
    readonly position: number;
    readonly count: number;
    readonly stamp: number;
  }): ListEdited {
    const { position, count, stamp } = edit;
    const valid = isIndex(position) && isIndex(count) && count > 0;
    if (!valid || position + count > this.length) return { refused: 'out-of-range' };
    const ranges: IdRange[] = [];
    for (const { agent, counter } of this.elements(position, position + count)) {
      const last = ranges.at(-1);
      if (last?.agent === agent && last.counter + last.count === counter) {
        ranges[ranges.length - 1] = { ...last, count: last.count + 1 };
      } else ranges.push({ agent, counter, count: 1 });
    }
    return this.setVisible({ ranges, visible: false, stamp });
  }

  /** Hides or shows elements by their ids: deletion, its undoing and its redoing. */
  setVisible(edit: {
    readonly ranges: readonly IdRange[];
    readonly visible: boolean;
    readonly stamp: number;
  }): ListEdited {
    if (!isStamp(edit.stamp)) return { refused: 'out-of-range' };
    const units = this.#elementRanges(edit.ranges);
    if (typeof units === 'string') return { refused: units };
    const edits = this.#setHidden(units, packStamp(edit.stamp, !edit.visible), []);
    return { op: { kind: edit.visible ? 'show' : 'hide', ranges: edit.ranges }, edits };
  }

  /** Applies one op of a block. */
  apply(op: ListOp, context: ApplyContext): ListApplied {
    return this.applyChange(listChangeOf(op), context);
  }

  /** Applies what one transaction did, as a whole or not at all. */
  applyChange(change: ListChange, context: ApplyContext): ListApplied {
    const refused = this.#refuseChange(change, context);
    if (refused !== undefined) return { refused };
    const edits: ListEdit[] = [];
    for (const place of change.places) this.#applyPlace(place, context, edits);
    if (context.isVoid === true) return { edits };
    for (const [ranges, hides] of [
      [change.hidden, true],
      [change.shown, false],
    ] as const) {
      const units = this.#elementRanges(ranges);
      if (typeof units === 'string') continue;
      this.#setHidden(units, packStamp(context.stamp, hides), edits);
    }
    return { edits };
  }

  /** The stamp of the last move of an element; `undefined` when it stands where it was inserted. */
  moveStamp(element: ElementId): number | undefined {
    const unit = this.#elementUnit(element);
    return unit === undefined ? undefined : this.places.placeOf(unit)?.stamp;
  }

  /** Of the given elements those whose visibility was last written by the block of `stamp`. */
  stampedBy(ranges: readonly IdRange[], stamp: number): IdRange[] {
    const units = this.#elementRanges(ranges);
    return typeof units === 'string' ? [] : this.sequence.rangesStamped(units, stamp);
  }

  #applyPlace(place: ListInsert | ListMove, context: ApplyContext, edits: ListEdit[]): void {
    const { sequence } = this;
    const { agent, isVoid = false } = context;
    const count = place.kind === 'insert' ? place.count : 1;
    // The anchor of a void place was not checked before; it must be the same one on every replica.
    const known = !isVoid || knowsAnchor(sequence.ids, place, context, 0);
    const parent = known ? (unitOfElement(sequence.ids, place.element) ?? ROOT) : ROOT;
    const side = parent === ROOT || place.side === 'after' ? RIGHT : LEFT;
    const unit = sequence.insertUnder({ agent, count, parent, side, isVoid });
    if (isVoid) {
      // A void move is an anchor like any other; it must not be taken for an element, though.
      if (place.kind === 'move') this.places.addSlot(unit, -1);
      return;
    }
    if (place.kind === 'move') {
      const element = unitOfElement(sequence.ids, place.moved) ?? ROOT;
      edits.push(...this.#settle(unit, element, context.stamp));
      return;
    }
    const position = sequence.positionOf(unit);
    edits.push({ position, deleted: 0, inserted: this.#idsFrom(unit, count) });
  }

  /** Decides where an element is after a move has made the visible slot `slot` for it. */
  #settle(slot: number, element: number, stamp: number): ListEdit[] {
    const { sequence, places } = this;
    if (sequence.stamps[element] === STAMP_VOID) {
      // What a void op made has no place; the slot stays as an anchor.
      places.addSlot(slot, -1);
      sequence.setShown(slot, false, undefined);
      return [];
    }
    const before = places.placeOf(element);
    places.addSlot(slot, element);
    const wins =
      before === undefined ||
      before.stamp === stamp ||
      this.#order.compareStamps(stamp, before.stamp) > 0;
    if (!wins) {
      sequence.setShown(slot, false, undefined);
      return [];
    }
    const old = places.slotOf(element);
    places.setPlace(element, { slot, stamp });
    if (!sequence.isVisible(element)) {
      sequence.setShown(slot, false, undefined);
      return [];
    }
    const changes: SequenceChange[] = [];
    sequence.setShown(old, false, changes);
    const position = sequence.positionOf(slot);
    const oldPosition = changes[0]?.position ?? position;
    // For the reader the old slot goes first: the new one was not there yet.
    const seen = oldPosition > position ? oldPosition - 1 : oldPosition;
    return [
      { position: seen, deleted: 1, inserted: [] },
      { position, deleted: 0, inserted: [this.#idAt(slot)] },
    ];
  }

  #setHidden(ranges: readonly UnitRange[], register: number, edits: ListEdit[]): ListEdit[] {
    const hides = isHidden(register);
    for (const { unit: first, count } of ranges) {
      const changes: SequenceChange[] = [];
      if (this.places.isEmpty) this.sequence.setHidden(first, count, register, changes);
      else {
        for (let unit = first; unit < first + count; unit++) {
          if (!this.sequence.writeRegister(unit, register)) continue;
          this.sequence.setShown(this.places.slotOf(unit), !hides, changes);
        }
      }
      for (const { position, deleted, inserted } of changes) {
        edits.push({ position, deleted, inserted: this.#inserted(position, inserted) });
      }
    }
    return edits;
  }

  #inserted(position: number, count: number): ElementId[] {
    return count === 0 ? [] : this.elements(position, position + count);
  }

  #refuseCount(count: number): SequenceRefusal | undefined {
    if (!isIndex(count) || count === 0) return 'out-of-range';
    const units = this.sequence.ids.units + count;
    return count > INSERT_UNITS_MAX || units > SEQUENCE_UNITS_MAX ? 'too-large' : undefined;
  }

  #refuseChange(change: ListChange, context: ApplyContext): SequenceRefusal | undefined {
    if (!isIndex(context.agent) || !isStamp(context.stamp)) return 'out-of-range';
    const own: OwnUnits = { context, fresh: 0, moves: new Set() };
    for (const place of change.places) {
      const refused = this.#refusePlace(place, own);
      if (refused !== undefined) return refused;
      if (place.kind === 'move') own.moves.add(this.nextCounter(context.agent) + own.fresh);
      own.fresh += place.kind === 'insert' ? place.count : 1;
    }
    if (context.isVoid === true) return undefined;
    for (const ranges of [change.hidden, change.shown]) {
      const units = this.#elementRanges(ranges, context, own.fresh);
      if (typeof units === 'string') return units;
      if (touches(ranges, context.agent, own.moves)) return 'unknown-element';
    }
    return undefined;
  }

  #refusePlace(place: ListInsert | ListMove, own: OwnUnits): SequenceRefusal | undefined {
    const refused = this.#refuseCount((place.kind === 'insert' ? place.count : 1) + own.fresh);
    if (refused !== undefined || own.context.isVoid === true) return refused;
    const { ids } = this.sequence;
    if (place.element === undefined && place.side === 'before') return 'unknown-element';
    const unknown = refuseElement(ids, place.element, own.context, own.fresh);
    if (unknown !== undefined || place.kind !== 'move') return unknown;
    if (this.#isElement(place.moved, own)) return undefined;
    return refuseElement(ids, place.moved, own.context, own.fresh) ?? 'unknown-element';
  }

  /** True when an id is that of an element, not of a slot that a move has made. */
  #isElement(id: ElementId, own: OwnUnits): boolean {
    const { ids } = this.sequence;
    if (!knowsElement(ids, id, own.context, own.fresh)) return false;
    const unit = ids.unitOf(id.agent, id.counter);
    return unit < 0 ? !own.moves.has(id.counter) : !this.places.isMoveSlot(unit);
  }

  #elementRanges(
    ranges: readonly IdRange[],
    context?: ApplyContext,
    fresh = 0,
  ): UnitRange[] | SequenceRefusal {
    const units = resolveRanges(this.sequence.ids, ranges, context, fresh);
    if (typeof units === 'string' || this.places.isEmpty) return units;
    for (const { unit, count } of units) {
      for (let at = unit; at < unit + count; at++) {
        if (this.places.isMoveSlot(at)) return 'unknown-element';
      }
    }
    return units;
  }

  #elementUnit(element: ElementId): number | undefined {
    const unit = unitOfElement(this.sequence.ids, element);
    return unit === undefined || this.places.isMoveSlot(unit) ? undefined : unit;
  }

  #idAt(slot: number): ElementId {
    return idOfUnit(this.sequence.ids, this.places.elementOf(slot));
  }

  #idsFrom(unit: number, count: number): ElementId[] {
    return Array.from({ length: count }, (_, at) => idOfUnit(this.sequence.ids, unit + at));
  }

  #anchor(): Anchor {
    const { parent, side, ids } = this.sequence;
    if (parent === ROOT) return { element: undefined, side: 'after' };
    return { element: idOfUnit(ids, parent), side: side === RIGHT ? 'after' : 'before' };
  }
}

/** A change of one op. */
export function listChangeOf(op: ListOp): ListChange {
  if (op.kind === 'insert' || op.kind === 'move') return { places: [op], hidden: [], shown: [] };
  if (op.kind === 'hide') return { places: [], hidden: op.ranges, shown: [] };
  return { places: [], hidden: [], shown: op.ranges };
}

function touches(
  ranges: readonly IdRange[],
  agent: number,
  counters: ReadonlySet<number>,
): boolean {
  for (const { agent: of, counter: from, count } of ranges) {
    if (of !== agent) continue;
    for (const counter of counters) if (counter >= from && counter < from + count) return true;
  }
  return false;
}
