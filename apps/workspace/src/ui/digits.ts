/** What is typed into the six-digit field, as digits. */

/** Digits of an authorization code. */
export const DIGITS = 6;

/** The digits of typed or pasted text such as "481 903", at most six. */
export function digitsOf(text: string): string {
  return text.normalize('NFKC').replace(/\D/gu, '').slice(0, DIGITS);
}

/** Digits in two groups of three, as people read them out. */
export function grouped(digits: string): string {
  return digits.length > 3 ? `${digits.slice(0, 3)} ${digits.slice(3)}` : digits;
}

/**
 * The field's next content. After an error the first key starts anew: `typed` then still holds the old
 * digits, with one more or one less.
 */
export function nextDigits(before: string, typed: string, afterError: boolean): string {
  const digits = digitsOf(typed);
  if (!afterError) return digits;
  const fresh = typed.startsWith(before) ? digitsOf(typed.slice(before.length)) : digits;
  return digits.length < before.length ? '' : fresh;
}
