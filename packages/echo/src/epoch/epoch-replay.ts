/**
 * The state of a space at the frontier of an epoch, folded apart from the open space: from the state of an
 * earlier epoch and the blocks between, or from nothing and all blocks. Blocks, rows and branches have
 * numbers that follow from the chain of epochs alone, so that every member makes the same snapshot.
 */
import type { BranchIndex } from '@atoll/feed';
import type { EpochTerms } from '@atoll/halo';
import { assert, type BlockHash, type FeedKey, type IdentityId } from '@atoll/kernel';
import { partOf, type BlockContext } from '../block-context.ts';
import { ElementIds, type Counted, type Stretch } from '../element-ids.ts';
import { Fold, type FoldedBlock } from '../fold.ts';
import type { ControlEntry } from '../snapshot/control-page.ts';
import type { ObjectState } from '../object-state.ts';
import { decodeState, encodeState } from '../snapshot/stored-state.ts';
import type { PageStore } from '../snapshot/page-store.ts';
import { indexOf, restoreRows, type FoundSnapshot } from '../snapshot/restore.ts';
import { SpaceChains } from '../space/space-chains.ts';
import { BLOCK_HAS_CONTROL, BLOCK_HAS_DATA, SpaceIndex } from '../space/space-index.ts';
import { StateRoot } from '../state-root.ts';
import { stageOf, type StageTerms } from './epoch-stages.ts';

/** Blocks between two questions whether others should have a turn: each can create a hundred objects. */
const BLOCKS_A_TURN = 4;
/** The same of rows that are looked at for what is to be collected. */
const ROWS_A_TURN = 64;

/** The open space, as a replay sees it. */
export interface ReplayHost {
  readonly index: SpaceIndex;
  readonly control: readonly ControlEntry[];
  isVoid(block: number): boolean;
  authorOf(block: number): IdentityId;
  /** Data of a block of the open space, from the log. @throws SnapshotError; StoreError. */
  read(block: number): Promise<readonly FoldedBlock[]>;
  turn(): Promise<void>;
}

/** A state in the making. */
export class EpochReplay {
  readonly index: SpaceIndex;
  readonly fold: Fold;
  readonly tree: StateRoot;
  readonly #host: ReplayHost;
  readonly #control: ControlEntry[] = [];
  readonly #controlByBlock: Map<number, ControlEntry>;

  private constructor(host: ReplayHost, branches: BranchIndex | undefined) {
    this.#host = host;
    this.index = new SpaceIndex(0, branches);
    this.#controlByBlock = new Map(host.control.map((entry) => [entry.no, entry]));
    const isInPast = (a: number, b: number): boolean => a !== b && this.index.causal.isInPast(a, b);
    const changed = (row: number): void => this.tree.changed(row);
    const observer = { objectChanged: changed, fieldChanged: changed };
    this.fold = new Fold({
      causality: { isInPast, chains: new SpaceChains(this.index.branches) },
      observer,
      tableSeed: 0,
    });
    this.tree = new StateRoot(this.fold);
  }

  /** Begins with nothing. */
  static empty(host: ReplayHost): EpochReplay {
    return new EpochReplay(host, undefined);
  }

  /** Begins with the snapshot of an epoch. @throws SnapshotError; StoreError. */
  static async from(
    found: FoundSnapshot,
    pages: PageStore,
    host: ReplayHost,
  ): Promise<EpochReplay> {
    const replay = new EpochReplay(host, indexOf(found, 0));
    const { fold, index } = replay;
    found.kept.forEach((kept, block) => index.restore(block, kept));
    replay.#control.push(...found.control);
    fold.blocks.restore({
      count: found.head.blocks,
      context: (no) => replay.#contextOf(no),
      at: (feed, seq) => replay.#blocksAt(feed, seq, found.head.blocks),
      hash: (no) => index.branches.hashBytesOf(no),
      compare: (a, b) => index.compare(a, b),
    });
    for (const block of found.head.voidBlocks) fold.blocks.setVoid(block, true);
    const turn = (): Promise<void> => host.turn();
    await restoreRows(found, { pages, fold, tree: replay.tree, turn });
    return replay;
  }

  /** Folds blocks of the open space in the order given, which puts causes before effects. */
  async extend(blocks: readonly number[]): Promise<void> {
    let folded = 0;
    for (const block of blocks) {
      const data =
        (this.#host.index.flagsOf(block) & BLOCK_HAS_DATA) === 0
          ? []
          : await this.#host.read(block);
      const no = this.#enter(block);
      const isVoid = this.#host.isVoid(block);
      for (const { block: from, section } of data) {
        // What is in a closed zone not all can vouch for; nothing outside depends on it.
        if (from.zone !== undefined) continue;
        const context = { ...this.#contextOf(no), nonce: from.nonce, ...partOf(from) };
        this.fold.applySection(context, section, isVoid);
      }
      if (++folded % BLOCKS_A_TURN === 0) await this.#host.turn();
    }
  }

  /** Puts the rows behind an epoch: all that is folded lies under its frontier. */
  async adopt(terms: StageTerms, lineage: readonly EpochTerms[]): Promise<void> {
    const stage = { ...stageOf(this.index, terms, lineage), isUnder: () => true };
    let collected = 0;
    await this.#host.turn();
    for (const _row of this.fold.adopting(stage)) {
      if (++collected % ROWS_A_TURN === 0) await this.#host.turn();
    }
  }

  /** Root of the rows under a key of the zone, hashed while others get their turns. */
  async root(key: Uint8Array): Promise<Uint8Array> {
    await this.tree.settle(key, () => this.#host.turn());
    return this.tree.compute(key);
  }

  /** Control sections under the frontier. */
  get control(): readonly ControlEntry[] {
    return this.#control;
  }

  /**
   * What this state has of a row of the open space, in the numbers of that one; `undefined` if it has no
   * such object.
   */
  stateFor(
    live: Fold,
    row: number,
  ): { readonly isVoid: boolean; readonly state: ObjectState | undefined } | undefined {
    const own = this.fold.rows.find(live.rows.idBytes(row));
    if (own < 0) return undefined;
    const isVoid = this.fold.rows.isVoid(own);
    const state = this.fold.glance(own);
    if (state === undefined) return { isVoid, state: undefined };
    const { branches } = this.index;
    const known = (no: number | undefined): number => {
      assert(no !== undefined, 'the open space knows all that a kept epoch names');
      return no;
    };
    const block = (no: number): number => known(this.#live(branches.hashOf(no)));
    const bytes = encodeState(
      state,
      {
        blocks: this.fold.blocks,
        block,
        branch: (no) => this.#host.index.branches.branchOf(block(branches.branchEnd(no))),
        stretches: (no, counted) => this.#stretches(no, counted),
        field: (no) => known(live.types.fieldNo(this.fold.types.fieldId(no))),
      },
      false,
    );
    return { isVoid, state: bytes === undefined ? undefined : decodeState(bytes, live.blocks) };
  }

  /** Which numbers of the open space the counters of a branch of a forked feed go to. */
  #stretches(branch: number, counted: Counted): readonly Stretch[] | undefined {
    const own = this.index.branches;
    const live = this.#host.index.branches;
    const feed = own.branchFeed(branch);
    if (own.branchesOf(feed).length < 2 && live.branchesOf(feed).length < 2) return undefined;
    const ids = new ElementIds(this.fold.blocks, counted);
    const found: { branch: number; from: number; to: number }[] = [];
    const end = own.seqOf(own.branchEnd(branch));
    for (let seq = own.branchFork(branch); seq <= end; seq++) {
      const no = own.blockAt(branch, seq);
      const there = no === undefined ? undefined : this.#live(own.hashOf(no));
      if (there === undefined) continue;
      const to = live.branchOf(there);
      const last = found.at(-1);
      if (last?.branch === to) continue;
      const from = last === undefined ? 0 : ids.unitsBefore(branch, seq);
      if (last !== undefined) last.to = from;
      found.push({ branch: to, from, to: Number.POSITIVE_INFINITY });
    }
    return found;
  }

  #enter(block: number): number {
    const { branches } = this.#host.index;
    const hash = branches.hashOf(block);
    const prev = branches.prevOf(block);
    const own = this.index.branches;
    const added = own.add({
      hash,
      feed: branches.feedOf(block),
      seq: branches.seqOf(block),
      prev: prev === undefined ? hash : branches.hashOf(prev),
    });
    assert(added.at === 'added', 'a block is replayed once, where it has its place');
    own.setLamport(added.block, branches.lamportOf(block));
    const kept = this.#host.index.kept(block);
    const deps = kept.deps.map((dep) => {
      const no = own.blockOf(branches.hashOf(dep)) ?? this.#before(dep);
      assert(no !== undefined, 'a block is replayed after those that it names');
      return no;
    });
    this.index.restore(added.block, { ...kept, deps });
    const control = this.#controlByBlock.get(block);
    if ((kept.flags & BLOCK_HAS_CONTROL) !== 0 && control !== undefined) {
      this.#control.push({ ...control, no: added.block });
    }
    return added.block;
  }

  /** The last block up to one that the epoch before has let go. */
  #before(block: number): number | undefined {
    const { branches } = this.#host.index;
    const [branch] = this.index.branches.branchesOf(branches.feedOf(block));
    if (branch === undefined) return undefined;
    return this.index.branches.lastUpTo(branch, branches.seqOf(block));
  }

  #contextOf(no: number): BlockContext {
    const { index } = this;
    const live = this.#live(index.branches.hashOf(no));
    return index.contextOf(no, this.#host.authorOf(live ?? -1));
  }

  #blocksAt(feed: string, seq: number, count: number): readonly number[] {
    const found = new Set<number>();
    for (const branch of this.index.branches.branchesOf(feed as FeedKey)) {
      const no = this.index.branches.blockAt(branch, seq);
      if (no === undefined || no >= count) continue;
      if ((this.index.flagsOf(no) & BLOCK_HAS_DATA) !== 0) found.add(no);
    }
    return [...found];
  }

  #live(hash: BlockHash): number | undefined {
    return this.#host.index.branches.blockOf(hash);
  }
}
