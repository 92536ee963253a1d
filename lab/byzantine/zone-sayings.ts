/**
 * What can be said of closed zones by who keeps no rule: zones begun for others and by rights that nobody has, ways in
 * that are given by whoever likes, keys that leave readers out or let strangers in.
 */
import {
  LEVELS,
  beginGeneration,
  copyKeys,
  createOpenZone,
  createZone,
  credentialIdOf,
  revokeAccess,
  rotationId,
  zoneCredentialOf,
  zoneIdOf,
  zoneKey,
  zonePath,
  type GenerationSecret,
  type GrantSubject,
  type NewOpenZone,
  type Reader,
  type Rotation,
  type Statement,
  type Zone,
} from '@atoll/halo';
import type { CredentialId, ZoneId } from '@atoll/kernel';
import { simAgreer, type SimRng } from '@atoll/testkit';
import { signGrant } from './crew.ts';
import { anyRight, anySubject, type Known, type Sayer } from './sayings.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** What is known of zones, too. */
export interface KnownZones extends Known {
  /** Those that anybody has heard of. */
  readonly zones: ZoneId[];
}

/** Statements of the kinds of this file; now and then several that belong together. */
export async function zoneStatements(
  world: KnownZones,
  rng: SimRng,
  actor: Sayer,
): Promise<Statement[]> {
  const turn = rng.int(12);
  const zone = anyZone(world, rng);
  if (turn < 2 || zone === undefined) return [anyBeginning(world, rng, actor)];
  if (turn < 6) return [await anyWayIn(world, rng, { actor, zone })];
  if (turn < 8) return [anyWayOut(world, rng, { actor, zone })];
  return keysOf(world, rng, { actor, zone });
}

/** Any zone there is. */
export function anyZone({ zones }: KnownZones, rng: SimRng): ZoneId | undefined {
  return zones.length === 0 ? undefined : rng.pick(zones);
}

/** Mostly a right that he has in a zone; now and then anybody's. */
export function rightIn(
  world: KnownZones,
  rng: SimRng,
  { actor, zone }: { readonly actor: Sayer; readonly zone: ZoneId },
): CredentialId {
  const { people } = actor.replica.authority.credentials;
  const held = people
    .rightsOf({ to: 'identity', identity: actor.who.identity })
    .filter(({ credential }) => credential.path.startsWith(zoneKey(zone)));
  return held.length > 0 && rng.chance(0.7)
    ? rng.pick(held).credential.id
    : anyRight(world, rng, actor);
}

/** A zone with its first keys, of which nobody knows the secrets. */
export function beginning(
  world: KnownZones,
  rng: SimRng,
  as: Pick<Zone, 'founder' | 'parent'> & {
    readonly reader: Reader;
    readonly isOpen: boolean;
  },
): { readonly statements: readonly Statement[]; readonly zone: ZoneId; credential: CredentialId } {
  const { founder, isOpen, parent, reader } = as;
  const by = { parent, through: [] };
  const founding = { rng, space: world.space, founder, by };
  const open = isOpen ? createOpenZone(founding) : undefined;
  const closed = isOpen ? undefined : createZone({ ...founding, reader });
  const { credential, statement, zone } = (open ?? closed) as NewOpenZone;
  world.zones.push(zone);
  world.credentials.push(credential);
  const statements = closed === undefined ? [statement] : [statement, closed.keys.rotation];
  return { statements, zone, credential };
}

/** For himself, or for somebody else; once more what somebody has begun. */
function anyBeginning(world: KnownZones, rng: SimRng, actor: Sayer): Statement {
  const begun = world.said.flatMap((one) =>
    one.kind === 'zone' || one.kind === 'open-zone' ? [one] : [],
  );
  if (begun.length > 0 && rng.chance(0.3)) {
    const old = rng.pick(begun);
    const again = { ...old, founder: rng.chance(0.5) ? actor.who.identity : old.founder };
    return noted(world, again);
  }
  const founder = rng.chance(0.8) ? actor.who.identity : rng.pick(world.actors).who.identity;
  return noted(world, {
    kind: rng.chance(0.3) ? 'open-zone' : 'zone',
    ...{ space: world.space, founder, nonce: rng.bytes(16) },
    ...{ parent: anyRight(world, rng, actor), through: [] },
  });
}

function noted(world: KnownZones, zone: Zone): Zone {
  const id = zoneIdOf(zone);
  if (!world.zones.includes(id)) world.zones.push(id);
  world.credentials.push(zoneCredentialOf(zone));
  return zone;
}

interface Deed {
  readonly actor: Sayer;
  readonly zone: ZoneId;
}

/** At the zone, at one thing in it, or at all zones there are. */
function anyPath(rng: SimRng, zone: ZoneId): readonly Bytes[] {
  const [zones, name] = zonePath(zone) as readonly [Bytes, Bytes];
  const turn = rng.int(10);
  if (turn === 0) return [zones];
  return turn === 1 ? [zones, name, new Uint8Array(16).fill(1)] : [zones, name];
}

async function anyWayIn(world: KnownZones, rng: SimRng, deed: Deed): Promise<Statement> {
  const { actor, zone } = deed;
  const { space } = world;
  const through = rng.chance(0.2) ? [anyRight(world, rng, actor)] : [];
  const grant = await signGrant({
    ...{ rng, space, by: actor, device: rng.pick(actor.devices) },
    ...{ subject: anySubject(world, rng), path: anyPath(rng, zone), level: rng.pick(LEVELS) },
    right: [rightIn(world, rng, deed), ...through],
    ...(rng.chance(0.1) ? { until: 1 + rng.int(2) } : {}),
  });
  world.credentials.push(credentialIdOf(grant));
  return grant;
}

function anyWayOut(world: KnownZones, rng: SimRng, deed: Deed): Statement {
  const parent = rightIn(world, rng, deed);
  const subject: GrantSubject = anySubject(world, rng);
  const path = anyPath(rng, deed.zone);
  const revocation = revokeAccess({ space: world.space, subject, path, parent });
  const cut = Array.from({ length: rng.int(3) }, () => {
    const { feed, hash } = world.anyBlock(rng);
    return { feed, end: hash };
  });
  return { ...revocation, cut, isPurge: rng.chance(0.2) };
}

/** New keys for those who read it, without one of them, or with somebody who does not; and copies of them. */
function keysOf(world: KnownZones, rng: SimRng, { actor, zone }: Deed): Statement[] {
  const { keys } = actor.replica.authority;
  const known = keys.readers(zone);
  const turn = rng.int(10);
  const readers =
    turn < 4 ? known : turn < 6 ? known.slice(1) : withStranger(world, rng, { actor, known });
  const { rotation, secret } = zoneKeys(world, rng, { zone, readers });
  const latest = rng.chance(0.8) ? keys.latest(zone).slice(0, 8) : anyKeys(world, rng);
  const previous = latest
    .toSorted()
    .map((generation) => ({ generation, sealed: new Uint8Array(40) }));
  const statement: Rotation = { ...rotation, previous };
  const reader = rng.chance(0.5) ? readers[0] : withStranger(world, rng, { actor, known }).at(-1);
  if (reader === undefined || rng.chance(0.5)) return [statement];
  const generation = rotationId(statement);
  const named = { ...secret, generation };
  return [statement, copyKeys({ rng, space: world.space, secret: named, reader })];
}

/** New keys of a zone for these. */
export function zoneKeys(
  { space }: Known,
  rng: SimRng,
  { readers, zone }: { readonly zone: ZoneId; readonly readers: readonly Reader[] },
): { readonly rotation: Rotation; readonly secret: GenerationSecret } {
  return beginGeneration({ rng, space, of: zone, readers, previous: [] });
}

function anyKeys({ said }: Known, rng: SimRng): readonly ReturnType<typeof rotationId>[] {
  const made = said.flatMap((one) => (one.kind === 'rotation' ? [rotationId(one)] : []));
  return made.length === 0 || rng.chance(0.4) ? [] : [rng.pick(made)];
}

function withStranger(
  world: Known,
  rng: SimRng,
  { actor, known }: { readonly actor: Sayer; readonly known: readonly Reader[] },
): readonly Reader[] {
  const { identity } = rng.pick(world.actors).who;
  const stated = actor.replica.authority.keys.readingKey(identity)?.key;
  const key = stated ?? simAgreer(rng.bytes(32)).publicKey;
  const others = known.filter((reader) => reader.identity !== identity);
  const readers = [...others, { identity, key }];
  return readers.sort((a, b) => (a.identity < b.identity ? -1 : 1));
}
