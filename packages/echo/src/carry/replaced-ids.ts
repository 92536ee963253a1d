/**
 * Ids of objects that were created apart, wherever content names them: their ids are made from the feed
 * that creates them, so they get new ones. Ids are hashes, so whatever reads like one of them is one.
 */
import type { Value } from '@atoll/codec';
import { fromHex, toHex } from '@atoll/kernel';
import { OBJECT_ID_BYTES } from '../op-ids.ts';

/** Gives the new id of an object, both in hex; `undefined` for all that keep theirs. */
export interface NewIds {
  newId(id: string): string | undefined;
  readonly hasNoObjects: boolean;
}

const ID = /[0-9a-f]{32}/g;

/** A value with new ids: in refs, places in trees, texts and keys. */
export function valueWithNewIds(ids: NewIds, value: Value): Value {
  if (ids.hasNoObjects) return value;
  if (typeof value === 'string') return textWithNewIds(ids, value);
  if (value instanceof Uint8Array) return refWithNewId(ids, value);
  if (Array.isArray(value)) return value.map((item: Value) => valueWithNewIds(ids, item));
  if (typeof value !== 'object' || value === null) return value;
  const parts = Object.entries(value).map(([key, part]) => {
    return [textWithNewIds(ids, key), valueWithNewIds(ids, part as Value)] as const;
  });
  return Object.fromEntries(parts);
}

/** A text with new ids, which are as long as the old ones. */
export function textWithNewIds(ids: NewIds, text: string): string {
  if (ids.hasNoObjects || text.length < 2 * OBJECT_ID_BYTES) return text;
  return text.replace(ID, (id) => ids.newId(id) ?? id);
}

/** Bytes of a custom data model with new ids, in hex or as they are: of the same length in either form. */
export function bytesWithNewIds(ids: NewIds, bytes: Uint8Array): Uint8Array {
  if (ids.hasNoObjects) return bytes;
  const found = bytes.slice();
  for (let at = 0; at + OBJECT_ID_BYTES <= found.length; at++) {
    const raw = ids.newId(toHex(found.subarray(at, at + OBJECT_ID_BYTES)));
    if (raw !== undefined) found.set(fromHex(raw) ?? [], at);
    const text = String.fromCharCode(...found.subarray(at, at + 2 * OBJECT_ID_BYTES));
    const named = ids.newId(text);
    if (named !== undefined) {
      found.set(
        [...named].map((digit) => digit.charCodeAt(0)),
        at,
      );
    }
  }
  return found;
}

function refWithNewId(ids: NewIds, ref: Uint8Array): Uint8Array {
  if (ref.length < OBJECT_ID_BYTES) return ref;
  const head = ref.length - OBJECT_ID_BYTES;
  const id = fromHex(ids.newId(toHex(ref.subarray(head))) ?? '');
  if (id === undefined || id.length === 0) return ref;
  const found = ref.slice();
  found.set(id, head);
  return found;
}
