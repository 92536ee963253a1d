/**
 * What a blind mailbox is given that has lost history which all have dropped: the answers that somebody with
 * nothing would ask for, under names that only who knows the space can work out, and the ends of the chains
 * under the epoch, where the mailbox's log begins then.
 */
import { hash } from '@atoll/crypto';
import type { BranchIndex, Tip } from '@atoll/feed';
import type { EpochId } from '@atoll/halo';
import { idBytes, toHex, utf8, type SpaceId } from '@atoll/kernel';
import { chainEnds } from './frontier.ts';

/** What a mailbox can stand on. */
export interface EpochStand {
  /** Name of the epoch for servers, 32 bytes in hex. */
  readonly tag: string;
  /** Ends of the chains under it, ascending by feed, then hash. */
  readonly grounds: readonly Tip[];
  /** Sealed answers, the offer first. @throws StoreError. */
  parts(): AsyncGenerator<{ readonly name: string; readonly answer: Uint8Array }>;
}

/** Name under which a server keeps the answer to a question: 32 bytes, of which it learns nothing. */
export function nameInMailbox(space: SpaceId, question: Uint8Array): Uint8Array<ArrayBuffer> {
  return hash('stand-question', idBytes(space), question);
}

/** Name of an epoch for servers. */
export function tagInMailbox(space: SpaceId, epoch: EpochId): string {
  return toHex(hash('stand', idBytes(space), utf8(epoch)));
}

/** Ends of all chains of an epoch's order. */
export function groundsOf(branches: BranchIndex): readonly Tip[] {
  const tips = chainEnds(branches).map((end): Tip => {
    return { feed: branches.feedOf(end), seq: branches.seqOf(end), hash: branches.hashOf(end) };
  });
  return tips.sort((a, b) => {
    if (a.feed !== b.feed) return a.feed < b.feed ? -1 : 1;
    return a.hash < b.hash ? -1 : 1;
  });
}
