/** fast-check arbitraries of types, and of what applications give for their fields. */
import {
  BIGINT_BITS_MAX,
  INHERITED_NAMES,
  type ElementData,
  type FieldData,
  type FieldsData,
  type RegisterData,
  type ScalarData,
  type TypeData,
  type ValueFields,
} from '@atoll/schema';
import fc from 'fast-check';
import { anyBytes, anyId, anyText } from './arbitraries.ts';

/** Names of fields. */
export function anyFieldName(): fc.Arbitrary<string> {
  return fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 8 })
    .filter((name) => !/^\d+$|^\$/u.test(name) && !RESERVED.has(name));
}

/** Objects keep some names for themselves. */
const RESERVED = new Set(['id', 'toJSON', '*', ...INHERITED_NAMES]);

/** Texts of days. */
export function anyDay(): fc.Arbitrary<string> {
  const two = (part: number): string => String(part).padStart(2, '0');
  return fc
    .tuple(fc.integer({ min: 1, max: 9999 }), fc.integer({ min: 1, max: 12 }), fc.nat(27))
    .map(([year, month, day]) => `${String(year).padStart(4, '0')}-${two(month)}-${two(day + 1)}`);
}

/** What a register can hold, places in trees left out. */
export function anyScalar(depth = 2): fc.Arbitrary<ScalarData> {
  const plain: fc.Arbitrary<ScalarData> = fc.oneof(
    fc.constantFrom<ScalarData>(
      { kind: 'string' },
      { kind: 'number' },
      { kind: 'integer' },
      { kind: 'bigint' },
      { kind: 'boolean' },
      { kind: 'date' },
      { kind: 'day' },
      { kind: 'bytes' },
      { kind: 'json' },
      { kind: 'null' },
      { kind: 'ref' },
      { kind: 'ref', type: 'org.example.Other', by: 'key' },
    ),
    fc
      .uniqueArray(anyText(6), { minLength: 1, maxLength: 4 })
      .map((values): ScalarData => ({ kind: 'enum', values })),
    fc
      .oneof(anyText(6), fc.integer(), fc.boolean())
      .map((value): ScalarData => ({ kind: 'literal', value })),
  );
  if (depth === 0) return plain;
  return fc.oneof(
    { weight: 4, arbitrary: plain },
    { weight: 1, arbitrary: anyValueFields(depth - 1).map(valueOfFields) },
    { weight: 1, arbitrary: anyUnion() },
    { weight: 1, arbitrary: anyTagged(depth - 1) },
  );
}

function valueOfFields(fields: ValueFields): ScalarData {
  return { kind: 'value', fields };
}

/** Elements of collections. */
export function anyElement(depth = 2): fc.Arbitrary<ElementData> {
  return fc.tuple(anyScalar(depth), fc.boolean()).map(([scalar, nullable]) => {
    const hasNull = scalar.kind === 'json' || scalar.kind === 'null';
    return nullable && !hasNull ? { ...scalar, nullable } : scalar;
  });
}

function anyValueFields(depth: number): fc.Arbitrary<ValueFields> {
  const part = fc
    .tuple(anyElement(depth), fc.boolean())
    .map(([element, optional]) => (optional ? { ...element, optional } : element));
  return named(part, 3);
}

/** Members that are stored as different kinds. */
function anyUnion(): fc.Arbitrary<ScalarData> {
  const groups: readonly (readonly ScalarData[])[] = [
    [{ kind: 'string' }, { kind: 'day' }, { kind: 'literal', value: 'x' }],
    [{ kind: 'number' }, { kind: 'date' }, { kind: 'literal', value: 7 }],
    [{ kind: 'bytes' }, { kind: 'ref' }],
    [{ kind: 'bigint' }],
    [{ kind: 'boolean' }],
    [{ kind: 'null' }],
    [{ kind: 'value', fields: { a: { kind: 'day' } } }],
  ];
  const members = groups.map((group) => fc.option(fc.constantFrom(...group)));
  return fc
    .tuple(...members)
    .map((chosen) => chosen.filter((member) => member !== null))
    .filter((of) => of.length > 0)
    .map((of): ScalarData => ({ kind: 'union', of }));
}

function anyTagged(depth: number): fc.Arbitrary<ScalarData> {
  return fc.array(anyValueFields(depth), { minLength: 1, maxLength: 3 }).map((cases) => ({
    kind: 'union',
    of: cases.map((fields, at) => ({
      kind: 'value',
      fields: { ...fields, tag: { kind: 'literal', value: `case ${at}` } },
    })),
    tag: 'tag',
  }));
}

/** One field of a type. */
export function anyField(depth = 2): fc.Arbitrary<FieldData> {
  const register = fc
    .record({ element: anyElement(), optional: fc.boolean(), unique: fc.boolean() })
    .map(({ element, optional, unique }): RegisterData => ({
      ...element,
      ...(optional ? { optional } : {}),
      ...(unique ? { unique } : {}),
    }));
  const collection: fc.Arbitrary<FieldData> = fc.oneof(
    anyElement().map((of): FieldData => ({ kind: 'set', of })),
    anyElement().map((of): FieldData => ({ kind: 'list', of })),
    anyElement().map((of): FieldData => ({ kind: 'map', of })),
    fc.constantFrom<FieldData>(
      { kind: 'counter' },
      { kind: 'text' },
      { kind: 'model', model: 'org.example.Drawing', version: 2 },
    ),
  );
  if (depth === 0) return fc.oneof(register, collection);
  const entries = named<FieldData>(
    anyElement().map((element): FieldData => element),
    3,
  );
  return fc.oneof(
    { weight: 4, arbitrary: register },
    { weight: 2, arbitrary: collection },
    {
      weight: 1,
      arbitrary: named(anyField(depth - 1), 3).map((fields): FieldData => ({
        kind: 'record',
        fields,
      })),
    },
    { weight: 1, arbitrary: entries.map((fields): FieldData => ({ kind: 'records', fields })) },
  );
}

/** Types of objects. */
export function anyTypeData(): fc.Arbitrary<TypeData> {
  return fc.tuple(named(anyField(), 5), fc.boolean()).map(([fields, hasTree]) => {
    const all: FieldsData = hasTree
      ? { ...fields, 'in tree': { kind: 'tree', tree: 't' } }
      : fields;
    return { name: 'org.example.Any', fields: all };
  });
}

function named<T>(of: fc.Arbitrary<T>, max: number): fc.Arbitrary<{ readonly [name: string]: T }> {
  return fc
    .uniqueArray(anyFieldName(), { minLength: 1, maxLength: max })
    .chain((names) =>
      fc
        .array(of, { minLength: names.length, maxLength: names.length })
        .map((fields) => Object.fromEntries(names.map((name, at) => [name, fields[at] as T]))),
    );
}

/** What an application gives for a register. */
export function anyInput(element: ElementData): fc.Arbitrary<unknown> {
  const input = scalarInput(element);
  return element.nullable === true ? fc.oneof(fc.constant(null), input) : input;
}

function scalarInput(scalar: ScalarData): fc.Arbitrary<unknown> {
  switch (scalar.kind) {
    case 'string':
      return anyText();
    case 'number':
      return fc.double({ noNaN: true, noDefaultInfinity: true });
    case 'integer':
      return fc.maxSafeInteger();
    case 'bigint':
      return fc.bigInt({ min: -(2n ** 200n), max: 2n ** BigInt(BIGINT_BITS_MAX - 1) });
    case 'boolean':
      return fc.boolean();
    case 'date':
      return fc.date({ noInvalidDate: true });
    case 'day':
      return anyDay();
    case 'bytes':
      return anyBytes();
    case 'json':
      return fc.jsonValue({ depthSize: 'small', noUnicodeString: true } as never);
    case 'null':
      return fc.constant(null);
    case 'literal':
      return fc.constant(scalar.value);
    case 'enum':
      return fc.constantFrom(...scalar.values);
    case 'value':
      return valueInput(scalar.fields);
    case 'union':
      return fc.oneof(...scalar.of.map(scalarInput));
    case 'ref':
      return scalar.by === undefined ? anyId('object').map(refTo) : anyText();
    case 'tree':
      return fc.constant(null);
  }
}

function refTo(id: string): unknown {
  return { $id: id, $key: undefined, $space: undefined, $state: 'missing', $target: undefined };
}

function valueInput(fields: ValueFields): fc.Arbitrary<unknown> {
  const needed = Object.keys(fields).filter((name) => fields[name]?.optional !== true);
  const parts = Object.entries(fields).map(([name, field]) => [name, anyInput(field)] as const);
  return fc.record(Object.fromEntries(parts), { requiredKeys: needed, noNullPrototype: true });
}

/** What `add` takes for a field. */
export function anyFieldInput(field: FieldData): fc.Arbitrary<unknown> {
  switch (field.kind) {
    case 'set':
    case 'list':
      return fc.array(anyInput(field.of), { maxLength: 3 });
    case 'map':
      return fc.dictionary(anyText(6), anyInput(field.of), { maxKeys: 3, noNullPrototype: true });
    case 'records':
      return fc.dictionary(anyText(6), anyFieldsInput(field.fields), {
        maxKeys: 3,
        noNullPrototype: true,
      });
    case 'record':
      return anyFieldsInput(field.fields);
    case 'counter':
      return fc.integer();
    case 'text':
    case 'rich':
      return anyText();
    case 'model':
      return fc.constant(undefined);
    default:
      return anyInput(field);
  }
}

/** What `add` takes for a type. */
export function anyFieldsInput(fields: FieldsData): fc.Arbitrary<Record<string, unknown>> {
  const parts = Object.entries(fields).map(
    ([name, field]) => [name, anyFieldInput(field)] as const,
  );
  const needed = Object.keys(fields).filter((name) => {
    const field = fields[name];
    return field !== undefined && !('optional' in field) && field.kind !== 'tree';
  });
  return fc.record(Object.fromEntries(parts), { requiredKeys: needed, noNullPrototype: true });
}
