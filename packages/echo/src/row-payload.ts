/**
 * The payload of a creation: values of fields by leaf number, ascending. These bytes are kept as the
 * object's row and decoded field by field when somebody looks, so the usual kinds of values are written,
 * checked and read here without going through objects; everything else takes the codec's way.
 */
import { CodecError, encodeValue, Reader, readValue, type Value } from '@atoll/codec';
import { compareBytes, fromUtf8 } from '@atoll/kernel';
import { acceptsInitial, type Leaf } from '@atoll/schema';

/** Tags of the codec's values. */
const TAG_FALSE = 1;
const TAG_TRUE = 2;
const TAG_INTEGER = 3;
const TAG_DOUBLE = 4;
const TAG_TEXT = 6;
const TAG_BYTES = 7;
const TAG_LIST = 8;
/** Integers above this are doubles in the codec. */
const INTEGER_MAX: number = 2 ** 52 - 1;
/** Texts up to this are written and read character by character. */
const SHORT_TEXT = 48;
/** Integers up to this take the short way: their zigzag form fits 31 bits. */
const SMALL_INTEGER: number = 2 ** 30 - 1;

const doubleBytes = new Uint8Array(8);
const doubleView = new DataView(doubleBytes.buffer);
let scratch: Uint8Array<ArrayBuffer> = new Uint8Array(1024);
let used = 0;

/** Canonical payload of values by leaf number; sets must come from {@link sortedItems}. */
export function encodePayload(values: readonly (Value | undefined)[]): Uint8Array<ArrayBuffer> {
  used = 0;
  let count = 0;
  for (const value of values) if (value !== undefined) count++;
  putNumber(count);
  for (let leaf = 0; leaf < values.length; leaf++) {
    const value = values[leaf];
    if (value === undefined) continue;
    putNumber(leaf);
    putValue(value);
  }
  return scratch.slice(0, used);
}

function putValue(value: Value): void {
  if (typeof value === 'string') {
    if (value.length <= SHORT_TEXT && putShortText(value)) return;
  } else if (typeof value === 'number') {
    if (putPlainNumber(value)) return;
  } else if (typeof value === 'boolean') {
    putByte(value ? TAG_TRUE : TAG_FALSE);
    return;
  } else if (isShortList(value)) {
    putByte(TAG_LIST);
    putNumber(value.length);
    for (const item of value) putValue(item);
    return;
  }
  const bytes = encodeValue(value);
  reserve(bytes.length);
  scratch.set(bytes, used);
  used += bytes.length;
}

/** Writes a number that has a short form; false if it has none. */
function putPlainNumber(value: number): boolean {
  if (!Number.isFinite(value)) return false;
  if (!Number.isInteger(value)) {
    putDouble(value);
    return true;
  }
  if (Math.abs(value) > SMALL_INTEGER) return false;
  putByte(TAG_INTEGER);
  putNumber(value < 0 ? -value * 2 - 1 : value * 2);
  return true;
}

function isShortList(value: Value): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function putShortText(text: string): boolean {
  reserve(text.length + 2);
  let at = used;
  scratch[at++] = TAG_TEXT;
  scratch[at++] = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit >= 0x80) return false;
    scratch[at++] = unit;
  }
  used = at;
  return true;
}

function putDouble(value: number): void {
  putByte(TAG_DOUBLE);
  reserve(8);
  doubleView.setFloat64(0, value);
  scratch.set(doubleBytes, used);
  used += 8;
}

function putByte(byte: number): void {
  reserve(1);
  scratch[used++] = byte;
}

/** LEB128 of a number below 2^31. */
function putNumber(number: number): void {
  reserve(5);
  let rest = number;
  while (rest >= 0x80) {
    scratch[used++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  scratch[used++] = rest;
}

function reserve(more: number): void {
  if (used + more <= scratch.length) return;
  const grown = new Uint8Array(Math.max(used + more, scratch.length * 2));
  grown.set(scratch.subarray(0, used));
  scratch = grown;
}

/** Items of a set in canonical order, without repetitions. */
export function sortedItems(items: Iterable<Value>): Value[] {
  const sorted = [...items].sort(compareItems);
  return sorted.filter((item, at) => at === 0 || compareItems(sorted[at - 1] as Value, item) !== 0);
}

/** Canonical order of a set's items: texts by UTF-16 code units, all others by their bytes. */
export function compareItems(a: Value, b: Value): number {
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  return compareBytes(encodeValue(a), encodeValue(b));
}

/** Values by leaf number. @throws CodecError for bytes that are not canonical. */
export function decodePayload(bytes: Uint8Array, leaves: number): (Value | undefined)[] {
  const reader = new Reader(bytes);
  const values = new Array<Value | undefined>(leaves).fill(undefined);
  const count = reader.varint(leaves);
  let before = -1;
  for (let at = 0; at < count; at++) {
    const leaf = reader.varint(leaves - 1);
    if (leaf <= before) throw new CodecError('CODEC_NOT_CANONICAL', 'the fields do not ascend');
    before = leaf;
    values[leaf] = readValue(reader);
  }
  reader.end();
  return values;
}

/** True if the bytes are a canonical payload that fits the type. */
export function isPayload(bytes: Uint8Array, leaves: readonly Leaf[]): boolean {
  // The quick check is sure only when it says yes.
  return isPlainPayload(bytes, leaves) || isAnyPayload(bytes, leaves);
}

function isAnyPayload(bytes: Uint8Array, leaves: readonly Leaf[]): boolean {
  let values: (Value | undefined)[];
  try {
    values = decodePayload(bytes, leaves.length);
  } catch (failure) {
    if (failure instanceof CodecError) return false;
    throw failure;
  }
  return leaves.every((leaf) => {
    const value = values[leaf.index];
    if (value === undefined) return true;
    if (!acceptsInitial(leaf.data, value)) return false;
    return leaf.data.kind !== 'set' || isSorted(value as readonly Value[]);
  });
}

function isSorted(items: readonly Value[]): boolean {
  return items.every((item, at) => at === 0 || compareItems(items[at - 1] as Value, item) < 0);
}

/** Yes only for ASCII texts, small integers, doubles, booleans and sets of ASCII texts in their fields. */
function isPlainPayload(bytes: Uint8Array, leaves: readonly Leaf[]): boolean {
  const count = bytes[0] as number;
  if (count >= 0x80) return false;
  let at = 1;
  let before = -1;
  for (let part = 0; part < count; part++) {
    const number = bytes[at] as number;
    const leaf = leaves[number];
    if (number >= 0x80 || number <= before || leaf === undefined) return false;
    before = number;
    at = endOfPlain(bytes, at + 1, leaf);
    if (at < 0) return false;
  }
  return at === bytes.length;
}

/** Where a plain value that fits the leaf ends; -1 where this check is not sure. */
function endOfPlain(bytes: Uint8Array, at: number, leaf: Leaf): number {
  const { kind } = leaf.data;
  switch (bytes[at]) {
    case TAG_TEXT:
      if (kind === 'string') return endOfAscii(bytes, at);
      if (kind === 'ref') return leaf.data.by === undefined ? -1 : endOfAscii(bytes, at);
      return -1;
    case TAG_INTEGER:
      return kind === 'number' || kind === 'integer' || kind === 'date'
        ? endOfSmall(bytes, at + 1)
        : -1;
    case TAG_FALSE:
    case TAG_TRUE:
      return kind === 'boolean' ? at + 1 : -1;
    case TAG_DOUBLE:
      return kind === 'number' ? endOfDouble(bytes, at + 1) : -1;
    case TAG_LIST:
      return holdsTexts(leaf) ? endOfTexts(bytes, at + 1) : -1;
    default:
      return -1;
  }
}

/** Whether a leaf is a set of texts or of keys, which look alike. */
function holdsTexts(leaf: Leaf): boolean {
  if (leaf.data.kind !== 'set') return false;
  const { of } = leaf.data;
  return of.kind === 'string' || (of.kind === 'ref' && of.by !== undefined);
}

/** A text shorter than 128 bytes, all ASCII. */
function endOfAscii(bytes: Uint8Array, at: number): number {
  const length = bytes[at + 1] as number;
  const end = at + 2 + length;
  if (length >= 0x80 || end > bytes.length) return -1;
  for (let index = at + 2; index < end; index++) if ((bytes[index] as number) >= 0x80) return -1;
  return end;
}

/** A number of at most four bytes, minimal. */
function endOfSmall(bytes: Uint8Array, at: number): number {
  for (let length = 1; length <= 4; length++) {
    const byte = bytes[at + length - 1] as number;
    if (byte === undefined) return -1;
    if (byte < 0x80) return byte === 0 && length > 1 ? -1 : at + length;
  }
  return -1;
}

function endOfDouble(bytes: Uint8Array, at: number): number {
  if (at + 8 > bytes.length) return -1;
  const value = doubleAt(bytes, at);
  if (!Number.isFinite(value)) return -1;
  return Number.isInteger(value) && Math.abs(value) <= INTEGER_MAX ? -1 : at + 8;
}

function doubleAt(bytes: Uint8Array, at: number): number {
  for (let index = 0; index < 8; index++) doubleBytes[index] = bytes[at + index] as number;
  return doubleView.getFloat64(0);
}

/** Ascending ASCII texts: their order by bytes is that by code units. */
function endOfTexts(bytes: Uint8Array, at: number): number {
  const count = bytes[at] as number;
  if (count >= 0x80) return -1;
  let place = at + 1;
  let before = -1;
  for (let item = 0; item < count; item++) {
    if (bytes[place] !== TAG_TEXT) return -1;
    const end = endOfAscii(bytes, place);
    if (end < 0) return -1;
    if (before >= 0 && !ascends(bytes, before, place)) return -1;
    before = place;
    place = end;
  }
  return place;
}

/** True if the text at `a` is less than the one at `b`; both are short. */
function ascends(bytes: Uint8Array, a: number, b: number): boolean {
  const lengthA = bytes[a + 1] as number;
  const lengthB = bytes[b + 1] as number;
  const shared = Math.min(lengthA, lengthB);
  for (let index = 2; index < shared + 2; index++) {
    const left = bytes[a + index] as number;
    const right = bytes[b + index] as number;
    if (left !== right) return left < right;
  }
  return lengthA < lengthB;
}

/** Value of one leaf of a payload that was checked; other leaves are stepped over. */
export function payloadValue(bytes: Uint8Array, start: number, leaf: number): Value | undefined {
  let at = start;
  let count = bytes[at++] as number;
  if (count >= 0x80 || leaf >= 0x80) return slowValue(bytes, start, leaf);
  for (; count > 0; count--) {
    const number = bytes[at++] as number;
    if (number > leaf) return undefined;
    if (number === leaf) return quickValue(bytes, at);
    at = skipValue(bytes, at);
    if (at < 0) return slowValue(bytes, start, leaf);
  }
  return undefined;
}

/** Where a value of a checked payload ends; -1 for records and big integers. */
function skipValue(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  switch (bytes[start]) {
    case 0:
    case TAG_FALSE:
    case TAG_TRUE:
      return at;
    case TAG_INTEGER:
      while ((bytes[at] as number) >= 0x80) at++;
      return at + 1;
    case TAG_DOUBLE:
      return at + 8;
    case TAG_TEXT:
    case TAG_BYTES: {
      let length = 0;
      let scale = 1;
      for (; ; scale *= 0x80) {
        const byte = bytes[at++] as number;
        length += (byte & 0x7f) * scale;
        if (byte < 0x80) return at + length;
      }
    }
    case TAG_LIST: {
      let count = bytes[at++] as number;
      if (count >= 0x80) return -1;
      for (; count > 0 && at >= 0; count--) at = skipValue(bytes, at);
      return at;
    }
    default:
      return -1;
  }
}

function quickValue(bytes: Uint8Array, start: number): Value {
  const tag = bytes[start] as number;
  if (tag === TAG_TRUE || tag === TAG_FALSE) return tag === TAG_TRUE;
  const first = bytes[start + 1] as number;
  if (tag === TAG_INTEGER && first < 0x80) return first % 2 === 0 ? first / 2 : -(first + 1) / 2;
  if (tag === TAG_DOUBLE) return doubleAt(bytes, start + 1);
  if (tag === TAG_TEXT && first < 0x80) {
    const text = shortText(bytes, start + 2, first);
    if (text !== undefined) return text;
  }
  return readValue(new Reader(bytes.subarray(start)));
}

function shortText(bytes: Uint8Array, at: number, length: number): string | undefined {
  if (length > SHORT_TEXT) return fromUtf8(bytes.subarray(at, at + length));
  let text = '';
  for (let index = at; index < at + length; index++) {
    const byte = bytes[index] as number;
    if (byte >= 0x80) return fromUtf8(bytes.subarray(at, at + length));
    text += String.fromCharCode(byte);
  }
  return text;
}

function slowValue(bytes: Uint8Array, start: number, leaf: number): Value | undefined {
  const reader = new Reader(bytes.subarray(start));
  for (let count = reader.varint(); count > 0; count--) {
    const number = reader.varint();
    const value = readValue(reader);
    if (number === leaf) return value;
  }
  return undefined;
}
