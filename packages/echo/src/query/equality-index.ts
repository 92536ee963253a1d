/**
 * Equality index of one field, made when first asked for: value → rows. Postings are only added to; a row
 * that has changed since may stand under a value that it no longer has, so only such rows are looked at
 * again.
 */
import type { Value } from '@atoll/codec';
import { isScalar } from '@atoll/schema';
import type { FieldReader, QueryField, RowSource } from './row-source.ts';
import { valueKey } from './value-order.ts';

/** Rows of one value: most values have one. */
type Posting = number | Rows;

/** Rows of a value that several have. */
interface Rows {
  /** Ascending: rows come in the order of their numbers. */
  readonly ascending: number[];
  /** Those that got the value after greater ones had it. */
  late: Set<number> | undefined;
}

const NONE: readonly number[] = [];

/** Rows by value. */
export class EqualityIndex {
  readonly of: QueryField;
  readonly #rows: RowSource;
  /** Reads a field of one value, which is quicker than its items. */
  readonly #read: FieldReader | undefined;
  readonly #items: (row: number) => readonly Value[];
  // Texts are their own keys: a name for each of them would be most of what making the index costs.
  readonly #byText = new Map<string, Posting>();
  readonly #byKey = new Map<string, Posting>();
  /** Rows that changed after they were noted. */
  readonly #changed = new Set<number>();

  constructor(rows: RowSource, of: QueryField) {
    this.#rows = rows;
    this.of = of;
    this.#read = isScalar(of.leaf.data) ? rows.reader(of) : undefined;
    this.#items = rows.items(of);
  }

  /** Takes in a new row. */
  note(row: number): void {
    if (this.#read === undefined) {
      for (const value of this.#items(row)) this.#addValue(value, row);
      return;
    }
    const value = this.#read(row);
    if (value !== undefined) this.#addValue(value, row);
  }

  /** Takes in a row that may have changed. */
  noteAgain(row: number): void {
    this.#changed.add(row);
    this.note(row);
  }

  /** Rows that have the value now, void and deleted ones included; each once. */
  rows(value: Value): Iterable<number> {
    const posting = this.#posting(value);
    if (posting === undefined) return NONE;
    if (typeof posting !== 'number' && posting.late === undefined && this.#changed.size === 0) {
      return posting.ascending;
    }
    const rows =
      typeof posting === 'number' ? [posting] : [...posting.ascending, ...(posting.late ?? NONE)];
    if (this.#changed.size === 0) return rows;
    const has = this.#rows.has(this.of, value);
    return rows.filter((row) => !this.#changed.has(row) || has(row));
  }

  /** At least as many as there are. */
  size(value: Value): number {
    const posting = this.#posting(value);
    if (posting === undefined) return 0;
    if (typeof posting === 'number') return 1;
    return posting.ascending.length + (posting.late?.size ?? 0);
  }

  #posting(value: Value): Posting | undefined {
    return typeof value === 'string' ? this.#byText.get(value) : this.#byKey.get(valueKey(value));
  }

  #addValue(value: Value, row: number): void {
    if (typeof value === 'string') add(this.#byText, value, row);
    else add(this.#byKey, valueKey(value), row);
  }
}

function add(postings: Map<string, Posting>, key: string, row: number): void {
  const posting = postings.get(key);
  if (posting === undefined) postings.set(key, row);
  else if (typeof posting === 'number') {
    if (posting === row) return;
    const ascending = posting < row ? [posting, row] : [row, posting];
    postings.set(key, { ascending, late: undefined });
  } else {
    const { ascending } = posting;
    if (row > (ascending.at(-1) as number)) ascending.push(row);
    else if (!isIn(ascending, row)) (posting.late ??= new Set()).add(row);
  }
}

/** Whether an ascending list has a number. */
function isIn(ascending: readonly number[], wanted: number): boolean {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] as number) < wanted) low = middle + 1;
    else high = middle;
  }
  return ascending[low] === wanted;
}
