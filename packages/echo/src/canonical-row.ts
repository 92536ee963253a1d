/**
 * The canonical form of a row: what its valid ops amount to, in terms that are equal on every replica.
 * Nothing derived is in it: no winners, no order of display, no shape in memory. See spec/objects.md.
 */
import { encodeValue, writeValue, Writer, type Value } from '@atoll/codec';
import { compareBytes, fromHex } from '@atoll/kernel';
import type { Counted } from './element-ids.ts';
import { counterState, mapState, registerState, setState } from './field-state.ts';
import type { Fold } from './fold.ts';
import { emptyModel, writeModelLeaf } from './models/model-state.ts';
import { ObjectState, type FieldState } from './object-state.ts';
import { compareSiblings, type Sibling } from './register.ts';
import { writeListRow } from './sequence/list-row.ts';
import type { RowContext } from './sequence/row-codec.ts';
import { RowNaming } from './row-names.ts';
import { compareItems } from './row-payload.ts';
import { BLOCK_PARTS, START_KEY } from './rich-text/block-value.ts';
import { namedPart } from './rich-text/rich-state.ts';
import { writeRichRow } from './rich-text/rich-row.ts';
import { writeTextRow } from './sequence/text-row.ts';

let scratch: Uint8Array<ArrayBuffer> = new Uint8Array(4096);

/** Canonical bytes of a row that counts; valid until the next call. */
export function canonicalRow(fold: Fold, row: number): Uint8Array {
  const state = fold.glance(row);
  return state === undefined ? untouchedRow(fold, row) : touchedRow(fold, row, state);
}

/** Most rows are as they were created: their bytes are put together without a writer. */
function untouchedRow(fold: Fold, row: number): Uint8Array {
  const { rows } = fold;
  const payload = rows.payload(row);
  if (payload.length + 96 > scratch.length) scratch = new Uint8Array(payload.length * 2 + 96);
  scratch.set(fold.typeOf(row).compiled.hashBytes);
  const hash = fold.blocks.hashOf(rows.block(row));
  if (hash === undefined) scratch.fill(0, 32, 64);
  else scratch.set(hash, 32);
  let at = putNumber(64, rows.op(row));
  at = putNumber(at, payload.length);
  scratch.set(payload, at);
  at += payload.length;
  scratch[at] = 0;
  scratch[at + 1] = 0;
  return scratch.subarray(0, at + 2);
}

/** LEB128 of a number below 2^31. */
function putNumber(start: number, number: number): number {
  let at = start;
  let rest = number;
  while (rest >= 0x80) {
    scratch[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  scratch[at++] = rest;
  return at;
}

function touchedRow(fold: Fold, row: number, state: ObjectState): Uint8Array {
  const { rows } = fold;
  const writer = new Writer(rows.payload(row).length + 96);
  writer.raw(fold.typeOf(row).compiled.hashBytes);
  writeDot(writer, fold, { block: rows.block(row), op: rows.op(row) });
  writer.bytes(rows.payload(row));
  writeSiblings(writer, fold, state.deleted);
  const parts = [...state.fields.keys()].flatMap((field) => fieldPart(fold, row, state, field));
  parts.sort((a, b) => compareBytes(a.id, b.id));
  writer.varint(parts.length);
  for (const { id, bytes } of parts) writer.raw(id).bytes(bytes);
  return writer.finish();
}

/** A field that is not as the creation left it. */
function fieldPart(
  fold: Fold,
  row: number,
  state: ObjectState,
  field: number,
): { readonly id: Uint8Array; readonly bytes: Uint8Array }[] {
  const now = encodeField(fold, state.fields.get(field) as FieldState);
  const created = createdState(fold, row, field, state.fields.get(field) as FieldState);
  if (created !== undefined && compareBytes(now, encodeField(fold, created)) === 0) return [];
  const id = fromHex(fold.types.fieldId(field));
  return id === undefined ? [] : [{ id, bytes: now }];
}

function createdState(
  fold: Fold,
  row: number,
  field: number,
  like: FieldState,
): FieldState | undefined {
  const empty = new ObjectState();
  const named = { field };
  switch (like.kind) {
    case 'register':
      return registerState(fold, row, empty, named);
    case 'map':
      return mapState(fold, row, empty, named);
    case 'set':
      return setState(fold, row, empty, named);
    case 'counter':
      return counterState(fold, row, empty, named);
    case 'model':
      return emptyModel();
    default:
      return undefined;
  }
}

const KIND = { register: 1, map: 2, set: 3, counter: 4, text: 5, list: 6, model: 8 } as const;
/** A text with marks and blocks. */
const KIND_RICH = 7;

function encodeField(fold: Fold, state: FieldState): Uint8Array {
  const writer = new Writer();
  writer.u8(state.kind === 'text' && state.rich !== undefined ? KIND_RICH : KIND[state.kind]);
  switch (state.kind) {
    case 'register':
      writeSiblings(writer, fold, state.siblings);
      break;
    case 'map':
      writeEntries(writer, fold, state.entries);
      break;
    case 'set':
      writeItems(writer, fold, state);
      break;
    case 'counter':
      writeCounts(writer, fold, state);
      break;
    case 'text':
      writeText(writer, fold, state);
      break;
    case 'list':
      writeList(writer, fold, state);
      break;
    case 'model':
      writeModelLeaf(writer, fold.blocks, state);
  }
  return writer.finish();
}

function writeDot(
  writer: Writer,
  fold: Fold,
  dot: { readonly block: number; readonly op: number },
): void {
  writer.raw(fold.blocks.hashOf(dot.block) ?? new Uint8Array(32)).varint(dot.op);
}

function writeSiblings(writer: Writer, fold: Fold, siblings: readonly Sibling[]): void {
  writer.varint(siblings.length);
  for (const sibling of [...siblings].sort((a, b) => compareSiblings(fold.blocks, a, b))) {
    writeDot(writer, fold, sibling);
    if (sibling.value === undefined) writer.u8(0);
    else writeValue(writer.u8(1), sibling.value);
  }
}

/** Entries that nobody wrote, or that were all taken back, are not there. */
function writeEntries(
  writer: Writer,
  fold: Fold,
  entries: ReadonlyMap<string, readonly Sibling[]>,
): void {
  const written = [...entries]
    .filter(([, siblings]) => siblings.length > 0)
    .map(([key, siblings]) => ({ key: encodeValue(key), siblings }))
    .sort((a, b) => compareBytes(a.key, b.key));
  writer.varint(written.length);
  for (const { key, siblings } of written) writeSiblings(writer.raw(key), fold, siblings);
}

function writeItems(
  writer: Writer,
  fold: Fold,
  state: Extract<FieldState, { readonly kind: 'set' }>,
): void {
  const items = [...state.items.values()]
    .sort((a, b) => compareItems(a.value, b.value))
    .map(({ value, dots }) => ({ bytes: encodeValue(value), dots }));
  writer.varint(items.length);
  for (const { bytes, dots } of items) {
    writer.raw(bytes).varint(dots.length);
    const sorted = [...dots].sort((a, b) => fold.blocks.compare(a.block, b.block) || a.op - b.op);
    for (const dot of sorted) writeDot(writer, fold, dot);
  }
}

function writeCounts(
  writer: Writer,
  fold: Fold,
  state: Extract<FieldState, { readonly kind: 'counter' }>,
): void {
  writer.varint(state.siblings.length);
  for (const sibling of state.siblings) {
    writeDot(writer, fold, sibling);
    writeDot(writer, fold, dotOfKey(sibling.value));
  }
  const counts = [...state.counts].map(([key, count]) => {
    const part = new Writer(64);
    writeDot(part, fold, dotOfKey(key));
    const total: Value = BigInt(count.base) + count.sum;
    writeValue(part, total);
    return part.finish();
  });
  counts.sort(compareBytes);
  writer.varint(counts.length);
  for (const part of counts) writer.raw(part);
}

function writeText(
  writer: Writer,
  fold: Fold,
  state: Extract<FieldState, { readonly kind: 'text' }>,
): void {
  const { naming, ...context } = rowContext(fold, state);
  if (state.rich === undefined) {
    writeTextRow(writer, state.text, { ...context, keepVoid: false });
    return;
  }
  const { marks, blocks } = state.rich;
  writeRichRow(writer, { text: state.text, marks }, { ...context, keepVoid: false });
  const parts = [...blocks].flatMap(([name, siblings]) => {
    if (siblings.length === 0) return [];
    const named = namedPart(name);
    const code = BLOCK_PARTS.indexOf(named.part) * 2;
    const part = new Writer(64);
    if (named.key === START_KEY) part.u8(code);
    else {
      const [agent, counter] = named.key.split('.').map(Number) as [number, number];
      part
        .u8(code + 1)
        .raw(naming.ofElement(agent, counter))
        .varint(counter);
    }
    writeSiblings(part, fold, siblings);
    return [part.finish()];
  });
  parts.sort(compareBytes);
  writer.varint(parts.length);
  for (const part of parts) writer.raw(part);
}

function writeList(
  writer: Writer,
  fold: Fold,
  state: Extract<FieldState, { readonly kind: 'list' }>,
): void {
  const { naming, ...context } = rowContext(fold, state);
  writeListRow(writer, state.list, { ...context, keepVoid: false });
  const values = [...state.values].map(([key, siblings]) => {
    const [agent, counter] = key.split('.').map(Number) as [number, number];
    const part = new Writer(64);
    part.raw(naming.ofElement(agent, counter)).varint(counter);
    writeSiblings(part, fold, siblings);
    return part.finish();
  });
  values.sort(compareBytes);
  writer.varint(values.length);
  for (const part of values) writer.raw(part);
}

function rowContext(fold: Fold, state: Counted): RowContext & { readonly naming: RowNaming } {
  const { blocks } = fold;
  const naming = new RowNaming(blocks, state);
  return {
    naming,
    segments: naming.segments,
    order: {
      compareAgents: (a, b) => naming.compare(a, b),
      compareStamps: (a, b) => blocks.compare(a, b),
    },
    names: {
      writeAgent: (writer, agent) => writer.raw(naming.bytes(agent)),
      writeStamp: (writer, stamp) => writer.raw(blocks.hashOf(stamp) ?? new Uint8Array(32)),
      // Canonical rows are hashed, not read back.
      readAgent: () => 0,
      readStamp: () => 0,
    },
  };
}

function dotOfKey(key: Value | undefined): { readonly block: number; readonly op: number } {
  const [block = 0, op = 0] = typeof key === 'string' ? key.split('.').map(Number) : [];
  return { block, op };
}
