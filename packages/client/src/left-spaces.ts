/**
 * Spaces that were left, on this device or another one of the identity, and what it takes to come back to them. The
 * private space goes on listing them with their keys, and no member was told: so whoever did not mean it, or did not
 * do it, is in them again as soon as somebody is met who has them.
 */
import type { Database } from '@atoll/echo';
import { KeyRing } from '@atoll/halo';
import type { SpaceId } from '@atoll/kernel';
import type { LeftSpace } from './api.ts';
import { ClientError } from './client-error.ts';
import { SpaceRecord } from './halo-records.ts';
import { keptOf, type KeptSpace } from './kept-space.ts';
import { leftAmong, listedSpaces, type ListedSpace } from './listed-spaces.ts';
import { LiveCell, type Live } from './live.ts';
import { shownName } from './shown-name.ts';

/** See above. */
export class LeftSpaces {
  readonly #haloSpace: () => SpaceId | undefined;
  readonly #list = new LiveCell<readonly LeftSpace[]>([]);

  constructor(haloSpace: () => SpaceId | undefined) {
    this.#haloSpace = haloSpace;
  }

  /** The newest first. */
  get list(): Live<readonly LeftSpace[]> {
    return this.#list;
  }

  /** What is listed has changed. */
  look(database: Database): void {
    const spaces = [...this.#among(database)].map(([id, left]): LeftSpace => {
      const times = left.map((one) => database.conflicts(one, 'left')[0]?.timeMs ?? 0);
      return { id, name: shownName(left.at(-1)?.name ?? ''), leftAtMs: Math.max(...times) };
    });
    this.#list.set(spaces.sort((a, b) => b.leftAtMs - a.leftAtMs));
  }

  /** What it takes to open one again: the keys of all that lists it. @throws ClientError `CLIENT_UNKNOWN_SPACE`. */
  keptOf(database: Database | undefined, id: string): KeptSpace {
    const records = (database && this.#among(database).get(id as SpaceId)) ?? [];
    const all = database === undefined ? [] : records.map((record) => keptOf(database, record));
    const last = all.at(-1);
    if (last === undefined) {
      throw new ClientError('CLIENT_UNKNOWN_SPACE', 'no such space was left');
    }
    const ring = new KeyRing();
    for (const secret of all.flatMap((one) => one.ring.all())) ring.add(secret);
    return { ...last, ring };
  }

  #among(database: Database): ReadonlyMap<SpaceId, readonly ListedSpace[]> {
    return leftAmong(listedSpaces(database.query(SpaceRecord).run(), this.#haloSpace()));
  }
}
