/** Texts and lists inside an object: their ops in blocks, and the values of a list's elements. */
import { CodecError, Reader, readValue, Writer, writeValue, type Value } from '@atoll/codec';
import { acceptsScalar, type ScalarData } from '@atoll/schema';
import type { BlockTable } from './block-table.ts';
import type { OpVerdict } from './echo-error.ts';
import type { FieldState, ObjectState } from './object-state.ts';
import type { NamedField, OpPlace } from './op-place.ts';
import type { Sibling } from './register.ts';
import type { FeedTable } from './sequence/change-codec.ts';
import { readListChange, writeListChange } from './sequence/list-change-codec.ts';
import type { ListChange } from './sequence/list-op.ts';
import { ListSequence } from './sequence/list-sequence.ts';
import type { ElementId, SequenceOrder } from './sequence/sequence-types.ts';
import { readTextChange, writeTextChange } from './sequence/text-change-codec.ts';
import type { TextChange } from './sequence/text-op.ts';
import { TextSequence } from './sequence/text-sequence.ts';
import { UnitTimeline } from './unit-timeline.ts';

/** A text field. */
export interface TextState {
  readonly kind: 'text';
  readonly text: TextSequence;
  readonly timeline: UnitTimeline;
}

/** A list field. */
export interface ListState {
  readonly kind: 'list';
  readonly list: ListSequence;
  readonly timeline: UnitTimeline;
  /** Registers of the elements' values, by {@link elementKey}. */
  readonly values: Map<string, readonly Sibling[]>;
}

/** Local key of an element. */
export function elementKey(element: ElementId): string {
  return `${element.agent}.${element.counter}`;
}

/** State of a text, made if absent. */
export function textState(blocks: BlockTable, state: ObjectState, field: number): TextState {
  const known: FieldState | undefined = state.fields.get(field);
  if (known?.kind === 'text') return known;
  const made: TextState = {
    kind: 'text',
    text: new TextSequence(orderOf(blocks)),
    timeline: new UnitTimeline(),
  };
  state.fields.set(field, made);
  return made;
}

/** State of a list, made if absent. */
export function listState(blocks: BlockTable, state: ObjectState, field: number): ListState {
  const known: FieldState | undefined = state.fields.get(field);
  if (known?.kind === 'list') return known;
  const made: ListState = {
    kind: 'list',
    list: new ListSequence(orderOf(blocks)),
    timeline: new UnitTimeline(),
    values: new Map(),
  };
  state.fields.set(field, made);
  return made;
}

/** Applies an op of a text or list. A void one leaves anchors, for others that build upon it. */
export function applySequence(
  place: OpPlace,
  bytes: Uint8Array,
  named: NamedField,
): OpVerdict | undefined {
  const verdict = place.scope.isVoid ? 'ECHO_OP_VOID' : undefined;
  switch (named.leaf.data.kind) {
    case 'text':
      return applyText(place, bytes, named) ?? verdict;
    case 'list':
      return applyList(place, bytes, { ...named, of: named.leaf.data.of }) ?? verdict;
    default:
      return 'ECHO_OP_FIELD';
  }
}

function applyText(place: OpPlace, bytes: Uint8Array, named: NamedField): OpVerdict | undefined {
  const change = tryRead(bytes, (reader) => readTextChange(reader, feedTable(place)));
  if (change === undefined) return 'ECHO_OP_VALUE';
  const { blocks } = place.fold;
  const state = textState(blocks, place.state, named.field);
  const { block, isVoid } = place.scope;
  const applied = state.text.applyChange(change, {
    agent: block.branch,
    stamp: block.no,
    isVoid,
    unitsInPast: (agent) => state.timeline.unitsInPast(blocks, agent, block.no),
  });
  if (applied.refused !== undefined) return 'ECHO_OP_ELEMENT';
  state.timeline.note(block.branch, block.no, state.text.nextCounter(block.branch));
  place.fold.observer.fieldChanged(place.row, named.field, applied.edits);
  return undefined;
}

function applyList(
  place: OpPlace,
  bytes: Uint8Array,
  named: NamedField & { readonly of: ScalarData },
): OpVerdict | undefined {
  const read = tryRead(bytes, (reader) => readList(reader, feedTable(place)));
  if (read === undefined) return 'ECHO_OP_VALUE';
  if (!read.values.every((value) => acceptsScalar(named.of, value))) return 'ECHO_OP_VALUE';
  const { blocks } = place.fold;
  const state = listState(blocks, place.state, named.field);
  const { block, isVoid } = place.scope;
  const first = state.list.nextCounter(block.branch);
  const applied = state.list.applyChange(read.change, {
    agent: block.branch,
    stamp: block.no,
    isVoid,
    unitsInPast: (agent) => state.timeline.unitsInPast(blocks, agent, block.no),
  });
  if (applied.refused !== undefined) return 'ECHO_OP_ELEMENT';
  state.timeline.note(block.branch, block.no, state.list.nextCounter(block.branch));
  if (isVoid) return undefined;
  noteValues(state, read, { agent: block.branch, first, block: block.no, op: place.at });
  place.fold.observer.fieldChanged(place.row, named.field);
  return undefined;
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

/** Agents of a section's dictionary: 0 is the block's own branch. */
function feedTable(place: OpPlace): FeedTable {
  const { fold, scope } = place;
  return {
    agentAt: (index) =>
      index === 0 ? scope.block.branch : fold.blocks.agentOf(scope.names.feed(index)),
    // Only writers of changes number agents.
    indexOf: () => 0,
  };
}

function orderOf(blocks: BlockTable): SequenceOrder {
  return {
    compareAgents: (a, b) => blocks.compareAgents(a, b),
    compareStamps: (a, b) => blocks.compare(a, b),
  };
}
