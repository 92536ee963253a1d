/** Marks: what stretches of a rich text can be, how they grow, and their limits. */
import type { MarkValue } from '@atoll/schema';

/** Keys of marks in one text, comments have one each: more are not written by us, nor looked at. */
export const MARK_KEYS_MAX = 4096;
/** Ends of marks in one text; more are not written by us. Each costs some 70 bytes. */
export const MARK_POINTS_MAX: number = 2 ** 17;
/** Marks that one change may make; a transaction with more is refused when it is written. */
export const CHANGE_MARKS_MAX: number = 2 ** 12;
/** Bytes of a key: a name, or a name and an id. */
export const MARK_KEY_BYTES_MAX = 128;
/** UTF-16 units of a value: the length that browsers take for links. */
export const MARK_VALUE_UNITS_MAX = 2048;

/** Marks that do not grow when somebody types at their end: they are about the words, not the style. */
const FIXED = new Set(['link', 'comment', 'code', 'mention']);

/** True if typing at the end of the mark is inside of it. */
export function growsAtEnd(key: string): boolean {
  const colon = key.indexOf(':');
  return !FIXED.has(colon < 0 ? key : key.slice(0, colon));
}

/** True for a key: `name`, or `name:id` for marks that stand beside others of their name. */
export function isMarkKey(key: string): boolean {
  return key.length <= MARK_KEY_BYTES_MAX && /^[a-z][a-z0-9-]*(?::[A-Za-z0-9_-]+)?$/.test(key);
}

/** True for a value of a mark. */
export function isMarkValue(value: unknown): value is MarkValue {
  if (value === true) return true;
  if (typeof value !== 'string' || value.length > MARK_VALUE_UNITS_MAX) return false;
  return value.isWellFormed();
}
