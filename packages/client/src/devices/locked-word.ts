/**
 * What a locked device still does: it says that another one is to stop, and looks whether most devices have said so.
 * Spaces are opened beside the mesh for as long as that takes, and what is said goes into the mailboxes that the device
 * knew when it was locked; from there it takes what others have left.
 */
import { Space } from '@atoll/echo';
import {
  postingSeed,
  type KeyRing,
  logStatements,
  withEntries,
  type IdentityLog,
} from '@atoll/halo';
import { idFromBytes, type SpaceId } from '@atoll/kernel';
import type { Engine } from '../engine.ts';
import { SpaceRecord } from '../halo-records.ts';
import { keptOf } from '../kept-space.ts';
import { listedSpaces } from '../listed-spaces.ts';
import { mailboxOf } from '../mailbox-keys.ts';
import { idOf, loadIdentity, wipeIdentity, type OwnIdentity } from '../own-identity.ts';
import { writerOf } from '../space-writer.ts';
import { handOver, keptMailboxes } from './handover.ts';

/** What is heard may have to be said in one space and heard in another before all of them know it. */
const ROUNDS = 2;
/** Mailboxes of a space that are looked into. */
const GENERATIONS_MAX = 8;

/** What became of it. */
export interface Heard {
  /** All that any space says, with what this device has said. */
  readonly log: IdentityLog;
  /** By all that is known here now, this device acts in every space. */
  readonly isBack: boolean;
}

/** Tells every space what the log says, and takes in what they say. Nothing stays open. @throws StoreError. */
export async function tellLocked(engine: Engine, kubes: readonly string[]): Promise<Heard> {
  const stored = await loadIdentity(engine.platform.keystore);
  let heard: Heard = { log: engine.requireIdentity().log, isBack: false };
  if (stored === undefined) return heard;
  const rings = new Map([[stored.haloSpace, stored.haloRing]]);
  try {
    for (let round = 0; round < ROUNDS && !engine.signal.aborted; round++) {
      await exchange(engine, rings, kubes);
      heard = await tellAll(engine, { ...stored, log: heard.log }, rings);
    }
    await exchange(engine, rings, kubes);
    return heard;
  } finally {
    for (const ring of rings.values()) ring.wipe();
    wipeIdentity(stored);
  }
}

/** Whoever was locked before this device knows an older mailbox, and whoever was locked after it a newer one. */
async function exchange(
  engine: Engine,
  rings: ReadonlyMap<SpaceId, KeyRing>,
  kubes: readonly string[],
): Promise<void> {
  const kept = await keptMailboxes(engine);
  for (const [space, ring] of rings) {
    const grounds = kept.find((one) => one.space === space)?.grounds ?? [];
    for (const secret of ring.memberships().slice(-GENERATIONS_MAX)) {
      if (secret.posting === undefined || !engine.online.get()) continue;
      const { readKey } = await mailboxOf(engine.platform, secret, 'reading');
      const seed = postingSeed(secret.posting);
      await handOver(engine, { space, readKey, seed, grounds }, kubes);
      seed.fill(0);
    }
  }
}

/** `rings` has keys of the spaces that are known, and gets those that are found. */
async function tellAll(
  engine: Engine,
  identity: OwnIdentity,
  rings: Map<SpaceId, KeyRing>,
): Promise<Heard> {
  let heard: Heard = { log: identity.log, isBack: true };
  for (const [id, ring] of rings) {
    const writer = writerOf(engine, { ...identity, log: heard.log }, id === identity.haloSpace);
    await using space = await Space.open(engine.platform, { space: id, ring, writer });
    heard = await tellOne(engine, space, heard);
    if (id === identity.haloSpace) addListed(space, rings);
  }
  return heard;
}

async function tellOne(engine: Engine, space: Space, heard: Heard): Promise<Heard> {
  const { identities } = space.authority;
  const who = idOf(engine.requireIdentity());
  const known = identities.logOf(who);
  const log = known === undefined ? heard.log : withEntries(heard.log, logStatements(known));
  await space.devices.show(log);
  const own = idFromBytes('device', engine.deviceSigner.publicKey);
  const isActing = identities.devices(who)?.standingOf(own) === 'active';
  return { log, isBack: heard.isBack && isActing };
}

function addListed({ database }: Space, rings: Map<SpaceId, KeyRing>): void {
  for (const record of listedSpaces(database.query(SpaceRecord).run(), database.space)) {
    if (record.left !== undefined || record.link !== undefined) continue;
    const { id, ring } = keptOf(database, record);
    for (const secret of rings.get(id)?.all() ?? []) ring.add(secret);
    rings.set(id, ring);
  }
}
