/**
 * Room among siblings: what is written so that one more stands somewhere. Mostly that is its own position. Siblings get
 * others only where none is left between two of them, or where some were never placed; and of these as few as it takes.
 */
import { numberedPosition, positionBetween } from './tree-position.ts';

/** Positions of siblings in their order; those that were never placed come last, without one. */
export type Positions = readonly (Uint8Array | undefined)[];

/** Positions to be written. */
export interface Placing {
  /** That of what is put there. */
  readonly own: Uint8Array;
  /** New ones of siblings, by their places. */
  readonly others: ReadonlyMap<number, Uint8Array>;
}

/** So many siblings make room before all are numbered anew. */
const MOVED_MAX = 32;

/** What stands at a place afterwards, before the sibling that is there now. */
export function placeAmong(siblings: Positions, at: number, spread: number): Placing {
  const placed = placedOf(siblings);
  // Behind what was never placed nothing is, until that is.
  if (at > placed) {
    const made = inARow(siblings[placed - 1], undefined, { count: at - placed + 1, spread });
    const own = made?.at(-1);
    if (made !== undefined && own !== undefined) {
      return { own, others: new Map(made.slice(0, -1).map((one, no) => [placed + no, one])) };
    }
  } else {
    for (let moved = 0; moved <= MOVED_MAX && at + moved <= siblings.length; moved++) {
      const [after, before] = [siblings[at - 1], siblings[at + moved]];
      const [own, ...others] = inARow(after, before, { count: moved + 1, spread }) ?? [];
      if (own === undefined) continue;
      return { own, others: new Map(others.map((one, no) => [at + no, one])) };
    }
  }
  const others = siblings.map((_, no) => {
    return [no, numberedPosition(no < at ? no : no + 1, spread)] as const;
  });
  return { own: numberedPosition(at, spread), others: new Map(others) };
}

/** A position where no sibling has to be written, as near to a place as there is one. */
export function placeNear(siblings: Positions, at: number, spread: number): Uint8Array | undefined {
  const placed = placedOf(siblings);
  for (let far = 0; far <= siblings.length; far++) {
    for (const near of [at - far, at + far]) {
      if (near < 0 || near > placed) continue;
      const found = positionBetween(siblings[near - 1], siblings[near], spread);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** How many of them have a position. */
function placedOf(siblings: Positions): number {
  const first = siblings.indexOf(undefined);
  return first < 0 ? siblings.length : first;
}

/** Positions in a row between two; `undefined` where there is no room for so many. */
function inARow(
  after: Uint8Array | undefined,
  before: Uint8Array | undefined,
  of: { readonly count: number; readonly spread: number },
): Uint8Array[] | undefined {
  const made: Uint8Array[] = [];
  for (let last = after; made.length < of.count; made.push(last)) {
    last = positionBetween(last, before, of.spread);
    if (last === undefined) return undefined;
  }
  return made;
}
