/** Who opens a feed, and what the feed says of itself, as halo's statements take them. */
import { readingSecret, type Author, type joinStatements } from '@atoll/halo';
import type { SpaceId } from '@atoll/kernel';
import type { OwnFeed } from './own-feed.ts';
import type { SpaceWriter } from './space-ports.ts';

/** The writer, with its secret for this space. */
export function authorOf(writer: SpaceWriter, space: SpaceId): Author {
  return {
    log: writer.identityLog,
    deviceSigner: writer.deviceSigner,
    readingSecret: readingSecret(writer.haloSecret, space),
    profile: writer.profile,
  };
}

/** What the first block of a feed admits. */
export function openingOf(feed: OwnFeed): Parameters<typeof joinStatements>[0]['feed'] {
  return { feedSigner: feed.signer, incarnation: feed.incarnation, slot: feed.slot };
}
