/** An ordered index against its rows sorted anew, with few and with many changes between two answers. */
import { fc, test } from '@fast-check/vitest';
import { hash } from '@atoll/crypto';
import { compileType } from '@atoll/schema';
import { expect } from 'vitest';
import { OrderedIndex, type Range } from './ordered-index.ts';
import { compareValues, type Shown } from './value-order.ts';

const type = compileType({ name: 'T', fields: { name: { kind: 'string', index: true } } }, hash);
const [leaf] = type.leaves;

const key = fc.oneof(
  fc.constantFrom<Shown>(undefined, null, true, '', 'a', 'ab', 'abc', 'b', 3, 2n),
  fc.integer({ min: 0, max: 24 }).map((quarters) => quarters / 4),
  fc.string({ unit: 'binary', maxLength: 2 }),
);
const bound = fc.option(key, { nil: undefined });
const range: fc.Arbitrary<Range> = fc.record({
  from: bound,
  fromOpen: fc.boolean(),
  to: bound,
  toOpen: fc.boolean(),
  prefix: fc.constantFrom(undefined, '', 'a', 'ab'),
}) as fc.Arbitrary<Range>;
const change = fc.record({ row: fc.nat({ max: 59 }), key, isDropped: fc.boolean() });
/** Few changes stay beside the columns, many make them anew. */
const step = fc.record({
  changes: fc.oneof(
    fc.array(change, { maxLength: 3 }),
    fc.array(change, { minLength: 20, maxLength: 60 }),
  ),
  range,
  from: bound,
});

function isIn(value: Shown, { from, fromOpen, to, toOpen, prefix }: Range): boolean {
  const above = compareValues(value, from);
  const below = compareValues(to, value);
  if (from !== undefined && (above < 0 || (above === 0 && fromOpen === true))) return false;
  if (to !== undefined && (below < 0 || (below === 0 && toOpen === true))) return false;
  return prefix === undefined || (typeof value === 'string' && value.startsWith(prefix));
}

test.prop([fc.array(key, { minLength: 20, maxLength: 50 }), fc.array(step, { maxLength: 12 })], {
  numRuns: 150,
})('an ordered index has each row once, under what it shows now', (first, steps) => {
  if (leaf === undefined) expect.unreachable();
  const shown = new Map<number, Shown>(first.entries());
  const index = new OrderedIndex(
    { reader: () => (row) => shown.get(row) },
    { field: 0, leaf },
    shown.keys(),
  );
  for (const { changes, from, range: asked } of steps) {
    for (const { row, key: next, isDropped } of changes) {
      if (isDropped) {
        shown.delete(row);
        index.drop(row);
      } else {
        shown.set(row, next);
        index.note(row);
      }
    }
    const expected = [...shown].filter(([, value]) => isIn(value, asked)).map(([row]) => row);
    expect(index.rows(asked).sort((a, b) => a - b)).toEqual(expected.sort((a, b) => a - b));
    expect(index.size(asked)).toBeGreaterThanOrEqual(expected.length);
    for (const direction of [1, -1] as const) {
      const behind = [...shown].filter(
        ([, value]) => from === undefined || compareValues(value, from) * direction >= 0,
      );
      behind.sort(
        ([row, value], [other, against]) =>
          (compareValues(value, against) || row - other) * direction,
      );
      const runs = [...index.runs(direction, from === undefined ? undefined : { key: from })];
      expect(runs.flat()).toEqual(behind.map(([row]) => row));
      for (const run of runs) {
        for (const row of run) {
          expect(compareValues(shown.get(row), shown.get(run[0] ?? -1))).toBe(0);
        }
      }
      expect(new Set(runs.map(([row = -1]) => textOf(shown.get(row)))).size).toBe(runs.length);
    }
  }
});

function textOf(value: Shown): string {
  return `${typeof value} ${String(value)}`;
}
