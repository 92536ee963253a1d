/** A page of rows: their creations as they lie in memory, and a page of the states of those touched since. */
import { Reader, Writer } from '@atoll/codec';
import type { BlockTable } from '../block-table.ts';
import type { StoredStates } from '../row-keeping.ts';
import type { ObjectState } from '../object-state.ts';
import type { RowColumns, RowTable } from '../row-table.ts';
import type { Sibling } from '../register.ts';
import { decodeState, storedDeleted, storedRegister } from './stored-state.ts';

/** Rows of a full page, unless their bytes fill it first. */
export const PAGE_ROWS = 1024;
/** Bytes of a full page: one read of the store, about a millisecond to open. */
export const PAGE_BYTES: number = 128 * 1024;
/** The entry is a state. */
export const ENTRY_STATE = 1;
/** The entry only tells the blocks from which the row must be folded again. */
export const ENTRY_BLOCKS = 2;

/** Writes the creations of rows. */
export function encodeRowPage(rows: RowTable, from: number, to: number): Uint8Array<ArrayBuffer> {
  const columns = rows.columns(from, to);
  const writer = new Writer(columns.payloads.length + (to - from) * 32 + 64);
  writer.bytes(columns.ids).bytes(columns.types).bytes(columns.blocks).bytes(columns.ops);
  return writer.bytes(columns.lengths).bytes(columns.payloads).finish();
}

/** Reads a page. @throws CodecError. */
export function decodeRowPage(bytes: Uint8Array): RowColumns {
  const reader = new Reader(bytes);
  const columns = {
    ids: reader.bytes(),
    types: reader.bytes(),
    blocks: reader.bytes(),
    ops: reader.bytes(),
    lengths: reader.bytes(),
    payloads: reader.bytes(),
  };
  reader.end();
  return columns;
}

/** States of rows in their pages' bytes; what a later page says of a row replaces what an earlier one did. */
export class StatePages implements StoredStates {
  readonly #table: BlockTable;
  readonly #pages: Uint8Array[] = [];
  /** By row: page and place of the entry's form, or absent. */
  readonly #pageByRow: Int32Array;
  readonly #placeByRow: Uint32Array;
  #rows = 0;

  constructor(table: BlockTable, rows: number) {
    this.#table = table;
    this.#pageByRow = new Int32Array(rows).fill(-1);
    this.#placeByRow = new Uint32Array(rows);
  }

  /** Rows with a state. */
  get size(): number {
    return this.#rows;
  }

  /** Enters the next page; calls back with each row. @throws CodecError. */
  enter(page: Uint8Array, each: (row: number) => void): void {
    const number = this.#pages.push(page) - 1;
    const reader = new Reader(page);
    while (reader.left > 0) {
      const row = reader.varint(this.#pageByRow.length - 1);
      if (this.#pageByRow[row] === -1) this.#rows++;
      this.#pageByRow[row] = number;
      this.#placeByRow[row] = page.length - reader.left;
      reader.u8();
      reader.bytes();
      each(row);
    }
  }

  /** The entry of a row: its form and bytes. */
  entry(row: number): { readonly form: number; readonly bytes: Uint8Array } | undefined {
    const page = this.#pages[this.#pageByRow[row] ?? -1];
    if (page === undefined) return undefined;
    const reader = new Reader(page.subarray(this.#placeByRow[row]));
    return { form: reader.u8(), bytes: reader.bytes() };
  }

  /** Rows whose entry has this form, ascending. */
  rowsOfForm(form: number): number[] {
    const rows: number[] = [];
    this.#pageByRow.forEach((number, row) => {
      const page = this.#pages[number];
      if (page !== undefined && page[this.#placeByRow[row] as number] === form) rows.push(row);
    });
    return rows;
  }

  deleted(row: number): readonly Sibling[] {
    const entry = this.entry(row);
    return entry === undefined ? [] : storedDeleted(entry.bytes);
  }

  register(row: number, field: number): readonly Sibling[] | undefined {
    const entry = this.entry(row);
    return entry === undefined ? undefined : storedRegister(entry.bytes, field);
  }

  read(row: number): ObjectState | undefined {
    const entry = this.entry(row);
    return entry === undefined ? undefined : decodeState(entry.bytes, this.#table);
  }
}
