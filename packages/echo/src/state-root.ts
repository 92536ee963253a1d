/**
 * Root of a zone's state, or of what all members read: a radix tree over object ids whose leaves are hashes of canonical rows. Only a
 * function of the rows; hashed lazily, and again only where something changed. The hashes of a snapshot are
 * taken over: then nothing is hashed until a row changes.
 */
import { hash } from '@atoll/crypto';
import { equalBytes, type ZoneId } from '@atoll/kernel';
import { canonicalRow } from './canonical-row.ts';
import type { Fold } from './fold.ts';
import { RadixTree, WAYS } from './radix-tree.ts';

/** Hashes of a tree, of which rows it is, and under which key. */
export interface StoredRoot {
  readonly key: Uint8Array;
  readonly root: Uint8Array;
  /** What {@link RadixTree.hashes} gave. */
  readonly hashes: Uint8Array;
  /** All rows below this number but the void ones, and those of other zones. */
  readonly rows: number;
  readonly voidRows: readonly number[];
}

/** Rows that are hashed, or entered, between two questions whether others should have a turn. */
const ROWS_A_TURN = 64;

/** Keeps the tree beside the rows. */
export class StateRoot {
  readonly #fold: Fold;
  readonly #zone: ZoneId | undefined;
  readonly #changed = new Set<number>();
  #tree: RadixTree | undefined;
  #key: Uint8Array | undefined;
  #stored: StoredRoot | undefined;
  #hashed = 0;

  /** Without a zone, of the rows that are in no closed one. */
  constructor(fold: Fold, zone?: ZoneId) {
    this.#fold = fold;
    this.#zone = zone;
  }

  /** Notes that a row must be hashed again. */
  changed(row: number): void {
    if (this.#key !== undefined) this.#changed.add(row);
  }

  /** Rows that are to be hashed again before the root is known; `undefined` if no root was ever asked for. */
  get behind(): number | undefined {
    return this.#key === undefined ? undefined : this.#changed.size;
  }

  /** The root under a key of the zone. */
  compute(key: Uint8Array): Uint8Array {
    this.#use(key);
    if (this.#stored !== undefined && this.#changed.size === 0) return this.#stored.root.slice();
    return this.#current().root();
  }

  /**
   * Hashes what has to be before {@link StateRoot.compute} answers at once, while others get their turns. The
   * rows must not change meanwhile.
   */
  async settle(key: Uint8Array, turn: () => Promise<void>): Promise<void> {
    this.#use(key);
    if (this.#stored !== undefined && this.#changed.size === 0) return;
    const tree = this.#tree ?? (await this.#buildInTurns(turn));
    this.#tree = tree;
    let since = this.#hashed;
    let entered = 0;
    for (const row of this.#changed) {
      this.#changed.delete(row);
      this.#put(tree, row);
      if (++entered % ROWS_A_TURN === 0) await turn();
    }
    for (let path = 0; path < WAYS * WAYS; path++) {
      tree.hashAt([Math.floor(path / WAYS), path % WAYS]);
      if (this.#hashed - since < ROWS_A_TURN) continue;
      since = this.#hashed;
      await turn();
    }
    tree.root();
  }

  /** Rows that were hashed so far: what it took. */
  get hashed(): number {
    return this.#hashed;
  }

  /** The tree under a key, as it is now. Valid until a row changes. */
  tree(key: Uint8Array): RadixTree {
    this.#use(key);
    return this.#current();
  }

  /** The tree under a key, made while others get their turns. The rows must not change meanwhile. */
  async treeInTurns(key: Uint8Array, turn: () => Promise<void>): Promise<RadixTree> {
    this.#use(key);
    this.#tree ??= await this.#buildInTurns(turn);
    return this.#current();
  }

  /** Takes over the hashes of a snapshot; once, before anything has changed. */
  restore(stored: StoredRoot): void {
    this.#stored = stored;
    this.#key = stored.key;
  }

  /** What a snapshot keeps, if a root was ever asked for. */
  stored(): StoredRoot | undefined {
    if (this.#key === undefined) return undefined;
    if (this.#stored !== undefined && this.#changed.size === 0) return this.#stored;
    const tree = this.#current();
    const { rows } = this.#fold;
    const voidRows: number[] = [];
    for (let row = 0; row < rows.count; row++) if (this.#isLeftOut(row)) voidRows.push(row);
    const hashes = tree.hashes();
    return { key: this.#key, root: tree.root(), hashes, rows: rows.count, voidRows };
  }

  #use(key: Uint8Array): void {
    if (this.#key !== undefined && equalBytes(this.#key, key)) return;
    this.#key = key.slice();
    this.#tree = undefined;
    this.#stored = undefined;
    this.#changed.clear();
  }

  /** The tree as of now. */
  #current(): RadixTree {
    const tree = (this.#tree ??= this.#build());
    for (const row of this.#changed) this.#put(tree, row);
    this.#changed.clear();
    return tree;
  }

  #put(tree: RadixTree, row: number): void {
    if (this.#isLeftOut(row)) tree.delete(row);
    else tree.set(row);
  }

  #isLeftOut(row: number): boolean {
    return this.#fold.rows.isVoid(row) || this.#fold.zoneOf(row) !== this.#zone;
  }

  async #buildInTurns(turn: () => Promise<void>): Promise<RadixTree> {
    const steps = this.#building();
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done === true) return step.value;
      await turn();
    }
  }

  #build(): RadixTree {
    const steps = this.#building();
    for (let step = steps.next(); ; step = steps.next()) if (step.done === true) return step.value;
  }

  *#building(): Generator<void, RadixTree> {
    const { rows } = this.#fold;
    const tree = new RadixTree(this.#key as Uint8Array, {
      idByte: (row, at) => rows.idByte(row, at),
      idBytes: (row) => rows.idBytes(row),
      hash: (row) => {
        this.#hashed++;
        return rowHash(this.#fold, row);
      },
    });
    const stored = this.#stored;
    this.#stored = undefined;
    if (stored === undefined) {
      yield* tree.filling(rowsBut(rows.count, (row) => this.#isLeftOut(row)));
      this.#changed.clear();
      return tree;
    }
    const voidRows = new Set(stored.voidRows);
    yield* tree.filling(rowsBut(stored.rows, (row) => voidRows.has(row)));
    yield;
    tree.restoreHashes(stored.hashes);
    return tree;
  }
}

/** Hash of a row, 32 bytes: what the tree holds of it. */
export function rowHash(fold: Fold, row: number): Uint8Array<ArrayBuffer> {
  return hash('row', canonicalRow(fold, row));
}

function rowsBut(count: number, isLeftOut: (row: number) => boolean): Int32Array {
  const rows = new Int32Array(count);
  let size = 0;
  for (let row = 0; row < count; row++) if (!isLeftOut(row)) rows[size++] = row;
  return rows.subarray(0, size);
}
