/** What types may say, and what of foreign schemas they take over. */
import { expect, expectTypeOf, test } from 'vitest';
import {
  defineType,
  encodeType,
  fromJsonForm,
  fromJsonSchema,
  isDay,
  isFieldName,
  s,
  toJsonSchema,
  type FieldData,
  type InputOf,
  type InstanceOf,
  type Ref,
  type TypeData,
} from './index.ts';

const Place = defineType('org.example.Place', {
  size: s.bigint(),
  day: s.day().nullable(),
  state: s.union([s.literal('new'), s.integer()]).optional(),
  shape: s.tagged('kind', { dot: {}, line: { to: s.number(), from: s.number().optional() } }),
  rows: s.map(s.record({ street: s.string(), no: s.integer().optional() })),
  email: s.string().unique().index(),
  parent: s.tree('places'),
});

test('the static types of new kinds are those of what they hold', () => {
  type P = InstanceOf<typeof Place>;
  expectTypeOf<P['size']>().toEqualTypeOf<bigint>();
  expectTypeOf<P['day']>().toEqualTypeOf<string | null>();
  expectTypeOf<P['state']>().toEqualTypeOf<number | 'new' | undefined>();
  expectTypeOf<P['shape']['kind']>().toEqualTypeOf<'dot' | 'line'>();
  expectTypeOf<Extract<P['shape'], { kind: 'line' }>['from']>().toEqualTypeOf<number | undefined>();
  expectTypeOf<P['parent']>().toEqualTypeOf<Ref<unknown> | undefined>();
  const input: InputOf<typeof Place> = {
    size: 1n,
    day: null,
    shape: { kind: 'dot' },
    email: '',
    rows: { a: { street: 'x' } },
  };
  // @ts-expect-error A line goes somewhere.
  const wrong: InputOf<typeof Place> = { ...input, shape: { kind: 'line' } };
  expect(Place['~standard'].validate(input)).toEqual({ value: input });
  expect(Place['~standard'].validate(wrong)).toEqual({
    issues: [{ message: 'a value is missing', path: ['shape', 'to'] }],
  });
  expect(s.day()['~standard'].validate('2026-02-30')).toEqual({
    issues: [{ message: 'a day such as 2026-03-01 is expected', path: [] }],
  });
});

test('a day is one that the calendar has', () => {
  for (const day of ['2024-02-29', '2000-02-29', '0001-01-01', '9999-12-31']) {
    expect(isDay(day)).toBe(true);
  }
  for (const day of [
    '2023-02-29',
    '1900-02-29',
    '0000-01-01',
    '2026-13-01',
    '2026-1-1',
    '２026-01-01',
  ]) {
    expect(isDay(day)).toBe(false);
  }
});

const refused: readonly (readonly [string, FieldData])[] = [
  ['a tree inside a record', { kind: 'record', fields: { a: { kind: 'tree', tree: 't' } } }],
  ['an optional place in a tree', { kind: 'tree', tree: 't', optional: true }],
  [
    'a union of what is stored alike',
    { kind: 'union', of: [{ kind: 'number' }, { kind: 'date' }] },
  ],
  ['a union with plain values', { kind: 'union', of: [{ kind: 'json' }, { kind: 'bigint' }] }],
  ['an empty union', { kind: 'union', of: [] }],
  ['a tag that a member lacks', { kind: 'union', of: [{ kind: 'value', fields: {} }], tag: 'a' }],
  ['a set in the records of a map', { kind: 'records', fields: { a: { kind: 'counter' } } }],
  ['a default that does not fit', { kind: 'day', default: 'soon' }],
  ['null twice', { kind: 'json', nullable: true }],
  ['a literal that JSON lacks', { kind: 'literal', value: Number.NaN }],
];

test.each(refused)('refused: %s', (_, field) => {
  const type: TypeData = { name: 'org.example.X', fields: { x: field } };
  expect(() => encodeType(type)).toThrow(expect.objectContaining({ code: 'SCHEMA_DEFINITION' }));
});

test('a field cannot have a name that every object has already', () => {
  for (const name of ['valueOf', 'constructor', '__proto__', '*', '7']) {
    const type: TypeData = { name: 'x', fields: Object.fromEntries([[name, { kind: 'string' }]]) };
    expect(() => encodeType(type)).toThrow(expect.objectContaining({ code: 'SCHEMA_DEFINITION' }));
    expect(isFieldName(name)).toBe(false);
  }
});

test('JSON with a name that every object has is refused as data that does not fit', () => {
  const part: FieldData = { kind: 'value', fields: { tag: { kind: 'literal', value: 'a' } } };
  const fields: readonly FieldData[] = [
    part,
    { kind: 'union', of: [part], tag: 'tag' },
    { kind: 'record', fields: { a: { kind: 'string' } } },
    { kind: 'records', fields: { a: { kind: 'string' } } },
  ];
  for (const field of fields) {
    for (const text of ['{"valueOf":0}', '{"constructor":{}}', '{"__proto__":{"tag":"a"}}']) {
      const given: unknown = JSON.parse(field.kind === 'records' ? `{"k":${text}}` : text);
      expect(() => fromJsonForm('x', field, given), text).toThrow(
        expect.objectContaining({ code: 'SCHEMA_VALUE' }),
      );
    }
  }
});

test('an object has one place in a tree', () => {
  const tree: FieldData = { kind: 'tree', tree: 't' };
  const type: TypeData = { name: 'x', fields: { a: tree, b: tree } };
  expect(() => encodeType(type)).toThrow('one place in a tree');
});

test('a foreign JSON Schema gives its structure, and what is left out is told', () => {
  const { type, losses } = fromJsonSchema({
    title: 'Order',
    type: 'object',
    required: ['id', 'state', 'lines'],
    properties: {
      no: { type: 'string', minLength: 3, pattern: '^A' },
      state: { enum: ['open', 'paid'] },
      placed: { type: 'string', format: 'date' },
      note: { type: ['string', 'null'], default: 'none' },
      total: { anyOf: [{ type: 'number' }, { const: 'free' }] },
      lines: { type: 'array', items: { $ref: '#/$defs/line' } },
      tags: { type: 'array', uniqueItems: true, items: { type: 'string' } },
      homes: { type: 'object', additionalProperties: { $ref: '#/$defs/home' } },
      ship: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
      pay: { oneOf: [{ $ref: '#/$defs/card' }, { $ref: '#/$defs/cash' }] },
      odd: { allOf: [{ type: 'string' }] },
      self: { $ref: '#' },
    },
    $defs: {
      line: { type: 'object', properties: { sku: { type: 'string' } }, required: ['sku'] },
      home: { type: 'object', properties: { street: { type: 'string' } } },
      card: {
        type: 'object',
        properties: { by: { const: 'card' }, no: { type: 'string' } },
        required: ['by'],
      },
      cash: { type: 'object', properties: { by: { const: 'cash' } }, required: ['by'] },
    },
  });
  expect(type.name).toBe('Order');
  expect(type.fields).toMatchObject({
    no: { kind: 'string', optional: true },
    state: { kind: 'enum', values: ['open', 'paid'] },
    placed: { kind: 'day', optional: true },
    note: { kind: 'string', nullable: true, default: 'none' },
    total: { kind: 'union', of: [{ kind: 'number' }, { kind: 'literal', value: 'free' }] },
    lines: { kind: 'list', of: { kind: 'value', fields: { sku: { kind: 'string' } } } },
    tags: { kind: 'set', of: { kind: 'string' } },
    homes: { kind: 'records', fields: { street: { kind: 'string', optional: true } } },
    ship: { kind: 'record', fields: { city: { kind: 'string' } } },
    pay: { kind: 'union', tag: 'by' },
    odd: { kind: 'json' },
    self: { kind: 'json' },
  });
  expect(losses).toEqual([
    { path: ['no'], keyword: 'minLength', as: 'check' },
    { path: ['no'], keyword: 'pattern', as: 'check' },
    { path: ['odd'], keyword: 'allOf', as: 'shape' },
    { path: ['self'], keyword: '$ref', as: 'shape' },
  ]);
  expect(fromJsonSchema(JSON.parse(JSON.stringify(toJsonSchema(type))))).toEqual({
    type,
    losses: [],
  });
});

test('a schema without end, without name or without properties is refused with a code', () => {
  const loop = { anyOf: [{ $ref: '#/$defs/a' }, { type: 'null' }] };
  const schemas = [
    { title: 'T', properties: { a: { $ref: '#/$defs/a' } }, $defs: { a: loop } },
    { title: 'T', properties: { a: { $ref: '#/$defs/b' } } },
    { properties: {} },
    { title: 'T', type: 'string' },
    { 'x-atoll': 1 },
  ];
  for (const schema of schemas) {
    expect(() => fromJsonSchema(schema)).toThrow(expect.objectContaining({ name: 'SchemaError' }));
  }
});

test('values of a JSON file are read into their kinds, or refused with their place', () => {
  const { fields } = Place.data();
  const read = (name: string, json: unknown): unknown =>
    fromJsonForm(name, fields[name] as FieldData, json);
  expect(read('size', '-12')).toBe(-12n);
  expect(read('rows', { a: { street: 'x', no: 1 } })).toEqual({ a: { street: 'x', no: 1 } });
  expect(read('parent', 'ab'.repeat(16))).toMatchObject({ $id: 'ab'.repeat(16) });
  expect(() => read('rows', { a: { street: 1 } })).toThrow('rows.a.street: well-formed text');
  expect(() => read('shape', { kind: 'line', to: 'x' })).toThrow('shape: a record whose kind is');
  const mixed: FieldData = {
    kind: 'union',
    of: [{ kind: 'string' }, { kind: 'bigint' }, { kind: 'date' }],
  };
  expect(fromJsonForm('x', mixed, { $bigint: '5' })).toBe(5n);
  expect(fromJsonForm('x', mixed, '5')).toBe('5');
});
