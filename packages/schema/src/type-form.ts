/**
 * The canonical form of a type: a strict subset of JSON Schema 2020-12 with annotations, as a plain value
 * with one encoding. What is not exactly in this form is refused. Bytes in spec/objects.md.
 */
import { decodeValue, encodeValue, type Value } from '@atoll/codec';
import { equalBytes } from '@atoll/kernel';
import { checkType } from './check-type.ts';
import {
  RECORD_DEPTH_MAX,
  TYPE_BYTES_MAX,
  isRequired,
  type ElementData,
  type FieldData,
  type FieldsData,
  type LiteralValue,
  type ScalarData,
  type TypeData,
  type ValueFields,
} from './field-data.ts';
import { SchemaError } from './schema-error.ts';

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';
/** Version of this form. */
const FORM = 1;

type Plain = { readonly [key: string]: Value };

/** Canonical bytes of a type. @throws SchemaError when the type has no canonical form. */
export function encodeType(type: TypeData): Uint8Array<ArrayBuffer> {
  checkType(type);
  const bytes = encodeValue(typeForm(type));
  if (bytes.length > TYPE_BYTES_MAX) {
    throw new SchemaError('SCHEMA_TOO_LARGE', `a type has more than ${TYPE_BYTES_MAX} bytes`);
  }
  return bytes;
}

/** The type of canonical bytes. @throws SchemaError for everything that {@link encodeType} does not make. */
export function decodeType(bytes: Uint8Array): TypeData {
  if (bytes.length > TYPE_BYTES_MAX) {
    throw new SchemaError('SCHEMA_TOO_LARGE', `a type has more than ${TYPE_BYTES_MAX} bytes`);
  }
  let type: TypeData;
  try {
    type = readType(decodeValue(bytes));
  } catch (cause) {
    if (cause instanceof SchemaError) throw cause;
    throw new SchemaError('SCHEMA_MALFORMED', 'the bytes are no canonical value', { cause });
  }
  if (!equalBytes(encodeType(type), bytes)) {
    throw new SchemaError('SCHEMA_MALFORMED', 'the type is not in canonical form');
  }
  return type;
}

/** The type as JSON Schema: the same value that {@link encodeType} encodes. */
export function typeForm(type: TypeData): Plain {
  return {
    $schema: DIALECT,
    $id: type.name,
    'x-atoll': FORM,
    ...recordForm(type.fields),
    ...(type.relation === undefined ? {} : { 'x-relation': { ...type.relation } }),
  };
}

/** The type of a value in exactly that form. @throws SchemaError for everything else. */
export function typeOfForm(form: Value): TypeData {
  let bytes: Uint8Array;
  try {
    bytes = encodeValue(form);
  } catch (cause) {
    throw new SchemaError('SCHEMA_MALFORMED', 'the form holds what no value can be', { cause });
  }
  return decodeType(bytes);
}

function recordForm(fields: FieldsData): Plain {
  const names = Object.keys(fields);
  const required = names.filter((name) => isRequired(fields[name] as FieldData));
  return {
    type: 'object',
    properties: Object.fromEntries(
      names.map((name) => [name, fieldForm(fields[name] as FieldData)]),
    ),
    required,
    'x-order': names,
  };
}

function fieldForm(field: FieldData): Plain {
  switch (field.kind) {
    case 'record':
      return recordForm(field.fields);
    case 'set':
      return { type: 'array', uniqueItems: true, items: elementForm(field.of), 'x-crdt': 'set' };
    case 'list':
      return { type: 'array', items: elementForm(field.of), 'x-crdt': 'list' };
    case 'map':
      return { type: 'object', additionalProperties: elementForm(field.of), 'x-crdt': 'map' };
    case 'records':
      return {
        type: 'object',
        additionalProperties: recordForm(field.fields),
        'x-crdt': 'records',
      };
    case 'counter':
      return { type: 'integer', 'x-crdt': 'counter' };
    case 'text':
      return { type: 'string', 'x-crdt': 'text', ...searchForm(field) };
    case 'rich':
      return { type: 'string', 'x-crdt': 'rich', ...searchForm(field) };
    case 'model':
      return { 'x-crdt': 'model', 'x-model': field.model, 'x-version': field.version };
    default:
      return {
        ...elementForm(field),
        ...(field.default === undefined ? {} : { default: field.default }),
        ...(field.optional === true ? { 'x-optional': true } : {}),
        ...(field.unique === true ? { 'x-unique': true } : {}),
        ...(field.index === true ? { 'x-index': true } : {}),
        ...searchForm(field),
      };
  }
}

function searchForm(field: { readonly search?: boolean }): Plain {
  return field.search === true ? { 'x-search': true } : {};
}

function elementForm(element: ElementData): Plain {
  const form = scalarForm(element);
  if (element.nullable !== true) return form;
  return { anyOf: [form, { type: 'null' }], 'x-nullable': true };
}

function scalarForm(scalar: ScalarData): Plain {
  switch (scalar.kind) {
    case 'string':
    case 'number':
    case 'integer':
    case 'boolean':
    case 'null':
      return { type: scalar.kind };
    case 'enum':
      return { type: 'string', enum: [...scalar.values] };
    case 'literal':
      return { const: scalar.value };
    case 'date':
      return { type: 'integer', 'x-kind': 'date' };
    case 'day':
      return { type: 'string', format: 'date', 'x-kind': 'day' };
    case 'bigint':
    case 'bytes':
    case 'json':
      return { 'x-kind': scalar.kind };
    case 'value':
      return valueForm(scalar.fields);
    case 'union':
      return {
        anyOf: scalar.of.map(scalarForm),
        ...(scalar.tag === undefined ? {} : { 'x-tag': scalar.tag }),
      };
    case 'ref':
      return {
        'x-kind': 'ref',
        ...(scalar.type === undefined ? {} : { 'x-type': scalar.type }),
        ...(scalar.by === undefined ? {} : { 'x-by': scalar.by }),
      };
    case 'tree':
      return { 'x-kind': 'tree', 'x-tree': scalar.tree };
  }
}

function valueForm(fields: ValueFields): Plain {
  const names = Object.keys(fields);
  const part = (name: string): ValueFields[string] => fields[name] as ValueFields[string];
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, elementForm(part(name))])),
    required: names.filter((name) => part(name).optional !== true),
    additionalProperties: false,
    'x-order': names,
    'x-kind': 'value',
  };
}

function readType(value: Value): TypeData {
  const form = plain(value);
  if (form['$schema'] !== DIALECT || form['x-atoll'] !== FORM) {
    throw malformed('the dialect or version is not known');
  }
  const relation = form['x-relation'];
  const edge = relation === undefined ? undefined : plain(relation);
  return {
    name: text(form['$id']),
    fields: readFields(form, 0),
    ...(edge === undefined
      ? {}
      : { relation: { source: text(edge['source']), target: text(edge['target']) } }),
  };
}

function readFields(form: Plain, depth: number): FieldsData {
  return readProperties(form, depth, (field) => readField(field, depth));
}

/** Properties in the order of display, whatever that of the encoding is. */
function readProperties<T>(
  form: Plain,
  depth: number,
  read: (property: Plain, name: string) => T,
): { readonly [name: string]: T } {
  if (depth > RECORD_DEPTH_MAX) throw tooDeep();
  const properties = plain(form['properties']);
  const names = list(form['x-order']).map(text);
  return Object.fromEntries(
    names.map((name) => {
      if (!Object.hasOwn(properties, name)) throw malformed('a field in the order is not defined');
      return [name, read(plain(properties[name]), name)];
    }),
  );
}

function readField(form: Plain, depth: number): FieldData {
  const crdt = form['x-crdt'];
  switch (crdt) {
    case 'set':
    case 'list':
      return { kind: crdt, of: readElement(plain(form['items']), depth) };
    case 'map':
      return { kind: 'map', of: readElement(plain(form['additionalProperties']), depth) };
    case 'records':
      return { kind: crdt, fields: readFields(plain(form['additionalProperties']), depth + 1) };
    case 'counter':
      return { kind: crdt };
    case 'text':
    case 'rich':
      return { kind: crdt, ...readSearch(form) };
    case 'model':
      return { kind: crdt, model: text(form['x-model']), version: version(form['x-version']) };
    case undefined:
      break;
    default:
      throw malformed('a field has an unknown kind');
  }
  if (form['properties'] !== undefined && form['x-kind'] === undefined) {
    return { kind: 'record', fields: readFields(form, depth + 1) };
  }
  return {
    ...readElement(form, depth),
    ...(form['default'] === undefined ? {} : { default: form['default'] }),
    ...(form['x-optional'] === true ? { optional: true } : {}),
    ...(form['x-unique'] === true ? { unique: true } : {}),
    ...(form['x-index'] === true ? { index: true } : {}),
    ...readSearch(form),
  };
}

function readSearch(form: Plain): { readonly search?: true } {
  return form['x-search'] === true ? { search: true } : {};
}

function readElement(form: Plain, depth: number): ElementData {
  if (form['x-nullable'] !== true) return readScalar(form, depth);
  return { ...readScalar(plain(list(form['anyOf'])[0]), depth), nullable: true };
}

function readScalar(form: Plain, depth: number): ScalarData {
  if (depth > RECORD_DEPTH_MAX) throw tooDeep();
  const kind = form['x-kind'];
  switch (kind) {
    case 'date':
    case 'day':
    case 'bigint':
    case 'bytes':
    case 'json':
      return { kind };
    case 'ref':
      return readRef(form);
    case 'tree':
      return { kind, tree: text(form['x-tree']) };
    case 'value':
      return { kind, fields: readValueFields(form, depth + 1) };
    case undefined:
      break;
    default:
      throw malformed('a field has an unknown kind');
  }
  if (form['anyOf'] !== undefined) return readUnion(form, depth);
  if (form['const'] !== undefined) return { kind: 'literal', value: literal(form['const']) };
  if (form['enum'] !== undefined) return { kind: 'enum', values: list(form['enum']).map(text) };
  switch (form['type']) {
    case 'string':
    case 'number':
    case 'integer':
    case 'boolean':
    case 'null':
      return { kind: form['type'] };
    default:
      throw malformed('a field has an unknown type');
  }
}

function readRef(form: Plain): ScalarData {
  const type = form['x-type'];
  const by = form['x-by'];
  return {
    kind: 'ref',
    ...(type === undefined ? {} : { type: text(type) }),
    ...(by === undefined ? {} : { by: text(by) }),
  };
}

function readUnion(form: Plain, depth: number): ScalarData {
  const tag = form['x-tag'];
  return {
    kind: 'union',
    of: list(form['anyOf']).map((member) => readScalar(plain(member), depth + 1)),
    ...(tag === undefined ? {} : { tag: text(tag) }),
  };
}

function readValueFields(form: Plain, depth: number): ValueFields {
  const required = new Set(list(form['required']));
  return readProperties(form, depth, (property, name) => ({
    ...readElement(property, depth),
    ...(required.has(name) ? {} : { optional: true }),
  }));
}

function plain(value: Value | undefined): Plain {
  if (
    value === undefined ||
    value === null ||
    typeof value !== 'object' ||
    Array.isArray(value) ||
    value instanceof Uint8Array
  ) {
    throw malformed('a record is missing');
  }
  return value as Plain;
}

function list(value: Value | undefined): readonly Value[] {
  if (!Array.isArray(value)) throw malformed('a list is missing');
  return value as readonly Value[];
}

function text(value: Value | undefined): string {
  if (typeof value !== 'string') throw malformed('a text is missing');
  return value;
}

function version(value: Value | undefined): number {
  if (typeof value !== 'number') throw malformed('a version is missing');
  return value;
}

function literal(value: Value): LiteralValue {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return value;
  }
  throw malformed('a literal is a text, a number, true or false');
}

function tooDeep(): SchemaError {
  return new SchemaError('SCHEMA_TOO_LARGE', 'records nest too deeply');
}

function malformed(what: string): SchemaError {
  return new SchemaError('SCHEMA_MALFORMED', what);
}
