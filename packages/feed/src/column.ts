/** Growing columns of numbers, and a set of 32-byte hashes: 100,000 blocks in a few megabytes. */
import { KernelError } from '@atoll/kernel';

const INITIAL_ROWS = 64;
const HASH_BYTES = 32;
const NIBBLE_OF_DIGIT_A = 87;
const DIGIT_ZERO = 48;
const DIGIT_NINE = 57;

type Numbers = Int32Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

/** An array of numbers of one machine type that grows by doubling. */
export class Column {
  readonly #make: (rows: number) => Numbers;
  #values: Numbers;
  #length = 0;

  constructor(make: (rows: number) => Numbers) {
    this.#make = make;
    this.#values = make(INITIAL_ROWS);
  }

  /** Numbers of 32 bits with sign. */
  static int32(): Column {
    return new Column((rows) => new Int32Array(rows));
  }

  /** Numbers of 32 bits without sign. */
  static uint32(): Column {
    return new Column((rows) => new Uint32Array(rows));
  }

  /** Integers up to 2^53. */
  static wide(): Column {
    return new Column((rows) => new Float64Array(rows));
  }

  /** Rows so far. */
  get length(): number {
    return this.#length;
  }

  /** The number in a row that exists. */
  at(row: number): number {
    const value = row < this.#length ? this.#values[row] : undefined;
    if (value === undefined) throw new KernelError('KERNEL_IMPOSSIBLE', `there is no row ${row}`);
    return value;
  }

  /** Replaces the number in a row that exists. */
  set(row: number, value: number): void {
    this.#values[row] = value;
  }

  /** Appends a row and gives its number. */
  push(value: number): number {
    if (this.#length === this.#values.length) {
      const grown = this.#make(this.#length * 2);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.#length] = value;
    return this.#length++;
  }

  /** Rows as bytes, in this machine's order: for stores of one's own. */
  bytes(from: number, to: number): Uint8Array<ArrayBuffer> {
    const { buffer, BYTES_PER_ELEMENT: size } = this.#values;
    return new Uint8Array(buffer, from * size, (to - from) * size).slice();
  }

  /** Appends rows that {@link Column.bytes} gave. */
  append(bytes: Uint8Array): void {
    const size = this.#values.BYTES_PER_ELEMENT;
    const length = this.#length + bytes.length / size;
    if (length > this.#values.length) {
      const grown = this.#make(Math.max(length, this.#values.length * 2));
      grown.set(this.#values.subarray(0, this.#length));
      this.#values = grown;
    }
    new Uint8Array(this.#values.buffer).set(bytes, this.#length * size);
    this.#length = length;
  }
}

/** Hashes in order of arrival, found by value: one arena and an open-addressing table over it. */
export class HashArena {
  readonly #salt: number;
  #arena: Uint8Array<ArrayBuffer> = new Uint8Array(INITIAL_ROWS * HASH_BYTES);
  /** Row + 1, or 0 where a place is free; never more than half full. */
  #table: Int32Array<ArrayBuffer> = new Int32Array(INITIAL_ROWS * 2);
  #length = 0;
  readonly #wanted: Uint8Array<ArrayBuffer> = new Uint8Array(HASH_BYTES);
  /** What was pushed last, which the next block continues, and what was looked for last and is not there. */
  #pushed: string | undefined;
  #missed: string | undefined;

  /** `salt`: 32 random bits, so that nobody can prepare hashes that all fall into one place. */
  constructor(salt: number) {
    this.#salt = salt | 1;
  }

  /** Rows so far. */
  get length(): number {
    return this.#length;
  }

  /** Row of a hash in lower-case hex, or -1. */
  find(hex: string): number {
    if (hex === this.#pushed) return this.#length - 1;
    if (hex === this.#missed) return -1;
    decodeHex(hex, this.#wanted);
    const row = this.#findWanted();
    if (row < 0) this.#missed = hex;
    return row;
  }

  /** Row of a hash given as bytes, or -1. */
  findBytes(hash: Uint8Array): number {
    this.#wanted.set(hash);
    return this.#findWanted();
  }

  #findWanted(): number {
    for (let place = this.#placeOf(this.#wanted, 0); ; place++) {
      const row = (this.#table[place & (this.#table.length - 1)] as number) - 1;
      if (row < 0 || this.#holds(row)) return row;
    }
  }

  /** Appends a hash that is not there yet and gives its row. */
  push(hex: string): number {
    if ((this.#length + 1) * 2 > this.#table.length) this.#grow();
    const row = this.#length++;
    decodeHex(hex, this.#arena, row * HASH_BYTES);
    this.#enter(row);
    this.#pushed = hex;
    this.#missed = undefined;
    return row;
  }

  /** Appends hashes that are not there yet, as bytes one after another. */
  append(hashes: Uint8Array): void {
    const first = this.#length;
    this.#pushed = undefined;
    this.#missed = undefined;
    const length = first + hashes.length / HASH_BYTES;
    let rows = this.#arena.length / HASH_BYTES;
    while (length * 2 > rows * 2) rows *= 2;
    const arena = new Uint8Array(rows * HASH_BYTES);
    arena.set(this.#arena.subarray(0, first * HASH_BYTES));
    arena.set(hashes, first * HASH_BYTES);
    this.#arena = arena;
    this.#table = new Int32Array(rows * 2);
    this.#length = length;
    for (let row = 0; row < length; row++) this.#enter(row);
  }

  /** The bytes in a row; a view. */
  bytes(row: number): Uint8Array<ArrayBuffer> {
    return this.#arena.subarray(row * HASH_BYTES, (row + 1) * HASH_BYTES);
  }

  /** Hashes of rows as bytes, copied. */
  slice(from: number, to: number): Uint8Array<ArrayBuffer> {
    return this.#arena.slice(from * HASH_BYTES, to * HASH_BYTES);
  }

  #holds(row: number): boolean {
    const base = row * HASH_BYTES;
    for (let at = 0; at < HASH_BYTES; at++) {
      if (this.#arena[base + at] !== this.#wanted[at]) return false;
    }
    return true;
  }

  #placeOf(bytes: Uint8Array, base: number): number {
    const low = word(bytes, base) ^ this.#salt;
    const high = word(bytes, base + 4) ^ Math.imul(this.#salt, 0x9e3779b1);
    let mixed = Math.imul(low ^ (low >>> 15), 0x85ebca6b) ^ Math.imul(high, 0xc2b2ae35);
    mixed ^= mixed >>> 13;
    return (Math.imul(mixed, this.#salt) >>> 4) & (this.#table.length - 1);
  }

  #enter(row: number): void {
    const mask = this.#table.length - 1;
    let place = this.#placeOf(this.#arena, row * HASH_BYTES);
    while (this.#table[place & mask] !== 0) place++;
    this.#table[place & mask] = row + 1;
  }

  #grow(): void {
    const arena = new Uint8Array(this.#arena.length * 2);
    arena.set(this.#arena);
    this.#arena = arena;
    this.#table = new Int32Array(this.#table.length * 2);
    for (let row = 0; row < this.#length; row++) this.#enter(row);
  }
}

function word(bytes: Uint8Array, at: number): number {
  const a = bytes[at] as number;
  const b = bytes[at + 1] as number;
  const c = bytes[at + 2] as number;
  const d = bytes[at + 3] as number;
  return a | (b << 8) | (c << 16) | (d << 24) | 0;
}

/** Ids are lower-case hex by their type; a loop over character codes is ten times faster than parsing. */
function decodeHex(hex: string, target: Uint8Array, offset = 0): void {
  for (let at = 0; at < HASH_BYTES; at++) {
    const high = hex.charCodeAt(at * 2);
    const low = hex.charCodeAt(at * 2 + 1);
    target[offset + at] = (nibble(high) << 4) | nibble(low);
  }
}

function nibble(code: number): number {
  return code <= DIGIT_NINE ? code - DIGIT_ZERO : code - NIBBLE_OF_DIGIT_A;
}
