/** Laws of types: one encoding, the quick answer is the slow one, values survive JSON. */
import { anyElement, anyFieldsInput, anyInput, anyTypeData, anyValue } from '@atoll/testkit';
import { hash } from '@atoll/crypto';
import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import {
  compileType,
  decodeType,
  defineDynamic,
  elementFromJson,
  encodeType,
  fromJsonForm,
  fromJsonSchema,
  scalarTest,
  toJsonForm,
  toJsonSchema,
  type FieldsData,
} from './index.ts';

test.prop([anyTypeData()])('a type comes back from its bytes and from its JSON Schema', (type) => {
  const bytes = encodeType(type);
  expect(decodeType(bytes)).toEqual(type);
  expect(encodeType(decodeType(bytes))).toEqual(bytes);
  const schema: unknown = JSON.parse(JSON.stringify(toJsonSchema(type)));
  expect(fromJsonSchema(schema)).toEqual({ type, losses: [] });
  const { leaves } = compileType(type, hash);
  expect(new Set(leaves.map((leaf) => leaf.id)).size).toBe(leaves.length);
});

const typed = anyTypeData().chain((type) =>
  anyFieldsInput(type.fields).map((input) => ({ type, input })),
);

test.prop([typed])('what fits a type is accepted as it is', ({ type, input }) => {
  const result = defineDynamic(type)['~standard'].validate(input);
  expect(result).toEqual({ value: input });
});

test.prop([typed, fc.nat(), anyValue()])(
  'whatever is refused has an issue at a place that the type or the value has',
  ({ type, input }, at, junk) => {
    const names = Object.keys(type.fields);
    const name = names[at % names.length] as string;
    const result = defineDynamic(type)['~standard'].validate({ ...input, [name]: junk });
    if (!('issues' in result)) return;
    expect(result.issues.length).toBeGreaterThan(0);
    for (const issue of result.issues) expect(issue.path[0]).toBe(name);
  },
);

const held = anyElement().chain((element) =>
  anyInput(element).map((value) => ({ element, value })),
);

test.prop([held])('a value comes back from its JSON form', ({ element, value }) => {
  expect(scalarTest(element)(value)).toBe(true);
  const json: unknown = JSON.parse(JSON.stringify(toJsonForm(element, value)));
  expect(toJsonForm(element, elementFromJson('x', element, json))).toEqual(json);
});

const TAGGED: FieldsData = {
  x: {
    kind: 'union',
    of: [{ kind: 'value', fields: { tag: { kind: 'literal', value: 'case 0' } } }],
    tag: 'tag',
  },
};

// The example is one that once failed: every object inherits a `valueOf`.
test.prop([anyTypeData().map((type) => type.fields), anyValue()], {
  examples: [[TAGGED, { valueOf: 0 }]],
})(
  'no JSON makes the reader of the JSON form do anything but read it or refuse it with a code',
  (fields: FieldsData, junk) => {
    for (const [name, field] of Object.entries(fields)) {
      try {
        fromJsonForm(name, field, junk);
      } catch (failure) {
        expect(failure).toMatchObject({ code: 'SCHEMA_VALUE' });
      }
    }
  },
);

test.prop([fc.jsonValue()])(
  'no JSON makes the reader of JSON Schemas fail without a code',
  (junk) => {
    for (const schema of [
      junk,
      { title: 'T', properties: junk },
      { title: 'T', properties: { a: junk } },
    ]) {
      try {
        fromJsonSchema(schema);
      } catch (failure) {
        expect(failure).toMatchObject({ name: 'SchemaError' });
      }
    }
  },
);
