/**
 * Keys of spaces as the private space lists them. Two devices that know nothing of each other may both have listed what
 * they had: whoever finds that takes all of it, for in the mailbox of a key that is only known there may lie what was
 * written.
 */
import type { Database } from '@atoll/echo';
import { KeyRing } from '@atoll/halo';
import { parseId } from '@atoll/kernel';
import type { InstanceOf } from '@atoll/schema';
import type { Engine } from './engine.ts';
import { SpaceRecord } from './halo-records.ts';
import { soonAfter } from './one-run.ts';

/** Keys that a record lists; those of the device that has written last are the newest. @throws HaloError. */
export function listedRing(database: Database, record: InstanceOf<typeof SpaceRecord>): KeyRing {
  const ring = new KeyRing();
  for (const { value } of database.conflicts(record, 'keys').toReversed()) {
    if (!(value instanceof Uint8Array)) continue;
    for (const secret of KeyRing.import(value).all()) ring.add(secret);
  }
  return ring;
}

/** Gives the spaces that are here what is listed for them: another device may have found it elsewhere. */
export async function takeListedKeys(engine: Engine, database: Database): Promise<void> {
  for (const record of database.query(SpaceRecord).run()) {
    if (record.left !== undefined) continue;
    const place = engine.place(parseId('space', record.space));
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
