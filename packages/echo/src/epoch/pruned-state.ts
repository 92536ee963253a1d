/**
 * A folded state with only those blocks in its order that something still names: rows, control sections,
 * types, the ends of chains. Its causal order is exact between them. Numbers follow the order of the blocks
 * in the state that it was made from.
 */
import { BranchIndex, NONCE_BYTES, type BlockColumns } from '@atoll/feed';
import type { BlockHash } from '@atoll/kernel';
import { Capture } from '../snapshot/capture.ts';
import type { ControlEntry } from '../snapshot/control-page.ts';
import { detachedState, type DetachedState } from '../snapshot/detached.ts';
import { ownNames } from '../snapshot/field-stores.ts';
import type { ObjectState } from '../object-state.ts';
import { branchesOf, encodeHead, type PageRef } from '../snapshot/head.ts';
import type { PageStore } from '../snapshot/page-store.ts';
import { ReceivedStates } from '../snapshot/received-states.ts';
import { makeFactsTree } from '../snapshot/row-facts.ts';
import { encodeState } from '../snapshot/stored-state.ts';
import { BLOCK_HAS_CONTROL, type KeptBlock, type SpaceIndex } from '../space/space-index.ts';
import type { Fold } from '../fold.ts';
import type { StateRoot } from '../state-root.ts';
import { chainEnds, wholeFrom } from './frontier.ts';
import { factsOf, orderPageHash, orderPages, rootOfPages } from './order-pages.ts';

type Wholes = ReturnType<typeof wholeFrom>;

/** What is pruned. */
export interface Unpruned {
  readonly index: SpaceIndex;
  readonly fold: Fold;
  readonly tree: StateRoot;
  readonly control: readonly ControlEntry[];
}

/** The pruned state of a replay. */
export class PrunedState {
  /** False if a row has a field of a kind that snapshots do not know: then it cannot be written. */
  readonly isComplete: boolean;
  readonly #from: Unpruned;
  readonly #state: DetachedState;
  readonly #placeByBlock: ReadonlyMap<number, number>;
  readonly #whole: Wholes;

  private constructor(
    from: Unpruned,
    parts: {
      readonly state: DetachedState;
      readonly placeByBlock: ReadonlyMap<number, number>;
      readonly isComplete: boolean;
      readonly whole: Wholes;
    },
  ) {
    this.#from = from;
    this.#whole = parts.whole;
    this.#state = parts.state;
    this.#placeByBlock = parts.placeByBlock;
    this.isComplete = parts.isComplete;
  }

  /** Finds out what must stay. The state that it is made from must not be used otherwise any more. */
  static async of(from: Unpruned, turn: () => Promise<void>): Promise<PrunedState> {
    const whole = wholeFrom(from.index.branches, chainEnds(from.index.branches));
    const { isComplete, named } = await namedBlocks(from, whole, turn);
    const numbers = [...named].sort((a, b) => a - b);
    const placeByBlock = new Map(numbers.map((no, place) => [no, place]));
    const { branches, kept } = await prunedOrder(from.index, { numbers, placeByBlock, turn });
    const control = from.control.map((entry) => ({
      ...entry,
      no: placeByBlock.get(entry.no) ?? 0,
    }));
    const state = detachedState(branches, kept, control);
    return new PrunedState(from, { state, placeByBlock, isComplete, whole });
  }

  /** Root over the order, the control sections, and what late writers are judged by. */
  async orderRoot(key: Uint8Array, turn: () => Promise<void>): Promise<Uint8Array<ArrayBuffer>> {
    const { control, index } = this.#state;
    const blocks = Array.from({ length: index.branches.blockCount }, (_, no) => no);
    blocks.sort((a, b) => index.compare(a, b));
    const hashes: Uint8Array[] = [];
    const rows = (await makeFactsTree(this.#from, key, turn)).root();
    const facts = factsOf(this.#from.fold, rows, (no) => this.#placeByBlock.get(no));
    for (const page of orderPages({ index, control, blocks, facts })) {
      hashes.push(orderPageHash(page));
      await turn();
    }
    return rootOfPages(hashes);
  }

  /** Blocks in its order. */
  get blocks(): number {
    return this.#state.index.branches.blockCount;
  }

  /** Writes it as a snapshot. @throws StoreError. */
  async write(
    pages: PageStore,
    how: { readonly key: Uint8Array; readonly turn: () => Promise<void> },
  ): Promise<void> {
    const { turn } = how;
    const states = await this.#enterRows(how);
    const { control, fold, index, tree } = this.#state;
    const { branches } = index;
    const base = branches.blockCount;
    // Whoever sealed the epoch vouches for the ends of the chains.
    for (let branch = 0; branch < branches.branchCount; branch++) {
      branches.markSigned(branches.branchEnd(branch));
    }
    const source = { fold, tree, index, log: branches, control, stored: states, base };
    const capture = new Capture(source, { pages: [], states: new Set(), creations: new Set() });
    const refs: PageRef[] = [];
    for (const { plaintext, ...page } of capture.drafts()) {
      const name = await pages.write(plaintext);
      refs.push({ ...page, name, bytes: plaintext.length });
      await turn();
    }
    await pages.flush();
    const voidRows: number[] = [];
    for (let row = 0; row < fold.rows.count; row++) if (fold.rows.isVoid(row)) voidRows.push(row);
    const head = encodeHead({
      position: 0,
      logEnd: undefined,
      blocks: base,
      base,
      rows: fold.rows.count,
      pages: refs,
      branches: branchesOf(branches, this.#whole),
      types: fold.types.all().map(({ compiled, publishedIn }) => ({
        bytes: compiled.bytes,
        publishedIn: [...publishedIn],
      })),
      voidBlocks: fold.blocks.voids(),
      partlyVoidBlocks: [],
      voidRows,
      twins: new Map(),
      collectedRows: new Map(),
      epoch: undefined,
      pending: [],
      missingKeys: [],
    });
    await pages.commitHead(head);
    await pages.removeOthers(new Set(refs.map(({ name }) => name)), true);
  }

  /** With the hashes of the rows that it is made from, which are the same: the next epoch finds their tree. */
  async #enterRows({
    key,
    turn,
  }: {
    readonly key: Uint8Array;
    readonly turn: () => Promise<void>;
  }): Promise<ReceivedStates> {
    const from = this.#from;
    const { fold, tree } = this.#state;
    const place = (no: number): number => this.#placeByBlock.get(no) ?? 0;
    for (const { compiled, publishedIn } of from.fold.types.all()) {
      fold.types.published(compiled.bytes)?.publishedIn.push(...publishedIn.map(place));
    }
    for (const no of from.fold.blocks.voids()) {
      const at = this.#placeByBlock.get(no);
      if (at !== undefined) fold.blocks.setVoid(at, true);
    }
    const states = new ReceivedStates(() => fold.blocks);
    const names = { ...ownNames(from.fold.blocks), block: place };
    const { rows } = from.fold;
    fold.restore(states);
    const voidRows: number[] = [];
    for (let row = 0; row < rows.count; row++) {
      if (from.fold.isCollected(row)) continue;
      const touched = from.fold.state(row);
      const bytes = touched === undefined ? undefined : encodeState(touched, names, false);
      const added = fold.rows.add({
        id: rows.idBytes(row).slice(),
        type: rows.type(row),
        block: place(rows.block(row)),
        op: rows.op(row),
        payload: rows.payload(row).slice(),
        isVoid: rows.isVoid(row),
      });
      states.enter(fold, added, bytes);
      if (rows.isVoid(row)) voidRows.push(added);
      if (row % ROWS_A_TURN === ROWS_A_TURN - 1) await turn();
    }
    await from.tree.settle(key, turn);
    const known = from.tree.stored();
    if (known !== undefined) tree.restore({ ...known, rows: fold.rows.count, voidRows });
    return states;
  }
}

/** Rows and blocks between two questions whether others should have a turn. */
const ROWS_A_TURN = 128;
const BLOCKS_A_TURN = 128;
/** A block that has no bytes any more is never folded again: nothing asks for its nonce. */
const NO_NONCE: Uint8Array = new Uint8Array(NONCE_BYTES);

/** Numbers of the blocks that must stay, and whether rows can do with those. */
async function namedBlocks(
  { control, fold, index }: Omit<Unpruned, 'tree'>,
  whole: Wholes,
  turn: () => Promise<void>,
): Promise<{ readonly named: Set<number>; readonly isComplete: boolean }> {
  const named = structuralBlocks({ control, fold, index }, whole);
  const isLetGo = (no: number): boolean =>
    index.branches.seqOf(no) < (whole.get(index.branches.feedOf(no)) ?? 0);
  let isComplete = true;
  const names = {
    ...ownNames(fold.blocks),
    block: (no: number): number => {
      named.add(no);
      return no;
    },
  };
  for (let row = 0; row < fold.rows.count; row++) {
    if (fold.isCollected(row)) continue;
    named.add(fold.rows.block(row));
    // Ops under the frontier are in the row for good: it is never folded from them again.
    const state = fold.state(row);
    const blocks = state?.blocks.splice(0) ?? [];
    if (state !== undefined) letGoIn(state, isLetGo);
    const isKept = state === undefined || encodeState(state, names, false) !== undefined;
    if (!isKept) for (const no of blocks) named.add(no);
    isComplete &&= isKept;
    if (row % ROWS_A_TURN === ROWS_A_TURN - 1) await turn();
  }
  return { named, isComplete };
}

/** Blocks that stay whatever rows there are. */
function structuralBlocks(
  { control, fold, index }: Omit<Unpruned, 'tree'>,
  whole: Wholes,
): Set<number> {
  const { branches } = index;
  const named = new Set(control.map(({ no }) => no));
  // Whether a proposal counts is asked again whenever the space is opened.
  for (const anchor of anchors(control)) named.add(branches.blockOf(anchor) ?? -1);
  named.delete(-1);
  for (let no = 0; no < branches.blockCount; no++) {
    if ((index.flagsOf(no) & BLOCK_HAS_CONTROL) !== 0) named.add(no);
    // Where the chains of a feed part must stay known, and what both sides are behind it.
    if (branches.seqOf(no) >= (whole.get(branches.feedOf(no)) ?? 0) - 1) named.add(no);
  }
  for (let branch = 0; branch < branches.branchCount; branch++) {
    named.add(branches.branchEnd(branch));
  }
  for (const { publishedIn } of fold.types.all()) for (const no of publishedIn) named.add(no);
  return named;
}

/** Anchors of all epochs that were ever proposed. */
function* anchors(control: readonly ControlEntry[]): Generator<BlockHash> {
  for (const { sections } of control) {
    for (const { statements } of sections) {
      for (const { statement } of statements) {
        if (statement.kind === 'epoch-proposal') yield statement.terms.anchor;
        if (statement.kind === 'epoch-reset') yield statement.terms.anchor;
      }
    }
  }
}

/** The order of some blocks: each names the last before it on its chain, and of others what is new to it. */
async function prunedOrder(
  index: SpaceIndex,
  of: {
    readonly numbers: readonly number[];
    readonly placeByBlock: ReadonlyMap<number, number>;
    readonly turn: () => Promise<void>;
  },
): Promise<{ readonly branches: BranchIndex; readonly kept: readonly KeptBlock[] }> {
  const { numbers, placeByBlock, turn } = of;
  const own = new BranchColumns(index);
  const kept: KeptBlock[] = [];
  const near = nearestKept(index, placeByBlock);
  for (const no of numbers) {
    const { branches, causal } = index;
    const branch = branches.branchOf(no);
    const before = near(branch, branches.seqOf(no) - 1);
    const deps: number[] = [];
    for (const [other, seq] of causal.contextOf(no)) {
      const known = other === branch ? undefined : near(other, seq);
      if (known === undefined || branches.isOnChain(known, no)) continue;
      if (before !== undefined && causal.isInPast(known, before)) continue;
      deps.push(known);
    }
    const leaves = [...new Set(deps)].filter(
      (dep) => !deps.some((other) => other !== dep && branches.isOnChain(dep, other)),
    );
    const place = (block: number): number => placeByBlock.get(block) ?? 0;
    if (kept.length % BLOCKS_A_TURN === BLOCKS_A_TURN - 1) await turn();
    own.push(no, before === undefined ? undefined : place(before));
    kept.push({
      ...index.kept(no),
      nonce: NO_NONCE,
      deps: leaves.map(place).sort((a, b) => a - b),
    });
  }
  return { branches: own.restored(), kept };
}

/** The last block of a chain up to a seq that stays. */
function nearestKept(
  index: SpaceIndex,
  placeByBlock: ReadonlyMap<number, number>,
): (branch: number, seq: number) => number | undefined {
  const { branches } = index;
  const seqsByBranch = new Map<number, number[]>();
  for (const no of placeByBlock.keys()) {
    const branch = branches.branchOf(no);
    const seqs = seqsByBranch.get(branch) ?? [];
    seqs.push(branches.seqOf(no));
    seqsByBranch.set(branch, seqs);
  }
  for (const seqs of seqsByBranch.values()) seqs.sort((a, b) => a - b);
  return (start, startSeq) => {
    let seq = startSeq;
    for (let branch: number | undefined = start; branch !== undefined;) {
      const found = lastUpTo(seqsByBranch.get(branch) ?? [], seq);
      if (found !== undefined) return branches.blockAt(branch, found);
      seq = Math.min(seq, branches.branchFork(branch) - 1);
      branch = branches.branchParent(branch);
    }
    return undefined;
  };
}

function lastUpTo(ascending: readonly number[], greatest: number): number | undefined {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] as number) <= greatest) low = middle + 1;
    else high = middle;
  }
  return ascending[low - 1];
}

/** Columns of a new index, filled block by block. */
class BranchColumns {
  readonly #index: SpaceIndex;
  readonly #numbers: number[] = [];
  readonly #prevs: number[] = [];

  constructor(index: SpaceIndex) {
    this.#index = index;
  }

  push(no: number, prev: number | undefined): void {
    this.#numbers.push(no);
    this.#prevs.push(prev ?? -1);
  }

  restored(): BranchIndex {
    const { branches } = this.#index;
    const numbers = this.#numbers;
    const hashes = new Uint8Array(numbers.length * 32);
    numbers.forEach((no, at) => hashes.set(branches.hashBytesOf(no), at * 32));
    const columns: BlockColumns = {
      hashes,
      branches: bytesOf(Int32Array.from(numbers, (no) => branches.branchOf(no))),
      seqs: bytesOf(Uint32Array.from(numbers, (no) => branches.seqOf(no))),
      prevs: bytesOf(Int32Array.from(this.#prevs)),
      lamports: bytesOf(Float64Array.from(numbers, (no) => branches.lamportOf(no))),
      positions: new Uint8Array(numbers.length * 8),
      signed: new Uint8Array(numbers.length * 4),
    };
    return BranchIndex.restored(0, branchesOf(branches), [columns]);
  }
}

/** With the order of blocks it is let go by which of them the units of texts and lists came. */
function letGoIn(state: ObjectState, isLetGo: (no: number) => boolean): void {
  state.isDoubtful = false;
  for (const field of state.fields.values()) {
    if (field.kind === 'text' || field.kind === 'list') field.timeline.letGo(isLetGo);
  }
}

function bytesOf(numbers: Int32Array | Uint32Array | Float64Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(numbers.buffer as ArrayBuffer, numbers.byteOffset, numbers.byteLength);
}
