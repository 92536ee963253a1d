/**
 * What a member knows of the order of a space's blocks: numbers, branches, lamport numbers, contexts.
 * Blocks are added in the order in which they are folded, own ones before they are durable.
 */
import {
  BranchIndex,
  CausalIndex,
  type Dep,
  type InnerHeader,
  type ParsedBlock,
} from '@atoll/feed';
import { assert, compareBytes, type BlockHash } from '@atoll/kernel';

/** Why a block cannot be folded now, or ever. */
export type Readiness =
  | { readonly at: 'ready' }
  | { readonly at: 'known' }
  | { readonly at: 'waits'; readonly missing: readonly BlockHash[] }
  | { readonly at: 'refused'; readonly code: 'FEED_LAMPORT_FALSE' | 'FEED_DEP_FALSE' };

/** Order of a space's folded blocks. */
export class SpaceIndex {
  readonly branches: BranchIndex;
  readonly causal: CausalIndex;
  readonly #timesMs: number[] = [];

  constructor(salt: number) {
    this.branches = new BranchIndex(salt);
    this.causal = new CausalIndex(this.branches);
  }

  /** Whether a block's predecessor and deps are folded, and whether what it states of them is true. */
  readiness(block: ParsedBlock, inner: InnerHeader): Readiness {
    if (this.branches.blockOf(block.hash) !== undefined) return { at: 'known' };
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
      if (number === undefined) missing.push(dep.hash);
      else if (!this.#states(dep, number)) return { at: 'refused', code: 'FEED_DEP_FALSE' };
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
    const deps = inner.deps.map((dep) => {
      const number = this.branches.blockOf(dep.hash);
      assert(number !== undefined, 'a ready block has its deps');
      return number;
    });
    this.causal.addBlock(added.block, deps);
    return added.block;
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

  #states(dep: Dep, number: number): boolean {
    return (
      this.branches.feedOf(number) === dep.feed &&
      this.branches.seqOf(number) === dep.seq &&
      this.branches.lamportOf(number) === dep.lamport
    );
  }
}
