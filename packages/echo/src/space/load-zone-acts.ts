/** The door to beginning zones and changing who reads them. */
import { fromHex, type ZoneId } from '@atoll/kernel';
import type { Database } from '../database.ts';
import type * as Loaded from './zone-acts.ts';

/** See {@link loadZoneActs}. */
export type ZoneActs = typeof Loaded;

/** Loads what begins zones and changes who reads them: seldom needed. */
export function loadZoneActs(): Promise<ZoneActs> {
  return import('./zone-acts.ts');
}

/** The closed zone that an object is in; `undefined` for one that all members read, or that is not here. */
export function zoneOfObject({ fold }: Database, id: string): ZoneId | undefined {
  const row = fold.rows.find(fromHex(id) ?? new Uint8Array(16));
  return row < 0 ? undefined : fold.zoneOf(row);
}
