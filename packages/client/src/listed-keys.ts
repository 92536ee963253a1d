/**
 * Keys of spaces as the private space lists them. Two devices that know nothing of each other may both have listed what
 * they had: whoever finds that takes all of it, for in the mailbox of a key that is only known there may lie what was
 * written.
 */
import type { Database } from '@atoll/echo';
import { HaloError, KeyRing } from '@atoll/halo';
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

/** Does so whenever records have changed, soon and not for each of them. */
export function followListedKeys(engine: Engine, database: Database): void {
  const { platform, signal } = engine;
  const look = soonAfter({ ...platform, signal }, 'client.listed-keys-not-taken', () =>
    takeListedKeys(engine, database),
  );
  database.query(SpaceRecord).subscribe(look);
}
