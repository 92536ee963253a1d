/** Who opens a feed, and what the feed says of itself, as halo's statements take them. */
import {
  joinStatements,
  mayStopDevices,
  readingSecret,
  type Author,
  type SpaceAuthority,
  type Statement,
} from '@atoll/halo';
import type { IdentityId, Rng, SpaceId } from '@atoll/kernel';
import type { OwnFeed } from './own-feed.ts';
import { currentSecret, type SpaceWriter } from './space-ports.ts';

/** As long as no secret may be used, a key is stated that nobody has: another one takes its place. */
const SECRET_BYTES = 32;

/** The writer, with its secret for this space. */
export function authorOf(writer: SpaceWriter, space: SpaceId, rng: Rng): Author {
  const secret = currentSecret(writer) ?? rng.bytes(SECRET_BYTES);
  return {
    log: writer.identityLog,
    deviceSigner: writer.deviceSigner,
    readingSecret: readingSecret(secret, space),
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
  { feed, rng }: { readonly feed: OwnFeed; readonly rng: Rng },
): Promise<readonly Statement[]> {
  const { identity } = writer;
  const statements = await joinStatements({
    space: id,
    author: authorOf(writer, id, rng),
    feed: openingOf(feed),
  });
  const isShown = authority.profileOf(identity) !== undefined;
  const isSafe = currentSecret(writer) !== undefined;
  return statements.filter(({ kind }) => {
    // A device that was away knows an older one: whoever changes it says so in a block of its own.
    if (kind === 'profile') return !isShown;
    return kind !== 'reading-key' || isSafe;
  });
}

/**
 * What of an opening still belongs into the first block of a feed. Where anything is known of devices, a reading key
 * does not: stated in a block that knows of a stop, it would be taken for one that was made since. Nor does it where
 * another one is there, unless the opening itself says of devices what takes that away.
 */
export function stillOpening(
  opening: readonly Statement[],
  { identities, keys }: SpaceAuthority,
  identity: IdentityId,
): readonly Statement[] {
  const isKeyless = keys.readingKey(identity) === undefined || opening.some(mayStopDevices);
  const mayState = isKeyless && !identities.isTroubled(identity);
  return mayState ? opening : opening.filter(({ kind }) => kind !== 'reading-key');
}
