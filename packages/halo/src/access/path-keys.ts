/** Paths in the form in which they are compared: id by id, never byte by byte. */
import type { PathKey } from './acts.ts';

/** True if a path is another one or lies below it. All ids are of one length, so texts begin alike where ids do. */
export function isBelow(path: PathKey, above: PathKey): boolean {
  return path.startsWith(above);
}
