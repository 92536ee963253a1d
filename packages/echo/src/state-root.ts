/**
 * Root of a zone's state: a radix tree over object ids whose leaves are hashes of canonical rows. Only a
 * function of the rows; hashed lazily, and again only where something changed.
 */
import { hash } from '@atoll/crypto';
import { canonicalRow } from './canonical-row.ts';
import type { Fold } from './fold.ts';
import { RadixTree, type Entry } from './radix-tree.ts';

/** Keeps the tree beside the rows. */
export class StateRoot {
  readonly #fold: Fold;
  readonly #changed = new Set<number>();
  #tree: RadixTree | undefined;
  #key: Uint8Array | undefined;

  constructor(fold: Fold) {
    this.#fold = fold;
  }

  /** Notes that a row must be hashed again. */
  changed(row: number): void {
    if (this.#tree !== undefined) this.#changed.add(row);
  }

  /** The root under a key of the zone. */
  compute(key: Uint8Array): Uint8Array {
    const same = this.#key?.every((byte, at) => byte === key[at]) === true;
    if (this.#tree === undefined || !same) {
      this.#key = key.slice();
      this.#tree = this.#build(this.#key);
    }
    const { rows } = this.#fold;
    for (const row of this.#changed) {
      const id = rows.idBytes(row).slice();
      if (rows.isVoid(row)) this.#tree.delete(id);
      else this.#tree.set(id, this.#hashOf(row));
    }
    this.#changed.clear();
    return this.#tree.root();
  }

  #build(key: Uint8Array): RadixTree {
    const { rows } = this.#fold;
    const tree = new RadixTree(key);
    const entries: Entry[] = [];
    for (let row = 0; row < rows.count; row++) {
      if (rows.isVoid(row)) continue;
      entries.push({ id: rows.idBytes(row).slice(), hash: this.#hashOf(row) });
    }
    tree.fill(entries);
    this.#changed.clear();
    return tree;
  }

  #hashOf(row: number): Uint8Array {
    return hash('row', canonicalRow(this.#fold, row));
  }
}
