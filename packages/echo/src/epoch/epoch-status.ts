/** What is told of the epochs of a space: how far they are, and what is written above them. */
import type { SpaceAuthority } from '@atoll/halo';
import type { DeviceKey } from '@atoll/kernel';
import type { SpaceIndex } from '../space/space-index.ts';
import type { Epoch, EpochBook, EpochRoot } from './epoch-book.ts';

/** What can be said about the epochs of a space. */
export interface EpochStatus {
  readonly current: Epoch | undefined;
  /** When its last voter claims to have acknowledged it, milliseconds; of a reset and before any, absent. */
  readonly sealedAtMs: number | undefined;
  /** Blocks above the frontier of the current epoch. */
  readonly blocksAbove: number;
  /** A vote is under way: somebody has proposed or promised. */
  readonly isVoting: boolean;
  /** Voters of the next epoch that have not acknowledged what is proposed. */
  readonly missing: readonly DeviceKey[];
  /** This device votes about the next epoch. */
  readonly isVoter: boolean;
  /** Epochs that this device has recomputed and found otherwise. */
  readonly refused: number;
  /** Stretches that this device had written upon what was collected, and has written anew since it was opened. */
  readonly carried: number;
  /** Copies of voters have sealed two epochs, both known here: everybody who knows of both takes the same. */
  readonly isSealedTwice: boolean;
}

/** When the last voter about the current epoch claims to have acknowledged it; absent where nobody had to. */
export function sealedAtMs(book: EpochBook, index: SpaceIndex): number | undefined {
  const { current } = book;
  const votes = current && book.voteFor(current)?.acknowledgements(current.id);
  if (votes === undefined || votes.length === 0) return undefined;
  return Math.max(...votes.map(({ block }) => index.timeMsOf(block)));
}

/** Blocks above the frontier of an epoch; without one, all. */
export function blocksAbove(index: SpaceIndex, current: Epoch | undefined): number {
  const { blockCount } = index.branches;
  if (current?.terms === undefined) return blockCount;
  const anchor = index.branches.blockOf(current.terms.anchor);
  if (anchor === undefined) return blockCount;
  let above = 0;
  const context = index.causal.contextOf(anchor);
  for (let branch = 0; branch < index.branches.branchCount; branch++) {
    const end = index.branches.seqOf(index.branches.branchEnd(branch));
    above += end - Math.max(context.get(branch) ?? -1, index.branches.branchFork(branch) - 1);
  }
  return above;
}

/** The first device and the recovery key of the space's root identity, once both are known. */
export function rootOf(authority: SpaceAuthority, index: SpaceIndex): EpochRoot | undefined {
  const root = authority.genesis?.root;
  const log = root === undefined ? undefined : authority.identities.logOf(root);
  if (root === undefined || log === undefined) return undefined;
  const { device, recoverySigningKey: recoveryKey } = log.genesis;
  const first = { base: [{ identity: root, device }], recoveryKey };
  const now = authority.credentials.root;
  const anchor = now?.anchor;
  if (now === undefined || anchor === undefined) return first;
  const { subject } = now.credential;
  const next = subject.to === 'identity' ? authority.identities.logOf(subject.identity) : undefined;
  return {
    ...first,
    handedOver: {
      recoveryKey: next?.genesis.recoverySigningKey,
      isBefore: (block) => block === anchor || index.causal.isInPast(block, anchor),
    },
  };
}
