/**
 * What sync talks to. A member's space and a blind mailbox implement it alike; only what is durable and
 * signed leaves through it.
 */
import type { BlockHash, FeedKey } from '@atoll/kernel';
import type { ParsedBlock } from './block.ts';
import type { Run } from './run.ts';
import type { Tip } from './tip.ts';

/** What became of a received run. */
export type Received =
  /** Verified and durable; so many of its blocks were new. */
  | { readonly at: 'stored'; readonly blocks: number }
  /**
   * Verified and durable, so that it is served like all else; but the space cannot use it now, or ever.
   * `code` says why not.
   */
  | { readonly at: 'kept'; readonly blocks: number; readonly code: string }
  /** Everything in it was here before. */
  | { readonly at: 'known' }
  /** Verified, kept in memory until these blocks come; may be dropped for lack of room. */
  | { readonly at: 'waiting'; readonly missing: readonly BlockHash[] }
  /** Not accepted. Codes of {@link FeedRefusal}, or of the space that refused. */
  | { readonly at: 'refused'; readonly code: string };

/** One log of blocks as its peers see it. */
export interface Replica {
  /** Name of the log: the space id for members, the mailbox id for a server. */
  readonly id: string;
  /** Of the store; positions are valid within one. */
  readonly incarnation: string;
  /** Every signed end of every chain, ascending by feed, then hash. */
  tips(): readonly Tip[];
  /** H('heads', feed ‖ hash of every tip in order), 32 bytes. Equal roots mean equal logs. */
  headsRoot(): Uint8Array;
  /** Arrival position of the last durable block, 0 when there is none. */
  position(): Promise<number>;
  /** What arrived after a position, in order of arrival. @throws StoreError. */
  tailAfter(position: number): AsyncIterable<Run>;
  /** What a peer with these tips lacks, in order of arrival. @throws StoreError. */
  missingFor(theirs: readonly Tip[]): AsyncIterable<Run>;
  /** Verifies, stores and delivers. `from` names the sender, for limits. @throws StoreError. */
  receive(run: Run, from: string): Promise<Received>;
  /** Runs that came and continue what is not here. Absent where nobody asks. */
  readonly waiting?: number;
  /** Calls back with durable news, own and foreign. Returns the way to stop. */
  onAdvance(listener: (runs: readonly Run[]) => void): () => void;
}

/** What a space says of verified blocks before they are stored. */
export type Admission =
  | 'store'
  /** Store and serve them, although they cannot be used: what is authentic is judged by everybody alike. */
  | { readonly keep: string }
  /** Blocks that must come first, at least one. */
  | { readonly wait: readonly BlockHash[] }
  /** A code of the space's own. */
  | { readonly refuse: string };

/** Where durable blocks came from. `foreign`: another tab or process of this profile stored them. */
export type Origin = 'received' | 'foreign';

/** What the owner of a replica takes part in. A replica without keys has none. */
export interface ReplicaHooks {
  /**
   * Decides about the new blocks of a verified run; called one run at a time. Must not wait for
   * anything that this replica does.
   */
  readonly admit?: (blocks: readonly ParsedBlock[], run: Run) => Promise<Admission>;
  /**
   * Told of admitted blocks while they are on their way into the store: they may be shown. What is built
   * on them becomes durable after them, and nobody else hears of them before they are. `stored` is not
   * told of them again. Must not throw.
   */
  readonly arrived?: (blocks: readonly ParsedBlock[]) => void;
  /** Told of durable blocks that are not own, as they arrived, before `onAdvance`. Must not throw. */
  readonly stored?: (blocks: readonly ParsedBlock[], origin: Origin) => void;
  /** Told of a proof that a feed has forked. Both branches stay. Must not throw. */
  readonly forked?: (proof: ForkProof) => void;
  /** Told that a block of the index is not what was written any more. Must not throw. */
  readonly damaged?: () => void;
}

/** One of two continuations of a feed: frames from the fork to the next signed block. */
export interface ForkSide {
  readonly frames: readonly Uint8Array[];
  /** By the feed key over the last frame's block. */
  readonly signature: Uint8Array;
}

/** Proof that a feed key has signed two continuations of one block. Anybody can verify it. */
export interface ForkProof {
  readonly feed: FeedKey;
  /** Seq of the first frame of both sides. */
  readonly seq: number;
  readonly left: ForkSide;
  readonly right: ForkSide;
}
