/**
 * Structural checks of stored values: the only ones that may make an op void. They are stated in terms of
 * the codec, so that every engine decides alike; patterns and refinements are never among them.
 */
import type { Value } from '@atoll/codec';
import { isDay } from './day.ts';
import type { ElementData, FieldData, ValueFields } from './field-data.ts';

/** Bytes of an object id, and of a space id before one. */
const OBJECT_ID_BYTES = 16;
const FOREIGN_REF_BYTES = 48;
/** Counters count in integers of this magnitude, so that no sum leaves 53 bits by accident. */
export const COUNT_MAX: number = 2 ** 40;
/**
 * Bytes of a position among the children of one parent: four bytes and some digits. Whoever makes a longer
 * one has put thousands into one gap; the children are then numbered anew.
 */
export const POSITION_BYTES_MAX = 255;

/** True if a register of this kind may hold the value. */
export function acceptsScalar(scalar: ElementData, value: Value): boolean {
  if (value === null && scalar.nullable === true) return true;
  switch (scalar.kind) {
    case 'string':
      return typeof value === 'string';
    case 'number':
      return typeof value === 'number' && Number.isFinite(value);
    case 'integer':
    case 'date':
      return typeof value === 'number' && Number.isSafeInteger(value);
    case 'bigint':
      return typeof value === 'bigint';
    case 'boolean':
      return typeof value === 'boolean';
    case 'day':
      return isDay(value);
    case 'bytes':
      return value instanceof Uint8Array;
    case 'json':
      return true;
    case 'null':
      return value === null;
    case 'literal':
      return value === scalar.value;
    case 'enum':
      return typeof value === 'string' && scalar.values.includes(value);
    case 'value':
      return isPlain(value) && acceptsParts(scalar.fields, value);
    case 'union':
      return scalar.of.some((member) => acceptsScalar(member, value));
    case 'ref':
      return scalar.by === undefined ? isObjectRef(value) : typeof value === 'string';
    case 'tree':
      return isTreePlace(value);
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
    case 'rich':
    case 'model':
    case 'record':
    case 'records':
      return false;
    default:
      return acceptsScalar(field, value);
  }
}

/** Every part fits, those that must be there are, and there is nothing else. */
function acceptsParts(fields: ValueFields, value: { readonly [key: string]: Value }): boolean {
  for (const name in fields) {
    const field = fields[name] as ValueFields[string];
    if (!Object.hasOwn(value, name)) {
      if (field.optional !== true) return false;
    } else if (!acceptsScalar(field, value[name] as Value)) return false;
  }
  return Object.keys(value).every((name) => Object.hasOwn(fields, name));
}

function isObjectRef(value: Value): boolean {
  return (
    value instanceof Uint8Array &&
    (value.length === OBJECT_ID_BYTES || value.length === FOREIGN_REF_BYTES)
  );
}

/** Parent and position: `[16 bytes or null, bytes that do not end in zero]`. */
function isTreePlace(value: Value): boolean {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [parent, position] = value as readonly Value[];
  if (parent !== null && !(parent instanceof Uint8Array && parent.length === OBJECT_ID_BYTES)) {
    return false;
  }
  return (
    position instanceof Uint8Array &&
    position.length > 0 &&
    position.length <= POSITION_BYTES_MAX &&
    position.at(-1) !== 0
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
