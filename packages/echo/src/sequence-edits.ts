/**
 * Own edits of texts and lists. Typing is applied at once and merged until the transaction is sealed, so
 * that a sentence is one op; lists write an op for each edit.
 */
import type { Value } from '@atoll/codec';
import { KeepOff } from './collection/keep-off.ts';
import { EchoError } from './echo-error.ts';
import { rangesOf } from './element-names.ts';
import type { Fold } from './fold.ts';
import type { FieldRef } from './mutations.ts';
import { valueBytesMax, type OpenTransaction } from './open-transaction.ts';
import {
  beginBranch,
  elementKey,
  listBytes,
  listState,
  noteValues,
  richBytes,
  textBytes,
  textState,
  type ListState,
  type TextState,
} from './sequence-state.ts';
import { RichEdits, type RichTurn } from './rich-text/rich-edits.ts';
import type { MarkOp } from './rich-text/rich-op.ts';
import type { FeedTable } from './sequence/change-codec.ts';
import type { ListChange, ListEdited, ListOp } from './sequence/list-op.ts';
import { listChangeOf, type ListSequence } from './sequence/list-sequence.ts';
import type { ElementId, IdRange } from './sequence/sequence-types.ts';
import { TextChangeBuilder } from './sequence/text-change-builder.ts';
import type { Edited } from './sequence/text-op.ts';
import { idOfUnit } from './sequence/unit-ranges.ts';
import { winner } from './shown.ts';
import type { Transactions } from './transactions.ts';
import {
  withoutRanges,
  type MarkedStretch,
  type NamedRange,
  type UndoListener,
} from './undo-step.ts';

/** Bytes of an edit besides its text. */
const EDIT_BYTES = 256;

/** A text's edits of the open transaction. */
interface PendingText {
  readonly ref: FieldRef;
  readonly builder: TextChangeBuilder;
  readonly firstCounter: number;
  readonly marks: MarkOp[];
  readonly marked: MarkedStretch[];
}

/** Own edits of sequences. */
export class SequenceEdits {
  readonly #fold: Fold;
  readonly #transactions: Transactions;
  readonly #undo: UndoListener;
  readonly #pending = new Map<string, PendingText>();
  /** What may be collected soon: nothing new is to build upon that. */
  readonly keepOff: KeepOff = new KeepOff();
  /** Marks and blocks of rich texts. */
  readonly rich: RichEdits;

  constructor(fold: Fold, transactions: Transactions, undo: UndoListener) {
    this.#fold = fold;
    this.#transactions = transactions;
    this.#undo = undo;
    this.rich = new RichEdits(fold, {
      begin: (ref, room) => this.#begin(ref, room),
      flush: (open) => this.flush(open),
    });
  }

  /** The text of a field, if anything was ever written to it. */
  text(row: number, field: number): TextState | undefined {
    const state = this.#fold.state(row)?.fields.get(field);
    return state?.kind === 'text' ? state : undefined;
  }

  /** The list of a field, if anything was ever written to it. */
  list(row: number, field: number): ListState | undefined {
    const state = this.#fold.state(row)?.fields.get(field);
    return state?.kind === 'list' ? state : undefined;
  }

  /** Inserts text. @throws EchoError `ECHO_POSITION`, `ECHO_VALUE`. */
  insertText(ref: FieldRef, position: number, text: string): void {
    if (text.length === 0) return;
    if (!text.isWellFormed()) throw new EchoError('ECHO_VALUE', 'the text is not well-formed');
    const length = this.text(ref.row, fieldOf(ref))?.text.length ?? 0;
    requirePlace(position, 0, length);
    this.#editText(ref, text.length * 3, (state, open) =>
      state.text.insert({ agent: open.block.branch, position, text }),
    );
  }

  /** Deletes units of a text. @throws EchoError `ECHO_POSITION`. */
  deleteText(ref: FieldRef, position: number, count: number): void {
    if (count === 0) return;
    requirePlace(position, count, this.text(ref.row, fieldOf(ref))?.text.length ?? 0);
    this.#editText(ref, 0, (state, open) =>
      state.text.delete({ position, count, stamp: open.block.no }),
    );
  }

  /** Shows or hides elements of a text, for undo. */
  showText(ref: FieldRef, ranges: readonly IdRange[], visible: boolean): void {
    if (ranges.length === 0) return;
    this.#editText(ref, ranges.length * 16, (state, open) =>
      state.text.setVisible({ ranges, visible, stamp: open.block.no }),
    );
  }

  /** Adds what was merged to the transaction. */
  flush(open: OpenTransaction): void {
    for (const { ref, builder, firstCounter, marks, marked } of this.#pending.values()) {
      if (builder.isEmpty && marks.length === 0) continue;
      const change = builder.finish();
      const text = builder.isEmpty ? undefined : change;
      this.#transactions.enter(open, { bytes: 0, row: ref.row, ref });
      const feeds = this.#feeds(open);
      open.add({
        kind: 'sequence',
        object: open.object(ref.row),
        field: open.field(ref.row, ref.type, ref.leaf.index),
        bytes:
          ref.leaf.data.kind === 'rich'
            ? richBytes({ text, marks }, feeds)
            : textBytes(change, feeds),
      });
      const count = change.inserts.reduce((sum, insert) => sum + insert.text.length, 0);
      this.#tellUndo(ref, open, {
        inserted: count === 0 ? [] : [{ agent: open.block.branch, counter: firstCounter, count }],
        hidden: change.hidden,
        shown: change.shown,
        marked,
      });
    }
    this.#pending.clear();
    open.pendingBytes = 0;
  }

  /** Inserts elements into a list. @throws EchoError `ECHO_POSITION`. */
  insertItems(ref: FieldRef, position: number, values: readonly Value[]): void {
    if (values.length === 0) return;
    requirePlace(position, 0, this.list(ref.row, fieldOf(ref))?.list.length ?? 0);
    const room = values.reduce<number>((sum, value) => sum + valueBytesMax(value), 0);
    this.#editList(ref, { room, values }, (state, open) =>
      state.list.insert({ agent: open.block.branch, position, count: values.length }),
    );
  }

  /** Moves one element. @throws EchoError `ECHO_POSITION`. */
  moveItem(ref: FieldRef, from: number, to: number): void {
    const length = this.list(ref.row, fieldOf(ref))?.list.length ?? 0;
    requirePlace(from, 1, length);
    requirePlace(to, 1, length);
    if (from === to) return;
    const list = this.list(ref.row, fieldOf(ref))?.list;
    const element = list?.elementAt(from);
    if (list === undefined || element === undefined) return;
    const leftSlot = slotOf(list, element);
    this.#editList(ref, { room: 0, values: [], leftSlot }, (state, open) =>
      state.list.move({ agent: open.block.branch, from, to, stamp: open.block.no }),
    );
  }

  /** Deletes elements. @throws EchoError `ECHO_POSITION`. */
  deleteItems(ref: FieldRef, position: number, count: number): void {
    if (count === 0) return;
    requirePlace(position, count, this.list(ref.row, fieldOf(ref))?.list.length ?? 0);
    this.#editList(ref, { room: count * 16, values: [] }, (state, open) =>
      state.list.delete({ position, count, stamp: open.block.no }),
    );
  }

  /** Shows or hides elements of a list, for undo. */
  showItems(ref: FieldRef, ranges: readonly IdRange[], visible: boolean): void {
    if (ranges.length === 0) return;
    this.#editList(ref, { room: ranges.length * 16, values: [] }, (state, open) =>
      state.list.setVisible({ ranges, visible, stamp: open.block.no }),
    );
  }

  /**
   * Puts an element back into the place of an earlier slot: a new slot just before it, since slots are
   * used once. False if somebody else moved it since, or it is deleted.
   */
  moveBack(
    ref: FieldRef,
    move: {
      readonly element: NamedRange;
      readonly slot: NamedRange;
      readonly own: (stamp: number) => boolean;
      /** Only says whether it would. */
      readonly isDry: boolean;
    },
  ): boolean {
    const state = this.list(ref.row, fieldOf(ref));
    if (state === undefined) return false;
    const { list } = state;
    const [element, slot] = this.localRanges(state, [move.element, move.slot]);
    if (element === undefined || slot === undefined) return false;
    const stamp = list.moveStamp(element);
    if (list.indexOf(element) === undefined || stamp === undefined || !move.own(stamp))
      return false;
    if (move.isDry) return true;
    this.keepOff.before(state);
    const at = list.sequence.ids.unitOf(slot.agent, slot.counter);
    // Nothing may hang on a slot that an epoch forgets soon, and nothing can on one that is gone.
    if (at < 0) return false;
    if (list.sequence.isAvoided(at)) {
      const from = list.indexOf(element) ?? 0;
      const to = list.sequence.positionOf(at);
      this.moveItem(ref, from, to > from ? to - 1 : to);
      return true;
    }
    const op: ListOp = {
      kind: 'move',
      moved: { agent: element.agent, counter: element.counter },
      element: { agent: slot.agent, counter: slot.counter },
      side: 'before',
    };
    const leftSlot = slotOf(list, op.moved);
    this.#editList(ref, { room: 0, values: [], leftSlot }, (state, open) => {
      const context = { agent: open.block.branch, stamp: open.block.no };
      const applied = state.list.applyChange(listChangeOf(op), context);
      return applied.refused === undefined ? { op, edits: applied.edits } : applied;
    });
    return true;
  }

  /** Shown value of an element. */
  itemValue(state: ListState, element: ElementId): Value | undefined {
    return winner(state.values.get(elementKey(element)) ?? []);
  }

  /** Key under which ops name an element's value. */
  itemKey(element: ElementId): string {
    return `${this.#fold.blocks.branches.nameOf(element.agent)}.${element.counter}`;
  }

  /** The element that a key names, if it is known here. */
  itemOfKey(state: ListState, key: string): ElementId | undefined {
    const match = /^([0-9a-f]{64})\.(0|[1-9]\d{0,9})$/.exec(key);
    if (match === null) return undefined;
    const range = { branch: match[1] as string, counter: Number(match[2]), count: 1 };
    const [found] = this.localRanges(state, [range]);
    if (found === undefined) return undefined;
    const element = { agent: found.agent, counter: found.counter };
    return state.values.has(elementKey(element)) ? element : undefined;
  }

  /** Local ranges of named ones; ranges of writers that are not known here are left out. */
  localRanges(state: TextState | ListState, ranges: readonly NamedRange[]): IdRange[] {
    const { blocks } = this.#fold;
    return ranges.flatMap(({ branch, counter, count }) =>
      rangesOf(blocks, state, { name: branch, counter, count }),
    );
  }

  #editText(
    ref: FieldRef,
    room: number,
    edit: (state: TextState, open: OpenTransaction) => Edited,
  ): void {
    const { open, state, pending } = this.#begin(ref, room);
    const agent = open.block.branch;
    const edited = edit(state, open);
    if (edited.refused !== undefined) throw refusedEdit(edited.refused);
    pending.builder.add(edited.op);
    state.timeline.note(agent, open.block.no, state.text.nextCounter(agent));
    this.#fold.observer.fieldChanged(ref.row, fieldOf(ref), edited.edits);
  }

  /** Makes ready for an edit of a text. */
  #begin(ref: FieldRef, room: number): RichTurn {
    const open = this.#transactions.roomFor({ bytes: room + EDIT_BYTES, row: ref.row, ref });
    const { blocks } = this.#fold;
    const object = this.#fold.ensureState(ref.row);
    const state = textState(blocks, object, fieldOf(ref), ref.leaf.data.kind === 'rich');
    this.keepOff.before(state);
    const agent = open.block.branch;
    beginBranch(blocks, state, agent);
    open.pendingBytes += room + 32;
    if (object.blocks.at(-1) !== open.block.no) object.blocks.push(open.block.no);
    return { open, state, pending: this.#pendingText(ref, agent, state) };
  }

  #pendingText(ref: FieldRef, agent: number, state: TextState): PendingText {
    const key = `${ref.row}.${fieldOf(ref)}`;
    let pending = this.#pending.get(key);
    if (pending === undefined) {
      const firstCounter = state.text.nextCounter(agent);
      const builder = new TextChangeBuilder(agent, firstCounter);
      pending = { ref, builder, firstCounter, marks: [], marked: [] };
      this.#pending.set(key, pending);
    }
    return pending;
  }

  #editList(
    ref: FieldRef,
    what: {
      readonly room: number;
      readonly values: readonly Value[];
      readonly leftSlot?: ElementId;
    },
    edit: (state: ListState, open: OpenTransaction) => ListEdited,
  ): void {
    const { row } = ref;
    const open = this.#transactions.roomFor({ bytes: what.room + EDIT_BYTES, row, ref });
    const state = this.#fold.ensureState(row);
    const list = listState(this.#fold.blocks, state, fieldOf(ref));
    this.keepOff.before(list);
    const agent = open.block.branch;
    beginBranch(this.#fold.blocks, list, agent);
    const first = list.list.nextCounter(agent);
    const edited = edit(list, open);
    if (edited.refused !== undefined) throw refusedEdit(edited.refused);
    const change = listChangeOf(edited.op);
    const at = open.add({
      kind: 'sequence',
      object: open.object(row),
      field: open.field(row, ref.type, ref.leaf.index),
      bytes: listBytes(change, what.values, this.#feeds(open)),
    });
    if (state.blocks.at(-1) !== open.block.no) state.blocks.push(open.block.no);
    noteValues(
      list,
      { change, values: what.values },
      { agent, first, block: open.block.no, op: at },
    );
    list.timeline.note(agent, open.block.no, list.list.nextCounter(agent));
    this.#fold.observer.fieldChanged(row, fieldOf(ref));
    this.#tellListUndo(ref, open, { change, first, leftSlot: what.leftSlot });
  }

  #tellListUndo(
    ref: FieldRef,
    open: OpenTransaction,
    made: {
      readonly change: ListChange;
      readonly first: number;
      readonly leftSlot: ElementId | undefined;
    },
  ): void {
    const { change, first, leftSlot } = made;
    const place = change.places[0];
    this.#tellUndo(ref, open, {
      inserted:
        place?.kind === 'insert'
          ? [{ agent: open.block.branch, counter: first, count: place.count }]
          : [],
      hidden: change.hidden,
      shown: change.shown,
      ...(place?.kind === 'move' && leftSlot !== undefined
        ? { moved: { element: place.moved, slot: leftSlot } }
        : {}),
    });
  }

  #tellUndo(
    ref: FieldRef,
    open: OpenTransaction,
    made: {
      readonly inserted: readonly IdRange[];
      readonly hidden: readonly IdRange[];
      readonly shown: readonly IdRange[];
      readonly moved?: { readonly element: ElementId; readonly slot: ElementId };
      readonly marked?: readonly MarkedStretch[];
    },
  ): void {
    const { block } = open;
    const { moved, marked = [] } = made;
    this.#undo({
      kind: 'sequence',
      place: {
        object: this.#fold.rows.id(ref.row),
        type: ref.type.compiled.hash,
        leaf: ref.leaf.index,
      },
      block: { feed: this.#fold.blocks.feedName(block.feed), seq: block.seq },
      inserted: this.#named(made.inserted),
      // What came and went in one transaction is nothing to bring back.
      hidden: withoutRanges(this.#named(made.hidden), this.#named(made.inserted)),
      shown: this.#named(made.shown),
      ...(marked.length === 0 ? {} : { marked }),
      ...(moved === undefined
        ? {}
        : { moved: { element: this.#name(moved.element), slot: this.#name(moved.slot) } }),
    });
  }

  #name({ agent, counter }: ElementId): NamedRange {
    return { branch: this.#fold.blocks.branches.nameOf(agent), counter, count: 1 };
  }

  #named(ranges: readonly IdRange[]): NamedRange[] {
    return ranges.map(({ agent, counter, count }) => ({
      branch: this.#fold.blocks.branches.nameOf(agent),
      counter,
      count,
    }));
  }

  /** Numbers of writers in the open section; 0 is the own branch. */
  #feeds(open: OpenTransaction): FeedTable {
    const { blocks } = this.#fold;
    return {
      indexOf: (agent) =>
        agent === open.block.branch ? 0 : open.feed(blocks.branches.nameOf(agent)),
      agentAt: () => undefined,
    };
  }
}

/** The slot in which an element stands. */
function slotOf(list: ListSequence, element: ElementId): ElementId {
  const { ids } = list.sequence;
  return idOfUnit(ids, list.places.slotOf(ids.unitOf(element.agent, element.counter)));
}

function fieldOf(ref: FieldRef): number {
  return ref.type.fields[ref.leaf.index] as number;
}

function requirePlace(position: number, count: number, length: number): void {
  const valid = Number.isSafeInteger(position) && Number.isSafeInteger(count);
  if (!valid || position < 0 || count < 0 || position + count > length) {
    throw new EchoError('ECHO_POSITION', `there is no such place in a sequence of ${length}`);
  }
}

function refusedEdit(refused: string): EchoError {
  return new EchoError('ECHO_POSITION', `the edit is not possible: ${refused}`);
}
