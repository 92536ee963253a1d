/**
 * Merkle radix tree over rows: object id (16 bytes) → hash of the canonical row. 16-way by the id's half
 * bytes, subtrees of at most 64 rows are one bucket, so its shape follows from the set of ids alone. Hashes
 * are keyed, made when asked for, and made again only on the way to what has changed.
 */
import { Reader, Writer } from '@atoll/codec';
import { keyedHash } from '@atoll/crypto';

/** Rows of a bucket: above it, it becomes a node of sixteen. */
export const BUCKET_MAX = 64;
/** Children of a node. */
export const WAYS = 16;
/** Bytes of a hash. */
export const HASH_BYTES = 32;
/** Bytes of an id. */
export const ID_BYTES = 16;
/** An id and the hash that stands for its row. */
export const ENTRY_BYTES: number = ID_BYTES + HASH_BYTES;
/**
 * Entries that are kept after hashing, so that a change in their bucket costs one row's hash instead of up
 * to 64: those of some 350,000 rows.
 */
const KEPT_BYTES_MAX: number = 16 * 1024 * 1024;

const EMPTY: Uint8Array = new Uint8Array(HASH_BYTES);
const TAG_NODE = 'state-node';
const TAG_BUCKET = 'state-bucket';

/** Where the tree finds ids and hashes of the rows that it is over. */
export interface Leaves {
  /** One byte of a row's id. */
  idByte(row: number, at: number): number;
  /** Id of a row; a view. */
  idBytes(row: number): Uint8Array;
  /** Hash of the canonical row, 32 bytes. */
  hash(row: number): Uint8Array;
}

/** Rows of one prefix, ascending by id. */
interface Bucket {
  readonly rows: number[];
  /** What the hash is over, while it is kept. */
  entries: Uint8Array<ArrayBuffer> | undefined;
  hash: Uint8Array | undefined;
}

interface Node {
  readonly ways: (Subtree | undefined)[];
  count: number;
  hash: Uint8Array | undefined;
}

type Subtree = Bucket | Node;

/** A subtree as it is shown to others. */
export type SubtreeView =
  | { readonly kind: 'bucket'; readonly rows: readonly number[]; readonly count: number }
  /** Sixteen hashes; all zeros where there is nothing. */
  | { readonly kind: 'node'; readonly hashes: readonly Uint8Array[]; readonly count: number };

/** A keyed tree of hashes. */
export class RadixTree {
  readonly #key: Uint8Array;
  readonly #leaves: Leaves;
  #root: Subtree = emptyBucket();
  #keptBytes = 0;

  constructor(key: Uint8Array, leaves: Leaves) {
    this.#key = key.slice();
    this.#leaves = leaves;
  }

  /** Rows in the tree. */
  get size(): number {
    return sizeOf(this.#root);
  }

  /**
   * Makes the tree of many rows at once; their ids are distinct. With `depth`, the subtree at so many half
   * bytes, which all ids share: its root is the subtree's hash.
   */
  fill(rows: Int32Array, depth = 0): void {
    this.#keptBytes = 0;
    this.#root = this.#split(rows, depth);
  }

  /** The same, pausing where it yields; it is to be run to its end, and its rows must not change meanwhile. */
  *filling(rows: Int32Array): Generator<void> {
    this.#keptBytes = 0;
    if (rows.length <= BUCKET_MAX) return this.fill(rows);
    const root = nodeOf(rows.length);
    for (const [way, part] of this.#parted(rows, 0).entries()) {
      if (part === undefined) continue;
      if (part.length <= BUCKET_MAX) {
        root.ways[way] = this.#split(part, 1);
        continue;
      }
      const node = nodeOf(part.length);
      for (const [next, few] of this.#parted(part, 1).entries()) {
        if (few !== undefined) node.ways[next] = this.#split(few, 2);
        yield;
      }
      root.ways[way] = node;
    }
    this.#root = root;
  }

  /** Enters a row, or notes that its hash is another. */
  set(row: number): void {
    this.#root = this.#insert(this.#root, row, 0).tree;
  }

  /** Takes a row out, if it is there. */
  delete(row: number): void {
    this.#root = this.#remove(this.#root, row, 0).tree;
  }

  /** The root; all zeros for an empty tree. */
  root(): Uint8Array {
    return this.#hashOf(this.#root).slice();
  }

  /** The subtree behind half bytes, or `undefined` where there is none. */
  subtree(path: readonly number[]): SubtreeView | undefined {
    const tree = this.#at(path);
    if (tree === undefined) return undefined;
    if (!('ways' in tree)) return { kind: 'bucket', rows: tree.rows, count: tree.rows.length };
    const { count, ways } = tree;
    const hashes = Array.from({ length: WAYS }, (_, way) => {
      const child = ways[way];
      return child === undefined ? EMPTY : this.#hashOf(child);
    });
    return { kind: 'node', hashes, count };
  }

  /** Rows behind half bytes, ascending by id. */
  rowsAt(path: readonly number[]): number[] {
    const tree = this.#at(path);
    return tree === undefined ? [] : rowsOf(tree);
  }

  /** Hash of the subtree behind half bytes; all zeros where there is none. */
  hashAt(path: readonly number[]): Uint8Array {
    const tree = this.#at(path);
    return tree === undefined ? EMPTY : this.#hashOf(tree);
  }

  /** All hashes in the order of the tree, for {@link RadixTree.restoreHashes} on a tree of the same rows. */
  hashes(): Uint8Array<ArrayBuffer> {
    this.root();
    const writer = new Writer(this.size + ENTRY_BYTES);
    writeHashes(writer, this.#root);
    return writer.finish();
  }

  /** Enters the hashes of a tree of the same rows. @throws CodecError when it cannot have been one. */
  restoreHashes(bytes: Uint8Array): void {
    const reader = new Reader(bytes);
    readHashes(reader, this.#root);
    reader.end();
  }

  #at(path: readonly number[]): Subtree | undefined {
    let tree: Subtree | undefined = this.#root;
    for (const way of path) {
      if (tree === undefined || !('ways' in tree)) return undefined;
      tree = tree.ways[way];
    }
    return tree;
  }

  #insert(tree: Subtree, row: number, depth: number): { tree: Subtree; added: boolean } {
    tree.hash = undefined;
    if ('ways' in tree) {
      const way = this.#wayOf(row, depth);
      const inserted = this.#insert(tree.ways[way] ?? emptyBucket(), row, depth + 1);
      tree.ways[way] = inserted.tree;
      if (inserted.added) tree.count++;
      return { tree, added: inserted.added };
    }
    const at = this.#placeOf(tree.rows, row);
    if (tree.rows[at] === row) {
      tree.entries?.set(this.#leaves.hash(row), at * ENTRY_BYTES + ID_BYTES);
      return { tree, added: false };
    }
    this.#forget(tree);
    tree.rows.splice(at, 0, row);
    if (tree.rows.length <= BUCKET_MAX) return { tree, added: true };
    return { tree: this.#split(Int32Array.from(tree.rows), depth), added: true };
  }

  #remove(tree: Subtree, row: number, depth: number): { tree: Subtree; removed: boolean } {
    if ('ways' in tree) {
      const way = this.#wayOf(row, depth);
      const child = tree.ways[way];
      if (child === undefined) return { tree, removed: false };
      const { tree: rest, removed } = this.#remove(child, row, depth + 1);
      if (!removed) return { tree, removed: false };
      tree.hash = undefined;
      tree.count--;
      tree.ways[way] = sizeOf(rest) === 0 ? undefined : rest;
      if (tree.count > BUCKET_MAX) return { tree, removed: true };
      const rows = this.#collect(tree);
      return { tree: { rows, entries: undefined, hash: undefined }, removed: true };
    }
    const at = this.#placeOf(tree.rows, row);
    if (tree.rows[at] !== row) return { tree, removed: false };
    this.#forget(tree);
    tree.rows.splice(at, 1);
    tree.hash = undefined;
    return { tree, removed: true };
  }

  /** Distinct ids differ within 32 half bytes, so that the depth is bounded. */
  #split(rows: Int32Array, depth: number): Subtree {
    if (rows.length <= BUCKET_MAX) {
      return { rows: this.#sorted(rows), entries: undefined, hash: undefined };
    }
    const node = nodeOf(rows.length);
    for (const [way, part] of this.#parted(rows, depth).entries()) {
      if (part !== undefined) node.ways[way] = this.#split(part, depth + 1);
    }
    return node;
  }

  /** Rows by their half byte at a depth. */
  #parted(rows: Int32Array, depth: number): (Int32Array | undefined)[] {
    const ends = new Int32Array(WAYS);
    for (const row of rows) (ends[this.#wayOf(row, depth)] as number)++;
    for (let way = 1; way < WAYS; way++)
      ends[way] = (ends[way] as number) + (ends[way - 1] as number);
    const starts = ends.map((_, way) => (way === 0 ? 0 : (ends[way - 1] as number)));
    const parted = new Int32Array(rows.length);
    for (const row of rows) parted[(starts[this.#wayOf(row, depth)] as number)++] = row;
    const parts: (Int32Array | undefined)[] = [];
    let from = 0;
    for (let way = 0; way < WAYS; way++) {
      const to = ends[way] as number;
      parts.push(to > from ? parted.subarray(from, to) : undefined);
      from = to;
    }
    return parts;
  }

  /** Insertion sort: at most 64, and a comparison costs less than a call. */
  #sorted(rows: Int32Array): number[] {
    const sorted: number[] = [];
    for (const row of rows) {
      let at = sorted.length;
      while (at > 0 && this.#compare(sorted[at - 1] as number, row) > 0) {
        sorted[at] = sorted[at - 1] as number;
        at--;
      }
      sorted[at] = row;
    }
    return sorted;
  }

  #hashOf(tree: Subtree): Uint8Array {
    if (tree.hash !== undefined) return tree.hash;
    if ('ways' in tree) {
      const bytes = new Uint8Array(WAYS * HASH_BYTES);
      for (let way = 0; way < WAYS; way++) {
        const child = tree.ways[way];
        if (child !== undefined) bytes.set(this.#hashOf(child), way * HASH_BYTES);
      }
      tree.hash = nodeHash(this.#key, bytes);
    } else if (tree.rows.length === 0) {
      tree.hash = EMPTY;
    } else {
      tree.hash = bucketHash(this.#key, this.#entriesOf(tree));
    }
    return tree.hash;
  }

  #entriesOf(bucket: Bucket): Uint8Array {
    if (bucket.entries !== undefined) return bucket.entries;
    const bytes = new Uint8Array(bucket.rows.length * ENTRY_BYTES);
    bucket.rows.forEach((row, at) => {
      bytes.set(this.#leaves.idBytes(row), at * ENTRY_BYTES);
      bytes.set(this.#leaves.hash(row), at * ENTRY_BYTES + ID_BYTES);
    });
    if (this.#keptBytes + bytes.length <= KEPT_BYTES_MAX) {
      this.#keptBytes += bytes.length;
      bucket.entries = bytes;
    }
    return bytes;
  }

  #forget(bucket: Bucket): void {
    this.#keptBytes -= bucket.entries?.length ?? 0;
    bucket.entries = undefined;
  }

  /** Rows of a subtree, ascending by id; their buckets are given up. */
  #collect(tree: Subtree): number[] {
    if ('ways' in tree) {
      return tree.ways.flatMap((child) => (child === undefined ? [] : this.#collect(child)));
    }
    this.#forget(tree);
    return tree.rows;
  }

  #placeOf(rows: readonly number[], row: number): number {
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#compare(rows[middle] as number, row) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #wayOf(row: number, depth: number): number {
    const byte = this.#leaves.idByte(row, depth >> 1);
    return depth % 2 === 0 ? byte >> 4 : byte & 15;
  }

  #compare(a: number, b: number): number {
    for (let at = 0; at < ID_BYTES; at++) {
      const difference = this.#leaves.idByte(a, at) - this.#leaves.idByte(b, at);
      if (difference !== 0) return difference;
    }
    return 0;
  }
}

/** Hash of a node over the hashes of its sixteen children, all zeros where there is none. */
export function nodeHash(key: Uint8Array, hashes: Uint8Array): Uint8Array<ArrayBuffer> {
  return keyedHash(key, TAG_NODE, hashes);
}

/** Hash of a bucket over its entries, ascending by id; all zeros for an empty one. */
function bucketHash(key: Uint8Array, entries: Uint8Array): Uint8Array {
  return entries.length === 0 ? EMPTY : keyedHash(key, TAG_BUCKET, entries);
}

function nodeOf(count: number): Node {
  return { ways: new Array(WAYS), count, hash: undefined };
}

function emptyBucket(): Bucket {
  return { rows: [], entries: undefined, hash: undefined };
}

function sizeOf(tree: Subtree): number {
  return 'ways' in tree ? tree.count : tree.rows.length;
}

function rowsOf(tree: Subtree): number[] {
  if (!('ways' in tree)) return tree.rows;
  return tree.ways.flatMap((child) => (child === undefined ? [] : rowsOf(child)));
}

function writeHashes(writer: Writer, tree: Subtree): void {
  writer.raw(tree.hash ?? EMPTY);
  if (!('ways' in tree)) return;
  for (const child of tree.ways) if (child !== undefined) writeHashes(writer, child);
}

function readHashes(reader: Reader, tree: Subtree): void {
  tree.hash = reader.take(HASH_BYTES);
  if (!('ways' in tree)) return;
  for (const child of tree.ways) if (child !== undefined) readHashes(reader, child);
}
