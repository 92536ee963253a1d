/** Positions: texts in whose order rows and columns stand, with room for another between any two. */

const DIGITS = '0123456789abcdefghijklmnopqrstuv';
/** Characters of one position: sixty thousand rows that were appended one by one. */
const POSITION_MAX = 2048;

/** True for a position: digits, the last one not zero. */
export function isPosition(value: unknown): value is string {
  return (
    typeof value === 'string' && value.length <= POSITION_MAX && /^[0-9a-v]*[1-9a-v]$/.test(value)
  );
}

/** A position between two, that no other writer makes: `spread` are some bytes that only this op has. */
export function between(before: string, after: string | undefined, spread: Uint8Array): string {
  let position = '';
  let upper = after;
  for (let at = 0; ; at++) {
    const low = DIGITS.indexOf(before[at] ?? '0');
    const high = upper === undefined ? DIGITS.length : DIGITS.indexOf(upper[at] ?? '0');
    if (high - low > 1) {
      position += DIGITS[
        digit({ low, high, isFirst: before === '', isLast: after === undefined }, spread)
      ] as string;
      break;
    }
    position += DIGITS[low] as string;
    // Below the upper one from here on, whatever follows.
    if (high > low) upper = undefined;
  }
  for (const byte of spread.subarray(1, 6)) position += DIGITS[byte % 32] as string;
  return `${position}${DIGITS[1 + ((spread[6] as number) % 31)] as string}`;
}

/** At either end as near as can be to what is there: most rows are appended, and leave room that way. */
function digit(
  gap: {
    readonly low: number;
    readonly high: number;
    readonly isFirst: boolean;
    readonly isLast: boolean;
  },
  spread: Uint8Array,
): number {
  if (gap.isLast) return gap.low + 1;
  if (gap.isFirst) return gap.high - 1;
  return gap.low + 1 + ((spread[0] as number) % (gap.high - gap.low - 1));
}
