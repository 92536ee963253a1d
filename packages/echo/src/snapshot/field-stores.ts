/**
 * How the state of each kind of field is kept in a snapshot of one's own: in this replica's numbers of
 * blocks, branches and fields, so that reading needs no look-up. A kind that is not here is no mistake:
 * its objects are then folded again from the log when the space is opened.
 */
import {
  encodeValue,
  readValue,
  writeValue,
  type Reader,
  type Value,
  type Writer,
} from '@atoll/codec';
import type { BlockTable } from '../block-table.ts';
import type { Counted, Stretch } from '../element-ids.ts';
import { readModelState, writeModelState } from '../models/model-state.ts';
import {
  countKey,
  itemKey,
  type FieldState,
  type PlaceWrite,
  type SetItem,
} from '../object-state.ts';
import type { LocalDot, Sibling } from '../register.ts';
import { readListRow, writeListRow } from '../sequence/list-row.ts';
import { readTextRow, writeTextRow } from '../sequence/text-row.ts';
import { MarkTable } from '../rich-text/mark-table.ts';
import { readRichRow, writeRichRow } from '../rich-text/rich-row.ts';
import { namedPart, partKey, type RichPart } from '../rich-text/rich-state.ts';
import { ListSequence } from '../sequence/list-sequence.ts';
import { TextSequence } from '../sequence/text-sequence.ts';
import type { IdTable } from '../sequence/id-table.ts';
import { orderOf } from '../sequence-state.ts';
import { UnitTimeline } from '../unit-timeline.ts';
import { readContext, StoredNaming } from './stored-naming.ts';

type StateOf<K extends string> = Extract<FieldState, { readonly kind: K }>;

/** The numbers that are written for blocks, branches and fields; in a snapshot of one's own, our own. */
export interface StoreNames {
  readonly blocks: BlockTable;
  block(no: number): number;
  branch(no: number): number;
  field(no: number): number;
  /**
   * Where a feed has forked, the reader may number the stretches of its chains otherwise: the counters of a
   * branch that go to each number, ascending. Absent, or `undefined`: all go to {@link StoreNames.branch}.
   */
  stretches?(no: number, counted: Counted): readonly Stretch[] | undefined;
}

/** Our own numbers. */
export function ownNames(blocks: BlockTable): StoreNames {
  const same = (no: number): number => no;
  return { blocks, block: same, branch: same, field: same };
}

/** One kind of field: what is written must read as the same state. */
export interface FieldStore<S = FieldState> {
  /** Names the kind in a snapshot; never used for another. */
  readonly code: number;
  write(writer: Writer, state: S, names: StoreNames): void;
  /** @throws CodecError for what `write` does not write. */
  read(reader: Reader, blocks: BlockTable): S;
}

/** Code of the kind that scans look at without reading the rest. */
export const REGISTER_CODE = 1;
/** Code of a place in a tree, which begins as that kind does. */
export const PLACED_CODE = 9;

const register: FieldStore<StateOf<'register'>> = {
  code: REGISTER_CODE,
  write: (writer, state, names) => writeSiblings(writer, state.siblings, names),
  read: (reader) => ({ kind: 'register', siblings: readSiblings(reader) }),
};

/** A place in a tree that was written: its siblings come first, for scans. */
const placed: FieldStore<StateOf<'register'>> = {
  code: PLACED_CODE,
  write(writer, { placed: log = { writes: [] }, siblings }, names) {
    writeSiblings(writer, siblings, names);
    writer.u8(log.base === undefined ? 0 : 1);
    if (log.base !== undefined) writeSiblings(writer, log.base, names);
    writer.varint(log.writes.length);
    for (const { block, covers, next, op } of log.writes) {
      writer
        .varint(names.block(block))
        .varint(op)
        .u8(next === undefined ? 0 : 1);
      if (next !== undefined) writeSiblings(writer, [next], names);
      writer.varint(covers === undefined ? 0 : covers.length + 1);
      for (const dot of covers ?? []) {
        writer.varint(dot.op).varint(dot.blocks.length);
        for (const no of dot.blocks) writer.varint(names.block(no));
      }
    }
  },
  read(reader) {
    const siblings = readSiblings(reader);
    const base = reader.u8() === 0 ? {} : { base: readSiblings(reader) };
    const writes: PlaceWrite[] = [];
    for (let rest = reader.varint(reader.left); rest > 0; rest--) writes.push(readPlace(reader));
    return { kind: 'register', siblings, placed: { ...base, writes } };
  },
};

function readPlace(reader: Reader): PlaceWrite {
  const block = reader.varint();
  const op = reader.varint();
  const next = reader.u8() === 0 ? undefined : readSiblings(reader)[0];
  const count = reader.varint(reader.left);
  const covers = count === 0 ? undefined : Array.from({ length: count - 1 }, () => readDot(reader));
  return { block, op, covers, ...(next === undefined ? {} : { next }) };
}

function readDot(reader: Reader): LocalDot {
  const op = reader.varint();
  const count = reader.varint(reader.left);
  return { op, blocks: Array.from({ length: count }, () => reader.varint()) };
}

const map: FieldStore<StateOf<'map'>> = {
  code: 2,
  write(writer, { entries }, names) {
    writer.varint(entries.size);
    for (const [key, siblings] of entries) writeSiblings(writer.text(key), siblings, names);
  },
  read(reader) {
    const entries = new Map<string, readonly Sibling[]>();
    for (let rest = reader.varint(reader.left); rest > 0; rest--) {
      const key = reader.text();
      entries.set(key, readSiblings(reader));
    }
    return { kind: 'map', entries };
  },
};

const set: FieldStore<StateOf<'set'>> = {
  code: 3,
  write(writer, { items }, names) {
    writer.varint(items.size);
    for (const { value, dots } of items.values()) {
      writeValue(writer, value);
      writer.varint(dots.length);
      for (const { block, op } of dots) writer.varint(names.block(block)).varint(op);
    }
  },
  read(reader) {
    const items = new Map<string, SetItem>();
    for (let rest = reader.varint(reader.left); rest > 0; rest--) {
      const value = readValue(reader);
      const dots: { block: number; op: number }[] = [];
      for (let more = reader.varint(reader.left); more > 0; more--) {
        dots.push({ block: reader.varint(), op: reader.varint() });
      }
      items.set(itemKey(value, encodeValue), { value, dots });
    }
    return { kind: 'set', items };
  },
};

const counter: FieldStore<StateOf<'counter'>> = {
  code: 4,
  write(writer, { siblings, counts }, names) {
    const keys = siblings.map((sibling) => ({ ...sibling, value: countOf(sibling.value, names) }));
    writeSiblings(writer, keys, names);
    writer.varint(counts.size);
    for (const [key, { base, sum }] of counts) {
      writeValue(writer.text(countOf(key, names)), base);
      writeValue(writer, sum);
    }
  },
  read(reader) {
    const siblings = readSiblings(reader);
    const counts = new Map<string, { base: number; sum: bigint }>();
    for (let rest = reader.varint(reader.left); rest > 0; rest--) {
      const key = reader.text();
      const base = Number(readValue(reader));
      counts.set(key, { base, sum: BigInt(readValue(reader) as bigint) });
    }
    return { kind: 'counter', siblings, counts };
  },
};

const text: FieldStore<StateOf<'text'>> = {
  code: 5,
  write(writer, state, names) {
    const naming = new StoredNaming(state, names);
    naming.writeTimeline(writer);
    writeTextRow(writer, state.text, { ...naming.context(), keepVoid: true });
  },
  read(reader, blocks) {
    const timeline = new UnitTimeline();
    timeline.read(reader);
    const order = orderOf(blocks, timeline, () => read.sequence.ids);
    const read: TextSequence = new TextSequence(order);
    readTextRow(reader, readContext(order), read);
    goOn(read.sequence.ids, timeline);
    return { kind: 'text', text: read, timeline, ids: read.sequence.ids };
  },
};

const rich: FieldStore<StateOf<'text'>> = {
  code: 7,
  write(writer, state, names) {
    const naming = new StoredNaming(state, names);
    naming.writeTimeline(writer);
    const { marks, blocks } = state.rich as RichPart;
    const context = { ...naming.context(), keepVoid: true };
    writeRichRow(writer, { text: state.text, marks }, context);
    writer.varint(blocks.size);
    for (const [key, siblings] of blocks) {
      const named = namedPart(key);
      const written = partKey({ ...named, key: naming.element(named.key) });
      writeSiblings(writer.text(written), siblings, names);
    }
  },
  read(reader, table) {
    const timeline = new UnitTimeline();
    timeline.read(reader);
    const order = orderOf(table, timeline, () => read.sequence.ids);
    const read: TextSequence = new TextSequence(order);
    const marks = new MarkTable(read.sequence, order);
    readRichRow(reader, readContext(order), { text: read, marks });
    goOn(read.sequence.ids, timeline);
    const blocks = new Map<string, readonly Sibling[]>();
    for (let rest = reader.varint(reader.left); rest > 0; rest--) {
      const key = reader.text();
      blocks.set(key, readSiblings(reader));
    }
    return { kind: 'text', text: read, timeline, ids: read.sequence.ids, rich: { marks, blocks } };
  },
};

const list: FieldStore<StateOf<'list'>> = {
  code: 6,
  write(writer, state, names) {
    const naming = new StoredNaming(state, names);
    naming.writeTimeline(writer);
    writeListRow(writer, state.list, { ...naming.context(), keepVoid: true });
    writer.varint(state.values.size);
    for (const [key, siblings] of state.values) {
      writeSiblings(writer.text(naming.element(key)), siblings, names);
    }
  },
  read(reader, blocks) {
    const timeline = new UnitTimeline();
    timeline.read(reader);
    const order = orderOf(blocks, timeline, () => read.sequence.ids);
    const read: ListSequence = new ListSequence(order);
    readListRow(reader, readContext(order), read);
    goOn(read.sequence.ids, timeline);
    const values = new Map<string, readonly Sibling[]>();
    for (let rest = reader.varint(reader.left); rest > 0; rest--) {
      const key = reader.text();
      values.set(key, readSiblings(reader));
    }
    return { kind: 'list', list: read, timeline, ids: read.sequence.ids, values };
  },
};

/** Counters go on behind units that an epoch has collected. */
function goOn(ids: IdTable, timeline: UnitTimeline): void {
  for (const [agent, units] of timeline.counts()) ids.skipTo(agent, units);
}

/** The key of a count, with the numbers that are to be written. */
function countOf(key: string, names: StoreNames): string;
function countOf(key: Value | undefined, names: StoreNames): Value | undefined;
function countOf(key: Value | undefined, names: StoreNames): Value | undefined {
  if (typeof key !== 'string') return key;
  const [block, op] = key.split('.').map(Number) as [number, number];
  return countKey(names.block(block), op);
}

const model: FieldStore<StateOf<'model'>> = {
  code: 8,
  write: (writer, state, names) => writeModelState(writer, state, (no) => names.block(no)),
  read: (reader) => readModelState(reader),
};

/** Each is only given states of its own kind. */
const stores = { register, placed, map, set, counter, text, list, rich, model } as unknown as {
  readonly [kind: string]: FieldStore;
};
const storeByCode: ReadonlyMap<number, FieldStore> = new Map(
  Object.values(stores).map((store) => [store.code, store]),
);

/** How a state is kept; `undefined` for one that snapshots cannot keep. */
export function storeOf(state: FieldState): FieldStore | undefined {
  const kind = storedKind(state);
  return Object.hasOwn(stores, kind) ? stores[kind] : undefined;
}

function storedKind(state: FieldState): string {
  if (state.kind === 'text' && state.rich !== undefined) return 'rich';
  return state.kind === 'register' && state.placed !== undefined ? 'placed' : state.kind;
}

/** How a state with this code is read. */
export function storeOfCode(code: number): FieldStore | undefined {
  return storeByCode.get(code);
}

/** Writes siblings in their order. */
export function writeSiblings(
  writer: Writer,
  siblings: readonly Sibling[],
  names: StoreNames,
): void {
  writer.varint(siblings.length);
  for (const { block, op, value } of siblings) {
    writer.varint(names.block(block)).varint(op);
    if (value === undefined) writer.u8(0);
    else writeValue(writer.u8(1), value);
  }
}

/** Reads them. @throws CodecError. */
export function readSiblings(reader: Reader): readonly Sibling[] {
  const siblings: Sibling[] = [];
  for (let rest = reader.varint(reader.left); rest > 0; rest--) {
    const block = reader.varint();
    const op = reader.varint();
    const value: Value | undefined = reader.u8() === 0 ? undefined : readValue(reader);
    siblings.push({ block, op, value });
  }
  return siblings;
}
