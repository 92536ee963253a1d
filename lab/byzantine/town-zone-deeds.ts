/**
 * What residents of whole replicas do in zones. The honest begin them, let others in and put them out, and write
 * where they may; the others write by rights, under keys and into zones that they have not, and say again what stands
 * elsewhere.
 */
import { sealingKey } from '@atoll/crypto';
import { loadZoneActs, type ZoneActs } from '@atoll/echo';
import { zoneKey, type ZoneSecret } from '@atoll/halo';
import { AtollError, ROOT_ZONE, type CredentialId, type KeyId, type ZoneId } from '@atoll/kernel';
import type { SimRng } from '@atoll/testkit';
import { pretend } from '../../packages/echo/src/space/testing/pretend.ts';
import { named } from '../../packages/echo/src/space/testing/rights-fixture.ts';
import { OutlawFeed } from '../faults/town.ts';
import { anyRight } from './sayings.ts';
import {
  openedBlocks,
  writeInZone,
  writeName,
  type Body,
  type OwnZone,
  type Resident,
  type SpaceTown,
} from './space-town.ts';
import { anyZone, rightIn, zoneStatements } from './zone-sayings.ts';

/** Zones that somebody begins. */
const OWN_MAX = 2;

interface Deed {
  readonly who: Resident;
  readonly body: Body;
}

type ZoneActor = Parameters<ZoneActs['openZone']>[0];

function actorOf({ body, who }: Deed): ZoneActor {
  const { deviceSigner, ports } = who.person;
  return { space: body.space, rng: ports.rng, deviceSigner };
}

/** By the program as it is. What it refuses, and for how long, is its own affair. */
export async function honestInZones(town: SpaceTown, rng: SimRng, deed: Deed): Promise<void> {
  const { body, who } = deed;
  const own = town.ownZones.filter((one) => one.by === who);
  const turn = rng.int(12);
  try {
    if (own.length === 0 || (own.length < OWN_MAX && turn === 0)) {
      return await begin(town, rng, deed);
    }
    if (turn === 1) return await town.reopen(who, body);
    if (turn < 4) return await changeReaders(town, rng, { ...deed, own: rng.pick(own) });
    await writeWhereHeMay(town, rng, deed);
  } catch (failure) {
    // Keys that have not come, or that others are changing.
    if (!(failure instanceof AtollError)) throw failure;
  }
}

async function begin(town: SpaceTown, rng: SimRng, deed: Deed): Promise<void> {
  const { beginZone } = await loadZoneActs();
  const isOpen = rng.chance(0.35);
  const zone = await beginZone(actorOf(deed), { isOpen });
  town.noteZone(zone);
  if (deed.who.isHonest) town.ownZones.push({ zone, by: deed.who, isOpen, letIn: [] });
  await town.learn(deed.body);
}

async function changeReaders(
  town: SpaceTown,
  rng: SimRng,
  deed: Deed & { readonly own: OwnZone },
): Promise<void> {
  const { body, own, who } = deed;
  const { closeZone, openZone } = await loadZoneActs();
  const others = town.actors.filter((other) => other !== who);
  // Of those whom he has let in one may have to leave again.
  const guests = others.filter((other) =>
    own.letIn.some(({ identity }) => identity === other.who.identity),
  );
  if (guests.length > 0 && rng.chance(0.4)) {
    return closeZone({ space: body.space }, own.zone, named(rng.pick(guests).person));
  }
  const { person } = rng.pick(others);
  const level = rng.chance(0.6) ? 'write' : 'read';
  const withHistory = rng.chance(0.6);
  const right = { subject: named(person), level, withHistory } as const;
  const credential = await openZone(actorOf(deed), own.zone, right);
  own.letIn.push({ identity: person.identity, credential });
  await town.learn(body);
}

/** Into any zone of which he has the keys and in which he may write. */
async function writeWhereHeMay(town: SpaceTown, rng: SimRng, { body, who }: Deed): Promise<void> {
  const { space } = body;
  const { authority } = space;
  const may = town.zones.filter(
    (zone) => authority.credentialFor(space.identity, 'write', zoneKey(zone)) !== undefined,
  );
  if (may.length === 0) return;
  const zone = rng.pick(may);
  const text = town.nextName(who);
  const on = await writeInZone(space, { text, zone }, rng);
  town.tokens.push({ text, by: who, zone, ...(on === undefined ? {} : { on }) });
}

/** By a program that has been changed. */
export async function crookedInZones(town: SpaceTown, rng: SimRng, deed: Deed): Promise<void> {
  const { body, who } = deed;
  switch (rng.int(10)) {
    case 0:
    case 1:
    case 2:
      return writeByLies(town, rng, deed);
    case 3:
      return opsFromElsewhere(town, rng, deed);
    case 4:
    case 5:
      return sayAgain(town, rng, deed);
    case 6:
      return town.zones.length < 8 ? begin(town, rng, deed) : undefined;
    case 7: {
      // Some of the honest come to write in what is his.
      const { openZone } = await loadZoneActs();
      const zone = anyZone(town, rng);
      const subject = named(rng.pick(town.actors).person);
      const right = { subject, level: 'write', withHistory: true } as const;
      if (zone !== undefined) await openZone(actorOf(deed), zone, right);
      return town.learn(body);
    }
    default: {
      const statements = await zoneStatements(town, rng, who);
      await body.space.publish({ statements, credential: anyRight(town, rng, who) });
      return town.learn(body);
    }
  }
}

/** Into any zone, by any right, under any keys he has: also those of before he was put out, or of another zone. */
async function writeByLies(town: SpaceTown, rng: SimRng, { body, who }: Deed): Promise<void> {
  const { space } = body;
  const zone = anyZone(town, rng);
  if (zone === undefined) return;
  const { authority, keys } = space;
  const credential = rightIn(town, rng, { actor: who, zone });
  const held = keys.ring.all().filter((one): one is ZoneSecret => one.kind === 'zone');
  const own = held.filter((one) => one.zone === zone);
  const lie = rng.pick(own.length > 0 && rng.chance(0.7) ? own : held).generation;
  const honest = authority.keys.current.bind(authority.keys);
  type Of = Parameters<typeof honest>[0];
  const current = (of: Of): KeyId | undefined => (of === 'membership' ? honest(of) : lie);
  const stop = pretend(space, credential, zoneKey(zone));
  const isReader = (): boolean => true;
  Object.assign(authority.keys, { current, isReader, generations: () => [lie] });
  const text = town.nextName(who);
  town.tokens.push({ text, by: who, zone });
  try {
    await writeInZone(space, { text, zone }, rng);
  } finally {
    stop();
    for (const one of ['current', 'isReader', 'generations']) {
      Reflect.deleteProperty(authority.keys, one);
    }
  }
}

/** Changes things of one zone, or of all, in sections of another. */
async function opsFromElsewhere(town: SpaceTown, rng: SimRng, { body, who }: Deed): Promise<void> {
  const { space } = body;
  const { fold } = space.database;
  const zone = rng.chance(0.5) ? undefined : anyZone(town, rng);
  const text = town.nextName(who);
  town.tokens.push({ text, by: who, zone: zone ?? ROOT_ZONE });
  const right = zone === undefined ? undefined : rightIn(town, rng, { actor: who, zone });
  const stop = right === undefined ? undefined : pretend(space, right, zoneKey(zone ?? ROOT_ZONE));
  await space.flush();
  Object.assign(fold, { zoneOf: () => zone });
  try {
    writeName(space, text, rng, 'any');
    await space.flush();
  } finally {
    Reflect.deleteProperty(fold, 'zoneOf');
    stop?.();
  }
}

/** In a feed of his own: what stands in one place again in another, under any key, by any right. */
async function sayAgain(town: SpaceTown, rng: SimRng, { body, who }: Deed): Promise<void> {
  const { space } = body;
  const zone = rng.chance(0.8) ? anyZone(town, rng) : ROOT_ZONE;
  const { ring } = space.keys;
  const keys = ring.all().filter((one): one is ZoneSecret => one.kind === 'zone');
  if (zone === undefined) return;
  const opened = (await openedBlocks(body)).flatMap((one) => one.sections);
  if (who.outlaws.length === 0 || rng.chance(0.15)) {
    who.outlaws.push(await OutlawFeed.begin({ person: who.person, space, events: [] }));
  }
  const secret = rng.pick(keys);
  // What few read he does not tell others, as any reader can: of that no rule says anything.
  const isPrivate = (from: ZoneId): boolean =>
    (from !== zone || secret.zone !== zone) &&
    town.ownZones.some((one) => one.zone === from && !one.isOpen);
  const sections = opened.filter((one) => one.kind === 'data' && !isPrivate(one.zone));
  if (sections.length === 0) return;
  const credential: CredentialId = rng.chance(0.5)
    ? rightIn(town, rng, { actor: who, zone })
    : anyRight(town, rng, who);
  const plaintext = Uint8Array.from(Buffer.from(rng.pick(sections).text, 'latin1'));
  const key = sealingKey(secret.content);
  const feed = rng.pick(who.outlaws);
  feed.write({
    data: { kind: 'data', zone, keyId: secret.generation, key, credential, plaintext },
  });
}

/** Keys that came late open what was passed over. */
export async function reopenAll(town: SpaceTown): Promise<void> {
  for (const who of town.actors) {
    if (!who.isHonest) continue;
    for (const body of [...who.bodies]) await town.reopen(who, body);
  }
}
