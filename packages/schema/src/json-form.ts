/**
 * The JSON form of values, for files, command lines and tools. Dates are ISO texts, days as they are, big
 * integers decimal texts, bytes hex, refs the id (`space/id` for those into other spaces) or the key.
 * Inside unions what JSON has no kind for is marked: `{ "$bigint": "12" }`.
 */
import { fromHex, toHex, type ObjectId, type SpaceId } from '@atoll/kernel';
import type { ElementData, FieldData, FieldsData, ScalarData, ValueFields } from './field-data.ts';
import type { Json, Ref } from './instance.ts';
import { expected, scalarTest } from './scalar-test.ts';
import { SchemaError } from './schema-error.ts';
import { isGiven } from './validate.ts';

/** What one register of an object shows, as JSON. */
export function toJsonForm(element: ElementData, value: unknown): Json | undefined {
  if (value === undefined || value === null) return value;
  switch (element.kind) {
    case 'date':
      return isDate(value) ? value.toISOString() : undefined;
    case 'bigint':
      return String(value as bigint);
    case 'bytes':
      return value instanceof Uint8Array ? toHex(value) : undefined;
    case 'ref':
    case 'tree':
      return typeof value === 'string' ? value : refText(value as Ref<unknown>);
    case 'value':
      return partsToJson(element.fields, value as { readonly [name: string]: unknown });
    case 'union':
      return unionToJson(element.of, value);
    default:
      return value as Json;
  }
}

/** What `add` takes for a field, from its JSON form. @throws SchemaError `SCHEMA_VALUE`. */
export function fromJsonForm(name: string, field: FieldData, json: unknown): unknown {
  if (!isGiven(json, field)) return undefined;
  switch (field.kind) {
    case 'set':
    case 'list':
      if (!Array.isArray(json)) throw misfit(name, 'a list');
      return json.map((item: unknown) => elementFromJson(name, field.of, item));
    case 'map':
      return mapRecord(name, json, (key, item) =>
        elementFromJson(`${name}.${key}`, field.of, item),
      );
    case 'records':
      return mapRecord(name, json, (key, entry) =>
        recordFromJson(`${name}.${key}`, field.fields, entry),
      );
    case 'record':
      return recordFromJson(name, field.fields, json);
    case 'counter':
    case 'text':
    case 'rich':
      return json;
    case 'model':
      throw misfit(name, 'nothing: the content of a model is not made from data,');
    default:
      return elementFromJson(name, field, json);
  }
}

/** One register's value from its JSON form. @throws SchemaError `SCHEMA_VALUE`. */
export function elementFromJson(name: string, element: ElementData, json: unknown): unknown {
  if (json === null && element.nullable === true) return null;
  const value = scalarFromJson(name, element, json);
  if (!scalarTest(element)(value)) throw misfit(name, expected(element));
  return value;
}

function scalarFromJson(name: string, scalar: ScalarData, json: unknown): unknown {
  switch (scalar.kind) {
    case 'date':
      return dateOf(json);
    case 'bigint':
      return typeof json === 'string' && /^-?\d{1,2470}$/.test(json) ? BigInt(json) : json;
    case 'bytes':
      return typeof json === 'string' ? fromHex(json) : json;
    case 'ref':
      return scalar.by === undefined ? refOf(json) : json;
    case 'tree':
      return json === null ? null : refOf(json);
    case 'value':
      return mapRecord(name, json, (part, item) => {
        const field = Object.hasOwn(scalar.fields, part) ? scalar.fields[part] : undefined;
        return field === undefined ? item : elementFromJson(`${name}.${part}`, field, item);
      });
    case 'union':
      return unionFromJson(name, scalar, json);
    default:
      return json;
  }
}

function recordFromJson(name: string, fields: FieldsData, json: unknown): unknown {
  return mapRecord(name, json, (part, item) => {
    const field = Object.hasOwn(fields, part) ? fields[part] : undefined;
    if (field === undefined) throw new SchemaError('SCHEMA_VALUE', `there is no ${name}.${part}`);
    return fromJsonForm(`${name}.${part}`, field, item);
  });
}

function mapRecord(
  name: string,
  json: unknown,
  map: (key: string, value: unknown) => unknown,
): { readonly [key: string]: unknown } {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw misfit(name, 'a record');
  }
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, map(key, value)]));
}

function partsToJson(fields: ValueFields, value: { readonly [name: string]: unknown }): Json {
  const parts: { [name: string]: Json } = {};
  for (const [name, field] of Object.entries(fields)) {
    const part = toJsonForm(field, value[name]);
    if (part !== undefined) parts[name] = part;
  }
  return parts;
}

/** Kinds that look like another one in JSON. */
const MARKED: ReadonlySet<string> = new Set(['date', 'bigint', 'bytes', 'ref']);

function unionToJson(of: readonly ScalarData[], value: unknown): Json | undefined {
  const member = of.find((each) => scalarTest(each)(value));
  if (member === undefined) return undefined;
  const json = toJsonForm(member, value);
  return MARKED.has(member.kind) && json !== undefined ? { [`$${member.kind}`]: json } : json;
}

type Union = Extract<ScalarData, { readonly kind: 'union' }>;

function unionFromJson(name: string, union: Union, json: unknown): unknown {
  for (const member of union.of) {
    const given = MARKED.has(member.kind) ? marked(json, `$${member.kind}`) : json;
    if (given === undefined) continue;
    try {
      return elementFromJson(name, member, given);
    } catch (failure) {
      if (!(failure instanceof SchemaError)) throw failure;
    }
  }
  throw misfit(name, expected(union));
}

function marked(json: unknown, mark: string): unknown {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined;
  const [only, ...more] = Object.entries(json);
  return more.length === 0 && only?.[0] === mark ? (only[1] as unknown) : undefined;
}

function refText(ref: Ref<unknown>): string | undefined {
  if (ref.$key !== undefined) return ref.$key;
  return ref.$space === undefined ? ref.$id : `${ref.$space}/${ref.$id ?? ''}`;
}

/** A ref by id, of which nothing is known but the id; `undefined` for what is none. */
export function refOf(json: unknown): Ref<unknown> | undefined {
  const parts =
    typeof json === 'string' ? /^(?:([0-9a-f]{64})\/)?([0-9a-f]{32})$/.exec(json) : null;
  if (parts === null) return undefined;
  return {
    $id: parts[2] as ObjectId,
    $key: undefined,
    $space: parts[1] as SpaceId | undefined,
    $state: 'missing',
    $target: undefined,
  };
}

function dateOf(json: unknown): unknown {
  if (typeof json !== 'string' && typeof json !== 'number') return json;
  // eslint-disable-next-line no-restricted-globals -- Given a time, it reads no clock.
  return new Date(json);
}

function isDate(value: unknown): value is { getTime(): number; toISOString(): string } {
  return (
    Object.prototype.toString.call(value) === '[object Date]' &&
    !Number.isNaN((value as { getTime(): number }).getTime())
  );
}

function misfit(name: string, wanted: string): SchemaError {
  return new SchemaError('SCHEMA_VALUE', `${name}: ${wanted} is expected`);
}
