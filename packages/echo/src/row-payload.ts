/**
 * The payload of a creation: values of fields by leaf number, ascending. These bytes are kept as the
 * object's row and decoded only when somebody looks.
 */
import { CodecError, encodeValue, Reader, readValue, Writer, type Value } from '@atoll/codec';
import { compareBytes } from '@atoll/kernel';
import { acceptsInitial, type Leaf } from '@atoll/schema';

/** Canonical payload of values by leaf number; sets must come from {@link sortedItems}. */
export function encodePayload(values: readonly (Value | undefined)[]): Uint8Array<ArrayBuffer> {
  const writer = new Writer(64);
  let count = 0;
  for (const value of values) if (value !== undefined) count++;
  writer.varint(count);
  for (let leaf = 0; leaf < values.length; leaf++) {
    const value = values[leaf];
    if (value !== undefined) writePart(writer, leaf, value);
  }
  return writer.finish();
}

function writePart(writer: Writer, leaf: number, value: Value): void {
  writer.varint(leaf);
  writer.raw(encodeValue(value));
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
