/**
 * The canonical form of a type: a strict subset of JSON Schema 2020-12 with annotations, as a plain value
 * with one encoding. What is not exactly in this form is refused. Bytes in spec/objects.md.
 */
import { decodeValue, encodeValue, type Value } from '@atoll/codec';
import {
  ENUM_VALUES_MAX,
  FIELDS_MAX,
  NAME_CHARACTERS_MAX,
  RECORD_DEPTH_MAX,
  TYPE_BYTES_MAX,
  isScalar,
  type FieldData,
  type FieldsData,
  type ScalarData,
  type TypeData,
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
  const again = encodeType(type);
  const equal = again.length === bytes.length && again.every((byte, at) => byte === bytes[at]);
  if (!equal) throw new SchemaError('SCHEMA_MALFORMED', 'the type is not in canonical form');
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

function isRequired(field: FieldData): boolean {
  return isScalar(field) && field.optional !== true && field.default === undefined;
}

function fieldForm(field: FieldData): Plain {
  switch (field.kind) {
    case 'record':
      return recordForm(field.fields);
    case 'set':
      return { type: 'array', uniqueItems: true, items: scalarForm(field.of), 'x-crdt': 'set' };
    case 'list':
      return { type: 'array', items: scalarForm(field.of), 'x-crdt': 'list' };
    case 'map':
      return { type: 'object', additionalProperties: scalarForm(field.of), 'x-crdt': 'map' };
    case 'counter':
      return { type: 'integer', 'x-crdt': 'counter' };
    case 'text':
      return { type: 'string', 'x-crdt': 'text' };
    default:
      return {
        ...scalarForm(field),
        ...(field.default === undefined ? {} : { default: field.default }),
        ...(field.optional === true ? { 'x-optional': true } : {}),
      };
  }
}

function scalarForm(scalar: ScalarData): Plain {
  switch (scalar.kind) {
    case 'string':
    case 'number':
    case 'integer':
    case 'boolean':
      return { type: scalar.kind };
    case 'enum':
      return { type: 'string', enum: [...scalar.values] };
    case 'date':
      return { type: 'integer', 'x-kind': 'date' };
    case 'bytes':
      return { 'x-kind': 'bytes' };
    case 'json':
      return { 'x-kind': 'json' };
    case 'ref':
      return {
        'x-kind': 'ref',
        ...(scalar.type === undefined ? {} : { 'x-type': scalar.type }),
        ...(scalar.by === undefined ? {} : { 'x-by': scalar.by }),
      };
  }
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
  if (depth > RECORD_DEPTH_MAX)
    throw new SchemaError('SCHEMA_TOO_LARGE', 'records nest too deeply');
  const properties = plain(form['properties']);
  const names = list(form['x-order']).map(text);
  return Object.fromEntries(
    names.map((name) => {
      if (!Object.hasOwn(properties, name)) throw malformed('a field in the order is not defined');
      return [name, readField(plain(properties[name]), depth)];
    }),
  );
}

function readField(form: Plain, depth: number): FieldData {
  const crdt = form['x-crdt'];
  switch (crdt) {
    case 'set':
    case 'list':
      return { kind: crdt, of: readScalar(plain(form['items'])) };
    case 'map':
      return { kind: 'map', of: readScalar(plain(form['additionalProperties'])) };
    case 'counter':
    case 'text':
      return { kind: crdt };
    case undefined:
      break;
    default:
      throw malformed('a field has an unknown kind');
  }
  if (form['properties'] !== undefined) {
    return { kind: 'record', fields: readFields(form, depth + 1) };
  }
  return {
    ...readScalar(form),
    ...(form['default'] === undefined ? {} : { default: form['default'] }),
    ...(form['x-optional'] === true ? { optional: true } : {}),
  };
}

function readScalar(form: Plain): ScalarData {
  switch (form['x-kind']) {
    case 'date':
    case 'bytes':
    case 'json':
      return { kind: form['x-kind'] };
    case 'ref': {
      const type = form['x-type'];
      const by = form['x-by'];
      return {
        kind: 'ref',
        ...(type === undefined ? {} : { type: text(type) }),
        ...(by === undefined ? {} : { by: text(by) }),
      };
    }
    case undefined:
      break;
    default:
      throw malformed('a field has an unknown kind');
  }
  if (form['enum'] !== undefined) return { kind: 'enum', values: list(form['enum']).map(text) };
  switch (form['type']) {
    case 'string':
    case 'number':
    case 'integer':
    case 'boolean':
      return { kind: form['type'] };
    default:
      throw malformed('a field has an unknown type');
  }
}

/** What the form cannot express, and the limits. */
function checkType(type: TypeData): void {
  checkName(type.name);
  if (type.relation !== undefined) {
    checkName(type.relation.source);
    checkName(type.relation.target);
  }
  const count = checkFields(type.fields, 0);
  if (count > FIELDS_MAX) {
    throw new SchemaError('SCHEMA_TOO_LARGE', `a type has more than ${FIELDS_MAX} fields`);
  }
}

function checkFields(fields: FieldsData, depth: number): number {
  if (depth > RECORD_DEPTH_MAX)
    throw new SchemaError('SCHEMA_TOO_LARGE', 'records nest too deeply');
  let count = 0;
  for (const [name, field] of Object.entries(fields)) {
    checkName(name);
    // An integer-like key would not keep its place in the order of a JavaScript object.
    if (/^\d+$/.test(name) || name === '__proto__') {
      throw new SchemaError('SCHEMA_DEFINITION', `a field cannot be called ${name}`);
    }
    if (field.kind === 'record') count += checkFields(field.fields, depth + 1);
    else count++;
    checkScalar('of' in field ? field.of : field);
  }
  return count;
}

function checkScalar(scalar: FieldData): void {
  if (scalar.kind === 'ref') {
    if (scalar.type !== undefined) checkName(scalar.type);
    if (scalar.by !== undefined) checkName(scalar.by);
  }
  if (scalar.kind !== 'enum') return;
  if (scalar.values.length === 0 || new Set(scalar.values).size !== scalar.values.length) {
    throw new SchemaError('SCHEMA_DEFINITION', 'an enum has distinct values, at least one');
  }
  if (scalar.values.length > ENUM_VALUES_MAX) {
    throw new SchemaError('SCHEMA_TOO_LARGE', `an enum has more than ${ENUM_VALUES_MAX} values`);
  }
}

function checkName(name: string): void {
  if (name.length === 0 || name.length > NAME_CHARACTERS_MAX || !name.isWellFormed()) {
    throw new SchemaError(
      'SCHEMA_DEFINITION',
      `a name has 1 to ${NAME_CHARACTERS_MAX} characters of well-formed text`,
    );
  }
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

function malformed(what: string): SchemaError {
  return new SchemaError('SCHEMA_MALFORMED', what);
}
