/**
 * Fetches a state that somebody else has: asks for chunks, checks each against what is known already, and
 * takes from an own older state every subtree that is the same. What was fetched becomes a snapshot in the
 * store, with which the space is then opened.
 */
import { CodecError } from '@atoll/codec';
import { BranchIndex, type BlockColumns } from '@atoll/feed';
import { HaloError } from '@atoll/halo';
import { equalBytes, KernelError } from '@atoll/kernel';
import type { Fold } from '../fold.ts';
import { HASH_BYTES, nodeHash, RadixTree, WAYS } from '../radix-tree.ts';
import type { KeptBlock } from '../space/space-index.ts';
import { decodeBlockPage, PAGE_BLOCKS, type BlockPage } from './block-page.ts';
import { rowHash } from '../state-root.ts';
import { Capture } from './capture.ts';
import { decodeControlPage, type ControlEntry } from './control-page.ts';
import { detachedState, type DetachedState } from './detached.ts';
import { decodeHead, encodeHead, type PageRef, type SnapshotHead } from './head.ts';
import type { PageStore } from './page-store.ts';
import { ReceivedStates } from './received-states.ts';
import { brokenRule } from './received-order.ts';
import { SnapshotError } from './snapshot-error.ts';
import { orderRootOf, type SnapshotRoots, type SnapshotSource } from './snapshot-source.ts';
import { fieldsOf, namesNoBlocks } from './stored-state.ts';
import {
  CHUNK_ENTRIES,
  DEPTH_MAX,
  decodeSubtree,
  type ChunkRow,
  type SnapshotRequest,
} from './transfer-codec.ts';

/** Blocks of a fetched state: a member's whole life in a busy space, and two hundred megabytes of memory. */
const BLOCKS_MAX: number = 2 ** 21;
/** Rows of a fetched state: eight million objects are more than any device opens. */
const ROWS_MAX: number = 2 ** 23;
/** Control sections of a fetched state. */
const CONTROL_MAX: number = 2 ** 16;

/** What is being fetched. */
export interface SinkOptions {
  /** Key of the zone's state root. */
  readonly key: Uint8Array;
  /** What the fetched state must have. */
  readonly roots: SnapshotRoots;
  /** The state of an epoch: its rows are never folded again from the blocks that touched them. */
  readonly isPruned?: boolean;
  /** An older state of one's own: subtrees that are the same are not fetched. */
  readonly own?: SnapshotSource;
}

/** A subtree that is still to come. */
interface Wanted {
  readonly path: readonly number[];
  readonly hash: Uint8Array;
}

/** One fetch. */
export class SnapshotSink {
  readonly #options: SinkOptions;
  #head: SnapshotHead | undefined;
  readonly #pages: BlockPage[] = [];
  readonly #kept: KeptBlock[] = [];
  readonly #control: ControlEntry[] = [];
  #state: DetachedState | undefined;
  readonly #states: ReceivedStates;
  #own: ((path: readonly number[]) => ChunkRow[] | undefined) | undefined;
  /** Nodes of the tree that were taken: each has rows behind it. */
  #nodes = 0;
  /** Subtrees by the text of their path. */
  readonly #wanted = new Map<string, Wanted>();

  constructor(options: SinkOptions) {
    this.#options = options;
    this.#states = new ReceivedStates(() => this.#requireState().fold.blocks);
  }

  /** Subtrees that are equal to own ones: they were not asked for. */
  reused = 0;

  /** True when everything is here. */
  get isDone(): boolean {
    return this.#state !== undefined && this.#wanted.size === 0;
  }

  /** Questions that can be asked now, `max` at most; the same ones until they are answered. */
  requests(max: number): SnapshotRequest[] {
    const head = this.#head;
    if (head === undefined) return [{ at: 'outline' }];
    if (this.#kept.length < head.blocks) return [{ at: 'blocks', page: this.#pages.length }];
    if (this.#control.length < head.position) {
      return [{ at: 'control', page: Math.floor(this.#control.length / CHUNK_ENTRIES) }];
    }
    return [...this.#wanted.values()].slice(0, max).map(({ path }) => ({ at: 'tree', path }));
  }

  /** Takes an answer. @throws SnapshotError `SNAPSHOT_REFUSED`: what has been taken before stays good. */
  take(request: SnapshotRequest, bytes: Uint8Array): void {
    try {
      this.#take(request, bytes);
    } catch (failure) {
      if (failure instanceof SnapshotError || !isMalformed(failure)) throw failure;
      throw new SnapshotError('SNAPSHOT_REFUSED', 'an answer is malformed', { cause: failure });
    }
  }

  #take(request: SnapshotRequest, bytes: Uint8Array): void {
    switch (request.at) {
      case 'outline':
        if (this.#head === undefined) this.#takeOutline(decodeHead(bytes));
        return;
      case 'blocks':
        if (request.page === this.#pages.length) this.#takeBlocks(bytes);
        return;
      case 'control':
        if (this.#state === undefined) this.#takeControl(bytes);
        return;
      case 'tree':
        this.#takeSubtree(this.#wanted.get(request.path.join('.')), bytes);
    }
  }

  #takeOutline(head: SnapshotHead): void {
    requireThat(head.blocks > 0 && head.blocks <= BLOCKS_MAX, 'blocks are within limits');
    requireThat(head.position <= CONTROL_MAX, 'control sections are within limits');
    requireThat(head.rows <= ROWS_MAX, 'rows are within limits');
    this.#head = head;
  }

  #takeBlocks(bytes: Uint8Array): void {
    const { columns, kept } = decodeBlockPage(bytes);
    const left = (this.#head?.blocks ?? 0) - this.#kept.length;
    requireThat(kept.length === Math.min(left, PAGE_BLOCKS), 'a page is full');
    // Positions and signatures are those of the peer's log, not of ours.
    const positions = new Uint8Array(kept.length * 8);
    const signed = new Uint8Array(kept.length * 4);
    this.#pages.push({ columns: { ...columns, positions, signed }, kept });
    this.#kept.push(...kept);
    this.#maybeBegin();
  }

  #takeControl(bytes: Uint8Array): void {
    const entries = decodeControlPage(bytes);
    requireThat(entries.length > 0, 'a page holds something');
    const left = (this.#head?.position ?? 0) - this.#control.length;
    requireThat(entries.length === Math.min(left, CHUNK_ENTRIES), 'a page of control is full');
    this.#control.push(...entries);
    this.#maybeBegin();
  }

  /** When the order is complete it is compared with its root; then rows can be understood. */
  #maybeBegin(): void {
    const head = this.#head;
    if (head === undefined || this.#kept.length < head.blocks) return;
    if (this.#control.length < head.position) return;
    const broken = brokenRule({ head, pages: this.#pages, control: this.#control });
    if (broken !== undefined) throw refused(broken);
    const columns: BlockColumns[] = this.#pages.map((page) => page.columns);
    const branches = BranchIndex.restored(0, head.branches, columns);
    const state = detachedState(branches, this.#kept, this.#control);
    for (const type of head.types) {
      const known = state.fold.types.published(type.bytes);
      requireThat(known !== undefined, 'types are types');
      known?.publishedIn.push(...type.publishedIn);
    }
    for (const block of head.voidBlocks) state.fold.blocks.setVoid(block, true);
    requireThat(
      equalBytes(orderRootOf(state), this.#options.roots.order),
      'the order has its root',
    );
    state.fold.restore(this.#states);
    this.#state = state;
    this.#own = ownRows(this.#options.own, state);
    this.#want([], this.#options.roots.state);
  }

  #want(path: readonly number[], hash: Uint8Array): void {
    if (hash.every((byte) => byte === 0)) return;
    const wanted = { path, hash };
    this.#wanted.set(path.join('.'), wanted);
    const own = this.#options.own;
    if (own === undefined || !equalBytes(own.hashAt(path), hash)) return;
    const rows = this.#own?.(path);
    if (rows === undefined) return;
    try {
      this.#enterRows(rows, wanted);
      this.reused++;
    } catch (failure) {
      // What we named otherwise has to be fetched after all.
      if (!isMalformed(failure)) throw failure;
    }
  }

  #takeSubtree(wanted: Wanted | undefined, bytes: Uint8Array): void {
    if (wanted === undefined || this.#state === undefined) return;
    const { path, hash } = wanted;
    const answer = decodeSubtree(bytes);
    if (answer.kind === 'rows') {
      const { isPruned = false } = this.#options;
      requireThat(
        !isPruned || answer.rows.every(({ state }) => state === undefined || namesNoBlocks(state)),
        'rows of an epoch name no blocks',
      );
      this.#enterRows(answer.rows, wanted);
      return;
    }
    const { hashes } = answer;
    requireThat(path.length < DEPTH_MAX, 'the tree ends with the ids');
    requireThat(equalBytes(nodeHash(this.#options.key, hashes), hash), 'a node has its hash');
    // A tree without end, made by who has made its root, too.
    requireThat(this.#nodes++ < (this.#head?.rows ?? 0), 'a tree has fewer nodes than rows');
    this.#wanted.delete(path.join('.'));
    for (let way = 0; way < WAYS; way++) {
      this.#want([...path, way], hashes.slice(way * HASH_BYTES, (way + 1) * HASH_BYTES));
    }
  }

  /** Rows are entered only if they are exactly those of their subtree. */
  #enterRows(rows: readonly ChunkRow[], { path, hash }: Wanted): void {
    const { fold, scratch: scratchOf } = this.#requireState();
    const room = (this.#head?.rows ?? 0) - fold.rows.count;
    requireThat(rows.length <= room, 'there are as many rows as the outline says');
    const look: ReceivedStates = new ReceivedStates(() => scratch.blocks);
    const scratch: Fold = scratchOf(look);
    for (const row of rows) {
      requireThat(row.block < this.#kept.length, 'a row has a block');
      requireThat(row.type < fold.types.all().length, 'a row has a type');
      requireThat(
        path.every((way, depth) => way === wayOf(row.id, depth)),
        'a row is where it belongs',
      );
      requireThat(scratch.rows.find(row.id) < 0, 'a row is there once');
      look.enter(scratch, scratch.rows.add({ ...row, isVoid: false }), row.state);
      const fields = row.state === undefined ? [] : fieldsOf(row.state);
      requireThat(
        fields.every((field) => fold.types.hasField(field)),
        'a field is of some type',
      );
    }
    const tree = new RadixTree(this.#options.key, {
      idByte: (row, at) => scratch.rows.idByte(row, at),
      idBytes: (row) => scratch.rows.idBytes(row),
      hash: (row) => rowHash(scratch, row),
    });
    tree.fill(
      Int32Array.from(rows, (_, at) => at),
      path.length,
    );
    requireThat(equalBytes(tree.root(), hash), 'rows have their hash');
    this.#wanted.delete(path.join('.'));
    for (const row of rows) {
      this.#states.enter(fold, fold.rows.add({ ...row, isVoid: false }), row.state);
    }
  }

  /** Writes what was fetched as the snapshot of its space. @throws SnapshotError; StoreError. */
  async finish(pages: PageStore, turn: () => Promise<void>): Promise<void> {
    const head = this.#head;
    const state = this.#requireState();
    requireThat(this.isDone && head !== undefined, 'everything is here');
    const { control, fold, index, tree } = state;
    const { branches } = index;
    requireThat(
      equalBytes(tree.compute(this.#options.key), this.#options.roots.state),
      'all rows have the root',
    );
    for (let branch = 0; branch < branches.branchCount; branch++) {
      // Whoever sealed the roots vouches for the ends of the chains.
      branches.markSigned(branches.branchEnd(branch));
    }
    const base = branches.blockCount;
    const source = { fold, tree, index, log: branches, control, stored: this.#states, base };
    const capture = new Capture(source, { pages: [], states: new Set(), creations: new Set() });
    const refs: PageRef[] = [];
    for (const { plaintext, ...page } of capture.drafts()) {
      const name = await pages.write(plaintext);
      refs.push({ ...page, name, bytes: plaintext.length });
      await turn();
    }
    await pages.flush();
    const { rows } = capture;
    await pages.commitHead(
      encodeHead({ ...(head as SnapshotHead), position: 0, rows, pages: refs, base }),
    );
    await pages.removeOthers(new Set(refs.map(({ name }) => name)), true);
  }

  #requireState(): DetachedState {
    if (this.#state === undefined) throw refused('the order of the blocks comes first');
    return this.#state;
  }
}

/** Rows of an own state in the numbers of a fetched one; `undefined` where that has no number for them. */
function ownRows(
  own: SnapshotSource | undefined,
  state: DetachedState,
): ((path: readonly number[]) => ChunkRow[] | undefined) | undefined {
  if (own === undefined) return undefined;
  const { fold, index } = own.state;
  const { types } = state.fold;
  const numbers = {
    blocks: fold.blocks,
    block: (no: number) => known(state.index.branches.blockOf(index.branches.hashOf(no))),
    branch: (no: number) => {
      const [only, ...more] = state.index.branches.branchesOf(index.branches.branchFeed(no));
      return known(more.length === 0 ? only : undefined);
    },
    field: (no: number) => known(types.fieldNo(fold.types.fieldId(no))),
    type: (no: number) => known(types.byHash(fold.types.get(no).compiled.hash)?.no),
  };
  return (path) => {
    try {
      return own.rowsAt(path, numbers);
    } catch (failure) {
      if (failure instanceof SnapshotError) return undefined;
      throw failure;
    }
  };
}

function known(number: number | undefined): number {
  if (number === undefined) throw refused('it is not in the fetched state');
  return number;
}

function wayOf(id: Uint8Array, depth: number): number {
  const byte = id[depth >> 1] as number;
  return depth % 2 === 0 ? byte >> 4 : byte & 15;
}

function requireThat(condition: boolean, rule: string): void {
  if (!condition) throw refused(rule);
}

function refused(rule: string): SnapshotError {
  return new SnapshotError('SNAPSHOT_REFUSED', `a fetched snapshot breaks a rule: ${rule}`);
}

function isMalformed(failure: unknown): boolean {
  return (
    failure instanceof CodecError ||
    failure instanceof HaloError ||
    failure instanceof KernelError ||
    failure instanceof SnapshotError ||
    failure instanceof RangeError
  );
}
