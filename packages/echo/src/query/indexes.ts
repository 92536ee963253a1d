/** All indexes of one database, by type and field, kept true while rows come and change. */
import type { Value } from '@atoll/codec';
import { EqualityIndex } from './equality-index.ts';
import { OrderedIndex } from './ordered-index.ts';
import type { QueryField, RowSource } from './row-source.ts';
import { TextIndex } from './text-index.ts';
import { compareValues, type Shown } from './value-order.ts';

const INITIAL_ROWS = 64;
const NONE: readonly number[] = [];

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

  constructor(rows: RowSource) {
    this.#rows = rows;
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
      index = new OrderedIndex(this.#rows, of, type.rows);
      type.ordered.set(of.field, index);
    }
    return index;
  }

  /** The index of words of a type. */
  text(name: string, fields: readonly QueryField[]): TextIndex {
    const type = this.#type(name);
    const known = type.text;
    const isSame =
      known?.fields.length === fields.length &&
      known.fields.every((field, at) => {
        const other = fields[at];
        return other !== undefined && field.field === other.field && sameDefault(field, other);
      });
    if (known !== undefined && isSame) return known;
    const index = new TextIndex(this.#rows, fields);
    for (const row of type.rows) index.note(row);
    type.text = index;
    return index;
  }

  /** Keeps the indexes true after a change; `field` absent: anything may have changed. */
  changed(row: number, field: number | undefined): void {
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
