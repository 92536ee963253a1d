/** Golden bytes of fetched snapshots, from spec/vectors/snapshot.json; they never change, they are added to. */
import { readFileSync } from 'node:fs';
import { hash } from '@atoll/crypto';
import { fromHex, toHex } from '@atoll/kernel';
import { expect, test } from 'vitest';
import { RadixTree } from '../radix-tree.ts';
import {
  decodeRequest,
  decodeSubtree,
  encodeNode,
  encodeRequest,
  encodeRows,
  type SnapshotRequest,
} from './transfer-codec.ts';

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
  readonly requests: readonly { readonly request: SnapshotRequest; readonly bytes: string }[];
  readonly rows: {
    readonly rows: readonly {
      readonly id: string;
      readonly type: number;
      readonly block: number;
      readonly op: number;
      readonly payload: string;
      readonly state?: string;
    }[];
    readonly bytes: string;
  };
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

test('requests have these bytes', () => {
  for (const { request, bytes } of vectors.requests) {
    expect(toHex(encodeRequest(request))).toBe(bytes);
    expect(decodeRequest(bytesOf(bytes))).toEqual(request);
  }
});

test('answers about subtrees have these bytes', () => {
  const rows = vectors.rows.rows.map(({ id, payload, state, ...row }) => ({
    ...row,
    id: bytesOf(id),
    payload: bytesOf(payload),
    state: state === undefined ? undefined : bytesOf(state),
  }));
  expect(toHex(encodeRows(rows))).toBe(vectors.rows.bytes);
  expect(decodeSubtree(bytesOf(vectors.rows.bytes))).toEqual({ kind: 'rows', rows });
  const hashes = vectors.node.hashes.map(bytesOf);
  expect(toHex(encodeNode(hashes))).toBe(vectors.node.bytes);
  expect(decodeSubtree(bytesOf(vectors.node.bytes))).toMatchObject({ kind: 'node' });
});
