/** All indexes of one database, by type and field, kept true while rows come and change. */
import type { Value } from '@atoll/codec';
import { EqualityIndex } from './equality-index.ts';
import type { KeptOrder, OrderCut } from './kept-orders.ts';
import { beginTextIndex, loadedTextIndex } from './load-text-index.ts';
import { areTooMany, OrderedIndex } from './ordered-index.ts';
import type { QueryField, RowSource } from './row-source.ts';
import type { SortedColumns } from './sorted-columns.ts';
import type { TextIndex } from './text-index.ts';
import { compareValues, type Shown } from './value-order.ts';

const INITIAL_ROWS = 64;
const NONE: readonly number[] = [];
/** Smaller indexes are made in about a millisecond and not kept. */
export const KEPT_PLACES_MIN = 1_024;

/** What is known of the rows of one type's name. */
interface TypeRows {
  /** Place of the name among the types that were noted. */
  readonly no: number;
  /** In order of arrival, void and deleted ones included. */
  rows: number[];
  readonly byField: Map<number, EqualityIndex>;
  readonly ordered: Map<number, OrderedIndex>;
  text: TextIndex | undefined;
}

/** Rows by type and by value. */
export class Indexes {
  readonly #rows: RowSource;
  readonly #byType = new Map<string, TypeRows>();
  /** Rows that were noted so far, and under which of the types each was. */
  #noted = 0;
  #typeByRow = new Uint16Array(INITIAL_ROWS);
  readonly #typeNames: string[] = [];
  /** Ordered indexes of a snapshot that nobody has asked for yet. */
  readonly #kept = new Map<string, KeptOrder>();
  /** Rows that changed while some were in there, ones that were not noted included. */
  readonly #missed = new Set<number>();
  readonly #ids = new WeakMap<SortedColumns, number>();
  #nextId = 1;

  constructor(rows: RowSource) {
    this.#rows = rows;
  }

  /** Takes over what a snapshot has kept; before anything has changed. `lastId`: of all that it has. */
  restore(kept: readonly KeptOrder[], lastId: number): void {
    for (const order of kept) this.#kept.set(keptKey(order.type, order.field), order);
    // Also pages of indexes that are not taken over keep their numbers.
    this.#nextId = lastId + 1;
  }

  /** The ordered indexes that are worth keeping, as they are now. */
  cut(): OrderCut[] {
    const cuts: OrderCut[] = [];
    for (const kept of this.#kept.values()) {
      const missed = [...this.#missed].filter((row) => row < kept.rows);
      const changed = [...new Set([...kept.changed, ...missed])];
      cuts.push({ ...kept, changed, columns: undefined });
    }
    for (const [type, { ordered }] of this.#byType) {
      for (const [field, index] of ordered) {
        const { changed, columns } = index.cut();
        const { length } = columns;
        if (length < KEPT_PLACES_MIN || areTooMany(changed.size, length)) continue;
        const rows = this.#noted;
        const id = this.#idOf(columns);
        const known = { type, field, default: defaultOf(index.of), rows, id, length, columns };
        cuts.push({ ...known, changed: [...changed] });
      }
    }
    return cuts;
  }

  /**
   * Makes the ordered index of a field if it is worth keeping, and makes it anew if too much has changed,
   * little by little.
   */
  async settle(name: string, of: QueryField, pause: () => Promise<void>): Promise<void> {
    const type = this.#type(name);
    if (type.rows.length < KEPT_PLACES_MIN) return;
    let index = type.ordered.get(of.field);
    if (index === undefined || !sameDefault(index.of, of)) {
      if (this.#isKeptStill(type, keptKey(name, of.field))) return;
      index = this.#entered(name, of) ?? new OrderedIndex(this.#rows, of);
      if (index.length === 0) for (const row of type.rows) index.note(row);
      type.ordered.set(of.field, index);
    }
    const steps = index.settling();
    try {
      while (steps.next().done !== true) await pause();
    } finally {
      steps.return(undefined);
    }
  }

  /** Rows of a type in order of arrival, void and deleted ones included. */
  rowsOfType(name: string): readonly number[] {
    this.#notice();
    return this.#byType.get(name)?.rows ?? NONE;
  }

  /** Rows that have this value, void and deleted ones included; each once. Makes the index if need be. */
  rowsWith(name: string, of: QueryField, value: Value): Iterable<number> {
    return this.#equality(name, of).rows(value);
  }

  /** About how many rows have the value; `undefined` where no index knows. */
  countWith(name: string, of: QueryField, value: Value): number | undefined {
    this.#notice();
    const index = this.#byType.get(name)?.byField.get(of.field);
    return index === undefined || !sameDefault(index.of, of) ? undefined : index.size(value);
  }

  /** The ordered index of a field. */
  ordered(name: string, of: QueryField): OrderedIndex {
    const type = this.#type(name);
    let index = type.ordered.get(of.field);
    if (index === undefined || !sameDefault(index.of, of)) {
      index = this.#entered(name, of) ?? new OrderedIndex(this.#rows, of, type.rows);
      type.ordered.set(of.field, index);
    }
    return index;
  }

  /** The index of words of a type; `undefined` while the part that makes it is not here. */
  text(name: string, fields: readonly QueryField[]): TextIndex | undefined {
    const part = loadedTextIndex();
    if (part === undefined) {
      beginTextIndex();
      return undefined;
    }
    const type = this.#type(name);
    const known = type.text;
    const isSame =
      known?.fields.length === fields.length &&
      known.fields.every((field, at) => {
        const other = fields[at];
        return other !== undefined && field.field === other.field && sameDefault(field, other);
      });
    if (known !== undefined && isSame) return known;
    const index = new part.TextIndex(this.#rows, fields);
    for (const row of type.rows) index.note(row);
    type.text = index;
    return index;
  }

  /** Keeps the indexes true after a change; `field` absent: anything may have changed. */
  changed(row: number, field: number | undefined): void {
    if (this.#kept.size > 0) this.#missed.add(row);
    if (row >= this.#noted) return;
    const name = this.#typeNames[this.#typeByRow[row] as number] as string;
    if (field === undefined && this.#rows.typeName(row) !== name) {
      this.#move(row, name);
      return;
    }
    const type = this.#byType.get(name);
    if (type === undefined) return;
    if (field === undefined) noteAll(type, row);
    else noteField(type, row, field);
  }

  #equality(name: string, of: QueryField): EqualityIndex {
    const type = this.#type(name);
    let index = type.byField.get(of.field);
    if (index === undefined || !sameDefault(index.of, of)) {
      index = new EqualityIndex(this.#rows, of);
      for (const row of type.rows) index.note(row);
      type.byField.set(of.field, index);
    }
    return index;
  }

  /** Whether an index of a snapshot needs no more than a few rows to be as of now. */
  #isKeptStill(type: TypeRows, key: string): boolean {
    const kept = this.#kept.get(key);
    if (kept === undefined) return false;
    const added = type.rows.filter((row) => row >= kept.rows).length;
    return !areTooMany(added + kept.changed.length + this.#missed.size, kept.length);
  }

  /** The index of a snapshot, as of now; `undefined` if there is none that can be used. */
  #entered(name: string, of: QueryField): OrderedIndex | undefined {
    const key = keptKey(name, of.field);
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    this.#kept.delete(key);
    const columns = compareValues(kept.default, defaultOf(of)) === 0 ? kept.open() : undefined;
    const missed = [...this.#missed];
    if (this.#kept.size === 0) this.#missed.clear();
    if (columns === undefined) return undefined;
    this.#ids.set(columns, kept.id);
    const index = new OrderedIndex(this.#rows, of, columns);
    for (const row of new Set([...kept.changed, ...missed])) {
      if (this.#rows.typeName(row) === name) index.note(row);
      else index.drop(row);
    }
    for (const row of this.#type(name).rows) if (row >= kept.rows) index.note(row);
    return index;
  }

  #idOf(columns: SortedColumns): number {
    let id = this.#ids.get(columns);
    if (id === undefined) this.#ids.set(columns, (id = this.#nextId++));
    return id;
  }

  #type(name: string): TypeRows {
    this.#notice();
    return this.#ensure(name);
  }

  #ensure(name: string): TypeRows {
    let type = this.#byType.get(name);
    if (type === undefined) {
      const no = this.#typeNames.push(name) - 1;
      type = { no, rows: [], byField: new Map(), ordered: new Map(), text: undefined };
      this.#byType.set(name, type);
    }
    return type;
  }

  /** Takes in rows that are new since the last time. */
  #notice(): void {
    const { count } = this.#rows;
    if (count > this.#typeByRow.length) {
      const wide = new Uint16Array(count * 2);
      wide.set(this.#typeByRow);
      this.#typeByRow = wide;
    }
    while (this.#noted < count) {
      const row = this.#noted++;
      this.#enter(row, this.#rows.typeName(row));
    }
  }

  #enter(row: number, name: string): void {
    const type = this.#ensure(name);
    this.#typeByRow[row] = type.no;
    type.rows.push(row);
    for (const index of type.byField.values()) index.note(row);
    for (const index of type.ordered.values()) index.note(row);
    type.text?.note(row);
  }

  /** A creation that turned out to be void can be replaced by one of another type. */
  #move(row: number, before: string): void {
    const type = this.#ensure(before);
    type.rows = type.rows.filter((each) => each !== row);
    // Equality indexes look at changed rows again, and find nothing there.
    for (const index of type.byField.values()) index.noteAgain(row);
    for (const index of type.ordered.values()) index.drop(row);
    type.text?.drop(row);
    this.#enter(row, this.#rows.typeName(row));
  }
}

function keptKey(type: string, field: number): string {
  return `${field} ${type}`;
}

function noteAll(type: TypeRows, row: number): void {
  for (const index of type.byField.values()) index.noteAgain(row);
  for (const index of type.ordered.values()) index.note(row);
  type.text?.note(row);
}

function noteField(type: TypeRows, row: number, field: number): void {
  type.byField.get(field)?.noteAgain(row);
  type.ordered.get(field)?.note(row);
  if (type.text?.fields.some((each) => each.field === field) === true) type.text.note(row);
}

/** Versions of a type may show different values where none was written. */
function sameDefault(a: QueryField, b: QueryField): boolean {
  return a.leaf === b.leaf || compareValues(defaultOf(a), defaultOf(b)) === 0;
}

function defaultOf({ leaf }: QueryField): Shown {
  return 'default' in leaf.data ? leaf.data.default : undefined;
}
