/**
 * A snapshot in the making. What it will say is fixed at once, its bytes are made page by page while the
 * application goes on: a row that is about to change before its page was written is copied first.
 */
import { Writer } from '@atoll/codec';
import type { BranchIndex } from '@atoll/feed';
import type { Fold } from '../fold.ts';
import type { RowWatcher } from '../row-keeping.ts';
import type { SpaceIndex } from '../space/space-index.ts';
import { encodeBlockPage, PAGE_BLOCKS } from './block-page.ts';
import { encodeKeptControlPage, type ControlEntry } from './control-page.ts';
import { ownNames } from './field-stores.ts';
import type { PageKind, PageRef } from './head.ts';
import { encodeIndexPage } from '../query/index-page.ts';
import type { OrderCut } from '../query/kept-orders.ts';
import { encodeIndexList, INDEX_LIST, pagesOfIndex } from './kept-indexes.ts';
import {
  encodeRowPage,
  ENTRY_BLOCKS,
  ENTRY_STATE,
  PAGE_BYTES,
  PAGE_ROWS,
  type StatePages,
} from './row-page.ts';
import type { StateRoot, StoredRoot } from '../state-root.ts';
import { encodeBlocks, encodeState } from './stored-state.ts';
import { encodeTreePage } from './tree-page.ts';

/** Control sections of a full page. */
const PAGE_ENTRIES = 64;
/** States are written anew when the pages have this many times as many entries as there are states. */
const GARBAGE_FACTOR = 2;
/** Below this many entries the pages are left as they are. */
const GARBAGE_ENTRIES = 1024;

/** Rows that are hashed at once so that the tree can be kept: about five milliseconds. */
const TREE_ROWS_MAX = 2500;

/** What a snapshot is taken of. */
export interface CaptureSource {
  readonly fold: Fold;
  readonly tree: StateRoot;
  readonly index: SpaceIndex;
  /** Index of the log, which knows positions and signatures. */
  readonly log: BranchIndex;
  readonly control: readonly ControlEntry[];
  /** States of the snapshot with which the space was opened. */
  readonly stored: Pick<StatePages, 'entry'> | undefined;
  /** Blocks below this number came without their bytes. */
  readonly base?: number;
  /** Indexes that are kept beside. */
  readonly indexes?: { cut(): readonly OrderCut[] };
}

/** A page without its name. */
export interface PageDraft extends Omit<PageRef, 'name' | 'bytes'> {
  readonly plaintext: Uint8Array;
}

/** What has changed since the last snapshot. */
export interface Changes {
  /** Pages of the last snapshot. */
  readonly pages: readonly PageRef[];
  readonly states: ReadonlySet<number>;
  readonly creations: ReadonlySet<number>;
}

/** Consecutive blocks or rows. */
export interface Range {
  readonly from: number;
  readonly to: number;
  readonly isFull: boolean;
}

/** One snapshot on its way to the store. */
export class Capture implements RowWatcher {
  /** Numbers below these are in it. */
  readonly blocks: number;
  readonly rows: number;
  /** Pages of the last snapshot that stay. */
  readonly kept: readonly PageRef[];
  /** Pages of blocks in which some were not durable when they were written. */
  readonly unsettled: Range[] = [];
  readonly #source: CaptureSource;
  readonly #blockRanges: readonly Range[];
  readonly #rowRanges: Range[];
  readonly #rowPages = new Map<number, Uint8Array>();
  readonly #tree: StoredRoot | undefined;
  readonly #control: readonly ControlEntry[];
  readonly #controlFrom: number;
  /** Rows whose states are to be written; those that changed since have their bytes here. */
  readonly #states: Set<number>;
  readonly #copies = new Map<number, Uint8Array>();
  /** Indexes of which pages are kept or to be written. */
  readonly #indexes: readonly OrderCut[];

  /** Fixes what the snapshot says. No transaction may be open. */
  constructor(source: CaptureSource, changes: Changes) {
    const { control, fold, index } = source;
    const { pages } = changes;
    this.#source = source;
    this.blocks = index.branches.blockCount;
    this.rows = fold.rows.count;
    this.#control = [...control];
    const blockPages = fullPages(pages, 'blocks');
    this.#blockRanges = blockRanges(blockPages, this.blocks);
    const rowPages = fullPages(pages, 'rows').filter(
      ({ first, count }) => !someIn(changes.creations, first, first + count),
    );
    this.#rowRanges = this.#rowRangesBut(rowPages);
    const controlPages = fullPages(pages, 'control');
    this.#controlFrom = controlPages.reduce((sum, { count }) => sum + count, 0);
    const statePages = this.#stateGarbage(pages, changes.states) ? [] : byKind(pages, 'states');
    this.#states =
      statePages.length > 0 ? new Set(changes.states) : new Set(touchedRows(fold, this.rows));
    const { behind = Number.POSITIVE_INFINITY } = source.tree;
    this.#tree = behind <= TREE_ROWS_MAX ? source.tree.stored() : undefined;
    const indexes = (source.indexes?.cut() ?? []).map((cut) => {
      return { cut, kept: pagesOfIndex(pages, cut) };
    });
    this.#indexes = indexes.flatMap(({ cut, kept }) => {
      if (kept !== undefined) return [{ ...cut, columns: undefined }];
      return cut.columns === undefined ? [] : [cut];
    });
    const indexPages = indexes.flatMap(({ kept = [] }) => kept);
    this.kept = [...blockPages, ...rowPages, ...controlPages, ...statePages, ...indexPages];
  }

  /** Pages that are to be written, each made when asked for. */
  *drafts(): Generator<PageDraft> {
    const { base = 0, index, log } = this.#source;
    for (const { from, to, isFull } of this.#blockRanges) {
      const { bytes, isSettled } = encodeBlockPage({ index, log, base }, from, to);
      if (!isSettled) this.unsettled.push({ from, to, isFull: false });
      yield {
        kind: 'blocks',
        first: from,
        count: to - from,
        plaintext: bytes,
        isFull: isFull && isSettled,
      };
    }
    while (this.#rowRanges.length > 0) {
      const { from, to, isFull } = this.#rowRanges[0] as Range;
      const plaintext = this.#rowPages.get(from) ?? this.#encodeRows(from, to);
      this.#rowRanges.shift();
      this.#rowPages.delete(from);
      yield { kind: 'rows', first: from, count: to - from, plaintext, isFull };
    }
    for (let from = this.#controlFrom; from < this.#control.length; from += PAGE_ENTRIES) {
      const entries = this.#control.slice(from, from + PAGE_ENTRIES);
      const plaintext = encodeKeptControlPage(entries);
      const isFull = entries.length === PAGE_ENTRIES;
      yield { kind: 'control', first: from, count: entries.length, plaintext, isFull };
    }
    yield* this.#stateDrafts();
    yield* this.#indexDrafts();
    if (this.#tree === undefined) return;
    const plaintext = encodeTreePage(this.#tree);
    yield { kind: 'tree', first: 0, count: this.rows, plaintext, isFull: true };
  }

  /** Rows whose states are not in a page yet. */
  get unwritten(): ReadonlySet<number> {
    return this.#states;
  }

  stateWillChange(row: number): void {
    if (this.#states.has(row) && !this.#copies.has(row)) this.#copies.set(row, this.#entry(row));
  }

  creationWillChange(row: number): void {
    const range = this.#rowRanges.find(({ from, to }) => from <= row && row < to);
    if (range === undefined || this.#rowPages.has(range.from)) return;
    this.#rowPages.set(range.from, this.#encodeRows(range.from, range.to));
  }

  *#stateDrafts(): Generator<PageDraft> {
    const writer = new Writer(PAGE_BYTES);
    let count = 0;
    for (const row of this.#states) {
      writer.varint(row).raw(this.#copies.get(row) ?? this.#entry(row));
      this.#states.delete(row);
      this.#copies.delete(row);
      count++;
      if (writer.length < PAGE_BYTES && this.#states.size > 0) continue;
      yield { kind: 'states', first: 0, count, plaintext: writer.finish(), isFull: true };
      writer.clear();
      count = 0;
    }
  }

  /** Columns of an index never change, so they need no copy. */
  *#indexDrafts(): Generator<PageDraft> {
    if (this.#indexes.length === 0) return;
    for (const { columns, id } of this.#indexes) {
      if (columns === undefined) continue;
      for (let from = 0; from < columns.length;) {
        const { bytes: plaintext, to } = encodeIndexPage(columns, from);
        yield { kind: 'index', first: id, count: to - from, plaintext, isFull: true };
        from = to;
      }
    }
    const plaintext = encodeIndexList(this.#indexes);
    const count = this.#indexes.length;
    yield { kind: 'index', first: INDEX_LIST, count, plaintext, isFull: true };
  }

  /** Form and bytes of a row's state. */
  #entry(row: number): Uint8Array {
    const { fold, stored } = this.#source;
    const state = fold.loadedState(row);
    if (state === undefined) {
      const entry = stored?.entry(row);
      const form = entry?.form ?? ENTRY_BLOCKS;
      return new Writer()
        .u8(form)
        .bytes(entry?.bytes ?? new Uint8Array(3))
        .finish();
    }
    const bytes = encodeState(state, ownNames(fold.blocks));
    const writer = new Writer();
    if (bytes !== undefined) return writer.u8(ENTRY_STATE).bytes(bytes).finish();
    return writer
      .u8(ENTRY_BLOCKS)
      .bytes(encodeBlocks(state, ownNames(fold.blocks)))
      .finish();
  }

  #encodeRows(from: number, to: number): Uint8Array {
    return encodeRowPage(this.#source.fold.rows, from, to);
  }

  /** Rows that are in none of the pages, cut into pages. */
  #rowRangesBut(pages: readonly PageRef[]): Range[] {
    const { rows } = this.#source.fold;
    const ranges: Range[] = [];
    const taken = [...pages].sort((a, b) => a.first - b.first);
    let from = 0;
    for (const end of [...taken, { first: this.rows, count: 0 }]) {
      while (from < end.first) {
        let to = from;
        let bytes = 0;
        while (to < end.first && to - from < PAGE_ROWS && bytes < PAGE_BYTES) {
          bytes += rows.payloadLength(to++);
        }
        const isFull = to < this.rows || to - from === PAGE_ROWS || bytes >= PAGE_BYTES;
        ranges.push({ from, to, isFull });
        from = to;
      }
      from = end.first + end.count;
    }
    return ranges;
  }

  #stateGarbage(pages: readonly PageRef[], states: ReadonlySet<number>): boolean {
    const entries = byKind(pages, 'states').reduce((sum, { count }) => sum + count, states.size);
    if (entries < GARBAGE_ENTRIES) return false;
    return entries > GARBAGE_FACTOR * touchedRows(this.#source.fold, this.rows).length;
  }
}

function byKind(pages: readonly PageRef[], kind: PageKind): PageRef[] {
  return pages.filter((page) => page.kind === kind);
}

function fullPages(pages: readonly PageRef[], kind: PageKind): PageRef[] {
  return byKind(pages, kind).filter(({ isFull }) => isFull);
}

function blockRanges(kept: readonly PageRef[], blocks: number): Range[] {
  const taken = new Set(kept.map(({ first }) => first));
  const ranges: Range[] = [];
  for (let from = 0; from < blocks; from += PAGE_BLOCKS) {
    const to = Math.min(blocks, from + PAGE_BLOCKS);
    if (!taken.has(from)) ranges.push({ from, to, isFull: to - from === PAGE_BLOCKS });
  }
  return ranges;
}

function someIn(numbers: ReadonlySet<number>, from: number, to: number): boolean {
  for (const number of numbers) if (from <= number && number < to) return true;
  return false;
}

function touchedRows(fold: Fold, rows: number): number[] {
  const touched: number[] = [];
  for (let row = 0; row < rows; row++) if (fold.rows.isTouched(row)) touched.push(row);
  return touched;
}
