/**
 * The state of one object as bytes: the register of deletion, the fields one behind another with their
 * lengths, and the numbers of the blocks that touched it. A field is decoded when it is first asked for.
 */
import { Reader, Writer } from '@atoll/codec';
import type { BlockTable } from '../block-table.ts';
import { ObjectState, type FieldState } from '../object-state.ts';
import type { Sibling } from '../register.ts';
import {
  PLACED_CODE,
  REGISTER_CODE,
  readSiblings,
  storeOf,
  storeOfCode,
  writeSiblings,
  type StoreNames,
} from './field-stores.ts';

const NONE: readonly Sibling[] = [];

/** Bytes of the numbers of blocks alone, as of a state without fields. */
export function encodeBlocks(state: ObjectState, names: StoreNames): Uint8Array<ArrayBuffer> {
  const bare = new ObjectState({ blocks: state.blocks, fields: new Map(), deleted: [] });
  return encodeState(bare, names) ?? new Uint8Array(0);
}

/**
 * Bytes of a state; `undefined` when a field is of a kind that snapshots do not know. `copies`: fields that
 * nobody has asked for are copied, which is right only with the numbers that they were written in.
 */
export function encodeState(
  state: ObjectState,
  names: StoreNames,
  copies = true,
): Uint8Array<ArrayBuffer> | undefined {
  const writer = new Writer();
  writeSiblings(writer, state.deleted, names);
  writer.varint(state.fields.size);
  const { fields } = state;
  const mayCopy = copies && fields instanceof StoredFields;
  const known = mayCopy ? fields.decoded() : fields;
  if (mayCopy) {
    for (const [field, { code, bytes }] of fields.untouched()) {
      writer.varint(field).u8(code).bytes(bytes);
    }
  }
  const part = new Writer();
  for (const [field, now] of known) {
    const store = storeOf(now);
    if (store === undefined) return undefined;
    store.write(part.clear(), now, names);
    writer.varint(names.field(field)).u8(store.code).bytes(part.finish());
  }
  writer.varint(state.blocks.length);
  let before = 0;
  for (const block of state.blocks.map((no) => names.block(no)).sort((a, b) => a - b)) {
    writer.zigzag(block - before);
    before = block;
  }
  return writer.u8(state.isDoubtful ? 1 : 0).finish();
}

/** The state of {@link encodeState}'s bytes, which must stay as they are. @throws CodecError. */
export function decodeState(bytes: Uint8Array, table: BlockTable): ObjectState {
  const reader = new Reader(bytes);
  const deleted = readSiblings(reader);
  const fields = new StoredFields(table);
  for (let rest = reader.varint(reader.left); rest > 0; rest--) {
    const field = reader.varint();
    fields.enter(field, { code: reader.u8(), bytes: reader.bytes() });
  }
  const blocks: number[] = [];
  let before = 0;
  for (let rest = reader.varint(reader.left); rest > 0; rest--) {
    blocks.push((before += reader.zigzag()));
  }
  const state = new ObjectState({ blocks, fields, deleted });
  state.isDoubtful = reader.u8() === 1;
  reader.end();
  return state;
}

/** The register of deletion in a state's bytes. @throws CodecError. */
export function storedDeleted(bytes: Uint8Array): readonly Sibling[] {
  return bytes[0] === 0 ? NONE : readSiblings(new Reader(bytes));
}

/** The writes of a register in a state's bytes, if it was written apart. @throws CodecError. */
export function storedRegister(bytes: Uint8Array, field: number): readonly Sibling[] | undefined {
  const reader = new Reader(bytes);
  readSiblings(reader);
  for (let rest = reader.varint(reader.left); rest > 0; rest--) {
    const isIt = reader.varint() === field;
    const code = reader.u8();
    const part = reader.bytes();
    if (isIt)
      return code === REGISTER_CODE || code === PLACED_CODE
        ? readSiblings(new Reader(part))
        : undefined;
  }
  return undefined;
}

/** Numbers of the fields in a state's bytes. @throws CodecError. */
export function fieldsOf(bytes: Uint8Array): number[] {
  const reader = new Reader(bytes);
  readSiblings(reader);
  const fields: number[] = [];
  for (let rest = reader.varint(reader.left); rest > 0; rest--) {
    fields.push(reader.varint());
    reader.u8();
    reader.bytes();
  }
  return fields;
}

/** True if a state's bytes name no blocks that touched the row, and leave no doubt. @throws CodecError. */
export function namesNoBlocks(bytes: Uint8Array): boolean {
  const reader = new Reader(bytes);
  readSiblings(reader);
  for (let rest = reader.varint(reader.left); rest > 0; rest--) {
    reader.varint();
    reader.u8();
    reader.bytes();
  }
  return reader.varint() === 0 && reader.u8() === 0;
}

/** A field that nobody has asked for. */
interface StoredField {
  readonly code: number;
  readonly bytes: Uint8Array;
}

/** Fields of an object that are decoded one by one. In all else it is a map. */
class StoredFields extends Map<number, FieldState> {
  readonly #table: BlockTable;
  readonly #stored = new Map<number, StoredField>();

  constructor(table: BlockTable) {
    super();
    this.#table = table;
  }

  /** Keeps the bytes of a field. */
  enter(field: number, stored: StoredField): void {
    this.#stored.set(field, stored);
  }

  /** Fields that nobody has asked for. */
  untouched(): ReadonlyMap<number, StoredField> {
    return this.#stored;
  }

  /** Fields that somebody has asked for. */
  decoded(): Map<number, FieldState> {
    const known = new Map<number, FieldState>();
    super.forEach((state, field) => void known.set(field, state));
    return known;
  }

  override get size(): number {
    return super.size + this.#stored.size;
  }

  override get(field: number): FieldState | undefined {
    const stored = this.#stored.get(field);
    if (stored === undefined) return super.get(field);
    const reader = new Reader(stored.bytes);
    const state = storeOfCode(stored.code)?.read(reader, this.#table);
    reader.end();
    this.#stored.delete(field);
    if (state !== undefined) super.set(field, state);
    return state;
  }

  override has(field: number): boolean {
    return super.has(field) || this.#stored.has(field);
  }

  override set(field: number, state: FieldState): this {
    this.#stored?.delete(field);
    return super.set(field, state);
  }

  override delete(field: number): boolean {
    const wasStored = this.#stored.delete(field);
    return super.delete(field) || wasStored;
  }

  override clear(): void {
    this.#stored.clear();
    super.clear();
  }

  override keys(): MapIterator<number> {
    return this.#all().keys();
  }

  override values(): MapIterator<FieldState> {
    return this.#all().values();
  }

  override entries(): MapIterator<[number, FieldState]> {
    return this.#all().entries();
  }

  override forEach(
    each: (state: FieldState, field: number, map: Map<number, FieldState>) => void,
  ): void {
    for (const [field, state] of this.entries()) each(state, field, this);
  }

  override [Symbol.iterator](): MapIterator<[number, FieldState]> {
    return this.entries();
  }

  #all(): Map<number, FieldState> {
    for (const field of [...this.#stored.keys()]) this.get(field);
    return this.decoded();
  }
}
