/** A point in history by what a person typed. */
import type { HistoryPoint, Space } from '@atoll/client';
import { CliError } from './cli-error.ts';

const HASHES = /^[0-9a-f]{64}(,[0-9a-f]{64})*$/;
const MOMENT = /^\d{4}-\d\d(-\d\d(T[\d:.]+(Z|[+-]\d\d:?\d\d)?)?)?$/;

/** `now`, hashes of blocks, a moment such as 2026-05-01 or 2026-05-01T14:00, or the name of a version. */
export function pointOf(space: Space, given: string): HistoryPoint {
  if (space.history.versions.get(given) !== undefined) return { version: given };
  if (given === 'now') return 'now';
  if (HASHES.test(given)) return given.split(',');
  const timeMs = MOMENT.test(given) ? Date.parse(given) : Number.NaN;
  if (!Number.isNaN(timeMs)) return { timeMs };
  const names = space.history.versions.list().map(({ name }) => name);
  const known = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
  throw new CliError(
    'CLI_POINT',
    `"${given}" is no moment (2026-05-01T14:00), no hash, and no version of the space; ${known}`,
  );
}
