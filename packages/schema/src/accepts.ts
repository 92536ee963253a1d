/**
 * Structural checks of stored values: the only ones that may make an op void. They are stated in terms of
 * the codec, so that every engine decides alike; patterns and refinements are never among them.
 */
import type { Value } from '@atoll/codec';
import type { FieldData, ScalarData } from './field-data.ts';

/** Bytes of an object id, and of a space id before one. */
const OBJECT_ID_BYTES = 16;
const FOREIGN_REF_BYTES = 48;
/** Counters count in integers of this magnitude, so that no sum leaves 53 bits by accident. */
export const COUNT_MAX: number = 2 ** 40;

/** True if a register of this kind may hold the value. */
export function acceptsScalar(scalar: ScalarData, value: Value): boolean {
  switch (scalar.kind) {
    case 'string':
      return typeof value === 'string';
    case 'number':
      return typeof value === 'number' && Number.isFinite(value);
    case 'integer':
    case 'date':
      return typeof value === 'number' && Number.isSafeInteger(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'bytes':
      return value instanceof Uint8Array;
    case 'json':
      return true;
    case 'enum':
      return typeof value === 'string' && scalar.values.includes(value);
    case 'ref':
      return scalar.by === undefined ? isObjectRef(value) : typeof value === 'string';
  }
}

/** True if the creation of an object may give the field this value. */
export function acceptsInitial(field: FieldData, value: Value): boolean {
  switch (field.kind) {
    case 'set':
      return Array.isArray(value) && value.every((item: Value) => acceptsScalar(field.of, item));
    case 'map':
      return isPlain(value) && Object.values(value).every((item) => acceptsScalar(field.of, item));
    case 'counter':
      return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= COUNT_MAX;
    case 'list':
    case 'text':
    case 'record':
      return false;
    default:
      return acceptsScalar(field, value);
  }
}

function isObjectRef(value: Value): boolean {
  return (
    value instanceof Uint8Array &&
    (value.length === OBJECT_ID_BYTES || value.length === FOREIGN_REF_BYTES)
  );
}

function isPlain(value: Value): value is { readonly [key: string]: Value } {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Uint8Array)
  );
}
