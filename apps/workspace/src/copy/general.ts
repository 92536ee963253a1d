/** Words that more than one part of the application says. */
import type { Role } from '@atoll/client';

/** Closes what floats. */
export const CLOSE = 'Close';
/** Gives up a flow. */
export const CANCEL = 'Cancel';
/** Ends a flow that went well. */
export const DONE = 'Done';
/** Takes the last change back. */
export const UNDO = 'Undo';

/** Roles as people read them, each with one sentence. */
export const ROLES: Readonly<Record<Role, { readonly name: string; readonly can: string }>> = {
  reader: { name: 'Reader', can: 'Reads everything in the space.' },
  commenter: { name: 'Commenter', can: 'Reads everything, and writes comments.' },
  writer: { name: 'Writer', can: 'Reads, adds and changes everything.' },
  admin: { name: 'Admin', can: 'Does what writers do, and invites and removes people.' },
  owner: { name: 'Owner', can: 'Can do everything, also make others admins and owners.' },
};

/** "3 tasks", "1 task". */
export function counted(count: number, one: string, many: string): string {
  return `${count.toLocaleString()} ${count === 1 ? one : many}`;
}

/** A time of day, as people write it where they are: "3:13 PM", "15:13". */
export function clockTime(at: Date): string {
  return at.toLocaleTimeString(undefined, { hour: 'numeric', minute: '2-digit' });
}

/** A moment, as far away as needed: "14:00", "tomorrow 14:00", "3 May 14:00". */
export function moment(atMs: number, nowMs: number): string {
  const at = new Date(atMs);
  const time = clockTime(at);
  const days = dayNumber(at) - dayNumber(new Date(nowMs));
  if (days === 0) return time;
  if (days === 1) return `tomorrow ${time}`;
  if (days === -1) return `yesterday ${time}`;
  const near = Math.abs(days) < 7;
  const day = near
    ? at.toLocaleDateString(undefined, { weekday: 'long' })
    : at.toLocaleDateString(undefined, { day: 'numeric', month: 'long' });
  return `${day} ${time}`;
}

/** A stretch of time: "23 h 40 min", "9 min". */
export function duration(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  const hours = Math.floor(minutes / 60);
  if (hours === 0) return `${String(minutes)} min`;
  if (hours >= 48) return `${String(Math.round(hours / 24))} days`;
  return minutes % 60 === 0
    ? `${String(hours)} h`
    : `${String(hours)} h ${String(minutes % 60)} min`;
}

/** "4 May" of `2026-05-04`, with the year where it is another one. */
export function dayText(day: string, nowMs: number): string {
  const at = new Date(`${day}T12:00:00`);
  if (Number.isNaN(at.getTime())) return day;
  const otherYear = at.getFullYear() !== new Date(nowMs).getFullYear();
  return at.toLocaleDateString(undefined, {
    day: 'numeric',
    month: 'short',
    ...(otherYear ? { year: 'numeric' } : {}),
  });
}

function dayNumber(date: Date): number {
  return Math.floor(
    new Date(date.getFullYear(), date.getMonth(), date.getDate(), 12).getTime() / 86_400_000,
  );
}

/** A day of any year, as "Nov 5, 2026". */
export function dayOf(atMs: number): string {
  return new Date(atMs).toLocaleDateString(undefined, { dateStyle: 'medium' });
}
