/** Serves a state to peers, chunk by chunk: whoever knows its two roots can check each chunk at once. */
import { factsOf, orderPages, orderRoot } from '../epoch/order-pages.ts';
import type { RadixTree } from '../radix-tree.ts';
import { encodeBlockPage, PAGE_BLOCKS } from './block-page.ts';
import { encodeControlPage } from './control-page.ts';
import type { DetachedState } from './detached.ts';
import { ownNames, type StoreNames } from './field-stores.ts';
import { encodeHead } from './head.ts';
import { SnapshotError } from './snapshot-error.ts';
import { encodeState } from './stored-state.ts';
import {
  CHUNK_BYTES,
  CHUNK_ENTRIES,
  CHUNK_ROWS_MAX,
  encodeNode,
  encodeRows,
  type ChunkRow,
  type SnapshotRequest,
} from './transfer-codec.ts';

/** What both sides must know before: 32 bytes each. An epoch names them. */
export interface SnapshotRoots {
  /** Root of the rows, under the key of the zone. */
  readonly state: Uint8Array;
  /** Root of the order of the blocks and of the control sections. */
  readonly order: Uint8Array;
}

/** The numbers that stand for what a row names. */
export interface RowNumbers extends StoreNames {
  type(no: number): number;
}

/** A state that must not change while it is served. */
export class SnapshotSource {
  readonly #state: Omit<DetachedState, 'scratch'>;
  readonly #tree: RadixTree;
  readonly #own: RowNumbers;

  /** `key`: that of the zone's state root. */
  constructor(state: Omit<DetachedState, 'scratch'>, key: Uint8Array) {
    this.#state = state;
    this.#tree = state.tree.tree(key);
    this.#own = { ...ownNames(state.fold.blocks), type: (no) => no };
  }

  /** Roots of what is served. */
  roots(): SnapshotRoots {
    return { state: this.#tree.root(), order: orderRootOf(this.#state) };
  }

  /** Hash of a subtree, all zeros where there is none. */
  hashAt(path: readonly number[]): Uint8Array {
    return this.#tree.hashAt(path);
  }

  /** Answers a question. @throws SnapshotError `SNAPSHOT_MISSING` for what is not here or cannot be served. */
  answer(request: SnapshotRequest): Uint8Array<ArrayBuffer> {
    switch (request.at) {
      case 'outline':
        return this.#outline();
      case 'blocks':
        return this.#blocks(request.page);
      case 'control':
        return this.#control(request.page);
      case 'tree':
        return this.#subtree(request.path);
    }
  }

  /** Rows behind half bytes, as they travel, in these numbers. @throws SnapshotError `SNAPSHOT_MISSING`. */
  rowsAt(path: readonly number[], as: RowNumbers = this.#own): ChunkRow[] {
    const { fold } = this.#state;
    return this.#tree.rowsAt(path).map((row) => {
      const state = fold.glance(row);
      const bytes = state === undefined ? undefined : encodeState(state, as, as === this.#own);
      if (state !== undefined && bytes === undefined) throw missing('a row needs its blocks');
      return {
        id: fold.rows.idBytes(row).slice(),
        type: as.type(fold.rows.type(row)),
        block: as.block(fold.rows.block(row)),
        op: fold.rows.op(row),
        payload: fold.rows.payload(row).slice(),
        state: bytes,
      };
    });
  }

  /** The state that is served. */
  get state(): Omit<DetachedState, 'scratch'> {
    return this.#state;
  }

  #outline(): Uint8Array<ArrayBuffer> {
    const { control, fold, index } = this.#state;
    const { branches } = index;
    return encodeHead({
      position: control.length,
      logEnd: undefined,
      blocks: branches.blockCount,
      base: branches.blockCount,
      rows: this.#tree.size,
      pages: [],
      branches: Array.from({ length: branches.branchCount }, (_, branch) => ({
        feed: branches.branchFeed(branch),
        parent: branches.branchParent(branch),
        fork: branches.branchFork(branch),
      })),
      types: fold.types.all().map(({ compiled, publishedIn }) => ({
        bytes: compiled.bytes,
        publishedIn: [...publishedIn],
      })),
      voidBlocks: fold.blocks.voids(),
      voidRows: [],
      forgedRows: [],
      collectedRows: [],
      epoch: undefined,
      pending: [],
      missingKeys: [],
    });
  }

  #blocks(page: number): Uint8Array<ArrayBuffer> {
    const { index } = this.#state;
    const { blockCount } = index.branches;
    const from = page * PAGE_BLOCKS;
    if (from >= blockCount) throw missing('there is no such page');
    const to = Math.min(blockCount, from + PAGE_BLOCKS);
    return encodeBlockPage({ index, log: index.branches, base: blockCount }, from, to).bytes;
  }

  #control(page: number): Uint8Array<ArrayBuffer> {
    const from = page * CHUNK_ENTRIES;
    const entries = this.#state.control.slice(from, from + CHUNK_ENTRIES);
    if (entries.length === 0) throw missing('there is no such page');
    return encodeControlPage(entries);
  }

  #subtree(path: readonly number[]): Uint8Array<ArrayBuffer> {
    const found = this.#tree.subtree(path);
    if (found === undefined) throw missing('there is no such subtree');
    if (found.kind === 'node' && found.count > CHUNK_ROWS_MAX) return encodeNode(found.hashes);
    const bytes = encodeRows(this.rowsAt(path));
    if (found.kind === 'node' && bytes.length > CHUNK_BYTES) return encodeNode(found.hashes);
    return bytes;
  }
}

/** Root over the order of all blocks of a state and their control sections. */
export function orderRootOf({
  control,
  fold,
  index,
}: Pick<DetachedState, 'control' | 'fold' | 'index'>): Uint8Array<ArrayBuffer> {
  const blocks = Array.from({ length: index.branches.blockCount }, (_, no) => no);
  blocks.sort((a, b) => index.compare(a, b));
  return orderRoot(orderPages({ index, control, blocks, facts: factsOf(fold) }));
}

function missing(what: string): SnapshotError {
  return new SnapshotError('SNAPSHOT_MISSING', what);
}
