/** The statements with which a space begins. */
import {
  ROOT_ZONE,
  type CredentialId,
  type IdentityId,
  type KeyId,
  type Rng,
  type SpaceId,
} from '@atoll/kernel';
import { softwareAgreer } from '@atoll/crypto';
import { createGeneration } from './generation.ts';
import { KeyRing } from './key-ring.ts';
import { openingStatements, profileOf, type Author, type FeedOpening } from './join-statements.ts';
import { identityIdOf, rootCredential, spaceIdOf } from './statement-ids.ts';
import { NONCE_BYTES, type SpaceGenesis, type Statement } from './statements.ts';

/** A new space's id and the genesis that it is the hash of. */
export function createSpaceGenesis(
  rng: Rng,
  root: IdentityId,
): { readonly space: SpaceId; readonly genesis: SpaceGenesis } {
  const genesis: SpaceGenesis = { kind: 'space-genesis', root, nonce: rng.bytes(NONCE_BYTES) };
  return { space: spaceIdOf(genesis), genesis };
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
