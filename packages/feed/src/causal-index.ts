/**
 * Causal contexts: for every block, what of every branch lies in its past. A block's context is its
 * predecessor's advanced by its deps, so along a branch a context only grows, and is kept as steps: from
 * this block of mine on, I know that much of yours. Exact with forks.
 */
import { KernelError } from '@atoll/kernel';
import type { BranchIndex } from './branch-index.ts';

/** Steps [seq of mine, seq of yours, …], both ascending. */
type Timeline = number[];

/** What lies in the past of a block: for each branch the greatest seq, its parents' blocks included. */
export type CausalContext = ReadonlyMap<number, number>;

const UNKNOWN = -1;

/** Contexts of all blocks of one {@link BranchIndex} that were added here. */
export class CausalIndex {
  readonly #branches: BranchIndex;
  /** By branch: the timelines of what it knows of others, by their branch. */
  readonly #known: Map<number, Timeline>[] = [];
  /** By branch: own blocks added so far end before this seq. */
  readonly #next: number[] = [];

  constructor(branches: BranchIndex) {
    this.#branches = branches;
  }

  /** True when the block was added here. */
  has(block: number): boolean {
    return this.#branches.seqOf(block) < (this.#next[this.#branches.branchOf(block)] ?? 0);
  }

  /**
   * Adds a block whose predecessor and deps were added before. `deps` are block numbers of other
   * feeds or branches. @throws KernelError `KERNEL_IMPOSSIBLE` when one was not.
   */
  addBlock(block: number, deps: readonly number[]): void {
    const branch = this.#branches.branchOf(block);
    const seq = this.#branches.seqOf(block);
    const before = this.#branches.prevOf(block);
    if (before !== undefined) this.#require(before);
    deps.forEach((dep) => this.#require(dep));
    for (let at = this.#known.length; at <= branch; at++) this.#known.push(new Map());
    for (const dep of deps) this.#absorb(branch, seq, dep);
    this.#next[branch] = seq + 1;
  }

  /** True when `past` is `block` itself or lies in its causal past. Both were added before. */
  isInPast(past: number, block: number): boolean {
    if (past === block) return true;
    if (this.#branches.isOnChain(past, block)) return true;
    const known = this.#knownAt(
      this.#branches.branchOf(block),
      this.#branches.seqOf(block),
      this.#branches.branchOf(past),
    );
    return known >= this.#branches.seqOf(past);
  }

  /** Everything in the past of a block, itself included, by branch. */
  contextOf(block: number): CausalContext {
    const context = new Map<number, number>();
    const raise = (branch: number, seq: number): void => {
      if (seq > (context.get(branch) ?? UNKNOWN)) context.set(branch, seq);
    };
    let seq = this.#branches.seqOf(block);
    let branch: number | undefined = this.#branches.branchOf(block);
    while (branch !== undefined) {
      raise(branch, seq);
      for (const [other, timeline] of this.#known[branch] ?? [])
        raise(other, valueAt(timeline, seq));
      seq = this.#branches.branchFork(branch) - 1;
      branch = this.#branches.branchParent(branch);
    }
    context.forEach((known, other) => {
      if (known < 0) context.delete(other);
    });
    return context;
  }

  /** From `seq` of `branch` on, `dep` and everything in its past is known. */
  #absorb(branch: number, seq: number, dep: number): void {
    let depSeq = this.#branches.seqOf(dep);
    let other: number | undefined = this.#branches.branchOf(dep);
    if (this.#knownAt(branch, seq, other) >= depSeq) return;
    // All the way up: a branch inherits from its parent what its own timelines do not repeat.
    while (other !== undefined) {
      for (const [third, timeline] of this.#known[other] ?? []) {
        this.#raise(branch, seq, { other: third, otherSeq: valueAt(timeline, depSeq) });
      }
      this.#raise(branch, seq, { other, otherSeq: depSeq });
      depSeq = this.#branches.branchFork(other) - 1;
      other = this.#branches.branchParent(other);
    }
  }

  #raise(branch: number, seq: number, to: { other: number; otherSeq: number }): void {
    const { other, otherSeq } = to;
    if (otherSeq < 0 || this.#knownAt(branch, seq, other) >= otherSeq) return;
    const timelines = this.#known[branch];
    const timeline = timelines?.get(other);
    if (timeline === undefined) timelines?.set(other, [seq, otherSeq]);
    else if (timeline.at(-2) === seq) timeline[timeline.length - 1] = otherSeq;
    else timeline.push(seq, otherSeq);
  }

  /** Greatest seq of `other` in the past of block `seq` of `branch`, or -1. */
  #knownAt(branch: number, seq: number, other: number): number {
    let at: number | undefined = branch;
    let until = seq;
    while (at !== undefined) {
      if (at === other) return until;
      const timeline = this.#known[at]?.get(other);
      const value = timeline === undefined ? UNKNOWN : valueAt(timeline, until);
      if (value >= 0) return value;
      until = Math.min(until, this.#branches.branchFork(at) - 1);
      at = this.#branches.branchParent(at);
    }
    return UNKNOWN;
  }

  #require(block: number): void {
    if (this.has(block)) return;
    throw new KernelError('KERNEL_IMPOSSIBLE', `block ${block} has no causal context yet`);
  }
}

/** Value of the last step at or before `seq`, or -1. */
function valueAt(timeline: Timeline, seq: number): number {
  const length = timeline.length;
  if (length === 0 || (timeline[0] as number) > seq) return UNKNOWN;
  if ((timeline[length - 2] as number) <= seq) return timeline[length - 1] as number;
  let low = 0;
  let high = length / 2 - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((timeline[middle * 2] as number) <= seq) low = middle;
    else high = middle - 1;
  }
  return timeline[low * 2 + 1] as number;
}
