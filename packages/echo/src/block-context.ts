/**
 * What the fold must know of the block that an op is in, and the one question about causality that it
 * cannot answer itself. The Space, which has the chains, provides both.
 */
import type { IdentityId, ZoneId } from '@atoll/kernel';
import { SECTION_OPS_MAX } from './ops.ts';
import type { RightsChoice } from './rights/rights-choice.ts';
import type { OpRights } from './rights/section-rights.ts';

/** The block around ops. */
export interface BlockContext {
  /**
   * Local number of the block, growing in the order in which blocks are applied, so that what is in a
   * block's causal past has a smaller number. Blocks without ops need none. Meaningless to other replicas.
   */
  readonly no: number;
  /** Local number of the feed's branch, from 0. */
  readonly branch: number;
  /** Key of the feed, 32 bytes. */
  readonly feed: Uint8Array;
  /** Number of the block in its feed. */
  readonly seq: number;
  readonly lamport: number;
  /** Hash of the block, 32 bytes; absent as long as the own transaction is open. */
  readonly hash?: Uint8Array;
  /** Transaction nonce, 16 bytes: what ids are made from. */
  readonly nonce: Uint8Array;
  /** The writer's claim, milliseconds since 1970; for display only. */
  readonly timeMs: number;
  readonly author: IdentityId;
  /** Number of the section among the block's data sections; absent for the first. */
  readonly section?: number;
  /** The closed zone that the section is of; absent for what all members read. */
  readonly zone?: ZoneId;
  /** What ops of the section may change; absent where they may change everything. */
  readonly rights?: OpRights;
}

/** Which section of its block a context is of, and what may be done there. */
export function partOf({
  rights,
  section,
  zone,
}: BlockContext): Pick<BlockContext, 'section' | 'rights' | 'zone'> {
  return {
    ...(zone === undefined ? {} : { zone }),
    ...(section === undefined ? {} : { section }),
    ...(rights === undefined ? {} : { rights }),
  };
}

/** Number in its block of the first op of a section, and of the first object that it creates. */
export function firstOpOf({ section = 0 }: Pick<BlockContext, 'section'>): number {
  return section * SECTION_OPS_MAX;
}

/**
 * The branches of feeds. Which of the chains of a forked feed have which local numbers, and to which of
 * them the blocks before the fork belong, depends on the order of arrival: nothing of it may be written.
 */
export interface Chains {
  /** Branches of a feed, given by its key in hex; none for what is no known feed. */
  branchesOf(feed: string): readonly number[];
  /** Key of a branch's feed in hex; `undefined` for a branch that is not known yet. */
  feedOf(branch: number): string | undefined;
  /** The branch that this one grew out of; `undefined` for one that begins at seq 0 or is not known yet. */
  parentOf(branch: number): number | undefined;
  /** Seq of the branch's first own block; below it, its blocks are its parent's. */
  startOf(branch: number): number;
  /** Hash of the block with this seq on the branch's chain, 32 bytes. */
  hashAt(branch: number, seq: number): Uint8Array | undefined;
  /** The block of a hash in hex. */
  find(hash: string): ChainBlock | undefined;
}

/** A block by its place in a branch. */
export interface ChainBlock {
  readonly no: number;
  readonly branch: number;
  readonly seq: number;
}

/** Causality between blocks that were applied. */
export interface Causality {
  /** True if block `a` is in the causal past of block `b`; false for `a === b`. */
  isInPast(a: number, b: number): boolean;
  /** Absent where no feed can have forked. */
  readonly chains?: Chains;
}

/** Runs a task once the current one is over: the end of the tick. In a browser `queueMicrotask`. */
export interface Scheduler {
  soon(task: () => void): void;
}

/** Where own transactions go. Implemented by the Space. */
export interface TransactionSink {
  /**
   * Begins the next own block; called at the first change of a transaction. Nothing foreign may be applied
   * until it is sealed (the Space calls {@link Database.commit} first). Everything applied before is in its
   * causal past. @throws EchoError `ECHO_READ_ONLY`.
   */
  open(): BlockContext;
  /**
   * Ends it: seals and stores the ops as one block, and returns the block's hash. `before`: the sections before the
   * last one, where ops exercise several rights, or are of several zones.
   */
  seal(block: BlockContext, section: Uint8Array, before?: readonly Uint8Array[]): Uint8Array;
  /** Which rights the next ops exercise; `undefined` where one right allows all. */
  rights?(): RightsChoice | undefined;
}

/** Order of concurrent writers: greatest (lamport, hash) wins. An open transaction is greater than all. */
export function compareBlocks(
  a: { readonly lamport: number; readonly hash?: Uint8Array },
  b: { readonly lamport: number; readonly hash?: Uint8Array },
): number {
  if (a.lamport !== b.lamport) return a.lamport < b.lamport ? -1 : 1;
  if (a.hash === undefined || b.hash === undefined) {
    return (a.hash === undefined ? 1 : 0) - (b.hash === undefined ? 1 : 0);
  }
  for (let at = 0; at < a.hash.length; at++) {
    const left = a.hash[at] as number;
    const right = b.hash[at] as number;
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}
