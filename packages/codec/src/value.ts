/** Plain values of registers and records, with one encoding each. */
import { compareBytes, utf8 } from '@atoll/kernel';
import { CodecError } from './codec-error.ts';
import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

/** What a register can hold. Integers and doubles are one type, as in JSON; bigint stays bigint. */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly Value[]
  | { readonly [key: string]: Value };

const TAG = {
  null: 0,
  false: 1,
  true: 2,
  integer: 3,
  double: 4,
  bigint: 5,
  text: 6,
  bytes: 7,
  list: 8,
  record: 9,
} as const;

/** Nesting above this is refused, so that no input can exhaust the stack. */
const NESTING_MAX = 32;
/** Integers in this range are written as integers; others as doubles. */
const INTEGER_MAX = 2 ** 52 - 1;
/** Widest big integer, in bytes. */
const BIGINT_BYTES_MAX = 1024;

/** A buffer for one value after another: most are small, and a buffer is dear to get. */
let kept: Writer | undefined;
/** A larger one is let go. */
const KEPT_BYTES_MAX = 64 * 1024;

/** Canonical bytes of a value. @throws CodecError for NaN, lone surrogates, deep nesting. */
export function encodeValue(value: Value): Uint8Array<ArrayBuffer> {
  const writer = kept ?? new Writer(1024);
  kept = undefined;
  try {
    writeValue(writer, value);
    return writer.finish();
  } finally {
    // It may have been a secret.
    if (writer.length <= KEPT_BYTES_MAX) kept = writer.wipe();
  }
}

/** The value of canonical bytes. @throws CodecError. */
export function decodeValue(bytes: Uint8Array): Value {
  const reader = new Reader(bytes);
  const value = readValue(reader);
  reader.end();
  return value;
}

/** Writes a value after what `writer` has. */
export function writeValue(writer: Writer, value: Value, depth = 0): void {
  if (depth > NESTING_MAX) throw new CodecError('CODEC_TOO_LARGE', 'a value is nested too deeply');
  if (value === null) writer.u8(TAG.null);
  else if (typeof value === 'boolean') writer.u8(value ? TAG.true : TAG.false);
  else if (typeof value === 'number') writeNumber(writer, value);
  else if (typeof value === 'string') writer.u8(TAG.text).text(value);
  else if (typeof value === 'bigint') writeBigint(writer, value);
  else if (value instanceof Uint8Array) writer.u8(TAG.bytes).bytes(value);
  else if (isList(value)) {
    writer.u8(TAG.list).varint(value.length);
    for (const item of value) writeValue(writer, item, depth + 1);
  } else {
    writeRecord(writer, value, depth);
  }
}

/** Reads one value. */
export function readValue(reader: Reader, depth = 0): Value {
  if (depth > NESTING_MAX) throw new CodecError('CODEC_TOO_LARGE', 'a value is nested too deeply');
  const tag = reader.u8();
  switch (tag) {
    case TAG.null:
      return null;
    case TAG.false:
      return false;
    case TAG.true:
      return true;
    case TAG.integer:
      return readInteger(reader);
    case TAG.double:
      return readDouble(reader);
    case TAG.bigint:
      return readBigint(reader);
    case TAG.text:
      return reader.text();
    case TAG.bytes:
      return reader.take(reader.varint(reader.left));
    case TAG.list: {
      const count = reader.varint(reader.left);
      return Array.from({ length: count }, () => readValue(reader, depth + 1));
    }
    case TAG.record:
      return readRecord(reader, depth);
    default:
      throw new CodecError('CODEC_UNKNOWN_TAG', `a value has the unknown tag ${tag}`);
  }
}

function isList(
  value: readonly Value[] | { readonly [key: string]: Value },
): value is readonly Value[] {
  return Array.isArray(value);
}

function writeNumber(writer: Writer, value: number): void {
  if (Number.isInteger(value) && Math.abs(value) <= INTEGER_MAX) {
    writer.u8(TAG.integer).zigzag(value === 0 ? 0 : value);
  } else {
    writer.u8(TAG.double).f64(value);
  }
}

function readInteger(reader: Reader): number {
  const value = reader.zigzag();
  if (Math.abs(value) > INTEGER_MAX || Object.is(value, -0)) {
    throw new CodecError('CODEC_NOT_CANONICAL', 'an integer is outside its range');
  }
  return value;
}

function readDouble(reader: Reader): number {
  const value = reader.f64();
  if (Number.isInteger(value) && Math.abs(value) <= INTEGER_MAX) {
    throw new CodecError('CODEC_NOT_CANONICAL', 'an integer is written as a double');
  }
  return value;
}

/** Sign byte, then the magnitude in the fewest big-endian bytes. */
function writeBigint(writer: Writer, value: bigint): void {
  const magnitude = value < 0n ? -value : value;
  const digits = magnitude === 0n ? '' : magnitude.toString(16);
  const padded = digits.length % 2 === 0 ? digits : `0${digits}`;
  if (padded.length / 2 > BIGINT_BYTES_MAX) {
    throw new CodecError('CODEC_TOO_LARGE', 'a big integer is too wide');
  }
  writer
    .u8(TAG.bigint)
    .u8(value < 0n ? 1 : 0)
    .varint(padded.length / 2);
  for (let at = 0; at < padded.length; at += 2) {
    writer.u8(Number.parseInt(padded.slice(at, at + 2), 16));
  }
}

function readBigint(reader: Reader): bigint {
  const sign = reader.u8();
  const bytes = reader.bytes(BIGINT_BYTES_MAX);
  if (sign > 1 || bytes[0] === 0 || (sign === 1 && bytes.length === 0)) {
    throw new CodecError('CODEC_NOT_CANONICAL', 'a big integer has needless bytes');
  }
  let value = 0n;
  for (const byte of bytes) value = value * 256n + BigInt(byte);
  return sign === 1 ? -value : value;
}

/** Half of a character beyond U+FFFF, which UTF-16 puts before U+E000 and UTF-8 after U+FFFF. */
const SURROGATE = /[\ud800-\udfff]/;

/** Order of keys by their UTF-8 bytes, mostly without making them. */
function compareKeys(a: string, b: string): number {
  if (SURROGATE.test(a) || SURROGATE.test(b)) return compareBytes(utf8(a), utf8(b));
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Keys ascend by their UTF-8 bytes, so that a record has one encoding. */
function writeRecord(
  writer: Writer,
  record: { readonly [key: string]: Value },
  depth: number,
): void {
  const keys = Object.keys(record).sort(compareKeys);
  writer.u8(TAG.record).varint(keys.length);
  for (const key of keys) {
    writer.text(key);
    writeValue(writer, record[key] as Value, depth + 1);
  }
}

function readRecord(reader: Reader, depth: number): { readonly [key: string]: Value } {
  const count = reader.varint(reader.left);
  const entries: [string, Value][] = [];
  let before: string | undefined;
  for (let index = 0; index < count; index++) {
    const key = reader.text();
    if (before !== undefined && compareKeys(before, key) >= 0) {
      throw new CodecError('CODEC_NOT_CANONICAL', 'the keys of a record do not ascend');
    }
    before = key;
    entries.push([key, readValue(reader, depth + 1)]);
  }
  return Object.fromEntries(entries);
}
