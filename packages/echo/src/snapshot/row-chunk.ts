/**
 * Rows of a subtree as they travel, in columns, because what is alike lies together then. Who has rows of
 * it says so by a few bytes of their hashes, and gets only those that differ, and the places of the others.
 */
import { type Reader, type Writer } from '@atoll/codec';
import { ID_BYTES } from '../radix-tree.ts';

/** Rows of a chunk; a larger subtree is answered with the hashes of its parts. */
export const CHUNK_ROWS_MAX = 512;
/** Bytes by which a row is named by who has it: two of 512 are the same once in some ten thousand questions. */
export const NAME_BYTES = 4;

/** A row as it travels; numbers are those of the outline and the blocks. */
export interface ChunkRow {
  readonly id: Uint8Array;
  readonly type: number;
  readonly block: number;
  readonly op: number;
  readonly payload: Uint8Array;
  /** Bytes of the state beyond the creation. */
  readonly state: Uint8Array | undefined;
}

/** Writes rows. */
export function writeRows(writer: Writer, rows: readonly ChunkRow[]): Writer {
  writer.varint(rows.length);
  for (const { id } of rows) writer.raw(id);
  for (const { type } of rows) writer.varint(type);
  let before = 0;
  for (const { block } of rows) {
    writer.zigzag(block - before);
    before = block;
  }
  for (const { op } of rows) writer.varint(op);
  for (const { payload } of rows) writer.varint(payload.length);
  for (const { payload } of rows) writer.raw(payload);
  for (const { state } of rows) writer.varint(state === undefined ? 0 : state.length + 1);
  for (const { state } of rows) if (state !== undefined) writer.raw(state);
  return writer;
}

/** Reads rows. @throws CodecError. */
export function readRows(reader: Reader): ChunkRow[] {
  const count = reader.varint(CHUNK_ROWS_MAX);
  const each = <T>(read: (at: number) => T): T[] =>
    Array.from({ length: count }, (_, at) => read(at));
  const ids = each(() => reader.take(ID_BYTES));
  const types = each(() => reader.varint());
  let block = 0;
  const blocks = each(() => (block += reader.zigzag()));
  const ops = each(() => reader.varint());
  const lengths = each(() => reader.varint());
  const payloads = each((at) => reader.take(lengths[at] as number));
  const sizes = each(() => reader.varint());
  return each((at) => {
    const size = sizes[at] as number;
    return {
      id: ids[at] as Uint8Array,
      type: types[at] as number,
      block: blocks[at] as number,
      op: ops[at] as number,
      payload: payloads[at] as Uint8Array,
      state: size === 0 ? undefined : reader.take(size - 1),
    };
  });
}

/** Writes which of the named rows are the same, and the others. */
export function writeChanges(
  writer: Writer,
  { others, same }: { readonly same: readonly number[]; readonly others: readonly ChunkRow[] },
): Writer {
  writer.varint(same.length);
  let next = 0;
  for (const at of same) {
    writer.varint(at - next);
    next = at + 1;
  }
  return writeRows(writer, others);
}

/** Reads it. @throws CodecError. */
export function readChanges(reader: Reader): {
  readonly same: readonly number[];
  readonly others: readonly ChunkRow[];
} {
  const same: number[] = [];
  let next = 0;
  for (let rest = reader.varint(CHUNK_ROWS_MAX); rest > 0; rest--) {
    const at = next + reader.varint(CHUNK_ROWS_MAX);
    same.push(at);
    next = at + 1;
  }
  return { same, others: readRows(reader) };
}
