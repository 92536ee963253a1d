/** The statements with which a member's feed begins. */
import type { Signer, SpaceId } from '@atoll/kernel';
import { softwareKeys } from '@atoll/crypto';
import { logStatements, type IdentityLog } from './identity.ts';
import { admitFeed, publishReadingKey } from './issue.ts';
import { identityIdOf } from './statement-ids.ts';
import type { Bytes, Profile, Statement } from './statements.ts';

/** The feed that a device opens in a space, before it has a block. */
export interface FeedOpening {
  readonly feedSigner: Signer;
  readonly incarnation: Bytes;
  readonly slot: number;
}

/** Who writes the first block of a feed. */
export interface Author {
  readonly log: IdentityLog;
  readonly deviceSigner: Signer;
  /** X25519 secret of the identity's reading key in this space, see `readingSecret`. */
  readonly readingSecret: Uint8Array;
  readonly profile: Omit<Profile, 'kind'>;
}

/** Control section of the first block of a member's first feed: who it is, its feed, key and profile. */
export async function joinStatements(input: {
  readonly space: SpaceId;
  readonly author: Author;
  readonly feed: FeedOpening;
}): Promise<readonly Statement[]> {
  return [...(await openingStatements(input)), profileOf(input.author)];
}

/** Who writes a feed, the feed and its reading key. */
export async function openingStatements(input: {
  readonly space: SpaceId;
  readonly author: Author;
  readonly feed: FeedOpening;
}): Promise<readonly Statement[]> {
  const { space, author, feed } = input;
  const { deviceSigner } = author;
  const identity = identityIdOf(author.log.genesis);
  const admission = await admitFeed({ space, identity, deviceSigner, ...feed });
  const { publicKey: key } = await softwareKeys.agreer(author.readingSecret);
  const reading = await publishReadingKey({ space, identity, deviceSigner, counter: 0, key });
  return [...logStatements(author.log), admission, reading];
}

/** How the author wants to be called. */
export function profileOf(author: Author): Profile {
  return { kind: 'profile', ...author.profile };
}
