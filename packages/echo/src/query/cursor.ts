/**
 * Cursors: where in the order of a query a page ended. A cursor holds what the last object was ordered by,
 * so it stays good when that object changes, is deleted, or is not here at all.
 */
import { decodeValue, encodeValue, type Value } from '@atoll/codec';
import { fromHex, toHex } from '@atoll/kernel';
import { EchoError } from '../echo-error.ts';
import { OBJECT_ID_BYTES } from '../op-ids.ts';
import type { Order } from './query-form.ts';
import type { Shown } from './value-order.ts';

/** A place in an order. */
export interface Cursor {
  readonly keys: readonly Shown[];
  /** Of equal keys, the objects created before this one come before. */
  readonly id: Uint8Array;
  /** When that was created, for who does not have it. */
  readonly lamport: number;
  /** Instead of an object: before or behind all of equal keys. */
  readonly edge?: 'before' | 'behind';
}

const VERSION = 1;
const PREFIX = 'c.';

/** A cursor as text. */
export function encodeCursor(orders: readonly Order[], cursor: Cursor): string {
  const { keys, id, lamport, edge = '' } = cursor;
  const held: Value[] = keys.map((key) => (key === undefined ? [] : [key]));
  const bytes = encodeValue([VERSION, orderText(orders), held, id, lamport, edge]);
  return PREFIX + toHex(bytes);
}

/** True for what looks like a cursor rather than an id. */
export function isCursor(text: string): boolean {
  return text.startsWith(PREFIX);
}

/** The cursor of a text. @throws EchoError `ECHO_CURSOR` if it is none, or one of another order. */
export function decodeCursor(orders: readonly Order[], text: string): Cursor {
  const fields = readFields(text);
  const [version, order, held, id, lamport, edge] = fields;
  if (version !== VERSION) throw damaged('it is not a cursor of this version');
  if (order !== orderText(orders)) throw damaged('it belongs to a query with another order');
  if (!Array.isArray(held) || held.length !== orders.length) throw damaged('it has other keys');
  if (!(id instanceof Uint8Array) || id.length !== OBJECT_ID_BYTES) throw damaged('it has no id');
  if (typeof lamport !== 'number') throw damaged('it has no time');
  if (edge !== '' && edge !== 'before' && edge !== 'behind') throw damaged('it has no place');
  const keys = (held as readonly Value[]).map((key): Shown => {
    if (!Array.isArray(key) || key.length > 1) throw damaged('it has a key that is none');
    return (key as readonly Value[])[0];
  });
  return { keys, id, lamport, ...(edge === '' ? {} : { edge }) };
}

function readFields(text: string): readonly Value[] {
  try {
    const bytes = fromHex(text.slice(PREFIX.length));
    const value = bytes === undefined ? undefined : decodeValue(bytes);
    return Array.isArray(value) ? (value as readonly Value[]) : [];
  } catch (cause) {
    throw damaged('it cannot be read', cause);
  }
}

function orderText(orders: readonly Order[]): string {
  return JSON.stringify(
    orders.map(({ field, direction, nulls }) => [field, direction, nulls ?? ''].join(' ')),
  );
}

function damaged(why: string, cause?: unknown): EchoError {
  return new EchoError('ECHO_CURSOR', `the cursor cannot be used: ${why}`, { cause });
}
