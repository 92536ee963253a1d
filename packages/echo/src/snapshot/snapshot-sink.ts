/**
 * Fetches a state that somebody else has: asks for chunks, checks each against what is known already, and
 * takes from an own older state every row that is the same. What was fetched becomes a snapshot in the
 * store, with which the space is then opened.
 */
import { CodecError } from '@atoll/codec';
import { BranchIndex, type BlockColumns } from '@atoll/feed';
import { HaloError } from '@atoll/halo';
import { equalBytes, KernelError } from '@atoll/kernel';
import { chainEnds, wholeFrom } from '../epoch/frontier.ts';
import type { Fold } from '../fold.ts';
import { HASH_BYTES, nodeHash, RadixTree, WAYS } from '../radix-tree.ts';
import type { KeptBlock } from '../space/space-index.ts';
import { PAGE_BLOCKS, type BlockPage } from './block-page.ts';
import { Capture } from './capture.ts';
import { decodeControlPage, type ControlEntry } from './control-page.ts';
import { detachedState, type DetachedState } from './detached.ts';
import { branchesOf, decodeOutline, encodeHead, type PageRef, type SnapshotHead } from './head.ts';
import { decodeOrderChunk, encodeOrderChunk, haveOf, type KnownBlock } from './order-chunk.ts';
import { OwnRows, type NamedRows } from './own-rows.ts';
import type { PageStore } from './page-store.ts';
import { ReceivedStates } from './received-states.ts';
import { brokenRule } from './received-order.ts';
import { factsHash } from './row-facts.ts';
import type { ChunkRow } from './row-chunk.ts';
import { SnapshotError } from './snapshot-error.ts';
import { orderRootOf, type SnapshotRoots, type SnapshotSource } from './snapshot-source.ts';
import { fieldsOf, namesNoBlocks } from './stored-state.ts';
import {
  CHUNK_ENTRIES,
  DEPTH_MAX,
  decodeSubtree,
  encodeNode,
  encodeRows,
  type SnapshotRequest,
  type SubtreeAnswer,
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
  /** An older state of one's own: what is the same is not fetched. */
  readonly own?: SnapshotSource;
  /** False for who can only answer what anybody would ask: then equal subtrees alone are not fetched. */
  readonly asksFinely?: boolean;
  /** Told of each answer once it is proved, as it would be without `own`. */
  readonly proved?: (request: SnapshotRequest, answer: Uint8Array) => void;
}

/** A subtree that is still to come. */
interface Wanted {
  readonly path: readonly number[];
  readonly hash: Uint8Array;
  /** Own rows that may be in it, until it has turned out that they cannot be used. */
  named: NamedRows | undefined;
}

/** One fetch. */
export class SnapshotSink {
  readonly #options: SinkOptions;
  #outline: { readonly bytes: Uint8Array; readonly rows: Uint8Array } | undefined;
  #head: SnapshotHead | undefined;
  #pages: BlockPage[] = [];
  #kept: KeptBlock[] = [];
  readonly #control: ControlEntry[] = [];
  readonly #controlPages: Uint8Array[] = [];
  /** Below which seqs the chains of the outline's branches are here; `undefined`: all is asked for. */
  #have: readonly number[] | undefined;
  #state: DetachedState | undefined;
  readonly #states: ReceivedStates;
  #own: OwnRows | undefined;
  /** Nodes of the tree that were taken: each has rows behind it. */
  #nodes = 0;
  /** Subtrees by the text of their path. */
  readonly #wanted = new Map<string, Wanted>();

  constructor(options: SinkOptions) {
    this.#options = options;
    this.#states = new ReceivedStates(() => this.#requireState().fold.blocks);
  }

  /** Subtrees that are equal to own ones, and single rows: they did not come. */
  reused = 0;

  /** True when everything is here. */
  get isDone(): boolean {
    return this.#state !== undefined && this.#wanted.size === 0;
  }

  /** Questions that can be asked now, `max` at most; the same ones until they are answered. */
  requests(max: number): SnapshotRequest[] {
    const head = this.#head;
    if (head === undefined) return [{ at: 'outline' }];
    if (this.#kept.length < head.blocks) {
      const have = this.#have;
      return [{ at: 'blocks', page: this.#pages.length, ...(have === undefined ? {} : { have }) }];
    }
    if (this.#control.length < head.position) {
      return [{ at: 'control', page: Math.floor(this.#control.length / CHUNK_ENTRIES) }];
    }
    return [...this.#wanted.values()].slice(0, max).map(({ named, path }) => ({
      ...{ at: 'tree', path },
      ...(named === undefined ? {} : { have: named.names }),
    }));
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
        if (this.#head === undefined) this.#takeOutline(bytes);
        return;
      case 'blocks':
        if (request.page === this.#pages.length) this.#takeBlocks(bytes, request.have);
        return;
      case 'control':
        if (this.#state === undefined) this.#takeControl(bytes);
        return;
      case 'tree':
        this.#takeSubtree(this.#wanted.get(request.path.join('.')), bytes);
    }
  }

  #takeOutline(bytes: Uint8Array): void {
    const { head, rows } = decodeOutline(bytes);
    requireThat(head.blocks > 0 && head.blocks <= BLOCKS_MAX, 'blocks are within limits');
    requireThat(head.position <= CONTROL_MAX, 'control sections are within limits');
    requireThat(head.rows <= ROWS_MAX, 'rows are within limits');
    const { asksFinely = true, own } = this.#options;
    const have = asksFinely ? haveOf(head.branches, own?.state.index.branches) : [];
    this.#have = have.some((seq) => seq > 0) ? have : undefined;
    this.#outline = { bytes, rows };
    // What has no place any more follows from the order; that is not for a peer to say.
    const branches = head.branches.map((branch) => ({ ...branch, whole: 0 }));
    this.#head = { ...head, branches };
  }

  #takeBlocks(bytes: Uint8Array, have: readonly number[] | undefined): void {
    // Asked before it turned out that our blocks are of no use.
    if (have !== undefined && this.#have === undefined) return;
    try {
      const left = (this.#head?.blocks ?? 0) - this.#kept.length;
      const page = decodeOrderChunk(bytes, {
        ...{ first: this.#kept.length, max: PAGE_BLOCKS, have: have ?? [] },
        known: (branch, seq) => this.#ownBlock(branch, seq),
      });
      requireThat(page.kept.length === Math.min(left, PAGE_BLOCKS), 'a page is full');
      this.#pages.push(page);
      this.#kept.push(...page.kept);
    } catch (failure) {
      if (have === undefined || !isMalformed(failure)) throw failure;
      this.#askForAllBlocks();
      return;
    }
    this.#maybeBegin();
  }

  /** An own block of the chain of one of the outline's branches. */
  #ownBlock(branch: number, seq: number): KnownBlock | undefined {
    const index = this.#options.own?.state.index;
    const feed = this.#head?.branches[branch]?.feed;
    if (index === undefined || feed === undefined) return undefined;
    const [only] = index.branches.branchesOf(feed);
    const no = only === undefined ? undefined : index.branches.blockAt(only, seq);
    if (no === undefined) return undefined;
    const { flags, timeMs } = index.kept(no);
    const hash = index.branches.hashBytesOf(no);
    return { hash, lamport: index.branches.lamportOf(no), timeMs, flags };
  }

  /** What is here of the blocks is not what the epoch has: without it, nobody can be blamed wrongly. */
  #askForAllBlocks(): void {
    this.#have = undefined;
    this.#pages = [];
    this.#kept = [];
  }

  #takeControl(bytes: Uint8Array): void {
    const entries = decodeControlPage(bytes);
    requireThat(entries.length > 0, 'a page holds something');
    const left = (this.#head?.position ?? 0) - this.#control.length;
    requireThat(entries.length === Math.min(left, CHUNK_ENTRIES), 'a page of control is full');
    this.#control.push(...entries);
    this.#controlPages.push(bytes);
    this.#maybeBegin();
  }

  /** When the order is complete it is compared with its root; then rows can be understood. */
  #maybeBegin(): void {
    const { control, head } = { control: this.#control, head: this.#head };
    if (head === undefined || this.#kept.length < head.blocks) return;
    if (control.length < head.position) return;
    try {
      this.#begin(head, control);
    } catch (failure) {
      if (this.#have === undefined || !isMalformed(failure)) throw failure;
      this.#askForAllBlocks();
    }
  }

  #begin(head: SnapshotHead, control: readonly ControlEntry[]): void {
    const { isPruned = false, own, roots } = this.#options;
    const { rows = new Uint8Array(0) } = this.#outline ?? {};
    const broken = brokenRule({ head, pages: this.#pages, control });
    if (broken !== undefined) throw refused(broken);
    const columns: BlockColumns[] = this.#pages.map((page) => page.columns);
    const branches = BranchIndex.restored(0, head.branches, columns);
    const state = detachedState(branches, this.#kept, control);
    for (const type of head.types) {
      const known = state.fold.types.published(type.bytes);
      requireThat(known !== undefined, 'types are types');
      known?.publishedIn.push(...type.publishedIn);
    }
    for (const block of head.voidBlocks) state.fold.blocks.setVoid(block, true);
    requireThat(equalBytes(orderRootOf(state, rows), roots.order), 'the order has its root');
    state.fold.restore(this.#states);
    this.#state = state;
    this.#tellOrder(state);
    this.#own = own === undefined ? undefined : new OwnRows(own, state, isPruned);
    this.#want([], rows);
  }

  #tellOrder({ index }: DetachedState): void {
    const { proved } = this.#options;
    if (proved === undefined) return;
    proved({ at: 'outline' }, this.#outline?.bytes ?? new Uint8Array(0));
    const { blockCount } = index.branches;
    for (let page = 0; page * PAGE_BLOCKS < blockCount; page++) {
      const from = page * PAGE_BLOCKS;
      const range = { from, to: Math.min(blockCount, from + PAGE_BLOCKS) };
      proved({ at: 'blocks', page }, encodeOrderChunk(index, range, []));
    }
    for (const [page, bytes] of this.#controlPages.entries())
      proved({ at: 'control', page }, bytes);
  }

  #want(path: readonly number[], hash: Uint8Array): void {
    if (hash.every((byte) => byte === 0)) return;
    const wanted: Wanted = { path, hash, named: undefined };
    this.#wanted.set(path.join('.'), wanted);
    const rows = this.#own?.equal(path, hash);
    if (rows !== undefined && this.#tryRows(rows, wanted)) {
      this.reused++;
      return;
    }
    if (this.#options.asksFinely !== false) wanted.named = this.#own?.named(path);
  }

  /** What we named otherwise has to be fetched after all. */
  #tryRows(rows: readonly ChunkRow[], wanted: Wanted): boolean {
    try {
      this.#enterRows(rows, wanted);
      return true;
    } catch (failure) {
      if (!isMalformed(failure)) throw failure;
      return false;
    }
  }

  #takeSubtree(wanted: Wanted | undefined, bytes: Uint8Array): void {
    if (wanted === undefined || this.#state === undefined) return;
    const answer = decodeSubtree(bytes);
    switch (answer.kind) {
      case 'rows':
        this.#requirePruned(answer.rows);
        this.#enterRows(answer.rows, wanted);
        this.#tellRows(answer.rows, wanted);
        return;
      case 'changes':
        this.#takeChanges(answer, wanted);
        return;
      case 'node':
        this.#takeNode(answer.hashes, wanted);
    }
  }

  #requirePruned(rows: readonly ChunkRow[]): void {
    const { isPruned = false } = this.#options;
    requireThat(
      !isPruned || rows.every(({ state }) => state === undefined || namesNoBlocks(state)),
      'rows of an epoch name no blocks',
    );
  }

  #takeChanges(answer: SubtreeAnswer & { readonly kind: 'changes' }, wanted: Wanted): void {
    const { named } = wanted;
    // Asked once more without names it is told whole: two rows may have had one name.
    wanted.named = undefined;
    requireThat(named !== undefined, 'what was asked for whole comes whole');
    this.#requirePruned(answer.others);
    const same = answer.same.flatMap((at) => named?.rows[at] ?? []);
    const rows = [...same, ...answer.others];
    if (!this.#tryRows(rows, wanted)) return;
    this.reused += same.length;
    this.#tellRows(rows, wanted);
  }

  #tellRows(rows: readonly ChunkRow[], { path }: Wanted): void {
    this.#options.proved?.({ at: 'tree', path }, encodeRows(rows));
  }

  #takeNode(hashes: Uint8Array, { hash, path }: Wanted): void {
    requireThat(path.length < DEPTH_MAX, 'the tree ends with the ids');
    requireThat(equalBytes(nodeHash(this.#options.key, hashes), hash), 'a node has its hash');
    // A tree without end, made by who has made its root, too.
    requireThat(this.#nodes++ < (this.#head?.rows ?? 0), 'a tree has fewer nodes than rows');
    this.#wanted.delete(path.join('.'));
    const ways = Array.from({ length: WAYS }, (_, way) =>
      hashes.slice(way * HASH_BYTES, (way + 1) * HASH_BYTES),
    );
    this.#options.proved?.({ at: 'tree', path }, encodeNode(ways));
    ways.forEach((each, way) => this.#want([...path, way], each));
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
      hash: (row) => factsHash(scratch, row),
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
    await tree.settle(this.#options.key, turn);
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
    const { isPruned = false } = this.#options;
    const whole = isPruned ? wholeFrom(branches, chainEnds(branches)) : undefined;
    const taken = { ...(head as SnapshotHead), branches: branchesOf(branches, whole) };
    await pages.commitHead(
      encodeHead({ ...taken, position: 0, rows: capture.rows, pages: refs, base }),
    );
    await pages.removeOthers(new Set(refs.map(({ name }) => name)), true);
  }

  #requireState(): DetachedState {
    if (this.#state === undefined) throw refused('the order of the blocks comes first');
    return this.#state;
  }
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
