/** Which feeds an epoch retires: those of devices that somebody has said are lost, as far as they knew them. */
import { RETIRED_MAX, suffices, type EpochTerms, type SpaceAuthority } from '@atoll/halo';
import {
  compareBytes,
  idBytes,
  type DeviceKey,
  type FeedKey,
  type IdentityId,
} from '@atoll/kernel';
import type { SpaceIndex } from '../space/space-index.ts';
import type { Frontier } from './frontier.ts';

type RetiredFeed = EpochTerms['retired'][number];

/** Somebody said that a device is lost. */
export interface Retirement {
  readonly device: DeviceKey;
  /** The block that says so. */
  readonly block: number;
}

/** Feeds that are retired at a frontier, those of the epoch before included; ascending. */
export function retiredAt(
  frontier: Frontier,
  of: {
    readonly index: SpaceIndex;
    readonly authority: SpaceAuthority;
    readonly retirements: readonly Retirement[];
    readonly before: EpochTerms | undefined;
  },
): readonly RetiredFeed[] {
  const { authority, before, index, retirements } = of;
  const { branches, causal } = index;
  const ends = new Map<FeedKey, RetiredFeed>();
  for (const feed of before?.retired ?? []) ends.set(feed.feed, feed);
  for (const end of [...frontier.ends()].sort((a, b) => index.compare(a, b))) {
    const author = authority.authorOf(end);
    if (author === undefined || before?.retired.some(({ feed }) => feed === author.feed)) continue;
    const branch = branches.branchOf(end);
    const isLost = retirements.some(
      ({ block, device }) =>
        device === author.device &&
        frontier.has(block) &&
        causal.contextOf(block).get(branch) !== undefined &&
        mayRetire(authority, block, author),
    );
    if (isLost) ends.set(author.feed, { feed: author.feed, end: branches.hashOf(end) });
  }
  const feeds = [...ends.values()].sort((a, b) => compareBytes(idBytes(a.feed), idBytes(b.feed)));
  return feeds.slice(0, RETIRED_MAX);
}

/** By who controls the space, or by another device of the same identity. */
function mayRetire(
  authority: SpaceAuthority,
  block: number,
  lost: { readonly identity: IdentityId; readonly device: DeviceKey },
): boolean {
  const author = authority.authorOf(block);
  if (author === undefined || author.device === lost.device) return false;
  if (author.identity === lost.identity) return true;
  const level = authority.credentials.asOf(block).levelOf(author.identity);
  return level !== undefined && suffices(level, 'control');
}
