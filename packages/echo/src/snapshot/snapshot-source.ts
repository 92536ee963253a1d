/** Serves a state to peers, chunk by chunk: whoever knows its two roots can check each chunk at once. */
import { factsOf, orderPages, orderRoot } from '../epoch/order-pages.ts';
import { ObjectState } from '../object-state.ts';
import type { RadixTree } from '../radix-tree.ts';
import { PAGE_BLOCKS } from './block-page.ts';
import { encodeControlPage } from './control-page.ts';
import type { DetachedState } from './detached.ts';
import { ownNames, type StoreNames } from './field-stores.ts';
import { branchesOf, encodeOutline } from './head.ts';
import { encodeOrderChunk } from './order-chunk.ts';
import { pack } from './packed.ts';
import { CHUNK_ROWS_MAX, NAME_BYTES, type ChunkRow } from './row-chunk.ts';
import { factsHash, factsTree, makeFactsTree } from './row-facts.ts';
import { SnapshotError } from './snapshot-error.ts';
import { encodeState } from './stored-state.ts';
import {
  CHUNK_BYTES,
  CHUNK_ENTRIES,
  encodeChanges,
  encodeNode,
  encodeRows,
  type SnapshotRequest,
} from './transfer-codec.ts';

/** What both sides must know before: 32 bytes each. An epoch names them. */
export interface SnapshotRoots {
  /** Root of the rows, under the key of the zone. */
  readonly state: Uint8Array;
  /** Root of the order of the blocks, of the control sections, and of what late writers are judged by. */
  readonly order: Uint8Array;
}

/** The numbers that stand for what a row names. */
export interface RowNumbers extends StoreNames {
  type(no: number): number;
}

/** A state that must not change while it is served. */
export class SnapshotSource {
  readonly #state: Omit<DetachedState, 'scratch'>;
  readonly #key: Uint8Array;
  /** Over rows and their facts: what is fetched by. */
  readonly #tree: RadixTree;
  readonly #own: RowNumbers;

  /** `key`: that of the zone's state root. `tree`: that of {@link makeFactsTree}, where it was made before. */
  constructor(
    state: Omit<DetachedState, 'scratch'>,
    key: Uint8Array,
    tree: RadixTree = factsTree(state, key),
  ) {
    this.#state = state;
    this.#key = key;
    this.#tree = tree;
    this.#own = { ...ownNames(state.fold.blocks), type: (no) => no };
  }

  /** The same, while others get their turns. */
  static async of(
    state: Omit<DetachedState, 'scratch'>,
    key: Uint8Array,
    turn: () => Promise<void>,
  ): Promise<SnapshotSource> {
    return new SnapshotSource(state, key, await makeFactsTree(state, key, turn));
  }

  /** Root of the rows. */
  get stateRoot(): Uint8Array {
    return this.#state.tree.compute(this.#key);
  }

  /** Roots of what is served. */
  roots(): SnapshotRoots {
    return { state: this.stateRoot, order: orderRootOf(this.#state, this.#tree.root()) };
  }

  /** Hash of a subtree, all zeros where there is none. */
  hashAt(path: readonly number[]): Uint8Array {
    return this.#tree.hashAt(path);
  }

  /** Numbers of the rows behind half bytes, ascending by id. */
  numbersAt(path: readonly number[]): readonly number[] {
    return this.#tree.rowsAt(path);
  }

  /** The bytes by which a row is named to who may have it, too. */
  nameOf(row: number): Uint8Array {
    return factsHash(this.#state.fold, row).subarray(0, NAME_BYTES);
  }

  /** Answers a question. @throws SnapshotError `SNAPSHOT_MISSING` for what is not here or cannot be served. */
  answer(request: SnapshotRequest): Uint8Array<ArrayBuffer> {
    switch (request.at) {
      case 'outline':
        return this.#outline();
      case 'blocks':
        return this.#blocks(request.page, request.have ?? []);
      case 'control':
        return this.#control(request.page);
      case 'tree':
        return this.#subtree(request.path, request.have);
    }
  }

  /** The answer as it travels. @throws SnapshotError `SNAPSHOT_MISSING`. */
  packed(request: SnapshotRequest): Uint8Array<ArrayBuffer> {
    return pack(this.answer(request));
  }

  /**
   * A row as it travels, in these numbers. `isPruned`: without the blocks that touched it. @throws
   * SnapshotError `SNAPSHOT_MISSING`; what the numbers throw.
   */
  row(row: number, as: RowNumbers = this.#own, isPruned = false): ChunkRow {
    const { fold } = this.#state;
    const seen = fold.glance(row);
    const state = seen !== undefined && isPruned ? bare(seen) : seen;
    const bytes =
      state === undefined ? undefined : encodeState(state, as, as === this.#own && !isPruned);
    if (state !== undefined && bytes === undefined) throw missing('a row needs its blocks');
    return {
      id: fold.rows.idBytes(row).slice(),
      type: as.type(fold.rows.type(row)),
      block: as.block(fold.rows.block(row)),
      op: fold.rows.op(row),
      payload: fold.rows.payload(row).slice(),
      state: bytes,
    };
  }

  /** The state that is served. */
  get state(): Omit<DetachedState, 'scratch'> {
    return this.#state;
  }

  #outline(): Uint8Array<ArrayBuffer> {
    const { control, fold, index } = this.#state;
    const { branches } = index;
    return encodeOutline(this.#tree.root(), {
      position: control.length,
      logEnd: undefined,
      blocks: branches.blockCount,
      base: branches.blockCount,
      rows: this.#tree.size,
      pages: [],
      branches: branchesOf(branches),
      types: fold.types.all().map(({ compiled, publishedIn }) => ({
        bytes: compiled.bytes,
        publishedIn: [...publishedIn],
      })),
      voidBlocks: fold.blocks.voids(),
      partlyVoidBlocks: [],
      voidRows: [],
      twins: new Map(),
      collectedRows: new Map(),
      epoch: undefined,
      pending: [],
      missingKeys: [],
    });
  }

  #blocks(page: number, have: readonly number[]): Uint8Array<ArrayBuffer> {
    const { index } = this.#state;
    const { blockCount } = index.branches;
    const from = page * PAGE_BLOCKS;
    if (from >= blockCount) throw missing('there is no such page');
    const to = Math.min(blockCount, from + PAGE_BLOCKS);
    return encodeOrderChunk(index, { from, to }, have);
  }

  #control(page: number): Uint8Array<ArrayBuffer> {
    const from = page * CHUNK_ENTRIES;
    const entries = this.#state.control.slice(from, from + CHUNK_ENTRIES);
    if (entries.length === 0) throw missing('there is no such page');
    return encodeControlPage(entries);
  }

  #subtree(path: readonly number[], have: Uint8Array | undefined): Uint8Array<ArrayBuffer> {
    const found = this.#tree.subtree(path);
    if (found === undefined) throw missing('there is no such subtree');
    if (found.kind === 'node' && found.count > CHUNK_ROWS_MAX) return encodeNode(found.hashes);
    const rows = this.numbersAt(path);
    const bytes =
      have === undefined ? encodeRows(rows.map((row) => this.row(row))) : this.#changes(rows, have);
    if (found.kind === 'node' && bytes.length > CHUNK_BYTES) return encodeNode(found.hashes);
    return bytes;
  }

  #changes(rows: readonly number[], have: Uint8Array): Uint8Array<ArrayBuffer> {
    const placeByName = new Map<string, number>();
    for (let at = 0; at < have.length; at += NAME_BYTES) {
      placeByName.set(have.subarray(at, at + NAME_BYTES).join('.'), at / NAME_BYTES);
    }
    const same: number[] = [];
    const others: ChunkRow[] = [];
    for (const row of rows) {
      const place = placeByName.get(this.nameOf(row).join('.'));
      // Places ascend with the ids, else it is another row of that name.
      if (place !== undefined && place > (same.at(-1) ?? -1)) same.push(place);
      else others.push(this.row(row));
    }
    return encodeChanges({ same, others });
  }
}

/** What an epoch keeps of a state: its ops are in it for good. */
function bare({ deleted, fields }: ObjectState): ObjectState {
  return new ObjectState({ blocks: [], deleted, fields });
}

/** Root over the order of all blocks of a state, their control sections, and the root of rows with facts. */
export function orderRootOf(
  { control, fold, index }: Pick<DetachedState, 'control' | 'fold' | 'index'>,
  rows: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const blocks = Array.from({ length: index.branches.blockCount }, (_, no) => no);
  blocks.sort((a, b) => index.compare(a, b));
  return orderRoot(orderPages({ index, control, blocks, facts: factsOf(fold, rows) }));
}

function missing(what: string): SnapshotError {
  return new SnapshotError('SNAPSHOT_MISSING', what);
}
