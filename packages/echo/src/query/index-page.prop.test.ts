/** Columns of an index: what pages give back is what was written, and settling changes no answer. */
import { fc, test } from '@fast-check/vitest';
import { hash } from '@atoll/crypto';
import { compileType } from '@atoll/schema';
import { CodecError } from '@atoll/codec';
import { expect } from 'vitest';
import { encodeIndexPage, StoredColumns } from './index-page.ts';
import { OrderedIndex } from './ordered-index.ts';
import { compareEntries, MemoryColumns, type SortedColumns } from './sorted-columns.ts';
import { compareValues, type Shown } from './value-order.ts';

const type = compileType({ name: 'T', fields: { name: { kind: 'string', index: true } } }, hash);
const [leaf] = type.leaves;

const key = fc.oneof(
  fc.constantFrom<Shown>(undefined, null, true, '', 'a', 'é', 3, 2n, Uint8Array.of(1, 2)),
  fc.integer({ min: -3, max: 3 }),
  fc.double({ noNaN: true }).map((number) => (number === 0 ? 0 : number)),
  fc.string({ unit: 'grapheme', maxLength: 3 }),
);
const keys = fc.oneof(
  fc.array(key, { maxLength: 60 }),
  fc.array(fc.integer({ min: -9, max: 9 }), { maxLength: 60 }),
  fc.array(fc.constantFrom(0.5, 1.5, 7), { maxLength: 60 }),
);

function columnsOf(shown: readonly Shown[]): SortedColumns {
  const entries = shown.map((each, row) => ({ row, key: each })).sort(compareEntries);
  const rows = Int32Array.from(entries, ({ row }) => row);
  return new MemoryColumns(
    rows,
    entries.map((entry) => entry.key),
  );
}

function pagesOf(columns: SortedColumns): Uint8Array[] {
  const pages: Uint8Array[] = [];
  for (let from = 0; from < columns.length;) {
    const { bytes, to } = encodeIndexPage(columns, from);
    pages.push(bytes);
    from = to;
  }
  return pages;
}

test.prop([keys, fc.array(key, { maxLength: 5 }), fc.array(fc.nat(59), { maxLength: 20 })], {
  numRuns: 200,
})(
  'pages give back rows, keys and ranks, in whatever order they are asked for',
  (shown, goals, places) => {
    const columns = columnsOf(shown);
    const stored = new StoredColumns(pagesOf(columns), shown.length);
    expect(stored.length).toBe(columns.length);
    const all = Array.from({ length: columns.length }, (_, at) => at);
    for (const at of [
      ...places.filter((each) => each < columns.length),
      ...all,
      ...all.reverse(),
    ]) {
      expect(stored.row(at)).toBe(columns.row(at));
      expect(compareValues(stored.key(at), columns.key(at))).toBe(0);
    }
    for (const goal of [...goals, ...shown]) {
      for (const least of [0, 1]) {
        const isBefore = (each: Shown): boolean => compareValues(each, goal) < least;
        expect(stored.rank(isBefore)).toBe(columns.rank(isBefore));
      }
    }
  },
);

test('a row that is not there is refused, and so is a page with bytes left over', () => {
  const [page = new Uint8Array()] = pagesOf(columnsOf([5, 6, 7]));
  expect(() => new StoredColumns([page], 2)).toThrow(CodecError);
  expect(() => new StoredColumns([Uint8Array.of(...page, 0)], 3)).toThrow(CodecError);
  expect(() => new StoredColumns([page.subarray(0, -1)], 3)).toThrow(CodecError);
});

test('columns of more places than a page has are cut into several', () => {
  const columns = columnsOf(Array.from({ length: 20_000 }, (_, row) => (row * 7919) % 9_000));
  const pages = pagesOf(columns);
  expect(pages.length).toBeGreaterThan(2);
  const stored = new StoredColumns(pages, 20_000);
  for (const goal of [-1, 0, 4_000, 8_999, 9_001]) {
    expect(stored.rank((each) => compareValues(each, goal) < 0)).toBe(
      columns.rank((each) => compareValues(each, goal) < 0),
    );
  }
});

const step = fc.oneof(
  fc.record({ row: fc.nat(79), key }),
  fc.constantFrom('pause' as const, 'ask' as const),
);

test.prop([keys, fc.array(step, { maxLength: 60 })], { numRuns: 200 })(
  'an index that is made little by little answers as one made at once, whatever changes meanwhile',
  (first, steps) => {
    if (leaf === undefined) expect.unreachable();
    const shown = new Map<number, Shown>(first.entries());
    const rows = { reader: () => (row: number) => shown.get(row) };
    const index = new OrderedIndex(rows, { field: 0, leaf }, columnsOf(first));
    let settling = index.settling();
    const check = (): void => {
      const anew = new OrderedIndex(rows, { field: 0, leaf }, shown.keys());
      expect([...index.runs(1)]).toEqual([...anew.runs(1)]);
    };
    for (const each of steps) {
      if (each === 'ask') check();
      else if (each !== 'pause') {
        shown.set(each.row, each.key);
        index.note(each.row);
      } else if (settling.next().done === true) settling = index.settling();
    }
    while (settling.next().done !== true);
    const { changed, columns } = index.cut();
    for (let at = 0; at < columns.length; at++) {
      const row = columns.row(at);
      if (!changed.has(row)) expect(compareValues(columns.key(at), shown.get(row))).toBe(0);
    }
    check();
  },
);
