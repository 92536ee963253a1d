/** Sorts all rows of a type by one field at once, as an ordered index begins. */
import type { FieldReader } from './row-source.ts';
import { compareValues, type Shown } from './value-order.ts';

/** Rows in order, and their keys at the same places. */
export interface SortedRows {
  readonly rows: Int32Array<ArrayBuffer>;
  readonly keys: Shown[];
}

/** So many rows tell whether values repeat. */
const SAMPLE = 1024;

/** Rows by what a field shows; those that show the same by their numbers. */
export function sortRows(given: Iterable<number>, read: FieldReader): SortedRows {
  const rows = Int32Array.from(given).sort();
  const keys = Array.from(rows, (row) => read(row));
  return repeats(keys) ? byValue(rows, keys) : byComparing(rows, keys);
}

/** Whether sorting the values that there are is cheaper than sorting the rows. */
function repeats(keys: readonly Shown[]): boolean {
  // Bytes and lists are never the same object twice.
  if (keys.some((key) => typeof key === 'object' && key !== null)) return false;
  const sample = keys.length <= SAMPLE ? keys : spread(keys);
  return new Set(sample).size * 2 < sample.length;
}

/** Some keys from everywhere: what is created together is often alike. */
function spread(keys: readonly Shown[]): Shown[] {
  const step = keys.length / SAMPLE;
  return Array.from({ length: SAMPLE }, (_, at) => keys[Math.floor(at * step)]);
}

function byValue(rows: Int32Array, keys: readonly Shown[]): SortedRows {
  const rowsByKey = new Map<Shown, number[]>();
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] as number;
    const same = rowsByKey.get(keys[at]);
    if (same === undefined) rowsByKey.set(keys[at], [row]);
    else same.push(row);
  }
  const inOrder = [...rowsByKey].sort(([a], [b]) => compareValues(a, b));
  const sorted: SortedRows = { rows: new Int32Array(rows.length), keys: [] };
  for (const [key, same] of inOrder) {
    sorted.rows.set(same, sorted.keys.length);
    for (let each = 0; each < same.length; each++) sorted.keys.push(key);
  }
  return sorted;
}

function byComparing(rows: Int32Array, keys: readonly Shown[]): SortedRows {
  const places = Int32Array.from(rows.keys());
  // Rows ascend, so places do what rows would.
  places.sort((a, b) => compareValues(keys[a], keys[b]) || a - b);
  return {
    rows: places.map((place) => rows[place] as number),
    keys: Array.from(places, (place) => keys[place]),
  };
}
