/**
 * A collaborative text. Positions are UTF-16 units. A surrogate pair is never taken apart: an insert into
 * its middle moves out of it, a deletion of one half takes both, on every replica in the same way.
 */
import {
  isIndex,
  isStamp,
  knowsAnchor,
  refuseElement,
  resolveRanges,
  type ApplyContext,
} from './change-check.ts';
import { LEFT, RIGHT, ROOT } from './id-table.ts';
import {
  INSERT_UNITS_MAX,
  SEQUENCE_UNITS_MAX,
  type IdRange,
  type SequenceChange,
  type SequenceOrder,
  type SequenceRefusal,
  type Side,
  type StablePosition,
} from './sequence-types.ts';
import { packStamp, Sequence } from './sequence.ts';
import { TextCache } from './text-cache.ts';
import { TextContent, textOf } from './text-content.ts';
import {
  EditAtPlace,
  type Applied,
  type Edited,
  type TextChange,
  type TextEdit,
  type TextInsert,
  type TextOp,
} from './text-op.ts';
import { idOfUnit, unitOfElement, type UnitRange } from './unit-ranges.ts';

/** A text that any number of writers edit. */
export class TextSequence {
  /** Order, ids and visibility; shared with the codecs of this folder. */
  readonly sequence: Sequence;
  /** Content by unit; shared with the codecs of this folder. */
  readonly content: TextContent = new TextContent();
  readonly #cache = new TextCache();

  constructor(order: SequenceOrder) {
    this.sequence = new Sequence(order);
  }

  /** Visible UTF-16 units. */
  get length(): number {
    return this.sequence.length;
  }

  /** Counter of the next unit that an agent inserts. */
  nextCounter(agent: number): number {
    return this.sequence.ids.next(agent);
  }

  /** The visible text; kept until the next edit. */
  toString(): string {
    const known = this.#cache.get();
    if (known !== undefined) return known;
    const text = this.#read(0, this.length);
    this.#cache.set(text);
    return text;
  }

  /** The visible text between two positions. */
  slice(from: number, to: number = this.length): string {
    const end = Math.min(Math.max(to, 0), this.length);
    const start = Math.min(Math.max(from, 0), end);
    return this.#cache.get()?.slice(start, end) ?? this.#read(start, end);
  }

  /** Inserts at a position; inside a surrogate pair, before the pair. */
  insert(edit: {
    readonly agent: number;
    readonly position: number;
    readonly text: string;
  }): Edited {
    const { agent, text } = edit;
    const refused = this.#refuseText(text) ?? (isIndex(agent) ? undefined : 'out-of-range');
    if (refused !== undefined) return { refused };
    if (!isIndex(edit.position) || edit.position > this.length) return { refused: 'out-of-range' };
    const position = this.#outsidePair(edit.position, 0);
    const { sequence } = this;
    const unit = sequence.insertAt(agent, position, text.length);
    this.content.write(unit, text);
    this.#cache.edit(position, 0, text);
    const { parent } = sequence;
    const element = parent === ROOT ? undefined : idOfUnit(sequence.ids, parent);
    const side = sequence.side === RIGHT ? 'after' : 'before';
    const op: TextOp = { kind: 'insert', element, side, text };
    return new EditAtPlace(op, position, 0, text);
  }

  /** Hides `count` units from a position on; a pair that is touched is hidden whole. */
  delete(edit: {
    readonly position: number;
    readonly count: number;
    readonly stamp: number;
  }): Edited {
    const { position, count, stamp } = edit;
    const valid = isIndex(position) && isIndex(count) && count > 0 && isStamp(stamp);
    if (!valid || position + count > this.length) return { refused: 'out-of-range' };
    const from = this.#outsidePair(position, 0);
    const to = this.#outsidePair(position + count, 1);
    const { ranges, scattered } = this.sequence.hideAt(from, to - from, packStamp(stamp, true));
    const op: TextOp = { kind: 'hide', ranges };
    if (scattered !== undefined) {
      this.#cache.drop();
      return { op, edits: scattered.map((change) => ({ ...change, inserted: '' })) };
    }
    this.#cache.edit(from, to - from, '');
    return new EditAtPlace(op, from, to - from, '');
  }

  /** Hides or shows elements by their ids: deletion, its undoing and its redoing. */
  setVisible(edit: {
    readonly ranges: readonly IdRange[];
    readonly visible: boolean;
    readonly stamp: number;
  }): Edited {
    const op: TextOp = { kind: edit.visible ? 'show' : 'hide', ranges: edit.ranges };
    const units = resolveRanges(this.sequence.ids, edit.ranges);
    if (typeof units === 'string') return { refused: units };
    if (!isStamp(edit.stamp)) return { refused: 'out-of-range' };
    return { op, edits: this.#setHidden(units, packStamp(edit.stamp, !edit.visible), []) };
  }

  /** Applies one op of a block. */
  apply(op: TextOp, context: ApplyContext): Applied {
    if (op.kind === 'insert') return this.#applyOne(op, context);
    return this.applyChange(changeOf(op), context);
  }

  /** Applies what one transaction did, as a whole or not at all. */
  applyChange(change: TextChange, context: ApplyContext): Applied {
    const refused = this.#refuseChange(change, context);
    if (refused !== undefined) return { refused };
    const isVoid = context.isVoid === true;
    const edits: TextEdit[] = [];
    for (const insert of change.inserts) this.#applyInsert(insert, context, edits);
    if (!isVoid) {
      this.#setRanges(change.hidden, packStamp(context.stamp, true), edits);
      this.#setRanges(change.shown, packStamp(context.stamp, false), edits);
    }
    return { edits };
  }

  /** Of the given elements those whose visibility was last written by the block of `stamp`. */
  stampedBy(ranges: readonly IdRange[], stamp: number): IdRange[] {
    const units = resolveRanges(this.sequence.ids, ranges);
    return typeof units === 'string' ? [] : this.sequence.rangesStamped(units, stamp);
  }

  /** A place that stays where it is while others edit: `after` what is on its left, or `before`. */
  stableAt(position: number, side: Side): StablePosition {
    const place = Math.min(Math.max(position, 0), this.length);
    const { sequence } = this;
    if (side === 'after') {
      if (place === 0) return { element: undefined, side };
      return { element: idOfUnit(sequence.ids, sequence.unitAt(place - 1)), side };
    }
    if (place === this.length) return { element: undefined, side };
    return { element: idOfUnit(sequence.ids, sequence.unitAt(place)), side };
  }

  /** Where a stable position is now; `undefined` when its element is not known here. */
  positionOf(place: StablePosition): number | undefined {
    if (place.element === undefined) return place.side === 'after' ? 0 : this.length;
    const unit = unitOfElement(this.sequence.ids, place.element);
    if (unit === undefined) return undefined;
    const visible = place.side === 'after' && this.sequence.isVisible(unit);
    return this.sequence.positionOf(unit) + (visible ? 1 : 0);
  }

  /** For builders of this folder, which fill the sequence from a row. */
  forgetText(): void {
    this.#cache.drop();
  }

  #applyInsert(insert: TextInsert, context: ApplyContext, edits: TextEdit[]): void {
    const { sequence, content } = this;
    const { agent, isVoid = false } = context;
    const count = insert.text.length;
    // The anchor of a void insert was not checked before; it must be the same one on every replica.
    const known = !isVoid || knowsAnchor(sequence.ids, insert, context, 0);
    const anchor = known ? (unitOfElement(sequence.ids, insert.element) ?? ROOT) : ROOT;
    const side = anchor === ROOT || insert.side === 'after' ? RIGHT : LEFT;
    const parent = content.parentOutsidePair(anchor, side);
    const unit = sequence.insertUnder({ agent, count, parent, side, isVoid });
    if (isVoid) {
      content.reserve(unit + count);
      return;
    }
    content.write(unit, insert.text);
    const { tree } = sequence;
    const position = tree.positionOf(tree.leaf, tree.slot) + tree.offset;
    this.#cache.edit(position, 0, insert.text);
    edits.push({ position, deleted: 0, inserted: insert.text });
  }

  #applyOne(insert: TextInsert, context: ApplyContext): Applied {
    const refused = this.#refuseInsert(insert, context, 0) ?? refuseContext(context);
    if (refused !== undefined) return { refused };
    const edits: TextEdit[] = [];
    this.#applyInsert(insert, context, edits);
    return { edits };
  }

  #setRanges(ranges: readonly IdRange[], register: number, edits: TextEdit[]): void {
    if (ranges.length === 0) return;
    const units = resolveRanges(this.sequence.ids, ranges);
    if (typeof units !== 'string') this.#setHidden(units, register, edits);
  }

  #setHidden(ranges: readonly UnitRange[], register: number, edits: TextEdit[]): TextEdit[] {
    for (const range of ranges) {
      const unit = this.content.isSecondHalf(range.unit) ? range.unit - 1 : range.unit;
      const last = range.unit + range.count - 1;
      const end = this.content.isFirstHalf(last) ? last + 2 : last + 1;
      const changes: SequenceChange[] = [];
      this.sequence.setHidden(unit, end - unit, register, changes);
      for (const { position, deleted, inserted } of changes) {
        const text = inserted > 0 ? this.#read(position, position + inserted) : '';
        this.#cache.edit(position, deleted, text);
        edits.push({ position, deleted, inserted: text });
      }
    }
    return edits;
  }

  #refuseText(text: string): SequenceRefusal | undefined {
    if (text.length === 0) return 'out-of-range';
    if (text.length > INSERT_UNITS_MAX) return 'too-large';
    if (this.sequence.ids.units + text.length > SEQUENCE_UNITS_MAX) return 'too-large';
    return isWellFormed(text) ? undefined : 'ill-formed';
  }

  #refuseInsert(
    insert: TextInsert,
    context: ApplyContext,
    fresh: number,
  ): SequenceRefusal | undefined {
    const refused = this.#refuseText(insert.text);
    if (refused !== undefined || context.isVoid === true) return refused;
    if (insert.element === undefined && insert.side === 'before') return 'unknown-element';
    return refuseElement(this.sequence.ids, insert.element, context, fresh);
  }

  #refuseChange(change: TextChange, context: ApplyContext): SequenceRefusal | undefined {
    const { ids } = this.sequence;
    let refused = refuseContext(context);
    let fresh = 0;
    for (const insert of change.inserts) {
      refused ??= this.#refuseInsert(insert, context, fresh);
      if (refused !== undefined) return refused;
      fresh += insert.text.length;
    }
    if (ids.units + fresh > SEQUENCE_UNITS_MAX) return 'too-large';
    if (refused !== undefined || context.isVoid === true) return refused;
    for (const ranges of [change.hidden, change.shown]) {
      const units = resolveRanges(ids, ranges, context, fresh);
      if (typeof units === 'string') return units;
    }
    return undefined;
  }

  /** The position outside of the pair that it would split: down (0) or up (1). */
  #outsidePair(position: number, up: number): number {
    if (!this.content.hasPairs || position === 0 || position === this.length) return position;
    const inside = this.content.isSecondHalf(this.sequence.unitAt(position));
    return inside ? position - 1 + 2 * up : position;
  }

  #read(from: number, to: number): string {
    const scratch = new Uint16Array(to - from);
    const { units } = this.content;
    let at = 0;
    this.sequence.forEachVisible(from, to, (unit, count) => {
      if (count > 16) scratch.set(units.subarray(unit, unit + count), at);
      else for (let of = 0; of < count; of++) scratch[at + of] = units[unit + of] as number;
      at += count;
    });
    return textOf(scratch, 0, to - from);
  }
}

function changeOf(op: TextOp): TextChange {
  const none: readonly never[] = [];
  if (op.kind === 'insert') return { inserts: [op], hidden: none, shown: none };
  if (op.kind === 'hide') return { inserts: none, hidden: op.ranges, shown: none };
  return { inserts: none, hidden: none, shown: op.ranges };
}

function refuseContext({ agent, stamp }: ApplyContext): SequenceRefusal | undefined {
  return isIndex(agent) && isStamp(stamp) ? undefined : 'out-of-range';
}

/** As the method of strings, without a call for the single letters that people type. */
function isWellFormed(text: string): boolean {
  if (text.length > 1) return text.isWellFormed();
  const code = text.charCodeAt(0);
  return code < 0xd800 || code >= 0xe000;
}
