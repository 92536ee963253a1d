/** Named versions: objects of the space that each give a frontier a name. */
import { fromHex, toHex } from '@atoll/kernel';
import { defineType, s, type InstanceOf } from '@atoll/schema';
import type { Database } from '../database.ts';
import type { HistoryFrontier } from './cut.ts';
import { HistoryError } from './history-error.ts';
import { rowOf } from './row-of.ts';

/** Bytes of a block's hash. */
const HASH_BYTES = 32;
/** UTF-16 units of a version's name. */
export const NAME_UNITS_MAX = 200;

/** A state of the space that somebody gave a name. */
const VersionType = defineType('org.atoll.Version', {
  name: s.string(),
  /** Hashes of its greatest blocks, one after the other. */
  frontier: s.bytes(),
  /** When it was named. */
  at: s.date(),
});

/** A named version. */
export interface Version {
  readonly id: string;
  readonly name: string;
  readonly frontier: HistoryFrontier;
  /** Identity that named it. */
  readonly author: string;
  /** When it was named, as its author's clock said; milliseconds since 1970. */
  readonly atMs: number;
}

/** Versions of a space, the latest first. */
export class Versions {
  readonly #db: Database;
  readonly #now: () => HistoryFrontier;

  constructor(db: Database, now: () => HistoryFrontier) {
    this.#db = db;
    this.#now = now;
  }

  /** All of them, the latest first. */
  list(): readonly Version[] {
    const found = this.#db.query(VersionType).orderBy('at', 'desc').run();
    return found.map((version) => this.#told(version));
  }

  /** The version of a name. */
  get(name: string): Version | undefined {
    return this.list().find((version) => version.name === name);
  }

  /** Names a state, by default the present one. @throws HistoryError `HISTORY_NAME`. */
  create(name: string, atMs: number, frontier: HistoryFrontier = this.#now()): Version {
    const trimmed = name.trim();
    if (trimmed === '' || trimmed.length > NAME_UNITS_MAX) {
      throw new HistoryError('HISTORY_NAME', `a name has 1 to ${NAME_UNITS_MAX} characters`);
    }
    if (this.get(trimmed) !== undefined) {
      throw new HistoryError('HISTORY_NAME', `there is a version ${trimmed} already`);
    }
    const made = this.#db.add(VersionType, {
      name: trimmed,
      frontier: frontierBytes(frontier),
      at: dateOf(atMs),
    });
    return this.#told(made);
  }

  /** Takes a name away; the state stays. @throws HistoryError `HISTORY_VERSION`. */
  delete(name: string): void {
    const found = this.#db.query(VersionType).where({ name }).run();
    if (found.length === 0) throw unknownVersion(name);
    for (const version of found) this.#db.delete(version);
  }

  #told(version: InstanceOf<typeof VersionType>): Version {
    const { fold } = this.#db;
    const block = fold.rows.block(rowOf(this.#db, version.id));
    return {
      id: version.id,
      name: version.name,
      frontier: frontierOf(version.frontier),
      author: fold.blocks.get(block).author,
      atMs: version.at.getTime(),
    };
  }
}

/** No version has the name. */
export function unknownVersion(name: string): HistoryError {
  return new HistoryError('HISTORY_VERSION', `there is no version ${name}`);
}

/** Hashes, one after the other. */
export function frontierBytes(frontier: HistoryFrontier): Uint8Array {
  const bytes = new Uint8Array(frontier.length * HASH_BYTES);
  frontier.forEach((hash, at) => bytes.set(fromHex(hash) ?? [], at * HASH_BYTES));
  return bytes;
}

/** The frontier of {@link frontierBytes}. */
export function frontierOf(bytes: Uint8Array): HistoryFrontier {
  const hashes: string[] = [];
  for (let at = 0; at + HASH_BYTES <= bytes.length; at += HASH_BYTES) {
    hashes.push(toHex(bytes.subarray(at, at + HASH_BYTES)));
  }
  return hashes;
}

function dateOf(timeMs: number): Date {
  // eslint-disable-next-line no-restricted-globals -- Given a time, it reads no clock.
  return new Date(timeMs);
}
