/** The form of queries: one for each question, and whatever else is sent is refused by code. */
import { fc, test } from '@fast-check/vitest';
import { defineType, s } from '@atoll/schema';
import { expect, test as example } from 'vitest';
import { EchoError } from '../echo-error.ts';
import { WorldReplica } from '../testing/log-world.ts';
import { canonicalForm, parseQuery } from './form-check.ts';
import type { QueryForm } from './query-form.ts';

const { where } = fc.letrec<{ where: Record<string, unknown>; field: unknown }>((tie) => ({
  field: fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constant(null),
    fc.date({ noInvalidDate: true }),
    fc.bigInt(),
    fc.uint8Array({ maxLength: 8 }),
    fc.record({ gte: fc.integer(), lt: fc.integer() }),
    fc.record({ in: fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 4 }) }),
    fc.record({ exists: fc.boolean() }),
    fc.record({ to: tie('where'), depth: fc.integer({ min: 1, max: 16 }) }),
  ),
  where: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.dictionary(fc.constantFrom('b', 'a', 'c.d'), tie('field'), { maxKeys: 3 }),
    fc.record({ $and: fc.array(tie('where'), { maxLength: 3 }) }),
    fc.record({ $not: tie('where') }),
    fc.record({ $from: fc.record({ type: fc.constant('T'), field: fc.constant('f') }) }),
  ),
}));

test.prop([where])('a canonical form stays itself, also through JSON', (given) => {
  const form = canonicalForm({
    type: 'T',
    where: given,
    orderBy: [{ field: 'a' }],
    refTo: { key: 'k' },
  });
  expect(canonicalForm(form)).toEqual(form);
  const json = JSON.stringify(form);
  expect(JSON.stringify(parseQuery(json))).toBe(json);
});

test.prop([fc.jsonValue()])('any JSON is a query or is refused by code', (given) => {
  const wrapped = [given, { type: 'T', where: given }, { type: 'T', orderBy: given, group: given }];
  for (const each of wrapped) {
    try {
      const form = parseQuery(JSON.stringify(each));
      expect(canonicalForm(form)).toEqual(form);
    } catch (failure) {
      expect(failure).toBeInstanceOf(EchoError);
      expect((failure as EchoError).code).toMatch(/^ECHO_QUERY_(MALFORMED|TOO_LARGE)$/);
    }
  }
});

const Note = defineType('f.Note', { title: s.string(), at: s.date(), size: s.integer().index() });

test.prop([fc.dictionary(fc.constantFrom('title', 'at', 'size', 'id', 'x'), fc.jsonValue())])(
  'a well-formed query that does not fit the type is refused by code when it is asked',
  (given) => {
    const { db } = new WorldReplica('ada');
    db.register(Note);
    const forms: unknown[] = [
      { type: Note.name, where: given },
      { type: Note.name, orderBy: Object.keys(given).map((field) => ({ field })) },
    ];
    for (const form of forms) {
      try {
        expect(db.queryForm(form as QueryForm).run()).toEqual([]);
      } catch (failure) {
        expect((failure as EchoError).code).toMatch(/^ECHO_QUERY/);
      }
    }
  },
);

function nested(depth: number): unknown {
  let where: unknown = {};
  for (let level = 0; level < depth; level++) where = { $not: where };
  return { type: 'T', where };
}

function codeOf(form: unknown): string | undefined {
  try {
    parseQuery(typeof form === 'string' ? form : JSON.stringify(form));
    return undefined;
  } catch (failure) {
    return (failure as EchoError).code;
  }
}

example('queries that would cost too much are refused before anything is compiled', () => {
  expect(codeOf(nested(12))).toBeUndefined();
  expect(codeOf(nested(13))).toBe('ECHO_QUERY_TOO_LARGE');
  expect(codeOf(`${'['.repeat(100_000)}`)).toBe('ECHO_QUERY_MALFORMED');
  expect(codeOf({ type: 'T', where: { a: { in: Array(5000).fill(1) } } })).toBe(
    'ECHO_QUERY_TOO_LARGE',
  );
  expect(codeOf({ type: 'T', where: { a: 'x'.repeat(300_000) } })).toBe('ECHO_QUERY_TOO_LARGE');
  expect(codeOf({ type: 'T', where: { a: { to: {}, depth: 17 } } })).toBe('ECHO_QUERY_TOO_LARGE');
  expect(codeOf({ type: 'T', where: { a: { to: {}, depth: 0 } } })).toBe('ECHO_QUERY_MALFORMED');
  expect(codeOf({ type: 'T', limit: -1 })).toBe('ECHO_QUERY_MALFORMED');
  expect(codeOf({ type: 'T', limits: 1 })).toBe('ECHO_QUERY_MALFORMED');
  expect(codeOf({ type: 'T', where: { $where: 'code' } })).toBe('ECHO_QUERY_MALFORMED');
  expect(codeOf('{"type":"T","where":{"__proto__":{"eq":1}}}')).toBeUndefined();
});

example('what the builder makes is what a program would write', () => {
  const { db } = new WorldReplica('ada');
  const query = db
    .query(Note)
    .where({ title: 'a', size: { gt: 1 } })
    .where({ size: { lt: 9 } })
    .orderBy('size', 'desc')
    .limit(3);
  expect(query.toJSON()).toEqual({
    type: 'f.Note',
    where: { $and: [{ size: { gt: 1 }, title: { eq: 'a' } }, { size: { lt: 9 } }] },
    orderBy: [{ field: 'size', direction: 'desc' }],
    limit: 3,
  });
});
