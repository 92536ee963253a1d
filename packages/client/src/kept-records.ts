/**
 * What no device ever deletes in the private space. Whoever holds a device can, until it is stopped: the others would
 * find no space any more when they begin anew, and seal to a secret of before that a stopped device knows. So whoever
 * finds such a record deleted puts it back.
 */
import type { Database } from '@atoll/echo';
import type { Engine } from './engine.ts';
import { PasskeyRecord, SecretRecord, SpaceRecord, WordsRecord } from './halo-records.ts';
import { soonAfter } from './one-run.ts';

/** Puts back what was deleted of it, now and whenever somebody deletes some. */
export function keepRecords(engine: Engine, database: Database): void {
  const deleted = [SpaceRecord, SecretRecord, WordsRecord, PasskeyRecord].map((type) =>
    database.query(type).deleted('only'),
  );
  const { platform, signal } = engine;
  const look = soonAfter({ ...platform, signal }, 'client.records-not-put-back', async () => {
    const records = deleted.flatMap((query) => query.run());
    if (records.length === 0 || engine.isLocked || !engine.isKeeper) return;
    for (const record of records) database.restore(record);
    await engine.opened(engine.requireIdentity().haloSpace)?.flush();
    platform.log.event('warn', 'client.records-put-back', { count: records.length });
  });
  for (const query of deleted) {
    query.subscribe((records: readonly unknown[]) => {
      if (records.length > 0) look();
    });
  }
}
