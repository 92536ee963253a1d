/**
 * What a member knows of the order of a space's blocks: numbers, branches, lamport numbers, contexts.
 * Blocks are added in the order in which they are folded, own ones before they are durable.
 */
import {
  BranchIndex,
  CausalIndex,
  NONCE_BYTES,
  type Dep,
  type InnerHeader,
  type ParsedBlock,
} from '@atoll/feed';
import { assert, compareBytes, idBytes, type BlockHash, type IdentityId } from '@atoll/kernel';
import type { BlockContext } from '../block-context.ts';

/** What is kept of a block besides its place in the order. */
export const BLOCK_HAS_DATA = 1;
/** See {@link BLOCK_HAS_DATA}. */
export const BLOCK_HAS_CONTROL = 2;

/** Why a block cannot be folded now, or ever. */
export type Readiness =
  | { readonly at: 'ready' }
  | { readonly at: 'known' }
  | { readonly at: 'waits'; readonly missing: readonly BlockHash[] }
  | {
      readonly at: 'refused';
      readonly code: 'FEED_LAMPORT_FALSE' | 'FEED_DEP_FALSE' | 'FEED_FORGOTTEN';
    };

/** What a snapshot keeps of a block besides its place on its branch. */
export interface KeptBlock {
  /** What the writer's clock said, milliseconds. */
  readonly timeMs: number;
  readonly flags: number;
  /** 16 bytes. */
  readonly nonce: Uint8Array;
  /** Numbers of the blocks that it names. */
  readonly deps: readonly number[];
}

/** Order of a space's folded blocks. */
export class SpaceIndex {
  readonly branches: BranchIndex;
  readonly causal: CausalIndex;
  readonly #timesMs: number[] = [];
  readonly #flags: number[] = [];
  readonly #depsByBlock = new Map<number, readonly number[]>();
  #nonces: Uint8Array<ArrayBuffer> = new Uint8Array(NONCE_BYTES * 64);

  /** `branches`: those of a snapshot, whose blocks are then entered with {@link SpaceIndex.restore}. */
  constructor(salt: number, branches: BranchIndex = new BranchIndex(salt)) {
    this.branches = branches;
    this.causal = new CausalIndex(this.branches);
  }

  /** What the fold has to know of a block. The key of its feed may be given, for its blocks to share. */
  contextOf(no: number, author: IdentityId, feed?: Uint8Array): BlockContext {
    const { branches } = this;
    return {
      no,
      branch: branches.branchOf(no),
      feed: feed ?? idBytes(branches.feedOf(no)),
      seq: branches.seqOf(no),
      lamport: branches.lamportOf(no),
      hash: branches.hashBytesOf(no),
      nonce: this.nonceOf(no),
      timeMs: this.timeMsOf(no),
      author,
    };
  }

  /** Enters what a snapshot keeps of the next block beside the columns of its branch. */
  restore(block: number, kept: KeptBlock): void {
    this.#timesMs[block] = kept.timeMs;
    this.#flags[block] = kept.flags;
    this.#keepNonce(block, kept.nonce);
    if (kept.deps.length > 0) this.#depsByBlock.set(block, kept.deps);
    this.causal.addBlock(block, kept.deps);
  }

  /** What {@link SpaceIndex.restore} takes. */
  kept(block: number): KeptBlock {
    return {
      timeMs: this.timeMsOf(block),
      flags: this.flagsOf(block),
      nonce: this.nonceOf(block),
      deps: this.#depsByBlock.get(block) ?? [],
    };
  }

  /** Which kinds of sections a block has: {@link BLOCK_HAS_DATA}, {@link BLOCK_HAS_CONTROL}. */
  flagsOf(block: number): number {
    return this.#flags[block] ?? 0;
  }

  /** Transaction nonce of a block, 16 bytes; a view. */
  nonceOf(block: number): Uint8Array<ArrayBuffer> {
    return this.#nonces.subarray(block * NONCE_BYTES, (block + 1) * NONCE_BYTES);
  }

  /** Whether a block's predecessor and deps are folded, and whether what it states of them is true. */
  readiness(block: ParsedBlock, inner: InnerHeader): Readiness {
    if (this.branches.blockOf(block.hash) !== undefined) return { at: 'known' };
    const { feed, seq } = block.frame;
    if (seq < this.branches.wholeFrom(feed)) return { at: 'refused', code: 'FEED_FORGOTTEN' };
    if (block.frame.seq === 0) return this.#readiness(inner, 0, []);
    const prev = this.branches.blockOf(block.frame.prev);
    if (prev === undefined) return this.#readiness(inner, 0, [block.frame.prev]);
    return this.#readiness(inner, this.branches.lamportOf(prev), []);
  }

  /** The same for a block whose predecessor has just been found ready. */
  readinessAfter(before: InnerHeader, inner: InnerHeader): Readiness {
    return this.#readiness(inner, before.lamport, []);
  }

  #readiness(inner: InnerHeader, lamportBefore: number, missing: BlockHash[]): Readiness {
    let greatest = lamportBefore;
    for (const dep of inner.deps) {
      const number = this.branches.blockOf(dep.hash);
      if (number === undefined) {
        if (this.#forgotten(dep) === undefined) missing.push(dep.hash);
      } else if (!this.#states(dep, number)) return { at: 'refused', code: 'FEED_DEP_FALSE' };
      greatest = Math.max(greatest, dep.lamport);
    }
    if (missing.length > 0) return { at: 'waits', missing };
    if (inner.lamport !== greatest + 1) return { at: 'refused', code: 'FEED_LAMPORT_FALSE' };
    return { at: 'ready' };
  }

  /** Adds a block that is ready. Its number. */
  add(block: ParsedBlock, inner: InnerHeader): number {
    const { feed, seq, prev } = block.frame;
    const added = this.branches.add({ hash: block.hash, feed, seq, prev });
    assert(added.at === 'added', 'only ready blocks are folded');
    this.branches.setLamport(added.block, inner.lamport);
    this.#timesMs[added.block] = inner.timeMs;
    this.#keepNonce(added.block, inner.nonce);
    let flags = 0;
    for (const { kind } of inner.sections) {
      flags |= kind === 'control' ? BLOCK_HAS_CONTROL : BLOCK_HAS_DATA;
    }
    this.#flags[added.block] = flags;
    const deps = inner.deps.map((dep) => {
      const number = this.branches.blockOf(dep.hash) ?? this.#forgotten(dep);
      assert(number !== undefined, 'a ready block has its deps');
      return number;
    });
    if (deps.length > 0) this.#depsByBlock.set(added.block, deps);
    this.causal.addBlock(added.block, deps);
    return added.block;
  }

  /** The block that stands for a dep here: itself, or the last one before it of which the order is kept. */
  named(dep: Dep): number | undefined {
    const number = this.branches.blockOf(dep.hash);
    if (number === undefined) return this.#forgotten(dep);
    return this.#states(dep, number) ? number : undefined;
  }

  /** What the writer's clock said, milliseconds. */
  timeMsOf(block: number): number {
    return this.#timesMs[block] ?? 0;
  }

  /** Order of concurrent writers: lamport number, then block hash. Negative when `a` comes first. */
  compare(a: number, b: number): number {
    if (a === b) return 0;
    const byLamport = this.branches.lamportOf(a) - this.branches.lamportOf(b);
    if (byLamport !== 0) return byLamport;
    return compareBytes(this.branches.hashBytesOf(a), this.branches.hashBytesOf(b));
  }

  #keepNonce(block: number, nonce: Uint8Array): void {
    const end = (block + 1) * NONCE_BYTES;
    if (end > this.#nonces.length) {
      const grown = new Uint8Array(Math.max(end, this.#nonces.length * 2));
      grown.set(this.#nonces);
      this.#nonces = grown;
    }
    this.#nonces.set(nonce, end - NONCE_BYTES);
  }

  /**
   * The last block up to a dep whose own block an epoch has let go: with it, all of that chain that can still be
   * named is in the past. What is said of the dep itself cannot be checked, but that it lies below what is known;
   * not even where the block at its place still is, for others do not have that any more.
   */
  #forgotten(dep: Dep): number | undefined {
    const whole = this.branches.wholeFrom(dep.feed);
    // Below that seq all chains of the feed are one.
    const [branch] = this.branches.branchesOf(dep.feed);
    if (branch === undefined || dep.seq >= whole) return undefined;
    const last = this.branches.blockAt(branch, whole - 1);
    if (last === undefined || dep.lamport >= this.branches.lamportOf(last)) return undefined;
    return this.branches.lastUpTo(branch, dep.seq);
  }

  #states(dep: Dep, number: number): boolean {
    return (
      this.branches.feedOf(number) === dep.feed &&
      this.branches.seqOf(number) === dep.seq &&
      this.branches.lamportOf(number) === dep.lamport
    );
  }
}
