/** What a replica over a stored log works with. */
import type {
  BlockHash,
  Ed25519Platform,
  Log,
  Rng,
  SpaceId,
  Store,
  StoredBlock,
} from '@atoll/kernel';
import type { BranchIndex } from './branch-index.ts';
import type { ReplicaHooks } from './replica.ts';
import type { Tip } from './tip.ts';

/** What a replica works with. */
export interface LogReplicaOptions {
  readonly store: Store;
  readonly ed25519: Ed25519Platform;
  readonly rng: Rng;
  /** Name of the log in the store; a mailbox id has the same form. */
  readonly space: SpaceId;
  readonly hooks?: ReplicaHooks;
  /** Told of the stored blocks, page by page, while the replica opens. */
  readonly load?: (blocks: readonly StoredBlock[]) => void | Promise<void>;
  readonly log?: Log;
  /** What a snapshot knows of the log; only the rest is read then. */
  readonly resume?: ResumeFrom;
  /** Where chains begin whose beginnings nobody has any more: see `LogReplica.reground`. */
  readonly grounds?: readonly Tip[];
}

/** What is known of a log without reading it. */
export interface ResumeFrom {
  readonly index: BranchIndex;
  /** All blocks up to here are in the index, or among `others`. */
  readonly position: number;
  /** Blocks that are not in the index, in the order of their positions; `load` is told of them first. */
  readonly others: readonly BlockHash[];
}
