/**
 * What is asked and answered when a snapshot is fetched from a peer: an outline, the order of the blocks,
 * control sections, and the state's tree from the root downwards. Everything is checked against two roots
 * that are known before; see spec/snapshot.md.
 */
import { CodecError, Reader, Writer } from '@atoll/codec';
import { HASH_BYTES, ID_BYTES, WAYS } from '../radix-tree.ts';

/** Rows of a chunk; a larger subtree is answered with the hashes of its parts. */
export const CHUNK_ROWS_MAX = 512;
/** Bytes of a chunk: rows of a few large objects are cut finer, one alone goes as it is. */
export const CHUNK_BYTES: number = 256 * 1024;
/** Control sections of a chunk. */
export const CHUNK_ENTRIES = 64;
/** Half bytes of an id. */
export const DEPTH_MAX: number = ID_BYTES * 2;

/** One question. */
export type SnapshotRequest =
  | { readonly at: 'outline' }
  | { readonly at: 'blocks'; readonly page: number }
  | { readonly at: 'control'; readonly page: number }
  /** The subtree behind half bytes. */
  | { readonly at: 'tree'; readonly path: readonly number[] };

/** The answer about a subtree. */
export type SubtreeAnswer =
  | { readonly kind: 'node'; readonly hashes: Uint8Array }
  | { readonly kind: 'rows'; readonly rows: readonly ChunkRow[] };

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

const NODE = 1;
const ROWS = 2;

/** Bytes of a request. */
export function encodeRequest(request: SnapshotRequest): Uint8Array<ArrayBuffer> {
  const writer = new Writer(64);
  switch (request.at) {
    case 'outline':
      return writer.u8(0).finish();
    case 'blocks':
      return writer.u8(1).varint(request.page).finish();
    case 'control':
      return writer.u8(2).varint(request.page).finish();
    case 'tree':
      writer.u8(3).u8(request.path.length);
      for (const way of request.path) writer.u8(way);
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
    case 3: {
      const path = [...reader.raw(Math.min(reader.u8(), DEPTH_MAX))];
      if (path.every((way) => way < WAYS)) return { at: 'tree', path };
    }
  }
  throw new CodecError('CODEC_MALFORMED', 'no such request');
}

/** Bytes of the sixteen hashes of a node. */
export function encodeNode(hashes: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const writer = new Writer(WAYS * HASH_BYTES + 1).u8(NODE);
  for (const hash of hashes) writer.raw(hash);
  return writer.finish();
}

/** Bytes of rows. */
export function encodeRows(rows: readonly ChunkRow[]): Uint8Array<ArrayBuffer> {
  const writer = new Writer(rows.length * 160 + 16).u8(ROWS).varint(rows.length);
  for (const { id, type, block, op, payload, state } of rows) {
    writer.raw(id).varint(type).varint(block).varint(op).bytes(payload);
    if (state === undefined) writer.u8(0);
    else writer.u8(1).bytes(state);
  }
  return writer.finish();
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
  if (kind !== ROWS) throw new CodecError('CODEC_MALFORMED', 'no such answer');
  const rows: ChunkRow[] = [];
  for (let rest = reader.varint(CHUNK_ROWS_MAX); rest > 0; rest--) {
    rows.push({
      id: reader.take(ID_BYTES),
      type: reader.varint(),
      block: reader.varint(),
      op: reader.varint(),
      payload: reader.bytes().slice(),
      state: reader.u8() === 0 ? undefined : reader.bytes().slice(),
    });
  }
  reader.end();
  return { kind: 'rows', rows };
}
