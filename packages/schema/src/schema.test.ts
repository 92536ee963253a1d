/** Types: inference, canonical form, field ids, validation, types found in data. */
import { hash } from '@atoll/crypto';
import { expect, expectTypeOf, test } from 'vitest';
import {
  compileType,
  compileTypeBytes,
  decodeType,
  defineRelation,
  defineType,
  encodeType,
  inferType,
  s,
  typeForm,
  type InputOf,
  type InstanceOf,
  type SetField,
  type TypeData,
} from './index.ts';

const Person = defineType('org.example.Person', { name: s.string() });
const Task = defineType('org.example.Task', {
  title: s.string(),
  done: s.boolean().default(false),
  tags: s.set(s.string()),
  votes: s.counter(),
  notes: s.text(),
  assignee: s.ref(() => Person).optional(),
  items: s.list(s.string()),
  address: s.record({ street: s.string(), city: s.string().optional() }),
  meta: s.map(s.string()),
  due: s.date().optional(),
  kind: s.enum(['bug', 'idea']).default('bug'),
});

test('the instance type of a definition has the properties of its fields', () => {
  type T = InstanceOf<typeof Task>;
  expectTypeOf<T['title']>().toEqualTypeOf<string>();
  expectTypeOf<T['done']>().toEqualTypeOf<boolean>();
  expectTypeOf<T['tags']>().toEqualTypeOf<SetField<string>>();
  expectTypeOf<T['kind']>().toEqualTypeOf<'bug' | 'idea'>();
  expectTypeOf<T['due']>().toEqualTypeOf<Date | undefined>();
  expectTypeOf<T['address']['street']>().toEqualTypeOf<string>();
  const assign = (task: T, person: InstanceOf<typeof Person>): void => {
    task.assignee = person;
    task.title = 'x';
    // @ts-expect-error A collection is edited in place.
    task.tags = task.tags;
  };
  expect(assign).toBeTypeOf('function');
});

test('add needs what is neither optional nor defaulted nor a collection', () => {
  const input: InputOf<typeof Task> = { title: 'x' };
  // @ts-expect-error The title is missing.
  const wrong: InputOf<typeof Task> = { done: true };
  expect([input, wrong]).toHaveLength(2);
});

test('a type survives its canonical bytes', () => {
  const bytes = encodeType(Task.data());
  expect(decodeType(bytes)).toEqual(Task.data());
  expect(encodeType(decodeType(bytes))).toEqual(bytes);
});

test('bytes that are not the canonical form are refused', () => {
  const bytes = encodeType(Task.data());
  for (let at = 0; at < bytes.length; at++) {
    const other = bytes.slice();
    other[at] = (other[at] as number) ^ 1;
    let read: TypeData | undefined;
    try {
      read = decodeType(other);
    } catch (failure) {
      expect(failure).toMatchObject({ name: 'SchemaError' });
    }
    if (read !== undefined) expect(encodeType(read)).toEqual(other);
  }
});

test('a new field leaves the ids of the others as they were', () => {
  const before = compileType({ name: 'T', fields: { a: { kind: 'string' } } }, hash);
  const after = compileType(
    { name: 'T', fields: { b: { kind: 'counter' }, a: { kind: 'string', optional: true } } },
    hash,
  );
  expect(after.leafByName.get('a')?.id).toBe(before.leafByName.get('a')?.id);
  expect(after.hash).not.toBe(before.hash);
});

test('the same name in another type, record or kind is another field', () => {
  const ids = [
    compileType({ name: 'T', fields: { a: { kind: 'string' } } }, hash),
    compileType({ name: 'U', fields: { a: { kind: 'string' } } }, hash),
    compileType({ name: 'T', fields: { a: { kind: 'text' } } }, hash),
    compileType(
      { name: 'T', fields: { r: { kind: 'record', fields: { a: { kind: 'string' } } } } },
      hash,
    ),
  ].map((type) => type.leaves[0]?.id);
  expect(new Set(ids).size).toBe(4);
});

test('a compiled type is the same from data and from bytes', () => {
  const type = compileType(Task.data(), hash);
  expect(compileTypeBytes(type.bytes, hash)).toEqual(type);
  expect(type.leaves.map((leaf) => leaf.name)).toContain('address.street');
});

test('validation names the place of each issue', () => {
  const result = Task['~standard'].validate({
    title: 7,
    tags: ['a', 1],
    address: { street: '\ud800' },
    other: 1,
  });
  expect('issues' in result && result.issues.map((issue) => issue.path.join('.'))).toEqual([
    'title',
    'tags.1',
    'address.street',
    'other',
  ]);
  expect('issues' in Task['~standard'].validate({ title: 'x', done: true })).toBe(false);
});

test('a relation has a source and a target and says so in its form', () => {
  const Knows = defineRelation('org.example.Knows', {
    source: Person,
    target: () => Person,
    fields: { since: s.integer().optional() },
  });
  expect(typeForm(Knows.data())['x-relation']).toEqual({
    source: Person.name,
    target: Person.name,
  });
  expect(decodeType(encodeType(Knows.data()))).toEqual(Knows.data());
});

test('reserved and number-like field names are refused', () => {
  expect(() => defineType('T', { id: s.string() })).toThrow(/called id/);
  expect(() => defineType('T', { $x: s.string() })).toThrow(/called/);
  expect(() => encodeType({ name: 'T', fields: { 7: { kind: 'string' } } })).toThrow(/called/);
});

test('records without a type get the narrowest one that fits them all', () => {
  const type = inferType(
    [
      { name: 'a', size: 1, tags: ['x', 'y'], depends: ['b'], mixed: 1, log: ['a', 'a'] },
      { name: 'b', size: 1.5, tags: [], depends: [], mixed: 'x', live: true, log: [] },
    ],
    { name: 'Package', refs: { depends: { type: 'Package', by: 'name' } } },
  );
  expect(type.fields).toEqual({
    name: { kind: 'string', optional: true },
    size: { kind: 'number', optional: true },
    tags: { kind: 'set', of: { kind: 'string' } },
    depends: { kind: 'set', of: { kind: 'ref', type: 'Package', by: 'name' } },
    mixed: { kind: 'json', optional: true },
    log: { kind: 'list', of: { kind: 'string' } },
    live: { kind: 'boolean', optional: true },
  });
});

test('what is indexed and searched travels with the type and leaves the fields what they are', () => {
  const plain = defineType('org.example.Page', { title: s.string(), body: s.text() });
  const found = defineType('org.example.Page', {
    title: s.string().index().searchable(),
    body: s.text().searchable(),
  });
  expect(decodeType(encodeType(found.data())).fields).toEqual({
    title: { kind: 'string', index: true, search: true },
    body: { kind: 'text', search: true },
  });
  const ids = [plain, found].map((type) =>
    compileType(type.data(), hash).leaves.map(({ id }) => id),
  );
  expect(ids[1]).toEqual(ids[0]);
  const numbers = defineType('T', { size: s.number().searchable() });
  expect(() => encodeType(numbers.data())).toThrow(/only texts/);
});
