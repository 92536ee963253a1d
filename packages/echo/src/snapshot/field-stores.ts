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
import { itemKey, type FieldState, type SetItem } from '../object-state.ts';
import type { Sibling } from '../register.ts';
import { readListRow, writeListRow } from '../sequence/list-row.ts';
import type { RowContext } from '../sequence/row-codec.ts';
import { readTextRow, writeTextRow } from '../sequence/text-row.ts';
import type { ListSequence } from '../sequence/list-sequence.ts';
import type { TextSequence } from '../sequence/text-sequence.ts';
import type { IdTable } from '../sequence/id-table.ts';
import type { SequenceOrder } from '../sequence/sequence-types.ts';
import { orderOf } from '../sequence-state.ts';
import { UnitTimeline } from '../unit-timeline.ts';

type StateOf<K extends string> = Extract<FieldState, { readonly kind: K }>;

/** One kind of field: what is written must read as the same state. */
export interface FieldStore<S = FieldState> {
  /** Names the kind in a snapshot; never used for another. */
  readonly code: number;
  /** Absent: always. What is not accepted is folded again from the log. */
  accepts?(state: S, blocks: BlockTable): boolean;
  write(writer: Writer, state: S, blocks: BlockTable): void;
  /** @throws CodecError for what `write` does not write. */
  read(reader: Reader, blocks: BlockTable): S;
}

/** Code of the kind that scans look at without reading the rest. */
export const REGISTER_CODE = 1;

const register: FieldStore<StateOf<'register'>> = {
  code: REGISTER_CODE,
  write: (writer, state) => writeSiblings(writer, state.siblings),
  read: (reader) => ({ kind: 'register', siblings: readSiblings(reader) }),
};

const map: FieldStore<StateOf<'map'>> = {
  code: 2,
  write(writer, { entries }) {
    writer.varint(entries.size);
    for (const [key, siblings] of entries) {
      writeSiblings(writer.text(key), siblings);
    }
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
  write(writer, { items }) {
    writer.varint(items.size);
    for (const { value, dots } of items.values()) {
      writeValue(writer, value);
      writer.varint(dots.length);
      for (const { block, op } of dots) writer.varint(block).varint(op);
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
  write(writer, { siblings, counts }) {
    writeSiblings(writer, siblings);
    writer.varint(counts.size);
    for (const [key, { base, sum }] of counts) {
      writeValue(writer.text(key), base);
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
  accepts: (state, blocks) => state.rich === undefined && !hasForked(blocks, state.ids),
  write(writer, state, blocks) {
    state.timeline.write(writer);
    const context = rowContext(orderOf(blocks, state.timeline, () => state.ids));
    writeTextRow(writer, state.text, { ...context, keepVoid: true });
  },
  read(reader, blocks) {
    const timeline = new UnitTimeline();
    timeline.read(reader);
    const order = orderOf(blocks, timeline, () => read.sequence.ids);
    const read: TextSequence = readTextRow(reader, rowContext(order));
    return { kind: 'text', text: read, timeline, ids: read.sequence.ids };
  },
};

const list: FieldStore<StateOf<'list'>> = {
  code: 6,
  accepts: (state, blocks) => !hasForked(blocks, state.ids),
  write(writer, state, blocks) {
    state.timeline.write(writer);
    const context = rowContext(orderOf(blocks, state.timeline, () => state.ids));
    writeListRow(writer, state.list, { ...context, keepVoid: true });
    writer.varint(state.values.size);
    for (const [key, siblings] of state.values) writeSiblings(writer.text(key), siblings);
  },
  read(reader, blocks) {
    const timeline = new UnitTimeline();
    timeline.read(reader);
    const order = orderOf(blocks, timeline, () => read.sequence.ids);
    const read: ListSequence = readListRow(reader, rowContext(order));
    const values = new Map<string, readonly Sibling[]>();
    for (let rest = reader.varint(reader.left); rest > 0; rest--) {
      const key = reader.text();
      values.set(key, readSiblings(reader));
    }
    return { kind: 'list', list: read, timeline, ids: read.sequence.ids, values };
  },
};

/** A row names elements by branch: where a feed's writers have parted, the order of branches is no order. */
function hasForked(blocks: BlockTable, ids: IdTable): boolean {
  const feeds = ids.agentNumbers().map((agent) => blocks.branches.feedOf(agent));
  return new Set(feeds).size < feeds.length;
}

function rowContext(order: SequenceOrder): RowContext {
  return {
    order,
    names: {
      writeAgent: (writer, agent) => writer.varint(agent),
      writeStamp: (writer, stamp) => writer.varint(stamp),
      readAgent: (reader) => reader.varint(),
      readStamp: (reader) => reader.varint(),
    },
  };
}

/** Each is only given states of its own kind. */
const stores = { register, map, set, counter, text, list } as unknown as {
  readonly [kind: string]: FieldStore;
};
const storeByCode: ReadonlyMap<number, FieldStore> = new Map(
  Object.values(stores).map((store) => [store.code, store]),
);

/** How a state is kept; `undefined` for one that snapshots cannot keep. */
export function storeOf(state: FieldState, blocks: BlockTable): FieldStore | undefined {
  const store = Object.hasOwn(stores, state.kind) ? stores[state.kind] : undefined;
  return store === undefined || store.accepts?.(state, blocks) === false ? undefined : store;
}

/** How a state with this code is read. */
export function storeOfCode(code: number): FieldStore | undefined {
  return storeByCode.get(code);
}

/** Writes siblings in their order. */
export function writeSiblings(writer: Writer, siblings: readonly Sibling[]): void {
  writer.varint(siblings.length);
  for (const { block, op, value } of siblings) {
    writer.varint(block).varint(op);
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
