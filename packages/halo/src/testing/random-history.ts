/** Random histories of a space: honest, confused and hostile writers, forks, replays, several devices. */
import { ROOT_ZONE, type CredentialId, type Signer } from '@atoll/kernel';
import { simAgreer, simSigner, type SimRng } from '@atoll/testkit';
import { LEVELS } from '../access-level.ts';
import { admitDevice, type IdentityLog } from '../identity.ts';
import { admitFeed, grantAccess, publishReadingKey } from '../issue.ts';
import { createGeneration } from '../generation.ts';
import { credentialIdOf } from '../codec-grants.ts';
import { rootCredential, rotationId } from '../statement-ids.ts';
import type { KeyRing } from '../key-ring.ts';
import type { Statement } from '../statements.ts';
import { NONE, type TestFeed } from './dag.ts';
import { person, type Person } from './people.ts';
import { foundTown, letIn, type Town } from './town.ts';

/** Blocks of a history after the first. */
const STEPS = 40;
const NAMES = ['Ada', 'Mira', 'Leo', 'Jun', 'Zoe'];

/** One who writes, honestly or not. */
interface Actor {
  readonly who: Person;
  log: IdentityLog;
  readonly devices: Signer[];
  readonly feeds: TestFeed[];
  /** Credentials that it holds. */
  held: readonly CredentialId[];
}

interface Scene {
  readonly town: Town;
  readonly rng: SimRng;
  readonly actors: Actor[];
  readonly credentials: CredentialId[];
  readonly said: Statement[];
  readonly keys: KeyRing;
}

const histories = new Map<number, Promise<Town>>();

/** A space after random blocks; the same for a seed. */
export function randomHistory(seed: number): Promise<Town> {
  const known = histories.get(seed);
  if (known !== undefined) return known;
  const made = makeHistory(seed);
  histories.set(seed, made);
  return made;
}

async function makeHistory(seed: number): Promise<Town> {
  const town = await foundTown(seed);
  const { rng } = town.dag;
  const actors: Actor[] = [];
  for (const name of NAMES) {
    const who = await person(name);
    const feeds = name === 'Ada' ? [town.founderFeed] : [];
    const held = name === 'Ada' ? [rootCredential(town.space)] : [];
    actors.push({ who, log: who.log, devices: [who.deviceSigner], feeds, held });
  }
  // Some are members from the start, so that much of what follows counts.
  const levels = { Mira: 'control', Leo: 'write', Jun: 'read' } as const;
  for (const [name, level] of Object.entries(levels)) {
    const actor = actors.find(({ who }) => who.name === name);
    if (actor === undefined) continue;
    const { credential, feed } = await letIn(town, actor.who, level);
    actor.feeds.push(feed);
    actor.held = [credential];
  }
  const said = [...town.founded.statements];
  const credentials = [rootCredential(town.space), NONE];
  const scene = { town, rng, actors, credentials, said, keys: town.founded.keys };
  for (let step = 0; step < STEPS; step++) await randomBlock(scene);
  return town;
}

async function randomBlock(scene: Scene): Promise<void> {
  const { rng, town } = scene;
  const { dag, space } = town;
  const actor = rng.pick(scene.actors);
  const isNew = actor.feeds.length === 0 || rng.chance(0.1);
  const feed = isNew ? dag.feed(rng.int(32)) : rng.pick(actor.feeds);
  const statements: Statement[] = isNew ? await opening(scene, actor, feed) : [];
  if (isNew) actor.feeds.push(feed);
  const extra = rng.int(4);
  for (let at = 0; at < extra; at++) statements.push(await randomStatement(scene, actor));
  scene.said.push(...statements);
  // Mostly one knows what is there; sometimes one has been away.
  const deps = rng.chance(0.3)
    ? dag.tips().filter((tip) => tip !== feed.tip)
    : [0, rng.int(dag.blocks.length), rng.int(dag.blocks.length)];
  const data = Array.from({ length: rng.int(3) }, () => cited(scene, actor));
  const before = { tip: feed.tip, seq: feed.seq };
  await dag.append(space, feed, { deps, statements, data, credential: cited(scene, actor) });
  const { credentials } = dag.fold(space).authority;
  for (const one of scene.actors) {
    one.held = credentials.heldBy(one.who.identity).map(({ id }) => id);
  }
  // A fork: the next block of this feed does not know this one.
  if (rng.chance(0.05)) Object.assign(feed, before);
}

/** Mostly a credential of one's own; sometimes any. */
function cited({ credentials, rng }: Scene, actor: Actor): CredentialId {
  return actor.held.length > 0 && rng.chance(0.7) ? rng.pick(actor.held) : rng.pick(credentials);
}

async function opening(scene: Scene, actor: Actor, feed: TestFeed): Promise<Statement[]> {
  const { rng, town } = scene;
  const statements: Statement[] = [];
  if (rng.chance(0.8)) statements.push(actor.log.genesis, ...actor.log.admissions);
  const { identity } = rng.chance(0.9) ? actor.who : rng.pick(scene.actors).who;
  const deviceSigner = rng.pick(actor.devices);
  const { space } = town;
  statements.push(await admitFeed({ space, identity, deviceSigner, ...feed.opening }));
  return statements;
}

async function randomStatement(scene: Scene, actor: Actor): Promise<Statement> {
  const { rng, said, town } = scene;
  const { space } = town;
  const deviceSigner = rng.pick(actor.devices);
  const { identity } = actor.who;
  switch (rng.int(8)) {
    case 0:
    case 1:
    case 2:
      return randomGrant(scene, actor, deviceSigner);
    case 3:
      return { kind: 'profile', name: `${actor.who.name} ${rng.int(9)}`, colour: 1 + rng.int(7) };
    case 4: {
      const key = simAgreer(rng.bytes(32)).publicKey;
      return publishReadingKey({ space, identity, deviceSigner, counter: rng.int(3), key });
    }
    case 5:
      return randomRotation(scene);
    case 6:
      return randomAdmission(scene, actor);
    default:
      return rng.pick(said);
  }
}

async function randomGrant(scene: Scene, actor: Actor, deviceSigner: Signer): Promise<Statement> {
  const { rng, town } = scene;
  const to = rng.pick(scene.actors);
  const grant = await grantAccess({
    rng,
    space: town.space,
    subject: rng.chance(0.1) ? { to: 'anyone' } : { to: 'identity', identity: to.who.identity },
    level: rng.pick(LEVELS),
    parent: cited(scene, actor),
    issuer: actor.who.identity,
    deviceSigner,
  });
  scene.credentials.push(credentialIdOf(grant));
  return grant;
}

function randomRotation({ keys, rng, said, town }: Scene): Statement {
  const { dag, space } = town;
  const { authority } = dag.fold(space);
  const of = rng.chance(0.5) ? 'membership' : ROOT_ZONE;
  const known = said.filter((one) => one.kind === 'rotation' && one.of === of);
  const last = rng.pick(known);
  const secret = last.kind === 'rotation' ? keys.get(rotationId(last)) : undefined;
  const previous = secret === undefined ? [] : [secret];
  const readers = authority.readers();
  const made = createGeneration({ rng, space, of, readers, previous });
  keys.add(made.secret);
  return made.rotation;
}

async function randomAdmission({ rng }: Scene, actor: Actor): Promise<Statement> {
  const newSigner = simSigner(rng.bytes(32));
  const admitting = rng.chance(0.8) ? rng.pick(actor.devices) : simSigner(rng.bytes(32));
  const newAgreementKey = simAgreer(rng.bytes(32)).publicKey;
  const admission = await admitDevice({ log: actor.log, admitting, newSigner, newAgreementKey });
  if (rng.chance(0.7)) {
    actor.log = { ...actor.log, admissions: [...actor.log.admissions, admission] };
    actor.devices.push(newSigner);
  }
  return admission;
}
