/**
 * What is asked and answered when a snapshot is fetched from a peer: an outline, the order of the blocks,
 * control sections, and the state's tree from the root downwards. Everything is checked against two roots
 * that are known before; see spec/snapshot.md.
 */
import { CodecError, Reader, Writer } from '@atoll/codec';
import { HASH_BYTES, ID_BYTES, WAYS } from '../radix-tree.ts';
import {
  CHUNK_ROWS_MAX,
  NAME_BYTES,
  readChanges,
  readRows,
  writeChanges,
  writeRows,
  type ChunkRow,
} from './row-chunk.ts';

/** Bytes of a chunk: rows of a few large objects are cut finer, one alone goes as it is. */
export const CHUNK_BYTES: number = 256 * 1024;
/** Control sections of a chunk. */
export const CHUNK_ENTRIES = 64;
/** Half bytes of an id. */
export const DEPTH_MAX: number = ID_BYTES * 2;

/** One question. */
export type SnapshotRequest =
  | { readonly at: 'outline' }
  /** `have`: below which seq the chain of each of the outline's branches is here. */
  | { readonly at: 'blocks'; readonly page: number; readonly have?: readonly number[] }
  | { readonly at: 'control'; readonly page: number }
  /** The subtree behind half bytes. `have`: names of one's own rows there, {@link NAME_BYTES} each. */
  | { readonly at: 'tree'; readonly path: readonly number[]; readonly have?: Uint8Array };

/** The answer about a subtree. */
export type SubtreeAnswer =
  | { readonly kind: 'node'; readonly hashes: Uint8Array }
  | { readonly kind: 'rows'; readonly rows: readonly ChunkRow[] }
  /** Which of the rows that were named are the same, by their places, and the others. */
  | {
      readonly kind: 'changes';
      readonly same: readonly number[];
      readonly others: readonly ChunkRow[];
    };

const NODE = 1;
const ROWS = 2;
const CHANGES = 3;
/** Branches that a question names: it has its bounds. */
export const HAVE_BRANCHES_MAX = 256;

/** Bytes of a request. */
export function encodeRequest(request: SnapshotRequest): Uint8Array<ArrayBuffer> {
  const writer = new Writer(64);
  switch (request.at) {
    case 'outline':
      return writer.u8(0).finish();
    case 'blocks':
      writer.u8(request.have === undefined ? 1 : 4).varint(request.page);
      if (request.have === undefined) return writer.finish();
      writer.varint(request.have.length);
      for (const seq of request.have) writer.varint(seq);
      return writer.finish();
    case 'control':
      return writer.u8(2).varint(request.page).finish();
    case 'tree':
      writer.u8(request.have === undefined ? 3 : 5).u8(request.path.length);
      for (const way of request.path) writer.u8(way);
      if (request.have !== undefined) writer.bytes(request.have);
      return writer.finish();
  }
}

/** Reads a request. @throws CodecError. */
export function decodeRequest(bytes: Uint8Array): SnapshotRequest {
  const reader = new Reader(bytes);
  const request = readRequest(reader);
  reader.end();
  return request;
}

function readRequest(reader: Reader): SnapshotRequest {
  switch (reader.u8()) {
    case 0:
      return { at: 'outline' };
    case 1:
      return { at: 'blocks', page: reader.varint() };
    case 2:
      return { at: 'control', page: reader.varint() };
    case 3:
      return { at: 'tree', path: readPath(reader) };
    case 4: {
      const page = reader.varint();
      const count = reader.varint(HAVE_BRANCHES_MAX);
      return { at: 'blocks', page, have: Array.from({ length: count }, () => reader.varint()) };
    }
    case 5: {
      const path = readPath(reader);
      const have = reader.bytes(CHUNK_ROWS_MAX * NAME_BYTES);
      if (have.length % NAME_BYTES === 0) return { at: 'tree', path, have: have.slice() };
    }
  }
  throw new CodecError('CODEC_MALFORMED', 'no such request');
}

function readPath(reader: Reader): number[] {
  const path = [...reader.raw(Math.min(reader.u8(), DEPTH_MAX))];
  if (path.every((way) => way < WAYS)) return path;
  throw new CodecError('CODEC_MALFORMED', 'a path is of half bytes');
}

/** Bytes of the sixteen hashes of a node. */
export function encodeNode(hashes: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const writer = new Writer(WAYS * HASH_BYTES + 1).u8(NODE);
  for (const hash of hashes) writer.raw(hash);
  return writer.finish();
}

/** Bytes of rows. */
export function encodeRows(rows: readonly ChunkRow[]): Uint8Array<ArrayBuffer> {
  return writeRows(new Writer(rows.length * 160 + 16).u8(ROWS), rows).finish();
}

/** Bytes of rows of which the one who asks has some. */
export function encodeChanges(
  changes: Pick<SubtreeAnswer & { readonly kind: 'changes' }, 'same' | 'others'>,
): Uint8Array<ArrayBuffer> {
  return writeChanges(new Writer(1024).u8(CHANGES), changes).finish();
}

/** Reads an answer about a subtree. @throws CodecError. */
export function decodeSubtree(bytes: Uint8Array): SubtreeAnswer {
  const reader = new Reader(bytes);
  const kind = reader.u8();
  if (kind === NODE) {
    const hashes = reader.take(WAYS * HASH_BYTES);
    reader.end();
    return { kind: 'node', hashes };
  }
  if (kind !== ROWS && kind !== CHANGES) throw new CodecError('CODEC_MALFORMED', 'no such answer');
  const answer: SubtreeAnswer =
    kind === ROWS
      ? { kind: 'rows', rows: readRows(reader) }
      : { kind: 'changes', ...readChanges(reader) };
  reader.end();
  return answer;
}
