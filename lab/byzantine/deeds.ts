/** What people do in a world: the honest what a client does, the others whatever can be put into blocks. */
import { credentialIdOf, revokeAccess, type Statement } from '@atoll/halo';
import type { CredentialId, ZoneId } from '@atoll/kernel';
import type { SimRng } from '@atoll/testkit';
import { NONE, type TestFeed } from '../../packages/halo/src/testing/byzantine-parts.ts';
import type { AuthorityWorld } from './authority-world.ts';
import { openFeed, signGrant, type Actor } from './crew.ts';
import { anyRight, anyStatement, profileBy, rotationBy } from './sayings.ts';
import { wideStatement } from './wide-sayings.ts';
import { honestInZones } from './zone-deeds.ts';
import { anyZone, rightIn, zoneStatements } from './zone-sayings.ts';

/** What one block is to say. */
export interface Draft {
  readonly statements: Statement[];
  credential: CredentialId;
  data: CredentialId[];
  /** Closed zone of what is written. */
  zone?: ZoneId;
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
  const isInZones = world.kind.hasZones === true && rng.chance(0.45);
  if (isInZones) await honestInZones(world, rng, { actor, first: actor.first, draft });
  else if (turn < 2 && control !== undefined)
    draft.statements.push(...(await honestAct(world, rng, actor, control)));
  else if (turn === 2) draft.statements.push(rotationBy(world, rng, actor));
  else if (turn === 3) draft.statements.push(profileBy(rng, actor));
  // By the right that nobody crooked is senior to, if that is so.
  else draft.data = [rng.chance(0.8) ? actor.first : (write ?? actor.first)];
  const deps = [...frontier].filter((index) => index !== feed.tip);
  const block = await append(world, actor, feed, { deps, ...draft });
  // Out of a zone any admin puts whoever began it, however senior he is.
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
  for (let more = rng.int(4); more > 0; more--) {
    statements.push(...(await sayings(world, rng, actor)));
  }
  const known = rng.chance(0.4)
    ? [...actor.replica.frontier]
    : Array.from({ length: rng.int(4) }, () => rng.pick(seen));
  const said = written(world, rng, actor);
  const deps = known.filter((index) => index !== feed.tip);
  const grind = rng.chance(0.2) ? 12 : 1;
  await append(world, actor, feed, {
    deps,
    statements,
    ...said,
    credential: anyRight(world, rng, actor),
    grind,
  });
}

async function sayings(world: AuthorityWorld, rng: SimRng, actor: Actor): Promise<Statement[]> {
  const { hasZones = false, isWide = false } = world.kind;
  const isOther = (hasZones || isWide) && rng.chance(0.5);
  if (isOther && hasZones) return zoneStatements(world, rng, actor);
  return [await (isOther ? wideStatement : anyStatement)(world, rng, actor)];
}

/** Mostly something, by any right; where there are zones, mostly there. */
function written(
  world: AuthorityWorld,
  rng: SimRng,
  actor: Actor,
): { readonly data: readonly CredentialId[]; readonly zone?: ZoneId } {
  if (!rng.chance(0.5)) return { data: [] };
  const isInZone = world.kind.hasZones === true && rng.chance(0.6);
  const zone = isInZone ? anyZone(world, rng) : undefined;
  if (zone === undefined) return { data: [anyRight(world, rng, actor)] };
  return { data: [rightIn(world, rng, { actor, zone })], zone };
}

function goBack(world: AuthorityWorld, rng: SimRng, feed: TestFeed): void {
  const own = world.dag.blocks.filter((block) => block.feed === feed.key);
  const at = rng.chance(0.2) ? undefined : rng.pick(own);
  feed.tip = at?.prevIndex ?? -1;
  feed.seq = at?.seq ?? 0;
  if (feed.tip < 0) feed.seq = 0;
}
