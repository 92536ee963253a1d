/** `field=value` on the command line, and values of fields from text or from JSON. */
import type { AnyObject } from '@atoll/client';
import {
  SchemaError,
  fromJsonForm,
  refOf,
  s,
  type CounterField,
  type FieldData,
  type FieldsData,
  type ListField,
  type MapField,
  type ScalarData,
  type SetField,
  type TextField,
} from '@atoll/schema';
import { CliError } from './cli-error.ts';

/** One `field=value`, or `field:kind=value` for a field that the type does not have yet. */
export interface Assignment {
  readonly field: string;
  readonly kind?: string;
  /** `+=` adds to a set, a list or a counter, `-=` takes away; `=` says all of it. */
  readonly sign?: '+' | '-';
  readonly text: string;
}

/** Kinds that can be named for new fields. */
const KINDS = [
  'string',
  'number',
  'integer',
  'bigint',
  'boolean',
  'date',
  'day',
  'bytes',
  'json',
  'text',
  'counter',
] as const;
const SETS = ['set', 'list'] as const;

/** Reads `field=value` and `field:kind=value`. @throws CliError `CLI_FIELD`. */
export function parseAssignment(given: string): Assignment {
  const match = /^([^=:]+?)(?::([a-z]+))?([+-])?=([^]*)$/.exec(given);
  if (match === null) throw badField(`"${given}" is not FIELD=VALUE`);
  const [, field = '', kind, sign, text = ''] = match;
  return {
    field,
    text,
    ...(kind === undefined ? {} : { kind }),
    ...(sign === '+' || sign === '-' ? { sign } : {}),
  };
}

/** The field that an assignment makes where the type has none. @throws CliError `CLI_FIELD`. */
export function newField({ kind, text }: Assignment): FieldData {
  if (kind === undefined) return guessField(text);
  const plain = KINDS.find((name) => name === kind);
  if (plain === 'text' || plain === 'counter') return { kind: plain };
  if (plain !== undefined) return { kind: plain, optional: true };
  if (kind === 'blob') return s.blob().optional().data();
  const several = SETS.find((name) => name === kind);
  if (several !== undefined) return { kind: several, of: { kind: 'string' } };
  const known = [...KINDS, ...SETS, 'blob'].join(', ');
  throw badField(`"${kind}" is no kind of field; there are ${known}`);
}

/** What a text most likely is: numbers and true or false by their form, JSON lists as sets. */
function guessField(text: string): FieldData {
  if (text === 'true' || text === 'false') return { kind: 'boolean', optional: true };
  if (/^-?\d{1,15}(\.\d+)?$/.test(text)) return { kind: 'number', optional: true };
  if (!/^[[{]/.test(text)) return { kind: 'string', optional: true };
  const value = parseJson(text);
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) {
    return { kind: 'set', of: { kind: 'string' } };
  }
  return { kind: value === undefined ? 'string' : 'json', optional: true };
}

/** True for fields in which `null` is a value, so that the word stands for it. */
export function takesNull(field: FieldData): boolean {
  return 'nullable' in field && field.nullable === true;
}

/** What `add` takes for a field, from text. @throws CliError `CLI_FIELD`. */
export function valueFromText(name: string, field: FieldData, text: string): unknown {
  if (text === 'null' && takesNull(field)) return null;
  switch (field.kind) {
    case 'set':
    case 'list':
      return itemsFromText(name, field.of, text);
    case 'text':
      return text;
    case 'counter':
      return scalarFromText(name, { kind: 'integer' }, text);
    case 'map':
    case 'record':
    case 'records':
      return valueFromJson(name, field, recordFromText(name, text));
    case 'rich':
      return text;
    case 'model':
      throw badField(`field ${name} is written by the code of ${field.model} only`);
    default:
      return scalarFromText(name, field, text);
  }
}

/** A register's value from text. @throws CliError `CLI_FIELD`. */
export function scalarFromText(name: string, scalar: ScalarData, text: string): unknown {
  switch (scalar.kind) {
    case 'string':
      return text;
    case 'enum':
      if (scalar.values.includes(text)) return text;
      throw badField(`field ${name} is one of ${scalar.values.join(', ')}, not "${text}"`);
    case 'boolean':
      if (text === 'true' || text === 'false') return text === 'true';
      throw badField(`field ${name} is true or false, not "${text}"`);
    case 'integer':
    case 'number':
      return numberFromText(name, scalar.kind, text);
    case 'date':
      return dateFrom(name, text);
    case 'json':
      return parseJson(text) ?? text;
    case 'ref':
      if (scalar.by === undefined && refOf(text) === undefined) {
        throw badField(`field ${name} takes the id of an object`);
      }
      return fromJson(name, scalar, text);
    case 'bytes':
      if (/^([0-9a-f]{2})*$/i.test(text)) return fromJson(name, scalar, text.toLowerCase());
      throw badField(`field ${name} takes bytes in hex`);
    case 'bigint':
    case 'day':
      return fromJson(name, scalar, text);
    case 'tree':
      return fromJson(name, scalar, text === '' ? null : text);
    case 'null':
    case 'literal':
    case 'value':
    case 'union':
      return fromJson(name, scalar, parseJson(text) ?? text);
  }
}

/** A field's value from a JSON value of a file. @throws CliError `CLI_FIELD`. */
export function valueFromJson(name: string, field: FieldData, value: unknown): unknown {
  return fromJson(name, field, value);
}

function fromJson(name: string, field: FieldData, value: unknown): unknown {
  try {
    return fromJsonForm(name, field, value);
  } catch (cause) {
    if (!(cause instanceof SchemaError)) throw cause;
    throw new CliError('CLI_FIELD', `field ${cause.message}`, { cause });
  }
}

/** Writes a value into a field of an object. @throws CliError `CLI_FIELD`, EchoError. */
export function assignField(
  object: AnyObject,
  name: string,
  field: FieldData,
  value: unknown,
): void {
  const current = object[name];
  switch (field.kind) {
    case 'set':
      return replaceSet(current as SetField<unknown>, value as readonly unknown[]);
    case 'list': {
      const list = current as ListField<unknown>;
      list.delete(0, list.length);
      list.push(...(value as readonly unknown[]));
      return;
    }
    case 'text':
      (current as TextField).replace(value as string);
      return;
    case 'counter':
      (current as CounterField).assign(value as number);
      return;
    case 'map':
    case 'records':
      return replaceMap(current as MapField<unknown>, value as Readonly<Record<string, unknown>>);
    case 'record':
      return assignRecord(current as Record<string, unknown>, name, field.fields, value);
    default:
      (object as unknown as Record<string, unknown>)[name] = value;
  }
}

/** Adds to what a field holds, or takes away. @throws CliError `CLI_FIELD`. */
export function changeField(
  object: AnyObject,
  field: FieldData,
  { field: name, sign, text }: Assignment,
): void {
  const current = object[name];
  if (field.kind === 'counter') {
    const by = numberFromText(name, 'integer', text);
    (current as CounterField).increment(sign === '-' ? -by : by);
  } else if (field.kind === 'set') {
    const items = itemsFromText(name, field.of, text);
    if (sign === '-') (current as SetField<unknown>).delete(...items);
    else (current as SetField<unknown>).add(...items);
  } else if (field.kind === 'list' && sign === '+') {
    (current as ListField<unknown>).push(...itemsFromText(name, field.of, text));
  } else {
    throw badField(`field ${name} is a ${field.kind}; += and -= are for counters and sets`);
  }
}

/** Changes only what differs, so that what others added at the same time stays. */
function replaceSet(set: SetField<unknown>, wanted: readonly unknown[]): void {
  const keyOf = (item: unknown): string => JSON.stringify(item);
  const keys = new Set(wanted.map(keyOf));
  const gone = set.toArray().filter((item) => !keys.has(keyOf(item)));
  const there = new Set(set.toArray().map(keyOf));
  const fresh = wanted.filter((item) => !there.has(keyOf(item)));
  if (gone.length > 0) set.delete(...gone);
  if (fresh.length > 0) set.add(...fresh);
}

function replaceMap(map: MapField<unknown>, wanted: Readonly<Record<string, unknown>>): void {
  for (const key of map.keys()) if (!(key in wanted)) map.delete(key);
  for (const [key, value] of Object.entries(wanted)) map.set(key, value);
}

function assignRecord(
  record: Record<string, unknown>,
  name: string,
  fields: FieldsData,
  value: unknown,
): void {
  for (const [key, part] of Object.entries(value as Record<string, unknown>)) {
    if (fields[key] === undefined) throw badField(`field ${name} has no field ${key}`);
    record[key] = part;
  }
}

function itemsFromText(name: string, of: ScalarData, text: string): unknown[] {
  if (text.startsWith('[')) {
    const value = parseJson(text);
    if (Array.isArray(value)) return value.map((item) => fromJson(name, of, item));
  }
  if (text === '') return [];
  return text.split(',').map((item) => scalarFromText(name, of, item.trim()));
}

function recordFromText(name: string, text: string): unknown {
  const value = parseJson(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw badField(`field ${name} takes a JSON object`);
}

function numberFromText(name: string, kind: 'integer' | 'number', text: string): number {
  const value = Number(text);
  const fits = kind === 'integer' ? Number.isSafeInteger(value) : Number.isFinite(value);
  if (fits && text.trim() !== '') return value;
  throw badField(
    `field ${name} takes ${kind === 'integer' ? 'a whole number' : 'a number'}, not "${text}"`,
  );
}

function dateFrom(name: string, text: string): Date {
  const date = new Date(text);
  if (!Number.isNaN(date.getTime())) return date;
  throw badField(`field ${name} takes a date such as 2026-03-01T12:00:00Z, not "${text}"`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function badField(message: string): CliError {
  return new CliError('CLI_FIELD', message);
}
