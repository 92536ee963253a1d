/** What can be said in blocks by who keeps no rule: statements of every kind, true or not. */
import { hash } from '@atoll/crypto';
import {
  LEVELS,
  credentialIdOf,
  publishReadingKey,
  revokeAccess,
  rotationId,
  type GrantSubject,
  type IdentityLog,
  type Rotation,
  type SpaceAuthority,
  type Statement,
} from '@atoll/halo';
import {
  ROOT_ZONE,
  idFromBytes,
  type BlockHash,
  type CredentialId,
  type FeedKey,
  type IdentityId,
  type Signer,
  type SpaceId,
} from '@atoll/kernel';
import { simAgreer, type SimRng } from '@atoll/testkit';
import { NONE } from '../../packages/halo/src/testing/byzantine-parts.ts';
import { GROUPS, groupPath, mintDevice, signGrant } from './crew.ts';

/** Generations that new keys follow, at most. */
const PREVIOUS_MAX = 8;

/** Somebody who says something. */
export interface Sayer {
  readonly who: { readonly name: string; readonly identity: IdentityId };
  readonly devices: Signer[];
  log: IdentityLog;
  readonly replica: { readonly authority: SpaceAuthority };
}

/** What is known to who makes something up. */
export interface Known {
  readonly space: SpaceId;
  readonly actors: readonly Pick<Sayer, 'who'>[];
  /** Credentials that anybody has heard of, whether they count or not. */
  readonly credentials: CredentialId[];
  /** Statements that anybody has made. */
  readonly said: readonly Statement[];
  /** Where something was revoked: block, and place in it. */
  readonly revocations: readonly { readonly block: BlockHash; readonly index: number }[];
  /** Any block there is, shown or not. */
  anyBlock(rng: SimRng): { readonly feed: FeedKey; readonly hash: BlockHash };
}

/** Mostly a right that he has; now and then anybody's, or none. */
export function anyRight(world: Known, rng: SimRng, { replica, who }: Sayer): CredentialId {
  const held = replica.authority.credentials.heldBy(who.identity);
  if (held.length > 0 && rng.chance(0.75)) return rng.pick(held).id;
  return rng.chance(0.05) ? NONE : rng.pick(world.credentials);
}

/** Anything. */
export async function anyStatement(world: Known, rng: SimRng, actor: Sayer): Promise<Statement> {
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
function repeated({ said }: Known, rng: SimRng, { who }: Sayer): Statement {
  const own = said.filter((one) => one.kind === 'grant' && one.issuer === who.identity);
  return own.length > 0 && rng.chance(0.6) ? rng.pick(own) : rng.pick(said);
}

async function anyGrant(world: Known, rng: SimRng, actor: Sayer): Promise<Statement> {
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

/** Anybody, a team, or everybody. */
export function anySubject({ actors }: Known, rng: SimRng): GrantSubject {
  const turn = rng.int(10);
  if (turn === 0) return { to: 'anyone' };
  if (turn < 4) return { to: 'group', group: rng.pick(GROUPS) };
  return { to: 'identity', identity: rng.pick(actors).who.identity };
}

function anyRevocation(world: Known, rng: SimRng, actor: Sayer): Statement {
  const { space } = world;
  const subject = anySubject(world, rng);
  const revocation = revokeAccess({
    ...{ space, subject, parent: anyRight(world, rng, actor) },
    path: rng.chance(0.2) ? groupPath(rng.pick(GROUPS)) : [],
    ...(rng.chance(0.1) ? { under: anyRight(world, rng, actor) } : {}),
  });
  const through = rng.chance(0.15) ? [anyRight(world, rng, actor)] : [];
  const cut = Array.from({ length: rng.int(4) }, () => anyCut(world, rng));
  const isPurge = rng.chance(0.3);
  return { ...revocation, through, cut, isPurge, keepsZones: !isPurge && rng.chance(0.3) };
}

/** A block there is, shown or not; or one that nobody ever signed. */
function anyCut(world: Known, rng: SimRng): { feed: FeedKey; end: BlockHash } {
  const { feed, hash: end } = world.anyBlock(rng);
  const unsigned = idFromBytes('block', hash('test-block', rng.bytes(8)));
  return { feed, end: rng.chance(0.15) ? unsigned : end };
}

function anyRemark(world: Known, rng: SimRng, actor: Sayer): Statement {
  const { space } = world;
  const none = { block: '00'.repeat(32) as BlockHash, index: 0 };
  const of = world.revocations.length === 0 ? none : rng.pick(world.revocations);
  const parent = anyRight(world, rng, actor);
  const says = rng.chance(0.5) ? 'withdrawn' : 'agreed';
  return { kind: 'revocation-remark', space, says, ...of, parent, through: [] };
}

function anyReadingKey({ actors, space }: Known, rng: SimRng, actor: Sayer): Promise<Statement> {
  const { identity } = rng.chance(0.8) ? actor.who : rng.pick(actors).who;
  const key = simAgreer(rng.bytes(32)).publicKey;
  const deviceSigner = rng.pick(actor.devices);
  return publishReadingKey({ space, identity, deviceSigner, counter: rng.int(4), key });
}

/** Readers that leave somebody out, or put somebody in; and whatever came before. */
function anyRotation(world: Known, rng: SimRng, actor: Sayer): Statement {
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
function poisonedCopy({ actors, said }: Known, rng: SimRng): Statement {
  const generations = said.flatMap((one) => (one.kind === 'rotation' ? [one] : []));
  const rotation = rng.pick(generations);
  const { identity } = rng.pick(actors).who;
  const reader = rotation.readers.find((one) => one.identity === identity);
  const readingKey = reader?.key ?? simAgreer(rng.bytes(32)).publicKey;
  const sealed = rng.bytes(96);
  return { kind: 'key-copy', generation: rotationId(rotation), identity, readingKey, sealed };
}

/** Keys of which nobody has the secrets: whether they count is all that is looked at here. */
export function rotationBy(
  world: Known,
  rng: SimRng,
  { replica }: Sayer,
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

/** How somebody wants to be shown. */
export function profileBy(rng: SimRng, { who }: Sayer): Statement {
  return { kind: 'profile', name: `${who.name} ${String(rng.int(99))}`, colour: 1 + rng.int(7) };
}
