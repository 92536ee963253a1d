/** Rows of an own older state in the numbers of one that is being fetched: they need not come. */
import { CHUNK_ROWS_MAX, NAME_BYTES, type ChunkRow } from './row-chunk.ts';
import { equalBytes } from '@atoll/kernel';
import type { DetachedState } from './detached.ts';
import { SnapshotError } from './snapshot-error.ts';
import type { RowNumbers, SnapshotSource } from './snapshot-source.ts';

/** Own rows behind half bytes, and the bytes that name them. */
export interface NamedRows {
  readonly names: Uint8Array;
  readonly rows: readonly ChunkRow[];
}

/** What one has of a state. */
export class OwnRows {
  readonly #own: SnapshotSource;
  readonly #numbers: RowNumbers;
  readonly #isPruned: boolean;

  /** `state`: that which is fetched, as far as it is here. */
  constructor(own: SnapshotSource, state: DetachedState, isPruned: boolean) {
    this.#own = own;
    this.#numbers = numbersIn(own, state);
    this.#isPruned = isPruned;
  }

  /** All rows of a subtree with this hash; `undefined` if it is another here. */
  equal(path: readonly number[], hash: Uint8Array): readonly ChunkRow[] | undefined {
    if (!equalBytes(this.#own.hashAt(path), hash)) return undefined;
    const rows: ChunkRow[] = [];
    for (const row of this.#own.numbersAt(path)) {
      const known = this.#row(row);
      if (known === undefined) return undefined;
      rows.push(known);
    }
    return rows;
  }

  /** Rows that may be in a subtree, unless they are too many to be named. */
  named(path: readonly number[]): NamedRows | undefined {
    const numbers = this.#own.numbersAt(path);
    if (numbers.length === 0 || numbers.length > CHUNK_ROWS_MAX) return undefined;
    const rows: ChunkRow[] = [];
    const names = new Uint8Array(numbers.length * NAME_BYTES);
    for (const row of numbers) {
      const known = this.#row(row);
      if (known === undefined) continue;
      names.set(this.#own.nameOf(row), rows.length * NAME_BYTES);
      rows.push(known);
    }
    return { names: names.subarray(0, rows.length * NAME_BYTES), rows };
  }

  /** `undefined` for a row for which the fetched state has no numbers. */
  #row(row: number): ChunkRow | undefined {
    try {
      return this.#own.row(row, this.#numbers, this.#isPruned);
    } catch (failure) {
      if (failure instanceof SnapshotError) return undefined;
      throw failure;
    }
  }
}

function numbersIn(own: SnapshotSource, state: DetachedState): RowNumbers {
  const { fold, index } = own.state;
  const { types } = state.fold;
  return {
    blocks: fold.blocks,
    block: (no) => known(state.index.branches.blockOf(index.branches.hashOf(no))),
    branch: (no) => {
      const [only, ...more] = state.index.branches.branchesOf(index.branches.branchFeed(no));
      return known(more.length === 0 ? only : undefined);
    },
    field: (no) => known(types.fieldNo(fold.types.fieldId(no))),
    type: (no) => known(types.byHash(fold.types.get(no).compiled.hash)?.no),
  };
}

function known(number: number | undefined): number {
  if (number !== undefined) return number;
  throw new SnapshotError('SNAPSHOT_MISSING', 'the fetched state has no number for it');
}
