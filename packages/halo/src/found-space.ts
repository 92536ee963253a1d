/** The statements with which a space begins, and those with which a member's feed begins. */
import {
  ROOT_ZONE,
  type CredentialId,
  type IdentityId,
  type KeyId,
  type Rng,
  type Signer,
  type SpaceId,
} from '@atoll/kernel';
import { softwareAgreer } from '@atoll/crypto';
import { identityIdOf, rootCredential, spaceIdOf } from './statement-ids.ts';
import { logStatements, type IdentityLog } from './identity.ts';
import { admitFeed, publishReadingKey } from './issue.ts';
import { KeyRing } from './key-ring.ts';
import { createGeneration } from './rotation.ts';
import {
  NONCE_BYTES,
  type Bytes,
  type Profile,
  type SpaceGenesis,
  type Statement,
} from './statements.ts';

/** A new space's id and the genesis that it is the hash of. */
export function createSpaceGenesis(
  rng: Rng,
  root: IdentityId,
): { readonly space: SpaceId; readonly genesis: SpaceGenesis } {
  const genesis: SpaceGenesis = { kind: 'space-genesis', root, nonce: rng.bytes(NONCE_BYTES) };
  return { space: spaceIdOf(genesis), genesis };
}

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

/** What the founder's first block says, and the keys it makes. */
export interface FoundedSpace {
  readonly space: SpaceId;
  /** Control section of the first block, in this order. */
  readonly statements: readonly Statement[];
  /** Credential that the section and the founder's later sections cite. */
  readonly credential: CredentialId;
  readonly keys: KeyRing;
  /** Generation of the membership key under which the first block is sealed. */
  readonly membership: KeyId;
  /** Generation of the root zone's content key. */
  readonly content: KeyId;
}

/** Founds a space: its genesis, the founder's identity and feed, and the first generation of keys. */
export async function foundSpace(input: {
  readonly rng: Rng;
  readonly genesis: SpaceGenesis;
  readonly author: Author;
  readonly feed: FeedOpening;
}): Promise<FoundedSpace> {
  const { rng, genesis, author, feed } = input;
  const space = spaceIdOf(genesis);
  const identity = identityIdOf(author.log.genesis);
  const opening = await openingStatements({ space, author, feed });
  const readers = [{ identity, key: softwareAgreer(author.readingSecret).publicKey }];
  const membership = createGeneration({ rng, space, of: 'membership', readers });
  const content = createGeneration({ rng, space, of: ROOT_ZONE, readers });
  const keys = new KeyRing();
  keys.add(membership.secret);
  keys.add(content.secret);
  const statements: Statement[] = [
    genesis,
    ...opening,
    membership.rotation,
    content.rotation,
    ...membership.copies,
    ...content.copies,
    profileOf(author),
  ];
  return {
    space,
    statements,
    credential: rootCredential(space),
    keys,
    membership: membership.secret.generation,
    content: content.secret.generation,
  };
}

/** Control section of the first block of a member's first feed: who it is, its feed, key and profile. */
export async function joinStatements(input: {
  readonly space: SpaceId;
  readonly author: Author;
  readonly feed: FeedOpening;
}): Promise<readonly Statement[]> {
  return [...(await openingStatements(input)), profileOf(input.author)];
}

async function openingStatements(input: {
  readonly space: SpaceId;
  readonly author: Author;
  readonly feed: FeedOpening;
}): Promise<Statement[]> {
  const { space, author, feed } = input;
  const { deviceSigner } = author;
  const identity = identityIdOf(author.log.genesis);
  const admission = await admitFeed({ space, identity, deviceSigner, ...feed });
  const key = softwareAgreer(author.readingSecret).publicKey;
  const reading = await publishReadingKey({ space, identity, deviceSigner, counter: 0, key });
  return [...logStatements(author.log), admission, reading];
}

function profileOf(author: Author): Profile {
  return { kind: 'profile', ...author.profile };
}
