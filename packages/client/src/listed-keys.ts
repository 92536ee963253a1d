/**
 * Keys of spaces as the private space lists them. Two devices that know nothing of each other may both have listed what
 * they had: whoever finds that takes all of it, for in the mailbox of a key that is only known there may lie what was
 * written.
 */
import type { Database } from '@atoll/echo';
import { HaloError, KeyRing } from '@atoll/halo';
import type { SpaceId } from '@atoll/kernel';
import type { Engine } from './engine.ts';
import { SpaceRecord } from './halo-records.ts';
import { listedSpaces, type Listed } from './listed-spaces.ts';
import { soonAfter } from './one-run.ts';

/** Keys that a record lists; those of the device that has written last are the newest. What are none are passed over. */
export function listedRing(database: Database, record: Listed): KeyRing {
  const ring = new KeyRing();
  for (const { value } of database.conflicts(record, 'keys').toReversed()) {
    for (const secret of ringIn(value)?.all() ?? []) ring.add(secret);
  }
  return ring;
}

function ringIn(value: unknown): KeyRing | undefined {
  try {
    return value instanceof Uint8Array ? KeyRing.import(value) : undefined;
  } catch (failure) {
    if (failure instanceof HaloError) return undefined;
    throw failure;
  }
}

/** Gives the spaces that are here what is listed for them: another device may have found it elsewhere. */
export async function takeListedKeys(engine: Engine, database: Database): Promise<void> {
  const { haloSpace } = engine.requireIdentity();
  for (const record of listedSpaces(database.query(SpaceRecord).run(), haloSpace)) {
    if (record.left !== undefined) continue;
    const place = engine.place(record.space);
    if (place === undefined) continue;
    const before = place.ring.version;
    for (const secret of listedRing(database, record).all()) place.ring.add(secret);
    if (place.ring.version === before || engine.isLocked) continue;
    // What did not open before has come already: no block that comes would have it tried again.
    await place.opened?.space.devices.gainKeys();
    place.onKeysGained?.();
  }
}

/**
 * Does so whenever records have changed, soon and not for each of them; and puts right what a stolen device has made of
 * them: the keys of spaces that are here, and, by `relist`, spaces that nothing lists any more.
 */
export function followListedKeys(
  engine: Engine,
  database: Database,
  relist: (id: SpaceId) => Promise<void>,
): void {
  const { platform, signal } = engine;
  const look = soonAfter({ ...platform, signal }, 'client.listed-keys-not-taken', async () => {
    await takeListedKeys(engine, database);
    await putRight(engine, database, relist);
  });
  database.query(SpaceRecord).subscribe(look);
}

async function putRight(
  engine: Engine,
  database: Database,
  relist: (id: SpaceId) => Promise<void>,
): Promise<void> {
  if (engine.isLocked || !engine.isKeeper) return;
  const { haloSpace } = engine.requireIdentity();
  const records = listedSpaces(database.query(SpaceRecord).run(), haloSpace);
  for (const place of engine.places) {
    const { id } = place;
    if (id === haloSpace || engine.isFollowed(id)) continue;
    if (records.some(({ space }) => space === id)) await putKeysRight(engine, database, place);
    else await relist(id);
  }
}

/** Lists the keys of a space that is here where those that are listed for it are none of its keys. */
export async function putKeysRight(
  engine: Engine,
  database: Database,
  { id, ring }: { readonly id: SpaceId; readonly ring: KeyRing },
): Promise<void> {
  // The first keys are in every list that was ever written of a space.
  const first = ring.memberships()[0]?.generation;
  if (first === undefined || engine.isLocked) return;
  const records = database.query(SpaceRecord).where({ space: id }).run();
  if (records.some((record) => listedRing(database, record).get(first) === undefined)) {
    await engine.onKeys?.(id, ring);
  }
}
