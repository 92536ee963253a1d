/** Texts and lists inside an object: their ops in blocks, and the values of a list's elements. */
import { CodecError, Reader, readValue, Writer, writeValue, type Value } from '@atoll/codec';
import { acceptsScalar, type ScalarData } from '@atoll/schema';
import type { BlockTable } from './block-table.ts';
import { ElementIds, type Counted } from './element-ids.ts';
import { ElementNames } from './element-names.ts';
import type { OpVerdict } from './echo-error.ts';
import type { FieldState, ObjectState } from './object-state.ts';
import type { NamedField, OpPlace } from './op-place.ts';
import type { Sibling } from './register.ts';
import { MarkTable } from './rich-text/mark-table.ts';
import { readRichChange, writeRichChange } from './rich-text/rich-change-codec.ts';
import { NO_TEXT, refuseMarks, stretchOf, type RichChange } from './rich-text/rich-op.ts';
import { markEdits, type RichPart } from './rich-text/rich-state.ts';
import type { FeedTable } from './sequence/change-codec.ts';
import { readListChange, writeListChange } from './sequence/list-change-codec.ts';
import type { ListChange } from './sequence/list-op.ts';
import { ListSequence } from './sequence/list-sequence.ts';
import { IdTable } from './sequence/id-table.ts';
import type { ElementId, SequenceOrder, SequenceRefusal } from './sequence/sequence-types.ts';
import { readTextChange, writeTextChange } from './sequence/text-change-codec.ts';
import type { TextChange, TextEdit } from './sequence/text-op.ts';
import { TextSequence } from './sequence/text-sequence.ts';
import { UnitTimeline } from './unit-timeline.ts';

/** A text field. */
export interface TextState {
  readonly kind: 'text';
  readonly text: TextSequence;
  readonly timeline: UnitTimeline;
  readonly ids: IdTable;
  /** Marks and blocks, if the field is a rich text. */
  readonly rich?: RichPart;
}

/** A list field. */
export interface ListState {
  readonly kind: 'list';
  readonly list: ListSequence;
  readonly timeline: UnitTimeline;
  readonly ids: IdTable;
  /** Registers of the elements' values, by {@link elementKey}. */
  readonly values: Map<string, readonly Sibling[]>;
}

/** Local key of an element. */
export function elementKey(element: ElementId): string {
  return `${element.agent}.${element.counter}`;
}

/** State of a text or rich text, made if absent. */
export function textState(
  blocks: BlockTable,
  state: ObjectState,
  field: number,
  isRich: boolean,
): TextState {
  const known: FieldState | undefined = state.fields.get(field);
  if (known?.kind === 'text') return known;
  const made = emptyText(blocks, new UnitTimeline(), isRich);
  state.fields.set(field, made);
  return made;
}

/** A text without units. */
export function emptyText(blocks: BlockTable, timeline: UnitTimeline, isRich: boolean): TextState {
  const order = orderOf(blocks, timeline, () => text.sequence.ids);
  const text: TextSequence = new TextSequence(order);
  const plain: TextState = { kind: 'text', text, timeline, ids: text.sequence.ids };
  if (!isRich) return plain;
  return { ...plain, rich: { marks: new MarkTable(text.sequence, order), blocks: new Map() } };
}

/** State of a list, made if absent. */
export function listState(blocks: BlockTable, state: ObjectState, field: number): ListState {
  const known: FieldState | undefined = state.fields.get(field);
  if (known?.kind === 'list') return known;
  const made = emptyList(blocks, new UnitTimeline());
  state.fields.set(field, made);
  return made;
}

/** A list without elements. */
export function emptyList(blocks: BlockTable, timeline: UnitTimeline): ListState {
  const list: ListSequence = new ListSequence(orderOf(blocks, timeline, () => list.sequence.ids));
  return { kind: 'list', list, timeline, ids: list.sequence.ids, values: new Map() };
}

/** Applies an op of a text or list. A void one leaves anchors, for others that build upon it. */
export function applySequence(
  place: OpPlace,
  bytes: Uint8Array,
  named: NamedField,
): OpVerdict | undefined {
  const verdict = place.scope.isVoid ? 'ECHO_OP_VOID' : undefined;
  // Whether its anchors are known may be another once more is under a frontier.
  if (place.scope.isVoid) place.state.isDoubtful = true;
  switch (named.leaf.data.kind) {
    case 'text':
    case 'rich':
      return applyText(place, bytes, named) ?? verdict;
    case 'list':
      return applyList(place, bytes, { ...named, of: named.leaf.data.of }) ?? verdict;
    default:
      return 'ECHO_OP_FIELD';
  }
}

function applyText(place: OpPlace, bytes: Uint8Array, named: NamedField): OpVerdict | undefined {
  const { blocks } = place.fold;
  const names = new ElementNames(blocks, place.scope, countedOf(place, named));
  const isRich = named.leaf.data.kind === 'rich';
  const change = tryRead(bytes, (reader) => readChange(reader, names, isRich));
  if (change === undefined) return 'ECHO_OP_VALUE';
  const isNew = !place.state.fields.has(named.field);
  const state = textState(blocks, place.state, named.field, isRich);
  const { block, isVoid } = place.scope;
  beginBranch(blocks, state, block.branch);
  const meant = {
    text: change.text === undefined ? undefined : names.text(change.text),
    marks: names.marks(change.marks),
  };
  let edits = applyChange(place, state, meant, isVoid);
  const isCollected = edits === 'removed-element';
  if (isCollected) edits = applyChange(place, state, meant, true);
  if (typeof edits === 'string') return refuse(place, named, isNew);
  state.timeline.note(block.branch, block.no, state.text.nextCounter(block.branch));
  place.fold.observer.fieldChanged(place.row, named.field, edits);
  return isCollected ? collected(place) : undefined;
}

/** It built upon what an epoch has collected: its units are anchors, as those of a void op. */
function collected({ state }: OpPlace): OpVerdict {
  state.isDoubtful = true;
  return 'ECHO_OP_COLLECTED';
}

function readChange(reader: Reader, names: ElementNames, isRich: boolean): RichChange {
  if (isRich) return readRichChange(reader, names);
  return { text: readTextChange(reader, names), marks: [] };
}

/** Applies text and marks, as a whole or not at all: then says why. */
function applyChange(
  place: OpPlace,
  state: TextState,
  change: RichChange,
  isVoid: boolean,
): readonly TextEdit[] | SequenceRefusal {
  const { block } = place.scope;
  const context = {
    agent: block.branch,
    stamp: block.no,
    isVoid,
    unitsInPast: (agent: number) => state.timeline.unitsInPast(place.fold.blocks, agent, block.no),
  };
  const { text = NO_TEXT, marks } = change;
  if (marks.length > 0 && !isVoid) {
    const fresh = text.inserts.reduce((sum, insert) => sum + insert.text.length, 0);
    const refused = refuseMarks(state.ids, marks, context, fresh);
    if (refused !== undefined || state.rich === undefined) return refused ?? 'out-of-range';
  }
  const applied = state.text.applyChange(text, context);
  if (applied.refused !== undefined) return applied.refused;
  if (marks.length === 0 || isVoid || state.rich === undefined) return applied.edits;
  const stretches = marks.map((mark) => stretchOf(state.text, mark));
  for (const stretch of stretches) state.rich.marks.write(stretch, block.no);
  return [...applied.edits, ...markEdits(state, stretches)];
}

function applyList(
  place: OpPlace,
  bytes: Uint8Array,
  named: NamedField & { readonly of: ScalarData },
): OpVerdict | undefined {
  const { blocks } = place.fold;
  const names = new ElementNames(blocks, place.scope, countedOf(place, named));
  const read = tryRead(bytes, (reader) => readList(reader, names));
  if (read === undefined) return 'ECHO_OP_VALUE';
  if (!read.values.every((value) => acceptsScalar(named.of, value))) return 'ECHO_OP_VALUE';
  const isNew = !place.state.fields.has(named.field);
  const state = listState(blocks, place.state, named.field);
  const { block, isVoid } = place.scope;
  beginBranch(blocks, state, block.branch);
  const first = state.list.nextCounter(block.branch);
  const context = {
    agent: block.branch,
    stamp: block.no,
    isVoid,
    unitsInPast: (agent: number) => state.timeline.unitsInPast(blocks, agent, block.no),
  };
  const change = names.list(read.change);
  let applied = state.list.applyChange(change, context);
  const isCollected = applied.refused === 'removed-element';
  if (isCollected) applied = state.list.applyChange(change, { ...context, isVoid: true });
  if (applied.refused !== undefined) return refuse(place, named, isNew);
  state.timeline.note(block.branch, block.no, state.list.nextCounter(block.branch));
  if (!isVoid && !isCollected) {
    noteValues(state, read, { agent: block.branch, first, block: block.no, op: place.at });
  }
  // Void elements may change how a row names others.
  place.fold.observer.fieldChanged(place.row, named.field);
  return isCollected ? collected(place) : undefined;
}

/** A refused change leaves no trace: else the row would tell of it, and only to who folds it again. */
function refuse(place: OpPlace, { field }: NamedField, isNew: boolean): OpVerdict {
  if (isNew) place.state.fields.delete(field);
  return 'ECHO_OP_ELEMENT';
}

/** What ids are counted by, without making a state: a malformed change must leave none. */
function countedOf(place: OpPlace, { field }: NamedField): Counted {
  const known = place.state.fields.get(field);
  const isSequence = known?.kind === 'text' || known?.kind === 'list';
  return isSequence ? known : { ids: new IdTable(), timeline: new UnitTimeline() };
}

/** Enters the values of new elements. Slots of moves take counters too, but hold none. */
export function noteValues(
  state: ListState,
  written: { readonly change: ListChange; readonly values: readonly Value[] },
  from: {
    readonly agent: number;
    /** Counter of the change's first slot. */
    readonly first: number;
    readonly block: number;
    readonly op: number;
  },
): void {
  let counter = from.first;
  let at = 0;
  for (const place of written.change.places) {
    if (place.kind === 'move') {
      counter++;
      continue;
    }
    for (let each = 0; each < place.count; each++) {
      const key = elementKey({ agent: from.agent, counter: counter++ });
      const value = written.values[at++] as Value;
      state.values.set(key, [{ block: from.block, op: from.op, value }]);
    }
  }
}

/** Bytes of a text's change. @throws CodecError `CODEC_TOO_LARGE`. */
export function textBytes(change: TextChange, feeds: FeedTable): Uint8Array {
  const writer = new Writer();
  writeTextChange(writer, change, feeds);
  return writer.finish();
}

/** Bytes of a rich text's change. @throws CodecError `CODEC_TOO_LARGE`. */
export function richBytes(change: RichChange, feeds: FeedTable): Uint8Array {
  const writer = new Writer();
  writeRichChange(writer, change, feeds);
  return writer.finish();
}

/** Bytes of a list's change: the change, then the values of the new elements in order. */
export function listBytes(
  change: ListChange,
  values: readonly Value[],
  feeds: FeedTable,
): Uint8Array {
  const writer = new Writer();
  writeListChange(writer, change, feeds);
  for (const value of values) writeValue(writer, value);
  return writer.finish();
}

function readList(
  reader: Reader,
  feeds: FeedTable,
): { readonly change: ListChange; readonly values: readonly Value[] } {
  const change = readListChange(reader, feeds);
  const values: Value[] = [];
  for (const place of change.places) {
    if (place.kind === 'move') continue;
    for (let at = 0; at < place.count; at++) values.push(readValue(reader));
  }
  return { change, values };
}

function tryRead<T>(bytes: Uint8Array, read: (reader: Reader) => T): T | undefined {
  const reader = new Reader(bytes);
  try {
    const value = read(reader);
    reader.end();
    return value;
  } catch (failure) {
    if (failure instanceof CodecError) return undefined;
    throw failure;
  }
}

/** To be called before a branch's next insert: behind a fork it counts on from where its chain stood. */
export function beginBranch(
  blocks: BlockTable,
  state: TextState | ListState,
  branch: number,
): void {
  if (blocks.branches.parentOf(branch) !== undefined) new ElementIds(blocks, state).begin(branch);
}

/** Order of the elements of a text or list. */
export function orderOf(
  blocks: BlockTable,
  timeline: UnitTimeline,
  ids: () => IdTable,
): SequenceOrder {
  return {
    compareAgents: (a, b) => blocks.branches.compareFeeds(a, b),
    compareIds: (a, b) => new ElementIds(blocks, { ids: ids(), timeline }).compare(a, b),
    compareStamps: (a, b) => blocks.compare(a, b),
  };
}
