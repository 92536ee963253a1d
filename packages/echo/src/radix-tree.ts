/**
 * Hash tree over (16-byte id → 32-byte hash): 16-way by the id's half bytes, subtrees of at most 64 entries
 * are one bucket. Its shape follows from the set of ids alone; hashes are keyed.
 */
import { keyedHash } from '@atoll/crypto';
import { compareBytes } from '@atoll/kernel';

/** Entries of a bucket: above it, it becomes a node of sixteen. */
const BUCKET_MAX = 64;
const WAYS = 16;
const HASH_BYTES = 32;
const ID_BYTES = 16;

/** An id and what it stands for. */
export interface Entry {
  readonly id: Uint8Array;
  hash: Uint8Array;
}

interface Bucket {
  readonly entries: Entry[];
  hash: Uint8Array | undefined;
}

interface Node {
  readonly ways: (Subtree | undefined)[];
  count: number;
  hash: Uint8Array | undefined;
}

type Subtree = Bucket | Node;

const EMPTY: Uint8Array = new Uint8Array(HASH_BYTES);

/** A keyed tree of hashes. */
export class RadixTree {
  readonly #key: Uint8Array;
  #root: Subtree = { entries: [], hash: undefined };

  constructor(key: Uint8Array) {
    this.#key = key.slice();
  }

  /** Makes the tree of many entries at once; ids are distinct. */
  fill(entries: readonly Entry[]): void {
    this.#root = this.#split(entries, 0);
  }

  /** Enters an id or replaces its hash. */
  set(id: Uint8Array, hash: Uint8Array): void {
    this.#root = this.#insert(this.#root, { id, hash }, 0).tree;
  }

  /** Takes an id out, if it is there. */
  delete(id: Uint8Array): void {
    this.#root = this.#remove(this.#root, id, 0).tree;
  }

  /** The root; all zeros for an empty tree. */
  root(): Uint8Array {
    return this.#hashOf(this.#root).slice();
  }

  #insert(tree: Subtree, entry: Entry, depth: number): { tree: Subtree; added: boolean } {
    tree.hash = undefined;
    if ('ways' in tree) {
      const way = wayOf(entry.id, depth);
      const child = tree.ways[way] ?? { entries: [], hash: undefined };
      const inserted = this.#insert(child, entry, depth + 1);
      tree.ways[way] = inserted.tree;
      if (inserted.added) tree.count++;
      return { tree, added: inserted.added };
    }
    const at = placeOf(tree.entries, entry.id);
    const known = tree.entries[at];
    if (known !== undefined && compareBytes(known.id, entry.id) === 0) {
      known.hash = entry.hash;
      return { tree, added: false };
    }
    tree.entries.splice(at, 0, entry);
    if (tree.entries.length <= BUCKET_MAX) return { tree, added: true };
    return { tree: this.#split(tree.entries, depth), added: true };
  }

  /** Distinct ids differ within 32 half bytes, so that the depth is bounded. */
  #split(entries: readonly Entry[], depth: number): Subtree {
    if (entries.length <= BUCKET_MAX) {
      const sorted = [...entries].sort((a, b) => compareBytes(a.id, b.id));
      return { entries: sorted, hash: undefined };
    }
    const parts: Entry[][] = Array.from({ length: WAYS }, () => []);
    for (const entry of entries) parts[wayOf(entry.id, depth)]?.push(entry);
    const node: Node = { ways: new Array(WAYS), count: entries.length, hash: undefined };
    parts.forEach((part, way) => {
      if (part.length > 0) node.ways[way] = this.#split(part, depth + 1);
    });
    return node;
  }

  #remove(tree: Subtree, id: Uint8Array, depth: number): { tree: Subtree; removed: boolean } {
    if ('ways' in tree) {
      const way = wayOf(id, depth);
      const child = tree.ways[way];
      if (child === undefined) return { tree, removed: false };
      const { tree: rest, removed } = this.#remove(child, id, depth + 1);
      if (!removed) return { tree, removed: false };
      tree.hash = undefined;
      tree.count--;
      tree.ways[way] = sizeOf(rest) === 0 ? undefined : rest;
      if (tree.count > BUCKET_MAX) return { tree, removed: true };
      return { tree: { entries: collect(tree), hash: undefined }, removed: true };
    }
    const at = placeOf(tree.entries, id);
    const known = tree.entries[at];
    if (known === undefined || compareBytes(known.id, id) !== 0) return { tree, removed: false };
    tree.entries.splice(at, 1);
    tree.hash = undefined;
    return { tree, removed: true };
  }

  #hashOf(tree: Subtree): Uint8Array {
    if (tree.hash !== undefined) return tree.hash;
    if ('ways' in tree) {
      const bytes = new Uint8Array(WAYS * HASH_BYTES);
      for (let way = 0; way < WAYS; way++) {
        const child = tree.ways[way];
        if (child !== undefined) bytes.set(this.#hashOf(child), way * HASH_BYTES);
      }
      tree.hash = keyedHash(this.#key, 'state-node', bytes);
    } else if (tree.entries.length === 0) {
      tree.hash = EMPTY;
    } else {
      const size = ID_BYTES + HASH_BYTES;
      const bytes = new Uint8Array(tree.entries.length * size);
      tree.entries.forEach((entry, at) => {
        bytes.set(entry.id, at * size);
        bytes.set(entry.hash, at * size + ID_BYTES);
      });
      tree.hash = keyedHash(this.#key, 'state-bucket', bytes);
    }
    return tree.hash;
  }
}

function wayOf(id: Uint8Array, depth: number): number {
  const byte = id[depth >> 1] as number;
  return depth % 2 === 0 ? byte >> 4 : byte & 15;
}

function sizeOf(tree: Subtree): number {
  return 'ways' in tree ? tree.count : tree.entries.length;
}

/** Entries of a subtree in ascending order of ids. */
function collect(tree: Subtree): Entry[] {
  if (!('ways' in tree)) return tree.entries;
  return tree.ways.flatMap((child) => (child === undefined ? [] : collect(child)));
}

function placeOf(entries: readonly Entry[], id: Uint8Array): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareBytes((entries[middle] as Entry).id, id) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
