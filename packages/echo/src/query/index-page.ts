/**
 * Pages of an ordered index: rows in order, how many share each key, and the keys. Read back, keys stay the
 * bytes that they are until one is looked at. Bytes are of this profile alone: see `spec/snapshot.md`.
 */
import { CodecError, decodeValue, Reader, Writer, writeValue, type Value } from '@atoll/codec';
import { firstPlace, type IsBefore, type SortedColumns } from './sorted-columns.ts';
import { compareValues, type Shown } from './value-order.ts';

/** Places of a page at most: about three milliseconds to make. */
const PAGE_PLACES = 8_192;
/** Bytes of keys after which a page ends. */
const PAGE_KEY_BYTES: number = 128 * 1024;
/** What a key without a length is taken to need. */
const NUMBER_BYTES = 8;

/** Keys are values one after another, with the ends of each. */
const FORM_VALUES = 0;
/** Keys are whole numbers of 32 bits. */
const FORM_INTEGERS = 1;
/** Keys are numbers. */
const FORM_NUMBERS = 2;

/** A page, and the place behind its last one. */
export interface IndexPage {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly to: number;
}

/** Makes the page that begins at a place. */
export function encodeIndexPage(columns: SortedColumns, from: number): IndexPage {
  const rows: number[] = [];
  const counts: number[] = [];
  const keys: Shown[] = [];
  let bytes = 0;
  let at = from;
  for (; at < columns.length && at - from < PAGE_PLACES; at++) {
    const key = columns.key(at);
    const last = counts.length - 1;
    if (last >= 0 && compareValues(key, keys[last]) === 0) {
      counts[last] = (counts[last] as number) + 1;
    } else {
      if (bytes >= PAGE_KEY_BYTES) break;
      keys.push(key);
      counts.push(1);
      bytes += typeof key === 'string' || key instanceof Uint8Array ? key.length : NUMBER_BYTES;
    }
    rows.push(columns.row(at));
  }
  const writer = new Writer(bytes + rows.length * 12 + 64);
  writer.bytes(bytesOf(Int32Array.from(rows))).bytes(bytesOf(Uint32Array.from(counts)));
  if (keys.every(isNumber)) writeNumbers(writer, keys);
  else writeValues(writer, keys);
  return { bytes: writer.finish(), to: at };
}

function writeNumbers(writer: Writer, keys: readonly number[]): void {
  const integers = Int32Array.from(keys);
  const isWhole = keys.every((key, at) => key === integers[at]);
  if (isWhole) writer.u8(FORM_INTEGERS).bytes(bytesOf(integers));
  else writer.u8(FORM_NUMBERS).bytes(bytesOf(Float64Array.from(keys)));
}

/** No value has no bytes. */
function writeValues(writer: Writer, keys: readonly Shown[]): void {
  const values = new Writer(1024);
  const ends = keys.map((key) => {
    if (key !== undefined) writeValue(values, key);
    return values.length;
  });
  writer
    .u8(FORM_VALUES)
    .bytes(bytesOf(Uint32Array.from(ends)))
    .bytes(values.view());
}

function isNumber(key: Shown): key is number {
  return typeof key === 'number';
}

/** A page as it was read. */
interface ReadPage {
  readonly rows: Int32Array;
  readonly counts: Uint32Array;
  /** Key at a place among the page's keys. */
  key(at: number): Shown;
}

/** Columns of pages. @throws CodecError from the constructor: pages that are not those of an index. */
export class StoredColumns implements SortedColumns {
  readonly length: number;
  readonly #pages: readonly ReadPage[];
  readonly #rows: Int32Array;
  /** First place of each key, over all pages; a key may begin anew with a page. */
  readonly #starts: Uint32Array;
  /** Number of the first key of each page. */
  readonly #firstKeys: readonly number[];
  #lastKey = -1;
  #lastValue: Shown;

  /** `rowCount`: rows that there are. */
  constructor(pages: readonly Uint8Array[], rowCount: number) {
    this.#pages = pages.map((bytes) => readPage(bytes));
    this.length = this.#pages.reduce((sum, { rows }) => sum + rows.length, 0);
    this.#rows = new Int32Array(this.length);
    this.#starts = new Uint32Array(this.#pages.reduce((sum, { counts }) => sum + counts.length, 0));
    const firstKeys: number[] = [];
    let place = 0;
    let key = 0;
    for (const { counts, rows } of this.#pages) {
      firstKeys.push(key);
      this.#rows.set(rows, place);
      for (const count of counts) {
        this.#starts[key++] = place;
        place += count;
      }
    }
    this.#firstKeys = firstKeys;
    const isTrue = place === this.length && this.#rows.every((row) => row >= 0 && row < rowCount);
    if (!isTrue) throw new CodecError('CODEC_MALFORMED', 'pages of an index do not fit');
  }

  /** See {@link SortedColumns}. */
  row(at: number): number {
    return this.#rows[at] as number;
  }

  /** See {@link SortedColumns}. */
  key(at: number): Shown {
    const last = this.#lastKey;
    // Places are mostly asked for one after another.
    if (last >= 0 && at >= (this.#starts[last] as number) && at < this.#endOf(last)) {
      return this.#lastValue;
    }
    const next = last + 1;
    const isNext = at >= this.#endOf(last) && next < this.#starts.length && at < this.#endOf(next);
    const key = isNext
      ? next
      : firstPlace(this.#starts.length, (each) => (this.#starts[each] as number) <= at) - 1;
    this.#lastValue = this.#value(key);
    this.#lastKey = key;
    return this.#lastValue;
  }

  /** See {@link SortedColumns}. */
  rank(isBefore: IsBefore): number {
    const key = firstPlace(this.#starts.length, (each) => isBefore(this.#value(each)));
    return this.#starts[key] ?? this.length;
  }

  #endOf(key: number): number {
    return this.#starts[key + 1] ?? this.length;
  }

  #value(key: number): Shown {
    const page =
      firstPlace(this.#firstKeys.length, (each) => (this.#firstKeys[each] as number) <= key) - 1;
    return this.#pages[page]?.key(key - (this.#firstKeys[page] as number));
  }
}

function readPage(bytes: Uint8Array): ReadPage {
  const reader = new Reader(bytes);
  const rows = new Int32Array(columnOf(reader, 4));
  const counts = new Uint32Array(columnOf(reader, 4));
  const key = readKeys(reader, counts.length);
  reader.end();
  return { rows, counts, key };
}

function readKeys(reader: Reader, count: number): (at: number) => Shown {
  const form = reader.u8();
  if (form === FORM_INTEGERS || form === FORM_NUMBERS) {
    const numbers =
      form === FORM_INTEGERS
        ? new Int32Array(columnOf(reader, 4))
        : new Float64Array(columnOf(reader, 8));
    if (numbers.length !== count) throw malformed();
    return (at) => numbers[at];
  }
  const ends = new Uint32Array(columnOf(reader, 4));
  const values = reader.bytes();
  let before = 0;
  for (const end of ends) {
    if (end < before) throw malformed();
    before = end;
  }
  if (form !== FORM_VALUES || ends.length !== count || before !== values.length) throw malformed();
  return (at) => valueOf(values.subarray(ends[at - 1] ?? 0, ends[at]));
}

function valueOf(bytes: Uint8Array): Value | undefined {
  return bytes.length === 0 ? undefined : decodeValue(bytes);
}

/** A copy that lies at the beginning of a buffer of its own, as columns must. */
function columnOf(reader: Reader, width: number): ArrayBuffer {
  const bytes = reader.bytes();
  if (bytes.length % width !== 0) throw malformed();
  return bytes.slice().buffer;
}

function bytesOf(column: Int32Array | Uint32Array | Float64Array): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
}

function malformed(): CodecError {
  return new CodecError('CODEC_MALFORMED', 'a page of an index is not well-formed');
}
