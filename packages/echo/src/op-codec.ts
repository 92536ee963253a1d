/** Canonical bytes of ops. The kind and its variants share one byte; see spec/objects.md. */
import {
  CodecError,
  readValue,
  writeValue,
  type Reader,
  type Value,
  type Writer,
} from '@atoll/codec';
import { MODEL_OP_BYTES_MAX } from './models/model.ts';
import { COVERS_MAX, SECTION_BYTES_MAX, type Dot, type FieldNo, type Op } from './ops.ts';

const KIND = {
  type: 1,
  create: 2,
  set: 3,
  unset: 4,
  retract: 5,
  delete: 6,
  restore: 7,
  undelete: 8,
  add: 9,
  remove: 10,
  increment: 11,
  assign: 12,
  recount: 13,
  sequence: 14,
  model: 15,
} as const satisfies Record<Op['kind'], number>;

/** The op lists what it covers (or names a counter). */
const EXACT = 0x80;
/** The op names an entry of a map. */
const KEYED = 0x40;
const KIND_MASK = 0x3f;
/** Characters of a map's key, in bytes. */
const KEY_BYTES_MAX = 1024;

/** Writes one op. */
export function writeOp(writer: Writer, op: Op): void {
  switch (op.kind) {
    case 'type':
      writer.u8(KIND.type).bytes(op.bytes);
      return;
    case 'create':
      writer.u8(KIND.create).varint(op.type).bytes(op.payload);
      return;
    case 'sequence':
      writer.u8(KIND.sequence);
      writeTarget(writer, op.object, op.field);
      writer.bytes(op.bytes);
      return;
    case 'model':
      writer.u8(KIND.model | (op.needs.length > 0 ? EXACT : 0));
      writeTarget(writer, op.object, op.field);
      if (op.needs.length > 0) writeDots(writer, op.needs);
      writer.bytes(op.bytes);
      return;
    case 'set':
    case 'unset':
    case 'retract':
      writeRegisterOp(writer, op);
      return;
    case 'delete':
    case 'restore':
    case 'undelete':
      writer.u8(KIND[op.kind] | (op.covers !== undefined ? EXACT : 0)).varint(op.object);
      if (op.covers !== undefined) writeDots(writer, op.covers);
      return;
    case 'add':
    case 'remove':
      writer.u8(KIND[op.kind] | (op.kind === 'remove' && op.covers !== undefined ? EXACT : 0));
      writeTarget(writer, op.object, op.field);
      writeValue(writer, op.value);
      if (op.kind === 'remove' && op.covers !== undefined) writeDots(writer, op.covers);
      return;
    case 'increment':
    case 'assign':
    case 'recount':
      writeCounterOp(writer, op);
  }
}

type RegisterOp = Extract<Op, { readonly kind: 'set' | 'unset' | 'retract' }>;
type CounterOp = Extract<Op, { readonly kind: 'increment' | 'assign' | 'recount' }>;

function writeRegisterOp(writer: Writer, op: RegisterOp): void {
  const exact = op.covers !== undefined ? EXACT : 0;
  writer.u8(KIND[op.kind] | exact | (op.key !== undefined ? KEYED : 0));
  writeTarget(writer, op.object, op.field);
  if (op.key !== undefined) writer.text(op.key);
  if (op.covers !== undefined) writeDots(writer, op.covers);
  if (op.kind === 'set') writeValue(writer, op.value);
}

function writeCounterOp(writer: Writer, op: CounterOp): void {
  const counter = op.kind === 'assign' ? undefined : op.counter;
  writer.u8(KIND[op.kind] | (counter !== undefined ? EXACT : 0));
  writeTarget(writer, op.object, op.field);
  if (op.kind === 'recount') writeDots(writer, op.covers);
  else writer.zigzag(op.amount);
  if (counter !== undefined) writeDot(writer, counter);
}

function writeTarget(writer: Writer, object: number, field: FieldNo): void {
  writer.varint(object);
  const leaf = field.leaf * 2;
  if (field.type === undefined) writer.varint(leaf);
  else writer.varint(leaf + 1).varint(field.type);
}

function writeDots(writer: Writer, dots: readonly Dot[]): void {
  writer.varint(dots.length);
  for (const dot of dots) writeDot(writer, dot);
}

function writeDot(writer: Writer, dot: Dot): void {
  writer.varint(dot.feed).varint(dot.seq).varint(dot.op);
}

/** Reads one op. @throws CodecError for all that {@link writeOp} does not write. */
export function readOp(reader: Reader): Op {
  const code = reader.u8();
  const exact = (code & EXACT) !== 0;
  const keyed = (code & KEYED) !== 0;
  switch (code & KIND_MASK) {
    case KIND.type:
      plain(code);
      return { kind: 'type', bytes: reader.bytes(SECTION_BYTES_MAX) };
    case KIND.create:
      plain(code);
      return {
        kind: 'create',
        type: reader.varint(),
        payload: reader.bytes(SECTION_BYTES_MAX),
      };
    case KIND.set:
      return readSet(reader, exact, keyed);
    case KIND.unset:
      return { kind: 'unset', ...readRegister(reader, keyed), covers: readCovers(reader, exact) };
    case KIND.retract:
      required(exact);
      return { kind: 'retract', ...readRegister(reader, keyed), covers: readDots(reader) };
    case KIND.sequence:
      plain(code);
      return { kind: 'sequence', ...readTarget(reader), bytes: reader.bytes(SECTION_BYTES_MAX) };
    default:
      if (keyed) throw new CodecError('CODEC_UNKNOWN_TAG', `an op has the unknown code ${code}`);
      return readUnkeyed(reader, code & KIND_MASK, exact);
  }
}

function readUnkeyed(reader: Reader, kind: number, exact: boolean): Op {
  switch (kind) {
    case KIND.delete:
      return { kind: 'delete', object: reader.varint(), covers: readCovers(reader, exact) };
    case KIND.restore:
      return { kind: 'restore', object: reader.varint(), covers: readCovers(reader, exact) };
    case KIND.undelete:
      required(exact);
      return { kind: 'undelete', object: reader.varint(), covers: readDots(reader) };
    case KIND.add:
      required(!exact);
      return { kind: 'add', ...readTarget(reader), value: readValue(reader) };
    case KIND.remove: {
      const target = readTarget(reader);
      const value = readValue(reader);
      return { kind: 'remove', ...target, value, covers: readCovers(reader, exact) };
    }
    case KIND.increment: {
      const target = readTarget(reader);
      const amount = reader.zigzag();
      const counter = exact ? readDot(reader) : undefined;
      return { kind: 'increment', ...target, amount, counter };
    }
    case KIND.assign:
      required(!exact);
      return { kind: 'assign', ...readTarget(reader), amount: reader.zigzag() };
    case KIND.recount: {
      const target = readTarget(reader);
      const covers = readDots(reader);
      return { kind: 'recount', ...target, covers, counter: exact ? readDot(reader) : undefined };
    }
    case KIND.model:
      return readModelOp(reader, exact);
    default:
      throw new CodecError('CODEC_UNKNOWN_TAG', `an op has the unknown kind ${kind}`);
  }
}

function readModelOp(reader: Reader, exact: boolean): Op {
  const target = readTarget(reader);
  const needs = exact ? readDots(reader) : [];
  if (exact && needs.length === 0) {
    throw new CodecError('CODEC_NOT_CANONICAL', 'an op lists that it needs nothing');
  }
  return { kind: 'model', ...target, needs, bytes: reader.bytes(MODEL_OP_BYTES_MAX) };
}

function readSet(reader: Reader, exact: boolean, keyed: boolean): Op {
  const register = readRegister(reader, keyed);
  const covers = readCovers(reader, exact);
  const value: Value = readValue(reader);
  return { kind: 'set', ...register, covers, value };
}

function readRegister(
  reader: Reader,
  keyed: boolean,
): { readonly object: number; readonly field: FieldNo; readonly key?: string } {
  const target = readTarget(reader);
  return keyed ? { ...target, key: reader.text(KEY_BYTES_MAX) } : target;
}

function readTarget(reader: Reader): { readonly object: number; readonly field: FieldNo } {
  const object = reader.varint();
  const leaf = reader.varint();
  if (leaf % 2 === 0) return { object, field: { leaf: leaf / 2 } };
  return { object, field: { leaf: (leaf - 1) / 2, type: reader.varint() } };
}

function readCovers(reader: Reader, exact: boolean): readonly Dot[] | undefined {
  return exact ? readDots(reader) : undefined;
}

function readDots(reader: Reader): readonly Dot[] {
  const count = reader.varint(COVERS_MAX);
  const dots: Dot[] = [];
  for (let at = 0; at < count; at++) {
    const dot = readDot(reader);
    const before = dots[at - 1];
    if (before !== undefined && compareDots(before, dot) >= 0) {
      throw new CodecError('CODEC_NOT_CANONICAL', 'the dots of an op do not ascend');
    }
    dots.push(dot);
  }
  return dots;
}

function readDot(reader: Reader): Dot {
  return { feed: reader.varint(), seq: reader.varint(), op: reader.varint() };
}

/** Order of dots in an op: by feed number, seq, op. */
function compareDots(a: Dot, b: Dot): number {
  return a.feed - b.feed || a.seq - b.seq || a.op - b.op;
}

function plain(code: number): void {
  required((code & (EXACT | KEYED)) === 0);
}

function required(condition: boolean): void {
  if (!condition) throw new CodecError('CODEC_UNKNOWN_TAG', 'an op has a variant that it lacks');
}
