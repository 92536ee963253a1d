/** Golden bytes of fetched snapshots, from spec/vectors/snapshot.json; they never change, they are added to. */
import { readFileSync } from 'node:fs';
import { hash } from '@atoll/crypto';
import { fromHex, toHex } from '@atoll/kernel';
import { expect, test } from 'vitest';
import { RadixTree } from '../radix-tree.ts';
import { pack, unpack } from './packed.ts';
import type { ChunkRow } from './row-chunk.ts';
import {
  decodeRequest,
  decodeSubtree,
  encodeChanges,
  encodeNode,
  encodeRequest,
  encodeRows,
  type SnapshotRequest,
} from './transfer-codec.ts';

interface VectorRow {
  readonly id: string;
  readonly type: number;
  readonly block: number;
  readonly op: number;
  readonly payload: string;
  readonly state?: string;
}

interface Vectors {
  readonly key: string;
  readonly trees: readonly {
    readonly rows: number;
    readonly root: string;
    readonly subtrees: readonly {
      readonly path: readonly number[];
      readonly hash: string;
      readonly rows: number;
    }[];
  }[];
  readonly requests: readonly {
    readonly request: SnapshotRequest & { readonly have?: unknown };
    readonly bytes: string;
  }[];
  readonly rows: { readonly rows: readonly VectorRow[]; readonly bytes: string };
  readonly changes: {
    readonly same: readonly number[];
    readonly others: readonly VectorRow[];
    readonly bytes: string;
  };
  readonly packed: readonly { readonly plain: string; readonly packed: string }[];
  readonly node: { readonly hashes: readonly string[]; readonly bytes: string };
}

const FILE = new URL('../../../../spec/vectors/snapshot.json', import.meta.url);
const vectors = JSON.parse(readFileSync(FILE, 'utf8')) as Vectors;

function bytesOf(hex: string): Uint8Array {
  return fromHex(hex) ?? new Uint8Array(0);
}

test.each(vectors.trees)('a tree of $rows rows has these hashes', ({ rows, root, subtrees }) => {
  const number = (row: number): Uint8Array => Uint8Array.of(row & 255, row >> 8);
  const ids = Array.from({ length: rows }, (_, row) =>
    hash('vector-id', number(row)).subarray(0, 16),
  );
  const tree = new RadixTree(bytesOf(vectors.key), {
    idByte: (row, at) => ids[row]?.[at] as number,
    idBytes: (row) => ids[row] as Uint8Array,
    hash: (row) => hash('vector-row', number(row)),
  });
  for (let row = 0; row < rows; row++) tree.set(row);
  expect(toHex(tree.root())).toBe(root);
  for (const subtree of subtrees) {
    expect(toHex(tree.hashAt(subtree.path))).toBe(subtree.hash);
    expect(tree.rowsAt(subtree.path)).toHaveLength(subtree.rows);
  }
});

function rowOf({ id, payload, state, ...row }: VectorRow): ChunkRow {
  return {
    ...row,
    id: bytesOf(id),
    payload: bytesOf(payload),
    state: state === undefined ? undefined : bytesOf(state),
  };
}

test('requests have these bytes', () => {
  for (const { request: written, bytes } of vectors.requests) {
    const isNamed = written.at === 'tree' && typeof written.have === 'string';
    const request = (
      isNamed ? { ...written, have: bytesOf(String(written.have)) } : written
    ) as SnapshotRequest;
    expect(toHex(encodeRequest(request))).toBe(bytes);
    expect(decodeRequest(bytesOf(bytes))).toEqual(request);
  }
});

test('answers about subtrees have these bytes', () => {
  const rows = vectors.rows.rows.map(rowOf);
  expect(toHex(encodeRows(rows))).toBe(vectors.rows.bytes);
  expect(decodeSubtree(bytesOf(vectors.rows.bytes))).toEqual({ kind: 'rows', rows });
  const { same } = vectors.changes;
  const others = vectors.changes.others.map(rowOf);
  expect(toHex(encodeChanges({ same, others }))).toBe(vectors.changes.bytes);
  const changes = { kind: 'changes', same, others };
  expect(decodeSubtree(bytesOf(vectors.changes.bytes))).toEqual(changes);
  const hashes = vectors.node.hashes.map(bytesOf);
  expect(toHex(encodeNode(hashes))).toBe(vectors.node.bytes);
  expect(decodeSubtree(bytesOf(vectors.node.bytes))).toMatchObject({ kind: 'node' });
});

test('answers that are too short to be deflated are packed as they are', () => {
  for (const { packed, plain } of vectors.packed) {
    expect(toHex(pack(bytesOf(plain)))).toBe(packed);
    expect(toHex(unpack(bytesOf(packed)))).toBe(plain);
  }
});
