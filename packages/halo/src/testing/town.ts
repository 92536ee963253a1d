/** A founded space with its founder, ready for others to join. */
import { SimRng } from '@atoll/testkit';
import type { CredentialId, SpaceId } from '@atoll/kernel';
import type { Level } from '../access-level.ts';
import { readingSecret } from '../derive.ts';
import { createSpaceGenesis, foundSpace, type FoundedSpace } from '../found-space.ts';
import { grantAccess } from '../issue.ts';
import { joinStatements } from '../join-statements.ts';
import { credentialIdOf } from '../codec-grants.ts';
import type { Grant } from '../statements.ts';
import { Dag, type TestFeed } from './dag.ts';
import { person, type Person } from './people.ts';

/** A space in its first moments. */
export interface Town {
  readonly dag: Dag;
  readonly space: SpaceId;
  readonly founded: FoundedSpace;
  readonly founder: Person;
  readonly founderFeed: TestFeed;
}

/** Ada founds a space. */
export async function foundTown(seed = 1): Promise<Town> {
  const rng = new SimRng(seed);
  const dag = new Dag(rng);
  const founder = await person('Ada');
  const { genesis, space } = createSpaceGenesis(rng, founder.identity);
  const founderFeed = dag.feed();
  const founded = await foundSpace({
    rng,
    genesis,
    author: authorOf(founder, space),
    feed: founderFeed.opening,
  });
  const { credential, statements } = founded;
  await dag.append(space, founderFeed, { credential, statements });
  return { dag, space, founded, founder, founderFeed };
}

/** A person as the author of a first block. */
export function authorOf(
  who: Person,
  space: SpaceId,
): Parameters<typeof joinStatements>[0]['author'] {
  return {
    log: who.log,
    deviceSigner: who.deviceSigner,
    readingSecret: readingSecret(who.haloSecret, space),
    profile: { name: who.name, colour: 3 },
  };
}

/** A grant by a person, not yet in a block. */
export function grantBy(
  town: Town,
  issuer: Person,
  to: Person,
  right: { readonly level: Level; readonly parent: CredentialId },
): Promise<Grant> {
  return grantAccess({
    rng: town.dag.rng,
    space: town.space,
    subject: { to: 'identity', identity: to.identity },
    ...right,
    issuer: issuer.identity,
    deviceSigner: issuer.deviceSigner,
  });
}

/** The founder lets somebody in, who then writes a first block. Returns the credential and the feed. */
export async function letIn(
  town: Town,
  guest: Person,
  level: Level,
): Promise<{ readonly credential: CredentialId; readonly feed: TestFeed; readonly grant: Grant }> {
  const { dag, founder, founderFeed, founded, space } = town;
  const grant = await grantBy(town, founder, guest, { level, parent: founded.credential });
  const statements = [guest.log.genesis, ...guest.log.admissions, grant];
  const granted = await dag.append(space, founderFeed, {
    credential: founded.credential,
    statements,
    deps: dag.tips().filter((tip) => tip !== founderFeed.tip),
  });
  const feed = dag.feed();
  const credential = credentialIdOf(grant);
  await dag.append(space, feed, {
    deps: [granted],
    credential,
    statements: await joinStatements({
      space,
      author: authorOf(guest, space),
      feed: feed.opening,
    }),
  });
  return { credential, feed, grant };
}
