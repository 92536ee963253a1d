/**
 * The rows of a zone as queries read them: types, order, and single fields through readers that are made
 * once for a query. Nothing here needs a row as a whole, so rows can stay the bytes of their creation.
 */
import type { Value } from '@atoll/codec';
import type { ObjectId } from '@atoll/kernel';
import { isScalar, type Leaf } from '@atoll/schema';
import { EchoError } from '../echo-error.ts';
import type { ObjectHost } from '../object-host.ts';
import {
  hasValue,
  isLive,
  shownCount,
  shownEntry,
  shownMap,
  shownRegister,
  shownSet,
} from '../shown.ts';
import { valueKey, type Shown } from './value-order.ts';

/** A field of the objects of one type's name. */
export interface QueryField {
  /** Local number; versions of a type share it. */
  readonly field: number;
  /** How the reader's version of the type sees it. */
  readonly leaf: Leaf;
}

/** Reads one field of any row. */
export type FieldReader = (row: number) => Shown;

/** Rows by local number. */
export interface RowSource {
  /** Rows that there are; new ones get the next numbers. */
  readonly count: number;
  /** Name of a row's type. */
  typeName(row: number): string;
  /** True if the object counts. */
  isValid(row: number): boolean;
  /** True if it counts, is not deleted and not hidden. */
  isLive(row: number): boolean;
  /** True if it is deleted. */
  isDeleted(row: number): boolean;
  /** True if it is here and not to be shown. */
  isHidden(row: number): boolean;
  id(row: number): ObjectId;
  idBytes(row: number): Uint8Array;
  /** Row of an id, or -1. */
  find(id: Uint8Array): number;
  /** Order of creation; no two rows are equal. */
  compare(a: number, b: number): number;
  /** Lamport time of the creation. */
  lamport(row: number): number;
  /** Reader of what is compared: registers, counters, texts. @throws EchoError `ECHO_QUERY` for others. */
  reader(of: QueryField): FieldReader;
  /** Reader of the elements of a set or list, of the values of a map, or of the one value. */
  items(of: QueryField): (row: number) => readonly Value[];
  /** Whether a register shows the value, or a set or list has it. */
  has(of: QueryField, value: Value): (row: number) => boolean;
  /** Keys of a map, or of the entries of a map of records. */
  keys(of: QueryField): (row: number) => readonly string[];
  /** Reader of one entry of a map. */
  entry(of: QueryField): (row: number, key: string) => Shown;
}

/** Rows of a fold. */
export class FoldRows implements RowSource {
  readonly #host: ObjectHost;

  constructor(host: ObjectHost) {
    this.#host = host;
  }

  /** See {@link RowSource}. */
  get count(): number {
    return this.#host.fold.rows.count;
  }

  /** See {@link RowSource}. */
  typeName(row: number): string {
    return this.#host.fold.typeOf(row).compiled.name;
  }

  /** See {@link RowSource}. */
  isValid(row: number): boolean {
    return !this.#host.fold.rows.isVoid(row);
  }

  /** See {@link RowSource}. */
  isLive(row: number): boolean {
    return isLive(this.#host.fold, row) && !this.#host.hidden.has(row);
  }

  /** See {@link RowSource}. */
  isDeleted(row: number): boolean {
    return !isLive(this.#host.fold, row);
  }

  /** See {@link RowSource}. */
  isHidden(row: number): boolean {
    return this.#host.hidden.has(row);
  }

  /** See {@link RowSource}. */
  id(row: number): ObjectId {
    return this.#host.fold.rows.id(row);
  }

  /** See {@link RowSource}. */
  idBytes(row: number): Uint8Array {
    return this.#host.fold.rows.idBytes(row).slice();
  }

  /** See {@link RowSource}. */
  find(id: Uint8Array): number {
    return this.#host.fold.rows.find(id);
  }

  /** See {@link RowSource}. */
  compare(a: number, b: number): number {
    const { rows, blocks } = this.#host.fold;
    return blocks.compare(rows.block(a), rows.block(b)) || rows.op(a) - rows.op(b) || a - b;
  }

  /** See {@link RowSource}. */
  lamport(row: number): number {
    const { rows, blocks } = this.#host.fold;
    return blocks.get(rows.block(row)).lamport;
  }

  /** See {@link RowSource}. */
  reader({ field, leaf }: QueryField): FieldReader {
    const { fold, sequences } = this.#host;
    if (isScalar(leaf.data)) return (row) => shownRegister(fold, row, field, leaf);
    if (leaf.data.kind === 'counter') return (row) => shownCount(fold, row, field);
    if (leaf.data.kind === 'text' || leaf.data.kind === 'rich') {
      return (row) => sequences.text(row, field)?.text.toString() ?? '';
    }
    throw new EchoError('ECHO_QUERY', `${leaf.name} cannot be compared`);
  }

  /** See {@link RowSource}. */
  items(of: QueryField): (row: number) => readonly Value[] {
    const { field, leaf } = of;
    const { fold, sequences } = this.#host;
    switch (leaf.data.kind) {
      case 'set':
        return (row) => shownSet(fold, row, field);
      case 'map':
        return (row) => [...shownMap(fold, row, field).values()];
      case 'list':
        return (row) => {
          const found = sequences.list(row, field);
          if (found === undefined) return [];
          return found.list.elements().flatMap((element) => {
            const value = sequences.itemValue(found, element);
            return value === undefined ? [] : [value];
          });
        };
      default: {
        const read = this.reader(of);
        return (row) => {
          const value = read(row);
          return value === undefined ? [] : [value];
        };
      }
    }
  }

  /** See {@link RowSource}. */
  has(of: QueryField, value: Value): (row: number) => boolean {
    const { fold } = this.#host;
    if (of.leaf.data.kind !== 'list') return (row) => hasValue(fold, row, of, value);
    const items = this.items(of);
    const key = valueKey(value);
    return (row) => items(row).some((item) => valueKey(item) === key);
  }

  /** See {@link RowSource}. */
  keys({ field, leaf }: QueryField): (row: number) => readonly string[] {
    const { fold } = this.#host;
    if (leaf.records === 'entries') {
      return (row) => {
        const shown = shownMap(fold, row, field);
        return [...shown.keys()].filter((key) => shown.get(key) === true);
      };
    }
    return (row) => [...shownMap(fold, row, field).keys()];
  }

  /** See {@link RowSource}. */
  entry({ field }: QueryField): (row: number, key: string) => Shown {
    const { fold } = this.#host;
    return (row, key) => shownEntry(fold, row, field, key);
  }
}
