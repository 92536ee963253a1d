/** Days of the calendar as text: the Gregorian calendar, years 0001 to 9999, `YYYY-MM-DD`. */

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const HYPHEN = 0x2d;

/** True for the text of a day that the calendar has. */
export function isDay(value: unknown): value is string {
  if (typeof value !== 'string' || value.length !== 10) return false;
  if (value.charCodeAt(4) !== HYPHEN || value.charCodeAt(7) !== HYPHEN) return false;
  const year = numberAt(value, 0, 4);
  const month = numberAt(value, 5, 7);
  const day = numberAt(value, 8, 10);
  return year > 0 && day > 0 && day <= daysOf(year, month);
}

/** A number of ASCII digits; NaN for anything else. No pattern, so that every engine decides alike. */
function numberAt(text: string, start: number, end: number): number {
  let number = 0;
  for (let at = start; at < end; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return Number.NaN;
    number = number * 10 + digit;
  }
  return number;
}

function daysOf(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return (DAYS[month - 1] ?? 0) + (month === 2 && isLeap ? 1 : 0);
}
