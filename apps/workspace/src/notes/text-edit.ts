/** Edits of text as splices, and what they do to a caret. Positions count UTF-16 code units. */

/** One replacement: `deleted` units at `position` became `inserted`. */
export interface Splice {
  readonly position: number;
  readonly deleted: number;
  readonly inserted: string;
}

/**
 * The splice that made `after` of `before`. The caret after typing tells which of several equal letters
 * was typed; without it the first place that fits is taken.
 */
export function spliceBetween(before: string, after: string, caret?: number): Splice | undefined {
  if (before === after) return undefined;
  const shorter = Math.min(before.length, after.length);
  // What was typed ends at the caret, so nothing behind the caret changed.
  const behind = caret === undefined ? shorter : Math.min(shorter, after.length - caret);
  let end = 0;
  while (end < behind && before.at(-1 - end) === after.at(-1 - end)) end++;
  let start = 0;
  while (start < shorter - end && before[start] === after[start]) start++;
  if (caret !== undefined) {
    while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  }
  [start, end] = offSurrogates(before, after, start, end);
  return {
    position: start,
    deleted: before.length - end - start,
    inserted: after.slice(start, after.length - end),
  };
}

/** Text after a splice. */
export function spliced(text: string, splice: Splice): string {
  const { position, deleted, inserted } = splice;
  return text.slice(0, position) + inserted + text.slice(position + deleted);
}

/** Where a caret is after someone else's splice: it never jumps over text it stood before. */
export function caretAfter(caret: number, splice: Splice): number {
  const { position, deleted, inserted } = splice;
  if (caret <= position) return caret;
  if (caret >= position + deleted) return caret - deleted + inserted.length;
  return position + inserted.length;
}

/** A splice of one's own, moved to where it belongs after someone else's. Both began at the same text. */
export function rebased(own: Splice, foreign: Splice | undefined): Splice {
  if (foreign === undefined) return own;
  const position = caretAfter(own.position, foreign);
  const end = caretAfter(own.position + own.deleted, foreign);
  return { position, deleted: Math.max(0, end - position), inserted: own.inserted };
}

/** Moves both ends off the middle of a character that has two units. */
function offSurrogates(
  before: string,
  after: string,
  start: number,
  end: number,
): [start: number, end: number] {
  const isHigh = (text: string, at: number): boolean => /[\uD800-\uDBFF]/u.test(text[at] ?? '');
  const isLow = (text: string, at: number): boolean => /[\uDC00-\uDFFF]/u.test(text[at] ?? '');
  const from = start > 0 && isHigh(before, start - 1) ? start - 1 : start;
  const cutsLow =
    end > 0 && (isLow(before, before.length - end) || isLow(after, after.length - end));
  return [from, cutsLow ? end - 1 : end];
}
