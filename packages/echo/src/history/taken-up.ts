/** Notes in a space of work that did not count and was written anew: ordinary objects, one for some blocks. */
import type { IdentityId } from '@atoll/kernel';
import { defineType, s } from '@atoll/schema';
import type { Database } from '../database.ts';
import { rowOf } from './row-of.ts';
import { frontierBytes, frontierOf } from './versions.ts';

const TakenUpType = defineType('org.atoll.TakenUp', {
  /** Hashes, one after the other. */
  blocks: s.bytes(),
  at: s.date(),
});

/** Hashes in one note: a few KiB. */
const HASHES_A_NOTE = 128;

/** Who has taken something up. */
export interface TakenUpRecord {
  readonly id: string;
  readonly by: IdentityId;
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

/** Notes that blocks, by their hashes, were taken up. @throws EchoError. */
export function noteTakenUp(db: Database, blocks: readonly string[], atMs: number): void {
  for (let from = 0; from < blocks.length; from += HASHES_A_NOTE) {
    db.add(TakenUpType, {
      blocks: frontierBytes(blocks.slice(from, from + HASHES_A_NOTE)),
      // eslint-disable-next-line no-restricted-globals -- Given a time, it reads no clock.
      at: new Date(atMs),
    });
  }
}

/** The notes, by the hashes of the blocks they name; of several the least. */
export function takenUpRecords(db: Database): ReadonlyMap<string, TakenUpRecord> {
  const records = new Map<string, TakenUpRecord>();
  for (const note of db.query(TakenUpType).run()) {
    const { author } = db.fold.blocks.get(db.fold.rows.block(rowOf(db, note.id)));
    const record = { id: note.id, by: author, atMs: note.at.getTime() };
    for (const hash of frontierOf(note.blocks)) {
      const known = records.get(hash);
      if (known === undefined || record.id < known.id) records.set(hash, record);
    }
  }
  return records;
}
