/** Moments as other formats write them (RFC 3339), from and to milliseconds since 1970, without a calendar. */

const DAY_MS = 86_400_000;
/** Last moment with a year of four digits. */
export const TIME_MS_MAX = 253_402_300_799_999;
/** Days from the first of March of the year 0 to 1970. */
const DAYS_TO_1970 = 719_468;
const ERA_DAYS = 146_097;

/** `2026-05-01T08:00:00.000Z` for whole milliseconds from 1970 to the year 9999. */
export function isoOfMs(ms: number): string {
  const days = Math.floor(ms / DAY_MS);
  const rest = ms - days * DAY_MS;
  const { day, month, year } = dateOf(days);
  const hour = Math.floor(rest / 3_600_000);
  const minute = Math.floor(rest / 60_000) % 60;
  const second = Math.floor(rest / 1_000) % 60;
  const date = `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`;
  const time = `${digits(hour, 2)}:${digits(minute, 2)}:${digits(second, 2)}`;
  return `${date}T${time}.${digits(rest % 1_000, 3)}Z`;
}

const FORM =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:Z|([+-])(\d{2}):(\d{2}))$/;

/** Milliseconds of a moment with its zone; `undefined` for anything else, and for days that are not. */
export function msOfIso(text: string): number | undefined {
  const found = FORM.exec(text);
  if (found === null) return undefined;
  const part = (at: number): number => Number(found[at] ?? '0');
  const [year, month, day] = [part(1), part(2), part(3)];
  const days = daysOf(year, month, day);
  const back = dateOf(days);
  if (back.year !== year || back.month !== month || back.day !== day) return undefined;
  if (part(4) > 23 || part(5) > 59 || part(6) > 59 || part(9) > 23 || part(10) > 59)
    return undefined;
  const fraction = Number((found[7] ?? '').padEnd(3, '0').slice(0, 3));
  const offsetMs = (part(9) * 60 + part(10)) * 60_000 * (found[8] === '-' ? -1 : 1);
  const ofDayMs = ((part(4) * 60 + part(5)) * 60 + part(6)) * 1_000 + fraction;
  return days * DAY_MS + ofDayMs - offsetMs;
}

/** Date of a number of days since 1970: years of 400 begin with March, so that leap days end them. */
function dateOf(days: number): {
  readonly year: number;
  readonly month: number;
  readonly day: number;
} {
  const shifted = days + DAYS_TO_1970;
  const era = Math.floor(shifted / ERA_DAYS);
  const ofEra = shifted - era * ERA_DAYS;
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1_460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) /
      365,
  );
  const ofYear =
    ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * ofYear + 2) / 153);
  const day = ofYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}

function daysOf(year: number, month: number, day: number): number {
  const shiftedYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(shiftedYear / 400);
  const yearOfEra = shiftedYear - era * 400;
  const ofYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const ofEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + ofYear;
  return era * ERA_DAYS + ofEra - DAYS_TO_1970;
}

function digits(value: number, count: number): string {
  return String(value).padStart(count, '0');
}
