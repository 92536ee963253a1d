/** Points of a space's history as they stand in an address. */
import type { HistoryPoint, Space } from '@atoll/client';
import { moment } from '../copy/general.ts';
import { VERSIONS } from '../copy/time.ts';

const VERSION = 'v:';
const MOMENT = 't:';

/** The address of a named version. */
export function versionPoint(name: string): string {
  return VERSION + name;
}

/** The address of a moment, milliseconds since 1970. */
export function momentPoint(timeMs: number): string {
  return MOMENT + String(timeMs);
}

/** The point of an address. What is no point is the name of a version that is not there. */
export function parsePoint(text: string): HistoryPoint {
  const timeMs = text.startsWith(MOMENT) ? Number(text.slice(MOMENT.length)) : Number.NaN;
  if (Number.isSafeInteger(timeMs)) return { timeMs };
  return { version: text.startsWith(VERSION) ? text.slice(VERSION.length) : text };
}

/** A point as people read it: "Plan, 3 May 14:00". */
export function pointWords(space: Space, text: string, nowMs: number): string {
  const point = parsePoint(text);
  if (typeof point === 'string' || !('version' in point || 'timeMs' in point)) return text;
  if ('timeMs' in point) return moment(point.timeMs, nowMs);
  const version = space.history.versions.get(point.version);
  return version === undefined
    ? VERSIONS.unnamed(point.version)
    : VERSIONS.named(version.name, moment(version.atMs, nowMs));
}
