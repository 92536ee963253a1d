/** What people do in a world: the honest what a client does, the others whatever can be put into blocks. */
import { hash } from '@atoll/crypto';
import {
  LEVELS,
  credentialIdOf,
  publishReadingKey,
  revokeAccess,
  rotationId,
  type GrantSubject,
  type Rotation,
  type Statement,
} from '@atoll/halo';
import {
  ROOT_ZONE,
  idFromBytes,
  type BlockHash,
  type CredentialId,
  type FeedKey,
} from '@atoll/kernel';
import { simAgreer, type SimRng } from '@atoll/testkit';
import { NONE, type TestFeed } from '../../packages/halo/src/testing/byzantine-parts.ts';
import type { AuthorityWorld } from './authority-world.ts';
import { GROUPS, groupPath, mintDevice, openFeed, signGrant, type Actor } from './crew.ts';

/** Generations that new keys follow, at most. */
const PREVIOUS_MAX = 8;

/** What one block is to say. */
interface Draft {
  readonly statements: Statement[];
  credential: CredentialId;
  data: CredentialId[];
}

/** One step of a world. */
export async function step(world: AuthorityWorld, rng: SimRng): Promise<void> {
  world.dag.rng = rng;
  const actor = rng.pick(world.actors);
  if (rng.chance(0.25)) return tell(world, rng, actor);
  if (actor.isHonest) await honestBlock(world, rng, actor);
  else await crookedBlock(world, rng, actor);
}

/** Somebody honest shows all; somebody else what he likes, to whom he likes. */
function tell(world: AuthorityWorld, rng: SimRng, from: Actor): void {
  const to = rng.pick(world.actors);
  const all = [...from.replica.seen];
  const shown = from.isHonest ? rng.shuffle(all) : [rng.pick(all), rng.pick(all)];
  for (const index of shown) to.replica.take(index);
  const epoch = world.epochs.at(-1);
  if (epoch !== undefined && rng.chance(0.3)) to.replica.hear(epoch);
}

async function honestBlock(world: AuthorityWorld, rng: SimRng, actor: Actor): Promise<void> {
  const { authority, frontier } = actor.replica;
  const { identity } = actor.who;
  const feed = actor.feeds[0];
  if (feed === undefined || actor.first === undefined) return;
  const control = authority.credentialFor(identity, 'control');
  const write = authority.credentialFor(identity, 'write');
  const draft: Draft = { statements: [], credential: control ?? write ?? NONE, data: [] };
  const turn = rng.int(12);
  if (turn < 2 && control !== undefined)
    draft.statements.push(...(await honestAct(world, rng, actor, control)));
  else if (turn === 2) draft.statements.push(rotationBy(world, rng, actor));
  else if (turn === 3) draft.statements.push(profileBy(rng, actor));
  // By the right that nobody crooked is senior to, if that is so.
  else draft.data = [rng.chance(0.8) ? actor.first : (write ?? actor.first)];
  const deps = [...frontier].filter((index) => index !== feed.tip);
  const block = await append(world, actor, feed, { deps, ...draft });
  if (draft.data[0] === actor.first) world.honestWrites.push({ block, by: actor });
  if (actor.who.name === 'Ada' && rng.chance(0.1)) seal(world, block);
}

/** Lets in somebody, or removes somebody who keeps no rule. */
async function honestAct(
  world: AuthorityWorld,
  rng: SimRng,
  actor: Actor,
  control: CredentialId,
): Promise<Statement[]> {
  const { space } = world;
  const crooked = world.actors.filter(({ isHonest }) => !isHonest);
  const subject = { to: 'identity', identity: rng.pick(crooked).who.identity } as const;
  if (rng.chance(0.5)) {
    const [device] = actor.devices as [Actor['devices'][number]];
    const level = rng.pick(['read', 'write'] as const);
    const grant = await signGrant({
      rng,
      space,
      by: actor,
      device,
      subject,
      level,
      right: [control],
    });
    world.credentials.push(credentialIdOf(grant));
    return [grant];
  }
  return [
    revokeAccess({ space, subject, parent: control }),
    rotationBy(world, rng, actor, subject.identity),
  ];
}

/** Keys of which nobody has the secrets: whether they count is all that is looked at here. */
function rotationBy(
  world: AuthorityWorld,
  rng: SimRng,
  { replica }: Actor,
  without?: string,
): Rotation {
  const of = rng.chance(0.5) ? 'membership' : ROOT_ZONE;
  const wrapped = new Uint8Array(of === 'membership' ? 0 : 40);
  const latest = replica.authority.keys.latest(of).slice(0, PREVIOUS_MAX);
  return {
    ...{ kind: 'rotation', space: world.space, of },
    commitments: (of === 'membership' ? [1] : [1, 2]).map(() => rng.bytes(32)),
    previous: latest.toSorted().map((generation) => ({ generation, sealed: wrapped })),
    readers: replica.authority.readers().filter(({ identity }) => identity !== without),
  };
}

function profileBy(rng: SimRng, { who }: Actor): Statement {
  return { kind: 'profile', name: `${who.name} ${String(rng.int(99))}`, colour: 1 + rng.int(7) };
}

function seal(world: AuthorityWorld, anchor: number): void {
  const last = world.epochs.at(-1);
  if (last !== undefined && !world.dag.block(anchor).past.has(last.anchor)) return;
  world.epochs.push({ number: (last?.number ?? 0) + 1, anchor });
}

async function append(
  world: AuthorityWorld,
  actor: Actor,
  feed: TestFeed,
  content: Parameters<AuthorityWorld['dag']['append']>[2],
): Promise<number> {
  const index = await world.dag.append(world.space, feed, content);
  const { control, hash: name } = world.dag.block(index);
  for (const { statements } of control) {
    world.note(statements);
    for (const [at, { statement }] of statements.entries()) {
      if (statement.kind === 'revocation') world.revocations.push({ block: name, index: at });
    }
  }
  actor.replica.take(index);
  return index;
}

/** A block anywhere: on any of the own chains, knowing whatever suits, saying anything. */
async function crookedBlock(world: AuthorityWorld, rng: SimRng, actor: Actor): Promise<void> {
  const { dag, space } = world;
  const seen = [...actor.replica.seen];
  const isNew = actor.feeds.length === 0 || rng.chance(0.1);
  const feed = isNew ? dag.feed(rng.int(32)) : rng.pick(actor.feeds);
  const statements: Statement[] = isNew ? await openFeed(rng, space, actor, feed) : [];
  if (isNew) actor.feeds.push(feed);
  // A fork: it goes on from any of its blocks, or begins again.
  if (!isNew && rng.chance(0.2)) goBack(world, rng, feed);
  if (feed.tip < 0 && !isNew) statements.push(...(await openFeed(rng, space, actor, feed)));
  for (let more = rng.int(4); more > 0; more--)
    statements.push(await anyStatement(world, rng, actor));
  const known = rng.chance(0.4)
    ? [...actor.replica.frontier]
    : Array.from({ length: rng.int(4) }, () => rng.pick(seen));
  const data = rng.chance(0.5) ? [anyRight(world, rng, actor)] : [];
  const deps = known.filter((index) => index !== feed.tip);
  const grind = rng.chance(0.2) ? 12 : 1;
  await append(world, actor, feed, {
    deps,
    statements,
    data,
    credential: anyRight(world, rng, actor),
    grind,
  });
}

function goBack(world: AuthorityWorld, rng: SimRng, feed: TestFeed): void {
  const own = world.dag.blocks.filter((block) => block.feed === feed.key);
  const at = rng.chance(0.2) ? undefined : rng.pick(own);
  feed.tip = at?.prevIndex ?? -1;
  feed.seq = at?.seq ?? 0;
  if (feed.tip < 0) feed.seq = 0;
}

/** Mostly a right that he has; now and then anybody's, or none. */
function anyRight(world: AuthorityWorld, rng: SimRng, { replica, who }: Actor): CredentialId {
  const held = replica.authority.credentials.heldBy(who.identity);
  if (held.length > 0 && rng.chance(0.75)) return rng.pick(held).id;
  return rng.chance(0.05) ? NONE : rng.pick(world.credentials);
}

async function anyStatement(world: AuthorityWorld, rng: SimRng, actor: Actor): Promise<Statement> {
  switch (rng.int(12)) {
    case 0:
    case 1:
    case 2:
      return anyGrant(world, rng, actor);
    case 3:
    case 4:
    case 5:
      return anyRevocation(world, rng, actor);
    case 6:
      return anyRemark(world, rng, actor);
    case 7:
      return rng.chance(0.5) ? profileBy(rng, actor) : mintDevice(rng, actor);
    case 8:
      return anyReadingKey(world, rng, actor);
    case 9:
      return anyRotation(world, rng, actor);
    case 10:
      return poisonedCopy(world, rng);
    default:
      return repeated(world, rng, actor);
  }
}

/** What anybody has said before, or himself: in another branch, or to somebody else. */
function repeated({ said }: AuthorityWorld, rng: SimRng, { who }: Actor): Statement {
  const own = said.filter((one) => one.kind === 'grant' && one.issuer === who.identity);
  return own.length > 0 && rng.chance(0.6) ? rng.pick(own) : rng.pick(said);
}

async function anyGrant(world: AuthorityWorld, rng: SimRng, actor: Actor): Promise<Statement> {
  const { space } = world;
  const through = rng.chance(0.25) ? [anyRight(world, rng, actor)] : [];
  const grant = await signGrant({
    ...{ rng, space, by: actor, device: rng.pick(actor.devices) },
    subject: anySubject(world, rng),
    path: rng.chance(0.4) ? groupPath(rng.pick(GROUPS)) : [],
    level: rng.pick(LEVELS),
    right: [anyRight(world, rng, actor), ...through],
    ...(rng.chance(0.2)
      ? { premise: { subject: anySubject(world, rng), path: [], level: rng.pick(LEVELS) } }
      : {}),
    ...(rng.chance(0.1) ? { until: 1 + rng.int(2) } : {}),
  });
  world.credentials.push(credentialIdOf(grant));
  return grant;
}

function anySubject({ actors }: AuthorityWorld, rng: SimRng): GrantSubject {
  const turn = rng.int(10);
  if (turn === 0) return { to: 'anyone' };
  if (turn < 4) return { to: 'group', group: rng.pick(GROUPS) };
  return { to: 'identity', identity: rng.pick(actors).who.identity };
}

function anyRevocation(world: AuthorityWorld, rng: SimRng, actor: Actor): Statement {
  const { space } = world;
  const subject = anySubject(world, rng);
  const revocation = revokeAccess({
    ...{ space, subject, parent: anyRight(world, rng, actor) },
    path: rng.chance(0.2) ? groupPath(rng.pick(GROUPS)) : [],
    ...(rng.chance(0.1) ? { under: anyRight(world, rng, actor) } : {}),
  });
  const through = rng.chance(0.15) ? [anyRight(world, rng, actor)] : [];
  const cut = Array.from({ length: rng.int(4) }, () => anyCut(world, rng));
  return { ...revocation, through, cut, isPurge: rng.chance(0.3) };
}

/** A block there is, shown or not; or one that nobody ever signed. */
function anyCut({ dag }: AuthorityWorld, rng: SimRng): { feed: FeedKey; end: BlockHash } {
  const { feed, hash: end } = rng.pick(dag.blocks);
  const unsigned = idFromBytes('block', hash('test-block', rng.bytes(8)));
  return { feed, end: rng.chance(0.15) ? unsigned : end };
}

function anyRemark(world: AuthorityWorld, rng: SimRng, actor: Actor): Statement {
  const { space } = world;
  const none = { block: '00'.repeat(32) as BlockHash, index: 0 };
  const of = world.revocations.length === 0 ? none : rng.pick(world.revocations);
  const parent = anyRight(world, rng, actor);
  const says = rng.chance(0.5) ? 'withdrawn' : 'agreed';
  return { kind: 'revocation-remark', space, says, ...of, parent, through: [] };
}

function anyReadingKey(
  { actors, space }: AuthorityWorld,
  rng: SimRng,
  actor: Actor,
): Promise<Statement> {
  const { identity } = rng.chance(0.8) ? actor.who : rng.pick(actors).who;
  const key = simAgreer(rng.bytes(32)).publicKey;
  const deviceSigner = rng.pick(actor.devices);
  return publishReadingKey({ space, identity, deviceSigner, counter: rng.int(4), key });
}

/** Readers that leave somebody out, or put somebody in; and whatever came before. */
function anyRotation(world: AuthorityWorld, rng: SimRng, actor: Actor): Statement {
  const made = rotationBy(world, rng, actor);
  if (rng.chance(0.4)) return made;
  const rotations = world.said.flatMap((one) => (one.kind === 'rotation' ? [rotationId(one)] : []));
  const isShort = rng.chance(0.5);
  const key = simAgreer(rng.bytes(32)).publicKey;
  const { identity } = rng.pick(world.actors).who;
  const readers = isShort ? made.readers.slice(1) : [...made.readers, { identity, key }];
  const previous =
    rotations.length === 0 ? [] : [{ generation: rng.pick(rotations), sealed: new Uint8Array(0) }];
  return { ...made, readers, previous };
}

/** A copy of a key for somebody that does not open, or opens to another key. */
function poisonedCopy({ actors, said }: AuthorityWorld, rng: SimRng): Statement {
  const generations = said.flatMap((one) => (one.kind === 'rotation' ? [one] : []));
  const rotation = rng.pick(generations);
  const { identity } = rng.pick(actors).who;
  const reader = rotation.readers.find((one) => one.identity === identity);
  const readingKey = reader?.key ?? simAgreer(rng.bytes(32)).publicKey;
  const sealed = rng.bytes(96);
  return { kind: 'key-copy', generation: rotationId(rotation), identity, readingKey, sealed };
}
