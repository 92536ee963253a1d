/**
 * Positions among siblings: byte strings in their own order, between any two of which there is another.
 * Four bytes number those that were put at an end, so that ends cost nothing; further bytes divide gaps.
 * The last three tell apart what different writers put into one gap.
 */
import { POSITION_BYTES_MAX } from '@atoll/schema';

const SLOT_BYTES = 4;
const FIRST_SLOT = 0x80000000;
const LAST_SLOT = 0xffffffff;

/**
 * A position behind `after` and before `before`; either may be absent. `spread` differs between writers.
 * `undefined` where none is left: the siblings must be numbered anew.
 */
export function positionBetween(
  after: Uint8Array | undefined,
  before: Uint8Array | undefined,
  spread: number,
): Uint8Array | undefined {
  const slot = slotBetween(after, before);
  const digits = slot === undefined ? digitsBetween(after ?? EMPTY, before) : bytesOfSlot(slot);
  if (digits === undefined || digits.length + 3 > POSITION_BYTES_MAX) return undefined;
  return ending(digits, spread);
}

const EMPTY: Uint8Array = new Uint8Array(0);

/** Position of the `at`-th sibling when they are numbered anew. */
export function numberedPosition(at: number, spread: number): Uint8Array {
  return ending(bytesOfSlot(FIRST_SLOT + at), spread);
}

/** Positions do not end in zero, or nothing would fit between one and the same with zeros. */
function ending(digits: readonly number[], spread: number): Uint8Array {
  const tail = [spread & 0xff, (spread >>> 8) & 0xff, ((spread >>> 16) & 0xff) | 1];
  return Uint8Array.of(...digits, ...tail);
}

function slotBetween(
  after: Uint8Array | undefined,
  before: Uint8Array | undefined,
): number | undefined {
  if (after === undefined && before === undefined) return FIRST_SLOT;
  const low = after === undefined ? -1 : slotOf(after);
  const high = before === undefined ? LAST_SLOT + 1 : slotOf(before);
  if (high - low < 2) return undefined;
  if (before === undefined) return low + 1;
  if (after === undefined) return high - 1;
  return low + Math.floor((high - low) / 2);
}

function slotOf(position: Uint8Array): number {
  let slot = 0;
  for (let at = 0; at < SLOT_BYTES; at++) slot = slot * 256 + (position[at] ?? 0);
  return slot;
}

function bytesOfSlot(slot: number): number[] {
  return [24, 16, 8, 0].map((shift) => (slot >>> shift) & 0xff);
}

/** Digits in the middle of a gap; `undefined` if there is none. */
function digitsBetween(after: Uint8Array, before: Uint8Array | undefined): number[] | undefined {
  const digits: number[] = [];
  let bound = before;
  for (let at = 0; at < POSITION_BYTES_MAX; at++) {
    const low = after[at] ?? 0;
    const high = bound === undefined ? 256 : (bound[at] ?? 0);
    if (high - low > 1) return [...digits, low + ((high - low) >> 1)];
    if (high < low) return undefined;
    digits.push(low);
    if (high > low) bound = undefined;
  }
  return undefined;
}
