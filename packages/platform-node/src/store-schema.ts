/**
 * Tables of a profile's store in SQLite. Blocks lie in one b-tree in their order of arrival: the key
 * is `space * 2^36 + position`, so a space's log is one range, and a read is one scan.
 */
import type { DatabaseSync } from 'node:sqlite';
import { StoreError } from '@atoll/kernel';

/** Positions of a space below the next space's: 68 billion blocks. */
export const POSITIONS_PER_SPACE: number = 2 ** 36;
/** Spaces such that every key stays an exact integer in JavaScript. */
export const SPACES_MAX: number = 2 ** 17 - 1;

/** Version of these tables, kept in `PRAGMA user_version`. Grows with every change. */
const TABLES_VERSION = 3;

// `past` is the greatest position of a space when its log was last forgotten: none is used twice.
// `head` is a part of the hash behind the number of a stretch of the log, so that random inserts touch the
// few pages of the last stretch; the hash itself is compared in the row.
// (feed, seq) is not unique, because every branch of a fork is kept: own appends are compared and
// written under the write lock that every commit takes first.
const TABLES = `
  CREATE TABLE profile (incarnation TEXT NOT NULL, place TEXT NOT NULL);
  CREATE TABLE spaces (
    id INTEGER PRIMARY KEY, space BLOB NOT NULL UNIQUE, past INTEGER NOT NULL DEFAULT 0
  );
  CREATE TABLE feeds (
    id INTEGER PRIMARY KEY, space INTEGER NOT NULL, feed BLOB NOT NULL, UNIQUE (space, feed)
  );
  CREATE TABLE blocks (
    at INTEGER PRIMARY KEY, feed INTEGER NOT NULL, seq INTEGER NOT NULL,
    head INTEGER NOT NULL, hash BLOB NOT NULL, signature BLOB, bytes BLOB NOT NULL
  );
  CREATE INDEX blocks_place ON blocks (feed, seq);
  CREATE INDEX blocks_head ON blocks (head);
  CREATE TABLE vals (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
  PRAGMA user_version = ${TABLES_VERSION};
`;

/** How often we ask SQLite whether another process has committed: one page header read in memory. */
export const FOREIGN_POLL_MS: number = 100;

/** Milliseconds that SQLite itself waits for another process; beyond, we wait without blocking. */
const BUSY_BLOCKING_MS = 5;
/** Of a new file. A block of one change takes 0.7 KiB: with SQLite's 4 KiB a sixth of each page is left over. */
const PAGE_BYTES = 8192;
/** Write-ahead log pages before a checkpoint: 4 MiB, so that copying them back holds the event loop briefly. */
const CHECKPOINT_PAGES = 512;

/** Settings of every connection: write-ahead log, and an fsync at each commit. */
export function configure(db: DatabaseSync): void {
  db.exec(`
    PRAGMA busy_timeout = 5000;
    PRAGMA page_size = ${PAGE_BYTES};
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA fullfsync = ON;
    PRAGMA checkpoint_fullfsync = ON;
    PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
    PRAGMA trusted_schema = OFF;
    PRAGMA cell_size_check = ON;
  `);
}

/** Whether commits of this connection copy the write-ahead log back, once it is long. */
export function checkpointHere(db: DatabaseSync, isHere: boolean): void {
  if (db.isOpen) db.exec(`PRAGMA wal_autocheckpoint = ${isHere ? CHECKPOINT_PAGES : 0}`);
}

/**
 * Makes the tables where there are none. A store that lies elsewhere than when it was last open is a
 * copy, and takes `fresh` as its incarnation. @throws StoreError for tables of another version.
 */
export function ensureTables(db: DatabaseSync, fresh: string, place: string): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
    if (version === 0) {
      db.exec(TABLES);
      db.prepare('INSERT INTO profile (incarnation, place) VALUES (?, ?)').run(fresh, place);
    } else if (version !== TABLES_VERSION) {
      throw new StoreError(
        'STORE_CORRUPT',
        `the store has tables of version ${version}; this program knows ${TABLES_VERSION}`,
      );
    }
    const copied = 'UPDATE profile SET incarnation = ?1, place = ?2 WHERE place <> ?2';
    db.prepare(copied).run(fresh, place);
    db.exec('COMMIT');
  } catch (failure) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw failure;
  }
  waitBriefly(db);
}

/** From now on another process's lock is told of at once, almost. */
export function waitBriefly(db: DatabaseSync): void {
  db.exec(`PRAGMA busy_timeout = ${BUSY_BLOCKING_MS}`);
}
