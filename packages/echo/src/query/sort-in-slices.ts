/** Sorts and merges entries of an index a few thousand at a time, so that nothing waits for the whole. */
import { compareEntries, type Entry, type SortedColumns } from './sorted-columns.ts';
import type { FieldReader } from './row-source.ts';
import type { Shown } from './value-order.ts';

/** Entries that are read or sorted, and entries that are merged, between two pauses: about three milliseconds. */
const SORTED_AT_ONCE = 2_048;
const MERGED_AT_ONCE = 16_384;

/** Columns that grow. */
export interface GrowingColumns {
  readonly rows: Int32Array;
  readonly keys: Shown[];
}

/** Reads rows and sorts them; pauses where it yields. */
export function* sortInSlices(
  rows: readonly number[],
  read: FieldReader,
): Generator<void, readonly Entry[]> {
  let runs: Entry[][] = [];
  for (let from = 0; from < rows.length; from += SORTED_AT_ONCE) {
    const run = rows.slice(from, from + SORTED_AT_ONCE).map((row) => ({ row, key: read(row) }));
    runs.push(run.sort(compareEntries));
    yield;
  }
  while (runs.length > 1) {
    const merged: Entry[][] = [];
    for (let at = 0; at < runs.length; at += 2) {
      const [one, two] = [runs[at] ?? [], runs[at + 1]];
      merged.push(two === undefined ? one : yield* mergedRuns(one, two));
    }
    runs = merged;
  }
  return runs[0] ?? [];
}

function* mergedRuns(one: readonly Entry[], two: readonly Entry[]): Generator<void, Entry[]> {
  const merged: Entry[] = [];
  let at = 0;
  for (const entry of two) {
    for (let own = one[at]; own !== undefined && compareEntries(own, entry) < 0; own = one[at]) {
      merged.push(own);
      at++;
      if (merged.length % MERGED_AT_ONCE === 0) yield;
    }
    merged.push(entry);
    if (merged.length % MERGED_AT_ONCE === 0) yield;
  }
  for (; at < one.length; at++) merged.push(one[at] as Entry);
  return merged;
}

/** What columns have but for some rows, and entries, in one order; pauses where it yields. */
export function* mergeInSlices(
  columns: SortedColumns,
  without: { has(row: number): boolean },
  entries: readonly Entry[],
): Generator<void, GrowingColumns> {
  const rows = new Int32Array(columns.length + entries.length);
  const keys: Shown[] = [];
  let next = 0;
  const put = (row: number, key: Shown): void => {
    rows[keys.length] = row;
    keys.push(key);
  };
  for (let at = 0; at < columns.length; at++) {
    if (at % MERGED_AT_ONCE === MERGED_AT_ONCE - 1) yield;
    const row = columns.row(at);
    if (without.has(row)) continue;
    const own = { row, key: columns.key(at) };
    for (let more = entries[next]; more !== undefined; more = entries[next]) {
      if (compareEntries(more, own) > 0) break;
      put(more.row, more.key);
      next++;
    }
    put(own.row, own.key);
  }
  for (; next < entries.length; next++) {
    const more = entries[next] as Entry;
    put(more.row, more.key);
  }
  return { rows: rows.slice(0, keys.length), keys };
}
