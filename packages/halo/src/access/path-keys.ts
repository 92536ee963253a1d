/** Paths in the form in which they are compared: id by id, never byte by byte. */
import type { PathKey } from './acts.ts';

/** Characters of an id. */
const ID_CHARACTERS = 32;
/** First id of the paths of zones. */
const ZONES_KEY: string = 'fc'.repeat(ID_CHARACTERS / 2);

/** True if a path is another one or lies below it. All ids are of one length, so texts begin alike where ids do. */
export function isBelow(path: PathKey, above: PathKey): boolean {
  return path.startsWith(above);
}

/** True for what lies in zones: no right from above reaches there. */
export function isInZones(path: PathKey): boolean {
  return path.startsWith(ZONES_KEY);
}

/** True for what a revocation at a path, or above it, is about. */
export function isEndedBy(
  path: PathKey,
  by: { readonly path: PathKey; readonly keepsZones: boolean },
): boolean {
  return isBelow(path, by.path) && !(by.keepsZones && isInZones(path));
}

/** True for a path in zones of a right that has been had from the zone itself, as the path above it shows. */
export function isFromZone(above: PathKey): boolean {
  return isInZones(above) && above.length >= 2 * ID_CHARACTERS;
}
