/** Days of the calendar as text: the Gregorian calendar, years 0001 to 9999, `YYYY-MM-DD`. */

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** True for the text of a day that the calendar has. */
export function isDay(value: unknown): value is string {
  if (typeof value !== 'string' || !hasForm(value)) return false;
  const year = Number(value.slice(0, 4));
  const month = Number(value.slice(5, 7));
  const day = Number(value.slice(8));
  return year > 0 && day > 0 && day <= daysOf(year, month);
}

/** Digits and hyphens where they belong; no pattern, so that every engine decides alike. */
function hasForm(value: string): boolean {
  if (value.length !== 10) return false;
  for (let at = 0; at < 10; at++) {
    const unit = value.charCodeAt(at);
    if (at === 4 || at === 7 ? unit !== 0x2d : unit < 0x30 || unit > 0x39) return false;
  }
  return true;
}

function daysOf(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return (DAYS[month - 1] ?? 0) + (month === 2 && isLeap ? 1 : 0);
}
