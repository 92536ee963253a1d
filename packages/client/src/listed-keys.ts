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
import { OneRun } from './one-run.ts';

/** A thousand records are not read again for each that is added. */
const SOON_MS = 1_000;

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
  const { clock, log } = engine.platform;
  const { signal } = engine;
  const run = new OneRun({ log, signal });
  let isNews = false;
  database.query(SpaceRecord).subscribe(() => {
    isNews = true;
    if (run.isBusy) return;
    void run.start('client.listed-keys-not-taken', async () => {
      while (isNews) {
        await clock.sleep(SOON_MS, signal);
        isNews = false; // What changes from here on may not be seen any more this time.
        await takeListedKeys(engine, database);
      }
    });
  });
}
