/**
 * Work of this device that an epoch does not hold although it stands over its place: a profile that was put
 * back from an old backup, or copied, wrote on where its feed had gone on otherwise. Whoever takes the epoch
 * over has no place for such blocks, so it is looked for before.
 */
import type { BranchIndex } from '@atoll/feed';
import type { EpochId } from '@atoll/halo';
import { toHex, type BlockHash, type SpaceId } from '@atoll/kernel';
import { findSnapshot, indexOf, type FoundSnapshot } from '../snapshot/restore.ts';
import { SnapshotError } from '../snapshot/snapshot-error.ts';
import { BLOCK_HAS_CONTROL, BLOCK_HAS_DATA, type SpaceIndex } from '../space/space-index.ts';
import { pagesOfEpoch, type ArchivePlace } from './epoch-archive.ts';
import type { OtherApart } from './others-apart.ts';
import { sureBody, sureRecord } from './sure-record.ts';

const HASH_BYTES = 32;
/** Ends that are noted: a device has one feed for each slot and each unclean end. */
const ENDS_MAX = 4096;

/** The log of an open space, and what of it this device wrote. */
export interface OwnWork {
  readonly index: SpaceIndex;
  /** True for a block of this device. */
  readonly isOwn: (block: number) => boolean;
}

/** Blocks of this device that would be lost with an epoch. */
export interface WorkApart {
  /** By number, so that causes come first; those without content too, which others build on. */
  readonly blocks: readonly number[];
  /** How many have content. */
  readonly content: number;
  /** Blocks of others that they build on, and that the epoch has no place for either. */
  readonly upon: readonly number[];
  /** The epoch. */
  readonly found: FoundSnapshot;
}

/** What an epoch has no place for. */
export interface FoundApart {
  readonly own: WorkApart | undefined;
  /** Blocks of other devices, of which it is sure that they part from what the epoch holds. */
  readonly others: readonly OtherApart[];
}

/**
 * Blocks of this device that would be lost with an epoch whose pages are here, if any of them have content. A block is not if
 * something that the epoch names builds on it, if others were known to have it ({@link noteShared}), or if it
 * continues what the epoch names. @throws SnapshotError; StoreError.
 */
export async function workApart(
  place: ArchivePlace,
  epoch: EpochId,
  work: OwnWork,
): Promise<FoundApart> {
  const found = await findSnapshot({ ...place, pages: pagesOfEpoch(place, epoch) });
  if (found === undefined) return { own: undefined, others: [] };
  const taken = indexOf(found, 0);
  const shared = await endsOf(place, sharedName(place.space));
  const left = await endsOf(place, leftName(place.space));
  const comparison = new Comparison(work, taken, { shared, left });
  const blocks = comparison.findApart();
  const { index } = work;
  const content = blocks.filter((no) => (index.flagsOf(no) & BLOCK_HAS_DATA) !== 0).length;
  const others = comparison.findOthers().map((no) => ({
    hash: index.branches.hashOf(no),
    nonce: index.nonceOf(no).slice(),
    hasContent: (index.flagsOf(no) & BLOCK_HAS_DATA) !== 0,
  }));
  const upon = comparison.uponOthers(blocks);
  return { own: content === 0 ? undefined : { blocks, content, upon, found }, others };
}

/** Notes that others have everything that this device has written so far. @throws StoreError. */
export function noteShared(place: ArchivePlace, work: OwnWork): Promise<void> {
  return noteEnds(place, sharedName(place.space), work);
}

/**
 * Notes that what this device has written so far is given up where an epoch has no place for it. It is not once
 * more is written upon it. @throws StoreError.
 */
export function noteLeft(place: ArchivePlace, work: OwnWork): Promise<void> {
  return noteEnds(place, leftName(place.space), work);
}

async function noteEnds(place: ArchivePlace, name: string, work: OwnWork): Promise<void> {
  const { branches } = work.index;
  const ends = ownBranches(work).map((branch) => branches.hashBytesOf(branches.branchEnd(branch)));
  const body = new Uint8Array(Math.min(ends.length, ENDS_MAX) * HASH_BYTES);
  ends.slice(0, ENDS_MAX).forEach((end, at) => body.set(end, at * HASH_BYTES));
  if (body.length === 0) return;
  const record = sureRecord(body);
  const before = await place.store.value(name);
  if (before !== undefined && toHex(before) === toHex(record)) return;
  await place.store.commit({ values: new Map([[name, record]]) });
}

/** Own branches of a log beside the order of an epoch. */
class Comparison {
  readonly #work: OwnWork;
  readonly #taken: BranchIndex;
  /** Blocks of the log that the epoch names. */
  readonly #named: readonly number[];
  readonly #shared: readonly number[];
  readonly #left: readonly number[];

  constructor(
    work: OwnWork,
    taken: BranchIndex,
    ends: { readonly shared: readonly BlockHash[]; readonly left: readonly BlockHash[] },
  ) {
    const { branches } = work.index;
    this.#work = work;
    this.#taken = taken;
    const known = (hash: BlockHash): readonly number[] => {
      const block = branches.blockOf(hash);
      return block === undefined ? [] : [block];
    };
    this.#named = Array.from({ length: taken.blockCount }, (_, no) => no).flatMap((no) =>
      known(taken.hashOf(no)),
    );
    this.#shared = ends.shared.flatMap(known);
    this.#left = ends.left.flatMap(known);
  }

  findApart(): readonly number[] {
    const { causal } = this.#work.index;
    const rests = ownBranches(this.#work).map((branch) => this.#rest(branch));
    const own = rests.flatMap(([first]) =>
      first === undefined || this.#fits(first) ? [] : [first],
    );
    const firsts = [...own, ...this.#lettingIn(), ...rests.flat().filter((no) => this.#waits(no))];
    if (firsts.length === 0) return [];
    // What builds on them has lost its causes, in whatever feed it stands.
    const isUpon = (first: number, no: number): boolean =>
      first === no || causal.isInPast(first, no);
    const apart = new Set(rests.flat().filter((no) => firsts.some((first) => isUpon(first, no))));
    const { branches } = this.#work.index;
    const isLeft = (no: number): boolean => this.#left.some((end) => branches.isOnChain(no, end));
    // Parts of it would not mean anything alone.
    return [...apart].every(isLeft) ? [] : [...apart].sort((a, b) => a - b);
  }

  /** Blocks of other devices whose chains part from those of the epoch, and that it does not hold. */
  findOthers(): readonly number[] {
    return [...new Set(this.#parted().flat())];
  }

  /** Those of them that these build on. */
  uponOthers(blocks: readonly number[]): readonly number[] {
    const { causal } = this.#work.index;
    if (blocks.length === 0) return [];
    return this.findOthers().filter((other) => blocks.some((no) => causal.isInPast(other, no)));
  }

  /**
   * Where branches of others begin on which this device's identity was let in: its rights are there, so that nothing of
   * it has a place where they have none. Somebody whom the epoch knows has his place beside such branches.
   */
  #lettingIn(): readonly number[] {
    const { branches } = this.#work.index;
    const isKnown = ownBranches(this.#work).some(
      (branch) => this.#taken.branchesOf(branches.branchFeed(branch)).length > 0,
    );
    return isKnown ? [] : this.#parted().flatMap((rest) => rest.slice(0, 1));
  }

  /** True if a block names one of another branch that has parted, at a place that the epoch does not stand over. */
  #waits(block: number): boolean {
    const { index } = this.#work;
    const { branches } = index;
    const { deps } = index.kept(block);
    return deps.some((dep) => {
      if (this.#isNamed(dep)) return false;
      const isOver = branches.seqOf(dep) < this.#taken.wholeFrom(branches.feedOf(dep));
      return !isOver && this.#partedBy(branches.branchOf(dep)) !== undefined;
    });
  }

  /** By branch. */
  #parted(): readonly (readonly number[])[] {
    const { index, isOwn } = this.#work;
    const { branches } = index;
    return Array.from({ length: branches.branchCount }, (_, branch) => branch)
      .filter((branch) => !isOwn(branches.branchEnd(branch)) && this.#hasParted(branch))
      .map((branch) => this.#rest(branch));
  }

  /** True if the epoch is sure not to hold all of a branch. */
  #hasParted(branch: number): boolean {
    return this.#partedBy(branch) !== undefined;
  }

  /**
   * A seq by which a branch has parted: the epoch knows another block at that place, or does not know one that says who
   * may do what, as it never lets go of the order of those.
   */
  #partedBy(branch: number): number | undefined {
    const { branches } = this.#work.index;
    const taken = this.#taken;
    const feed = branches.branchFeed(branch);
    const chains = taken.branchesOf(feed);
    // Nobody can compare with a feed that the epoch has never heard of.
    if (chains.length === 0) return undefined;
    const unheard = this.#controls(branch).find((no) => !this.#isNamed(no));
    if (unheard !== undefined && branches.seqOf(unheard) < taken.wholeFrom(feed)) {
      return branches.seqOf(unheard);
    }
    const others = chains.map((chain) => this.#otherThere(branch, chain));
    return others.includes(undefined) ? undefined : Math.max(...others.map((seq) => seq ?? 0));
  }

  /** The last seq at which a chain of the epoch has another block than a branch here. */
  #otherThere(branch: number, chain: number): number | undefined {
    const { branches } = this.#work.index;
    const taken = this.#taken;
    for (let seq = taken.seqOf(taken.branchEnd(chain)); seq >= 0; seq--) {
      const there = taken.blockAt(chain, seq);
      const here = there === undefined ? undefined : branches.blockAt(branch, seq);
      if (there === undefined || here === undefined) continue;
      if (taken.hashOf(there) !== branches.hashOf(here)) return seq;
    }
    return undefined;
  }

  /**
   * False if whoever has a block has it beside the epoch: he has the same branch. The first block of a feed says whose it
   * is, so that the epoch knows each feed of which it holds something.
   */
  #isSharedWithEpoch(branch: number, block: number): boolean {
    const { branches } = this.#work.index;
    if (this.#taken.branchesOf(branches.branchFeed(branch)).length === 0) return false;
    const parted = this.#partedBy(branch);
    return parted === undefined || branches.seqOf(block) < parted;
  }

  /** Own blocks of a branch that say who may do what. */
  #controls(branch: number): readonly number[] {
    const { index } = this.#work;
    const { branches } = index;
    const end = branches.seqOf(branches.branchEnd(branch));
    const found: number[] = [];
    for (let seq = branches.branchFork(branch); seq <= end; seq++) {
      const block = branches.blockAt(branch, seq);
      const has = block !== undefined && (index.flagsOf(block) & BLOCK_HAS_CONTROL) !== 0;
      if (has) found.push(block);
    }
    return found;
  }

  #isNamed(block: number): boolean {
    return this.#taken.blockOf(this.#work.index.branches.hashOf(block)) !== undefined;
  }

  /** Blocks of a branch of which nothing says that others have them. */
  #rest(branch: number): readonly number[] {
    const { branches, causal } = this.#work.index;
    const end = branches.branchEnd(branch);
    const endSeq = branches.seqOf(end);
    let seq = 0;
    for (const block of this.#shared) {
      if (branches.isOnChain(block, end) && this.#isSharedWithEpoch(branch, block))
        seq = Math.max(seq, branches.seqOf(block) + 1);
    }
    for (const named of this.#named) {
      for (; seq <= endSeq; seq++) {
        const block = branches.blockAt(branch, seq);
        // Where the order was let go before, an epoch that was sealed covers it.
        if (block !== undefined && !causal.isInPast(block, named)) break;
      }
    }
    const rest: number[] = [];
    for (; seq <= endSeq; seq++) {
      const block = branches.blockAt(branch, seq);
      if (block !== undefined) rest.push(block);
    }
    return rest;
  }

  /**
   * True if the block has its place behind the epoch: its chain goes on from an end of the epoch, or whoever
   * has only that takes it as the beginning of a branch.
   */
  #fits(block: number): boolean {
    const { branches } = this.#work.index;
    const taken = this.#taken;
    const branch = branches.branchOf(block);
    const feed = branches.feedOf(block);
    let first = block;
    for (let seq = branches.seqOf(block) - 1; seq >= 0; seq--) {
      const before = branches.blockAt(branch, seq);
      const named = before === undefined ? undefined : taken.blockOf(branches.hashOf(before));
      if (before === undefined || named !== undefined) break;
      // Above the epoch's end, or apart as well.
      first = before;
    }
    const seq = branches.seqOf(first);
    const prev = seq === 0 ? undefined : branches.blockAt(branch, seq - 1);
    const hash = branches.hashOf(first);
    // A predecessor that is not here is none that the epoch could name.
    const named = { hash, prev: prev === undefined ? hash : branches.hashOf(prev), seq, feed };
    return taken.refusal(named) === undefined;
  }
}

function ownBranches({ index: { branches }, isOwn }: OwnWork): number[] {
  return Array.from({ length: branches.branchCount }, (_, branch) => branch).filter((branch) =>
    isOwn(branches.branchEnd(branch)),
  );
}

async function endsOf(place: ArchivePlace, name: string): Promise<readonly BlockHash[]> {
  const record = await place.store.value(name);
  if (record === undefined) return [];
  try {
    const body = sureBody(record);
    return Array.from({ length: Math.floor(body.length / HASH_BYTES) }, (_, at) =>
      toHex(body.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES)),
    ) as BlockHash[];
  } catch (failure) {
    // Knowing less only keeps more.
    if (failure instanceof SnapshotError) return [];
    throw failure;
  }
}

/** Name of the value that says what of this device's blocks others are known to have. */
function sharedName(space: SpaceId): string {
  return `shared-own/${space}`;
}

/** Name of the value that says what of them is given up. */
function leftName(space: SpaceId): string {
  return `left-own/${space}`;
}
