/** What the head of a snapshot says of closed zones. */
import type { ZoneId } from '@atoll/kernel';
import type { Fold } from '../fold.ts';
import type { SealedSections, SealedZones } from '../space/sealed-sections.ts';
import { publicationsOf } from '../type-registry.ts';
import type { HeadZone } from './head.ts';

const NOTHING: SealedSections = { sections: 0, bytes: 0 };

/** Zones of which anything is here. `rows`: only those below this number are in the snapshot. */
export function headZones(fold: Fold, sealed: SealedZones | undefined, rows: number): HeadZone[] {
  const rowsOf = new Map<ZoneId, number[]>();
  for (const [row, zone] of fold.zoned) if (row < rows) listed(rowsOf, zone).push(row);
  const typesOf = new Map<ZoneId, { type: number; publishedIn: number[] }[]>();
  fold.types.all().forEach(({ publishedInZones }, type) => {
    for (const [zone, publishedIn] of publishedInZones) {
      listed(typesOf, zone).push({ type, publishedIn: [...publishedIn] });
    }
  });
  const counted = new Map(sealed?.all());
  const zones = new Set([...rowsOf.keys(), ...typesOf.keys(), ...counted.keys()]);
  return [...zones].sort().map((zone) => ({
    zone,
    rows: (rowsOf.get(zone) ?? []).sort((a, b) => a - b),
    types: typesOf.get(zone) ?? [],
    sealed: counted.get(zone) ?? NOTHING,
  }));
}

/** Zones by row. */
export function zonesByRow(zones: readonly HeadZone[]): ReadonlyMap<number, ZoneId> {
  return new Map(zones.flatMap(({ rows, zone }) => rows.map((row) => [row, zone] as const)));
}

/** Enters where types were published. Types are here in the order of the head. False for one that is not. */
export function enterZoneTypes(fold: Fold, zones: readonly HeadZone[]): boolean {
  for (const { types, zone } of zones) {
    for (const { publishedIn, type } of types) {
      const known = fold.types.all()[type];
      if (known === undefined) return false;
      publicationsOf(known, zone).push(...publishedIn);
    }
  }
  return true;
}

function listed<T>(lists: Map<ZoneId, T[]>, zone: ZoneId): T[] {
  let list = lists.get(zone);
  if (list === undefined) lists.set(zone, (list = []));
  return list;
}
