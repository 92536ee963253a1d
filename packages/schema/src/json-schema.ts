/**
 * Types from and to JSON Schema 2020-12. What was exported comes back the same; of other schemas the
 * structure is taken over, and what has no counterpart is reported: checks that would refuse values are
 * left to who validates, and a part that no kind fits is kept as plain data.
 */
import type { Value } from '@atoll/codec';
import { fromHex, toHex } from '@atoll/kernel';
import { acceptsScalar } from './accepts.ts';
import { isScalar, type ElementData, type FieldData, type FieldsData } from './field-data.ts';
import type {
  LiteralValue,
  RegisterData,
  ScalarData,
  TypeData,
  ValueFields,
} from './field-data.ts';
import type { Json } from './instance.ts';
import { isFieldName } from './infer-type.ts';
import { SchemaError } from './schema-error.ts';
import { encodeType, typeForm, typeOfForm } from './type-form.ts';

/** Something of a JSON Schema that the type does not say. */
export interface SchemaLoss {
  /** Names of properties from the outermost on; `*` for items and entries. */
  readonly path: readonly string[];
  /** The keyword, such as `pattern`. */
  readonly keyword: string;
  /** `check`: values are not checked for it. `shape`: the part is kept as plain data. */
  readonly as: 'check' | 'shape';
}

/** A type from a JSON Schema, and what it leaves out. */
export interface ImportedType {
  readonly type: TypeData;
  readonly losses: readonly SchemaLoss[];
}

type Plain = { readonly [key: string]: unknown };

/** A JSON Schema that says all of a type; ordinary validators understand it as far as they go. */
export function toJsonSchema(type: TypeData): Json {
  encodeType(type);
  return jsonOf(typeForm(type));
}

/**
 * The type of a JSON Schema. Its name is `name`, or the `$id` or `title` of the schema.
 * @throws SchemaError `SCHEMA_DEFINITION`, `SCHEMA_MALFORMED`, `SCHEMA_TOO_LARGE`.
 */
export function fromJsonSchema(
  schema: unknown,
  options: { readonly name?: string } = {},
): ImportedType {
  const root = plain(schema);
  if (root === undefined) throw refused('a JSON Schema of objects is a record');
  if (root['x-atoll'] !== undefined) return { type: typeOfForm(valueOf(root)), losses: [] };
  const name = options.name ?? textOf(root['$id']) ?? textOf(root['title']);
  if (name === undefined) throw refused('the schema has neither $id nor title: a name is needed');
  const losses: SchemaLoss[] = [];
  const reader = new SchemaReader(root, losses);
  const type: TypeData = { name, fields: reader.type(root) };
  encodeType(type);
  return { type, losses };
}

/** Keywords that say nothing about values. */
const ANNOTATIONS: ReadonlySet<string> = new Set(
  (
    '$schema $id $defs $comment $anchor definitions title description examples deprecated readOnly ' +
    'writeOnly default type properties required items additionalProperties enum const anyOf oneOf ' +
    'uniqueItems $ref'
  ).split(' '),
);
/** Keywords that change what a value may be made of: nothing of ours fits. */
const SHAPES: ReadonlySet<string> = new Set(
  (
    'allOf not if then else patternProperties prefixItems dependentSchemas unevaluatedProperties ' +
    'unevaluatedItems $dynamicRef'
  ).split(' '),
);
/** Levels of refs and parts: a schema that goes deeper is of no object that we could hold. */
const DEPTH_MAX = 32;

class SchemaReader {
  readonly #root: Plain;
  readonly #losses: SchemaLoss[];
  /** Records that are being read: one that is met again inside itself has no end. */
  readonly #open = new Set<Plain>();
  #depth = 0;

  constructor(root: Plain, losses: SchemaLoss[]) {
    this.#root = root;
    this.#losses = losses;
  }

  type(schema: Plain): FieldsData {
    const properties = plain(this.#deref(schema)['properties']);
    if (properties === undefined) throw refused('the schema has no properties');
    return this.#fields(this.#deref(schema), []);
  }

  #fields(schema: Plain, path: readonly string[]): FieldsData {
    this.#open.add(schema);
    const required = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
    const properties = plain(schema['properties']) ?? {};
    const fields = Object.entries(properties).flatMap(([name, part]) => {
      const at = [...path, name];
      if (!isFieldName(name)) {
        this.#losses.push({ path: at, keyword: 'properties', as: 'shape' });
        return [];
      }
      const field = this.#field(plain(part) ?? {}, at);
      if (!isScalar(field) || required.has(name)) return [[name, field] as const];
      return [[name, { ...field, optional: true }] as const];
    });
    this.#open.delete(schema);
    return Object.fromEntries(fields);
  }

  #field(given: Plain, path: readonly string[]): FieldData {
    const schema = this.#deref(given);
    if (schema['type'] === 'array' && plain(schema['items']) !== undefined) {
      this.#noteChecks(schema, path);
      const of = this.#element(plain(schema['items']) ?? {}, [...path, '*']);
      if (of.kind === 'json') return { kind: 'json' };
      return { kind: schema['uniqueItems'] === true ? 'set' : 'list', of };
    }
    if (schema['type'] === 'object' && !this.#hasShape(schema)) {
      this.#noteChecks(schema, path);
      if (this.#open.has(schema)) return this.#lose('$ref', path);
      if (plain(schema['properties']) !== undefined) {
        return { kind: 'record', fields: this.#fields(schema, path) };
      }
      const entries = plain(schema['additionalProperties']);
      if (entries !== undefined) return this.#map(entries, path);
    }
    return this.#register(schema, path);
  }

  #map(entries: Plain, path: readonly string[]): FieldData {
    const schema = this.#deref(entries);
    const isRecord = schema['type'] === 'object' && plain(schema['properties']) !== undefined;
    if (isRecord && !this.#open.has(schema)) {
      const fields = this.#fields(schema, [...path, '*']);
      const isFlat = (each: FieldsData): boolean =>
        Object.values(each).every((field) =>
          field.kind === 'record' ? isFlat(field.fields) : isScalar(field),
        );
      if (isFlat(fields)) return { kind: 'records', fields };
    }
    const of = this.#element(schema, [...path, '*']);
    return of.kind === 'json' ? { kind: 'json' } : { kind: 'map', of };
  }

  #register(schema: Plain, path: readonly string[]): RegisterData {
    const element = this.#element(schema, path);
    const value = schema['default'];
    if (value === undefined || value === null) return element;
    if (acceptsScalar(element, value as Value)) return { ...element, default: value as Value };
    this.#losses.push({ path, keyword: 'default', as: 'check' });
    return element;
  }

  #element(given: Plain, path: readonly string[]): ElementData {
    if (++this.#depth > DEPTH_MAX) {
      throw new SchemaError('SCHEMA_TOO_LARGE', 'the schema is too deep');
    }
    try {
      return this.#elementOf(this.#deref(given), path);
    } finally {
      this.#depth--;
    }
  }

  #elementOf(schema: Plain, path: readonly string[]): ElementData {
    if (this.#hasShape(schema)) return this.#asJson(schema, path);
    this.#noteChecks(schema, path);
    const members = schema['anyOf'] ?? schema['oneOf'];
    if (Array.isArray(members)) return this.#union(members as readonly unknown[], path);
    if (Array.isArray(schema['type'])) {
      const types = schema['type'] as readonly unknown[];
      return this.#union(
        types.map((type) => ({ ...schema, type })),
        path,
      );
    }
    if (schema['const'] !== undefined) return this.#literals([schema['const']], path);
    if (Array.isArray(schema['enum'])) return this.#literals(schema['enum'], path);
    return this.#plainKind(schema, path);
  }

  #plainKind(schema: Plain, path: readonly string[]): ElementData {
    switch (schema['type']) {
      case 'string':
        return schema['format'] === 'date' ? { kind: 'day' } : { kind: 'string' };
      case 'number':
      case 'integer':
      case 'boolean':
      case 'null':
        return { kind: schema['type'] };
      case 'object':
        if (plain(schema['properties']) !== undefined) return this.#value(schema, path);
        return { kind: 'json' };
      case undefined:
      case 'array':
        return { kind: 'json' };
      default:
        return this.#lose('type', path);
    }
  }

  #value(schema: Plain, path: readonly string[]): ElementData {
    if (this.#open.has(schema)) return this.#lose('$ref', path);
    this.#open.add(schema);
    try {
      return this.#valueOf(schema, path);
    } finally {
      this.#open.delete(schema);
    }
  }

  #valueOf(schema: Plain, path: readonly string[]): ElementData {
    const required = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
    const fields: [string, ValueFields[string]][] = [];
    for (const [name, part] of Object.entries(plain(schema['properties']) ?? {})) {
      if (!isFieldName(name)) return this.#lose('properties', [...path, name]);
      const element = this.#element(plain(part) ?? {}, [...path, name]);
      fields.push([name, required.has(name) ? element : { ...element, optional: true }]);
    }
    return { kind: 'value', fields: Object.fromEntries(fields) };
  }

  #literals(values: readonly unknown[], path: readonly string[]): ElementData {
    const rest = values.filter((value) => value !== null);
    const isNullable = rest.length < values.length;
    const texts = rest.filter((value) => typeof value === 'string');
    if (rest.length === 0) return { kind: 'null' };
    if (!rest.every(isLiteral)) return this.#lose('enum', path);
    const [only, ...more] = rest.map((value): ScalarData => ({ kind: 'literal', value }));
    const isEnum = texts.length === rest.length && rest.length > 1;
    const element: ScalarData = isEnum
      ? { kind: 'enum', values: [...new Set(texts)] }
      : more.length === 0
        ? (only as ScalarData)
        : { kind: 'union', of: [only as ScalarData, ...more] };
    return isNullable ? { ...element, nullable: true } : element;
  }

  #union(members: readonly unknown[], path: readonly string[]): ElementData {
    const schemas = members.map((member) => this.#deref(plain(member) ?? {}));
    const rest = schemas.filter((schema) => schema['type'] !== 'null');
    const isNullable = rest.length < schemas.length;
    const elements = rest.map((schema) => this.#element(schema, path));
    const [only, ...more] = elements;
    if (only === undefined) return { kind: 'null' };
    if (more.length === 0) {
      const isAny = only.kind === 'json' || only.kind === 'null';
      return isNullable && !isAny ? { ...only, nullable: true } : only;
    }
    const of = elements.flatMap((each) => (each.kind === 'union' ? each.of : [each]));
    const hasNull = isNullable || elements.some((each) => each.nullable === true);
    const tag = tagOf(of);
    const element: ElementData = {
      kind: 'union',
      of: of.map(withoutNull),
      ...(tag === undefined ? {} : { tag }),
      ...(hasNull ? { nullable: true } : {}),
    };
    return isPossible(element) ? element : this.#lose('anyOf', path);
  }

  #asJson(schema: Plain, path: readonly string[]): ElementData {
    const keyword = Object.keys(schema).find((key) => SHAPES.has(key)) ?? 'type';
    return this.#lose(keyword, path);
  }

  #lose(keyword: string, path: readonly string[]): ElementData {
    this.#losses.push({ path, keyword, as: 'shape' });
    return { kind: 'json' };
  }

  #hasShape(schema: Plain): boolean {
    return Object.keys(schema).some((key) => SHAPES.has(key));
  }

  #noteChecks(schema: Plain, path: readonly string[]): void {
    for (const keyword of Object.keys(schema)) {
      const isDay = keyword === 'format' && schema['format'] === 'date';
      const isKnown = ANNOTATIONS.has(keyword) || SHAPES.has(keyword) || isDay;
      const isNoted = this.#losses.some(
        (loss) => loss.keyword === keyword && loss.path.join('.') === path.join('.'),
      );
      if (!isKnown && !isNoted) this.#losses.push({ path, keyword, as: 'check' });
    }
  }

  /** Follows refs inside the document; others cannot be followed. @throws SchemaError. */
  #deref(schema: Plain): Plain {
    let at = schema;
    for (let steps = 0; at['$ref'] !== undefined; steps++) {
      const ref = textOf(at['$ref']) ?? '';
      const target = ref.startsWith('#') ? plain(this.#at(ref.slice(1))) : undefined;
      if (target === undefined || steps > DEPTH_MAX) throw refused(`$ref ${ref} leads nowhere`);
      at = target;
    }
    return at;
  }

  #at(pointer: string): unknown {
    let at: unknown = this.#root;
    for (const part of pointer.split('/').slice(1)) {
      const name = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
      at = plain(at)?.[name];
    }
    return at;
  }
}

/** The name under which all members have a literal of their own. */
function tagOf(of: readonly ElementData[]): string | undefined {
  const [first] = of;
  if (first?.kind !== 'value') return undefined;
  return Object.keys(first.fields).find((name) => {
    const marks = of.map((member) => (member.kind === 'value' ? member.fields[name] : undefined));
    const values = marks.map((mark) =>
      mark?.kind === 'literal' && mark.optional !== true ? mark.value : undefined,
    );
    return !values.includes(undefined) && new Set(values).size === values.length;
  });
}

function withoutNull(element: ElementData): ScalarData {
  const { nullable: _, ...scalar } = element;
  return scalar as ScalarData;
}

/** True if a type may have the field: a union's members must be told apart. */
function isPossible(element: ElementData): boolean {
  try {
    encodeType({ name: 'x', fields: { x: element } });
    return true;
  } catch (failure) {
    if (failure instanceof SchemaError) return false;
    throw failure;
  }
}

function isLiteral(value: unknown): value is LiteralValue {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}

/** Big integers and bytes have no JSON of their own. */
function jsonOf(value: Value): Json {
  if (typeof value === 'bigint') return { $bigint: String(value) };
  if (value instanceof Uint8Array) return { $bytes: toHex(value) };
  if (Array.isArray(value)) return value.map((item: Value) => jsonOf(item));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value as { readonly [key: string]: Value });
  return Object.fromEntries(entries.map(([key, item]) => [key, jsonOf(item)]));
}

function valueOf(json: unknown, depth = 0): Value {
  if (depth > DEPTH_MAX) throw new SchemaError('SCHEMA_TOO_LARGE', 'the schema is too deep');
  if (Array.isArray(json)) return json.map((item: unknown) => valueOf(item, depth + 1));
  const record = plain(json);
  if (record === undefined) return json as Value;
  const bigint = textOf(record['$bigint']);
  if (bigint !== undefined && /^-?\d{1,2470}$/.test(bigint)) return BigInt(bigint);
  const bytes = textOf(record['$bytes']);
  if (bytes !== undefined) return fromHex(bytes) ?? null;
  return Object.fromEntries(
    Object.entries(record).map(([key, item]) => [key, valueOf(item, depth + 1)]),
  );
}

function plain(value: unknown): Plain | undefined {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isRecord ? (value as Plain) : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function refused(why: string): SchemaError {
  return new SchemaError('SCHEMA_DEFINITION', why);
}
