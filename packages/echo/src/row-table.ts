/**
 * All objects of a zone as rows: ids, creations and payload bytes in flat arrays, found through an open
 * addressing table. An object that nobody has touched costs its bytes and about fifty more.
 */
import type { Value } from '@atoll/codec';
import { toHex, type ObjectId } from '@atoll/kernel';
import { OBJECT_ID_BYTES } from './op-ids.ts';
import { payloadValue } from './row-payload.ts';

const INITIAL_ROWS = 64;
const INITIAL_ARENA_BYTES = 4096;
/** Words of an id. */
const WORDS = OBJECT_ID_BYTES / 4;

/** A row that is about to be added. */
export interface NewRow {
  readonly id: Uint8Array;
  /** Local number of the type. */
  readonly type: number;
  /** Creating block and op. */
  readonly block: number;
  readonly op: number;
  readonly payload: Uint8Array;
  readonly isVoid: boolean;
}

/** Creations of rows as columns of bytes, one after another. */
export interface RowColumns {
  /** 16 bytes a row. */
  readonly ids: Uint8Array;
  /** Numbers of 16 bits. */
  readonly types: Uint8Array;
  /** Numbers of 32 bits. */
  readonly blocks: Uint8Array;
  readonly ops: Uint8Array;
  readonly lengths: Uint8Array;
  /** As many bytes a row as its length says. */
  readonly payloads: Uint8Array;
}

/** Rows by local number. */
export class RowTable {
  #count = 0;
  #ids = new Int32Array(INITIAL_ROWS * WORDS);
  #idBytes = new Uint8Array(this.#ids.buffer);
  #types = new Uint16Array(INITIAL_ROWS);
  #blocks = new Int32Array(INITIAL_ROWS);
  #ops = new Int32Array(INITIAL_ROWS);
  #starts = new Uint32Array(INITIAL_ROWS);
  #lengths = new Uint32Array(INITIAL_ROWS);
  #void = new Uint8Array(INITIAL_ROWS);
  #touched = new Uint8Array(INITIAL_ROWS);
  #arena = new Uint8Array(INITIAL_ARENA_BYTES);
  #used = 0;
  #slots = new Int32Array(INITIAL_ROWS * 2).fill(-1);
  /** Rows that are in the slots: rows of a snapshot enter them when an id is first asked for. */
  #slotted = 0;
  readonly #seed: number;

  /** `seed`: 32 bits of this process, so that nobody can prepare ids that collide in the table. */
  constructor(seed: number) {
    this.#seed = seed | 0;
  }

  /** Rows, void ones included. */
  get count(): number {
    return this.#count;
  }

  /** Row of an id, or -1. */
  find(id: Uint8Array): number {
    if (this.#slotted < this.#count) this.#enterAll();
    const mask = this.#slots.length - 1;
    const words = idWords(id);
    let slot = this.#mix(words, 0) & mask;
    for (;;) {
      const row = this.#slots[slot] as number;
      if (row < 0 || this.#equals(row, words)) return row;
      slot = (slot + 1) & mask;
    }
  }

  /** Adds a row whose id is not there, and returns its number. */
  add(row: NewRow): number {
    if (this.#slotted < this.#count) this.#enterAll();
    if (this.#count === this.#types.length) this.#growRows(this.#types.length * 2);
    const number = this.#count++;
    this.#idBytes.set(row.id, number * OBJECT_ID_BYTES);
    this.#types[number] = row.type;
    this.#blocks[number] = row.block;
    this.#ops[number] = row.op;
    this.#void[number] = row.isVoid ? 1 : 0;
    this.setPayload(number, row.payload);
    this.#enter(number);
    return number;
  }

  /** Writes the creation anew, after a change in what is void. */
  recreate(number: number, row: Omit<NewRow, 'id'>): void {
    this.#types[number] = row.type;
    this.#blocks[number] = row.block;
    this.#ops[number] = row.op;
    this.#void[number] = row.isVoid ? 1 : 0;
    this.setPayload(number, row.payload);
  }

  /** Copies payload bytes into the arena. */
  setPayload(row: number, payload: Uint8Array): void {
    const end = this.#used + payload.length;
    if (end > this.#arena.length) this.#growArena(Math.max(end, this.#arena.length * 2));
    this.#arena.set(payload, this.#used);
    this.#starts[row] = this.#used;
    this.#lengths[row] = payload.length;
    this.#used = end;
  }

  /** Bytes of the creation: a view, valid until the next row is added. */
  payload(row: number): Uint8Array {
    const start = this.#starts[row] as number;
    return this.#arena.subarray(start, start + (this.#lengths[row] as number));
  }

  /** Value that the creation gave a leaf. */
  value(row: number, leaf: number): Value | undefined {
    return payloadValue(this.#arena, this.#starts[row] as number, leaf);
  }

  /** Id as bytes: a view, valid until the next row is added. */
  idBytes(row: number): Uint8Array {
    return this.#idBytes.subarray(row * OBJECT_ID_BYTES, (row + 1) * OBJECT_ID_BYTES);
  }

  /** One byte of an id. */
  idByte(row: number, at: number): number {
    return this.#idBytes[row * OBJECT_ID_BYTES + at] as number;
  }

  /** Id as text. */
  id(row: number): ObjectId {
    return toHex(this.idBytes(row)) as ObjectId;
  }

  /** Local number of the type. */
  type(row: number): number {
    return this.#types[row] as number;
  }

  /** Block of the creation. */
  block(row: number): number {
    return this.#blocks[row] as number;
  }

  /** Number of the creating op. */
  op(row: number): number {
    return this.#ops[row] as number;
  }

  /** True when the creation does not count. */
  isVoid(row: number): boolean {
    return this.#void[row] === 1;
  }

  /** Notes whether the creation counts. */
  setVoid(row: number, isVoid: boolean): void {
    this.#void[row] = isVoid ? 1 : 0;
  }

  /** True when the row may have a state beyond its creation. */
  isTouched(row: number): boolean {
    return this.#touched[row] === 1;
  }

  /** Notes that the row has such a state. */
  setTouched(row: number): void {
    this.#touched[row] = 1;
  }

  /** Bytes of a row's creation. */
  payloadLength(row: number): number {
    return this.#lengths[row] as number;
  }

  /** Creations of rows as bytes, in this machine's order; which of them count is not in it. */
  columns(from: number, to: number): RowColumns {
    let size = 0;
    for (let row = from; row < to; row++) size += this.#lengths[row] as number;
    const payloads = new Uint8Array(size);
    let at = 0;
    for (let row = from; row < to; row++) {
      payloads.set(this.payload(row), at);
      at += this.#lengths[row] as number;
    }
    return {
      ids: bytesOf(this.#ids, from * WORDS, to * WORDS),
      types: bytesOf(this.#types, from, to),
      blocks: bytesOf(this.#blocks, from, to),
      ops: bytesOf(this.#ops, from, to),
      lengths: bytesOf(this.#lengths, from, to),
      payloads,
    };
  }

  /** Makes room, so that what is then appended is not moved again. */
  reserve(rows: number, payloadBytes: number): void {
    const needed = this.#count + rows;
    if (needed > this.#types.length) this.#growRows(needed);
    const bytes = this.#used + payloadBytes;
    if (bytes > this.#arena.length) this.#growArena(bytes);
  }

  /** Appends rows that {@link RowTable.columns} gave and that are not there. */
  append(columns: RowColumns): void {
    const first = this.#count;
    const rows = columns.ids.length / OBJECT_ID_BYTES;
    this.reserve(rows, columns.payloads.length);
    this.#idBytes.set(columns.ids, first * OBJECT_ID_BYTES);
    putBytes(this.#types, first, columns.types);
    putBytes(this.#blocks, first, columns.blocks);
    putBytes(this.#ops, first, columns.ops);
    putBytes(this.#lengths, first, columns.lengths);
    this.#arena.set(columns.payloads, this.#used);
    this.#count = first + rows;
    for (let row = first; row < this.#count; row++) {
      this.#starts[row] = this.#used;
      this.#used += this.#lengths[row] as number;
    }
  }

  #equals(row: number, words: Int32Array): boolean {
    const at = row * WORDS;
    const ids = this.#ids;
    return (
      ids[at] === words[0] &&
      ids[at + 1] === words[1] &&
      ids[at + 2] === words[2] &&
      ids[at + 3] === words[3]
    );
  }

  #mix(words: Int32Array, at: number): number {
    let mixed = this.#seed;
    for (let word = 0; word < WORDS; word++) {
      mixed = Math.imul(mixed ^ (words[at + word] as number), 0x9e3779b1);
      mixed ^= mixed >>> 15;
    }
    return mixed;
  }

  #enter(row: number): void {
    if (this.#count * 2 > this.#slots.length) {
      this.#enterAll();
    } else {
      this.#place(row);
      this.#slotted = this.#count;
    }
  }

  #enterAll(): void {
    let slots = this.#slots.length;
    while (this.#count * 2 > slots) slots *= 2;
    this.#slots = new Int32Array(slots).fill(-1);
    for (let row = 0; row < this.#count; row++) this.#place(row);
    this.#slotted = this.#count;
  }

  #growArena(bytes: number): void {
    const wide = new Uint8Array(bytes);
    wide.set(this.#arena.subarray(0, this.#used));
    this.#arena = wide;
  }

  #place(row: number): void {
    const mask = this.#slots.length - 1;
    let slot = this.#mix(this.#ids, row * WORDS) & mask;
    while ((this.#slots[slot] as number) >= 0) slot = (slot + 1) & mask;
    this.#slots[slot] = row;
  }

  #growRows(size: number): void {
    this.#ids = grown(this.#ids, new Int32Array(size * WORDS));
    this.#idBytes = new Uint8Array(this.#ids.buffer);
    this.#types = grown(this.#types, new Uint16Array(size));
    this.#blocks = grown(this.#blocks, new Int32Array(size));
    this.#ops = grown(this.#ops, new Int32Array(size));
    this.#starts = grown(this.#starts, new Uint32Array(size));
    this.#lengths = grown(this.#lengths, new Uint32Array(size));
    this.#void = grown(this.#void, new Uint8Array(size));
    this.#touched = grown(this.#touched, new Uint8Array(size));
  }
}

const wordScratch = new Int32Array(WORDS);
const wordScratchBytes = new Uint8Array(wordScratch.buffer);

/** The id as words, in a kept buffer. */
function idWords(id: Uint8Array): Int32Array {
  wordScratchBytes.set(id);
  return wordScratch;
}

type Numbers = Int32Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Uint16Array<ArrayBuffer>;

function bytesOf(numbers: Numbers, from: number, to: number): Uint8Array<ArrayBuffer> {
  const { buffer, BYTES_PER_ELEMENT: size } = numbers;
  return new Uint8Array(buffer, from * size, (to - from) * size).slice();
}

function putBytes(numbers: Numbers, at: number, bytes: Uint8Array): void {
  new Uint8Array(numbers.buffer).set(bytes, at * numbers.BYTES_PER_ELEMENT);
}

function grown<A extends Int32Array | Uint32Array | Uint16Array | Uint8Array>(old: A, wide: A): A {
  wide.set(old);
  return wide;
}
