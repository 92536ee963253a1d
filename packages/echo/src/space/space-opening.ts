/** Who opens a feed, and what the feed says of itself, as halo's statements take them. */
import {
  joinStatements,
  readingSecret,
  type Author,
  type SpaceAuthority,
  type Statement,
} from '@atoll/halo';
import type { SpaceId } from '@atoll/kernel';
import type { OwnFeed } from './own-feed.ts';
import { currentSecret, type SpaceWriter } from './space-ports.ts';

/** The writer, with its secret for this space. */
export function authorOf(writer: SpaceWriter, space: SpaceId): Author {
  return {
    log: writer.identityLog,
    deviceSigner: writer.deviceSigner,
    readingSecret: readingSecret(currentSecret(writer), space),
    profile: writer.profile,
  };
}

/** What the first block of a feed admits. */
export function openingOf(feed: OwnFeed): Parameters<typeof joinStatements>[0]['feed'] {
  return { feedSigner: feed.signer, incarnation: feed.incarnation, slot: feed.slot };
}

/** Statements of a further feed of a device, without what the space knows already. */
export async function openingStatements(
  writer: SpaceWriter,
  { authority, id }: { readonly authority: SpaceAuthority; readonly id: SpaceId },
  feed: OwnFeed,
): Promise<readonly Statement[]> {
  const { identity } = writer;
  const statements = await joinStatements({
    space: id,
    author: authorOf(writer, id),
    feed: openingOf(feed),
  });
  const isShown = authority.profileOf(identity) !== undefined;
  const { keys } = authority;
  const hasKey = keys.readingKey(identity) !== undefined;
  return statements.filter((statement) => {
    // One that was stated before and is none any more is known to a device that was stopped.
    if (statement.kind === 'reading-key') return !hasKey && !keys.isStated(identity, statement.key);
    // A device that was away knows an older one: whoever changes it says so in a block of its own.
    return statement.kind !== 'profile' || !isShown;
  });
}
