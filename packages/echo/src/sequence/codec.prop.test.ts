import { describe, expect, test as plainTest } from 'vitest';
import { fc, test } from '@fast-check/vitest';
import { CodecError, Reader, Writer } from '@atoll/codec';
import type { FeedTable } from './change-codec.ts';
import { readListChange, writeListChange } from './list-change-codec.ts';
import type { ListChange } from './list-op.ts';
import { readListRow, writeListRow } from './list-row.ts';
import { ListSequence } from './list-sequence.ts';
import type { Anchor, IdRange } from './sequence-types.ts';
import { TextChangeBuilder } from './text-change-builder.ts';
import { readTextChange, writeTextChange } from './text-change-codec.ts';
import type { TextChange } from './text-op.ts';
import { readTextRow, writeTextRow } from './text-row.ts';
import { TextSequence } from './text-sequence.ts';
import { PLAIN_CONTEXT, rowOf } from './text-world.fixture.ts';

const FEEDS: FeedTable = {
  indexOf: (agent) => agent,
  agentAt: (index) => (index < 4 ? index : undefined),
};

const element = fc.option(
  fc.record({ agent: fc.integer({ min: 0, max: 3 }), counter: fc.nat(3000) }),
  { nil: undefined },
);
const anchor: fc.Arbitrary<Anchor> = fc
  .tuple(element, fc.constantFrom('before' as const, 'after' as const))
  .map(([named, side]) => ({ element: named, side: named === undefined ? 'after' : side }));
const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
const insert = fc
  .tuple(anchor, text)
  .map(([place, content]) => ({ kind: 'insert' as const, ...place, text: content }));
/** Disjoint ranges in the order of feeds and counters, as readers give them. */
const ranges = fc
  .array(
    fc.record({
      agent: fc.nat(3),
      gap: fc.integer({ min: 1, max: 300 }),
      count: fc.integer({ min: 1, max: 300 }),
      shown: fc.boolean(),
    }),
    { maxLength: 8 },
  )
  .map((list) => {
    const next = [0, 0, 0, 0];
    const hidden: IdRange[] = [];
    const shown: IdRange[] = [];
    for (const { agent, gap, count, shown: shows } of [...list].sort((a, b) => a.agent - b.agent)) {
      const counter = (next[agent] as number) + gap;
      next[agent] = counter + count;
      (shows ? shown : hidden).push({ agent, counter, count });
    }
    return { hidden, shown };
  });
const isSomething = (parts: readonly { readonly length: number }[]): boolean =>
  parts.some(({ length }) => length > 0);

const textChange: fc.Arbitrary<TextChange> = fc
  .tuple(fc.array(insert, { maxLength: 6 }), ranges)
  .map(([inserts, visibility]) => ({ inserts, ...visibility }))
  .filter(({ inserts, hidden, shown }) => isSomething([inserts, hidden, shown]));

const place = fc.oneof(
  fc
    .tuple(anchor, fc.integer({ min: 1, max: 50 }))
    .map(([at, count]) => ({ kind: 'insert' as const, ...at, count })),
  fc
    .tuple(anchor, fc.record({ agent: fc.nat(3), counter: fc.nat(3000) }))
    .map(([at, moved]) => ({ kind: 'move' as const, ...at, moved })),
);
const listChange: fc.Arbitrary<ListChange> = fc
  .tuple(fc.array(place, { maxLength: 6 }), ranges)
  .map(([places, visibility]) => ({ places, ...visibility }))
  .filter(({ places, hidden, shown }) => isSomething([places, hidden, shown]));

function bytesOf(write: (writer: Writer) => void): Uint8Array {
  const writer = new Writer();
  write(writer);
  return writer.finish();
}

/** Decoding damaged bytes gives either an error of the codec or something with exactly these bytes. */
function checkDamaged(
  bytes: Uint8Array,
  damage: { readonly at: number; readonly to: number; readonly cut: boolean },
  recode: (bytes: Uint8Array) => Uint8Array,
): void {
  const damaged = damage.cut ? bytes.slice(0, damage.at % bytes.length) : bytes.slice();
  if (!damage.cut) damaged[damage.at % bytes.length] = damage.to;
  let again: Uint8Array | undefined;
  try {
    again = recode(damaged);
  } catch (failure) {
    expect(failure).toBeInstanceOf(CodecError);
  }
  if (again !== undefined) expect(again).toEqual(damaged);
}

const damage = fc.record({ at: fc.nat(10_000), to: fc.nat(255), cut: fc.boolean() });

function read<Result>(bytes: Uint8Array, by: (reader: Reader) => Result): Result {
  const reader = new Reader(bytes);
  const result = by(reader);
  reader.end();
  return result;
}

describe('changes', () => {
  const recodeText = (bytes: Uint8Array): Uint8Array =>
    bytesOf((writer) =>
      writeTextChange(
        writer,
        read(bytes, (reader) => readTextChange(reader, FEEDS)),
        FEEDS,
      ),
    );
  const recodeList = (bytes: Uint8Array): Uint8Array =>
    bytesOf((writer) =>
      writeListChange(
        writer,
        read(bytes, (reader) => readListChange(reader, FEEDS)),
        FEEDS,
      ),
    );

  test.prop([textChange])('a change of a text is read as it was written', (change) => {
    const bytes = bytesOf((writer) => writeTextChange(writer, change, FEEDS));
    expect(read(bytes, (reader) => readTextChange(reader, FEEDS))).toEqual(change);
  });

  test.prop([listChange])('a change of a list is read as it was written', (change) => {
    const bytes = bytesOf((writer) => writeListChange(writer, change, FEEDS));
    expect(read(bytes, (reader) => readListChange(reader, FEEDS))).toEqual(change);
  });

  test.prop([textChange, damage], { numRuns: 200 })(
    'a damaged change of a text has one reading or none',
    (change, how) => {
      checkDamaged(
        bytesOf((writer) => writeTextChange(writer, change, FEEDS)),
        how,
        recodeText,
      );
    },
  );

  test.prop([listChange, damage], { numRuns: 200 })(
    'a damaged change of a list has one reading or none',
    (change, how) => {
      checkDamaged(
        bytesOf((writer) => writeListChange(writer, change, FEEDS)),
        how,
        recodeList,
      );
    },
  );

  plainTest('a change that does nothing has no encoding', () => {
    expect(() => read(new Uint8Array([0, 0]), (reader) => readTextChange(reader, FEEDS))).toThrow(
      CodecError,
    );
    expect(() => read(new Uint8Array([0, 0]), (reader) => readListChange(reader, FEEDS))).toThrow(
      CodecError,
    );
  });
});

/** A text that several agents have worked on, void ops included. */
function workedText(seeds: readonly number[]): TextSequence {
  const worked = new TextSequence(PLAIN_CONTEXT.order);
  seeds.forEach((seed, stamp) => {
    const agent = seed % 3;
    const position = seed % (worked.length + 1);
    if (seed % 5 === 4 && worked.length > 0) {
      worked.delete({ position: seed % worked.length, count: 1, stamp });
    } else if (seed % 11 === 10) {
      const insertion = {
        kind: 'insert' as const,
        element: undefined,
        side: 'after' as const,
        text: 'void',
      };
      worked.apply(insertion, { agent, stamp, isVoid: true });
    } else worked.insert({ agent, position, text: seed % 7 === 6 ? '😀' : 'ab' });
  });
  return worked;
}

function workedList(seeds: readonly number[]): ListSequence {
  const list = new ListSequence(PLAIN_CONTEXT.order);
  seeds.forEach((seed, stamp) => {
    const { length } = list;
    const agent = seed % 3;
    if (seed % 5 === 4 && length > 0) list.delete({ position: seed % length, count: 1, stamp });
    else if (seed % 2 === 1 && length > 0) {
      list.move({ agent, from: seed % length, to: (seed * 7) % length, stamp });
    } else list.insert({ agent, position: seed % (length + 1), count: 2 });
  });
  return list;
}

describe('rows', () => {
  plainTest('an agent without a run has no place in a row', () => {
    const row = new Uint8Array([1, 1, 0, 0, 0, 0]);
    expect(() => read(row, (reader) => readTextRow(reader, PLAIN_CONTEXT))).toThrow(CodecError);
  });

  const seeds = fc.array(fc.nat(100_000), { minLength: 1, maxLength: 30 });
  const recodeText = (bytes: Uint8Array): Uint8Array => {
    const loaded = read(bytes, (reader) => readTextRow(reader, PLAIN_CONTEXT));
    expect(loaded.toString().isWellFormed()).toBe(true);
    return rowOf(loaded, true);
  };
  const rowOfList = (list: ListSequence): Uint8Array =>
    bytesOf((writer) => writeListRow(writer, list, { ...PLAIN_CONTEXT, keepVoid: true }));
  const recodeList = (bytes: Uint8Array): Uint8Array =>
    rowOfList(read(bytes, (reader) => readListRow(reader, PLAIN_CONTEXT)));

  test.prop([seeds, damage], { numRuns: 200 })(
    'a damaged row of a text has one reading or none',
    (work, how) => {
      const row = rowOf(workedText(work), true);
      expect(recodeText(row)).toEqual(row);
      checkDamaged(row, how, recodeText);
    },
  );

  test.prop([seeds, damage], { numRuns: 200 })(
    'a damaged row of a list has one reading or none',
    (work, how) => {
      const row = rowOfList(workedList(work));
      expect(recodeList(row)).toEqual(row);
      checkDamaged(row, how, recodeList);
    },
  );
});

test.prop([fc.array(fc.nat(100_000), { minLength: 1, maxLength: 40 })])(
  'the merged ops of a transaction do to another replica what they did here',
  (seeds) => {
    const base = workedText([1, 2, 3]);
    const here = read(rowOf(base, true), (reader) => readTextRow(reader, PLAIN_CONTEXT));
    const there = read(rowOf(base, true), (reader) => readTextRow(reader, PLAIN_CONTEXT));
    const builder = new TextChangeBuilder(1, here.nextCounter(1));
    for (const seed of seeds) {
      const position = seed % (here.length + 1);
      const { op } =
        seed % 3 === 2 && here.length > position
          ? here.delete({ position, count: 1, stamp: 100 })
          : here.insert({ agent: 1, position, text: 'xyz'.slice(seed % 3) });
      builder.add(op ?? expect.unreachable());
      if (seed % 7 === 0 && op?.kind === 'hide') {
        const shown = here.setVisible({ ranges: op.ranges, visible: true, stamp: 100 });
        builder.add(shown.op ?? expect.unreachable());
      }
    }
    const bytes = bytesOf((writer) => writeTextChange(writer, builder.finish(), FEEDS));
    const change = read(bytes, (reader) => readTextChange(reader, FEEDS));
    expect(there.applyChange(change, { agent: 1, stamp: 100 }).refused).toBeUndefined();
    expect(there.toString()).toBe(here.toString());
    expect(rowOf(there, true)).toEqual(rowOf(here, true));
    expect(
      bytesOf((writer) => writeTextRow(writer, there, { ...PLAIN_CONTEXT, keepVoid: false })),
    ).toEqual(rowOf(here));
  },
);

plainTest('ranges in any order, touching or repeated, are written in their one form', () => {
  const range = (counter: number, count: number): IdRange => ({ agent: 0, counter, count });
  const change = {
    inserts: [],
    hidden: [range(5, 1), range(4, 1), range(0, 4), range(2, 2)],
    shown: [],
  };
  const bytes = bytesOf((writer) => writeTextChange(writer, change, FEEDS));
  const back = read(bytes, (reader) => readTextChange(reader, FEEDS));
  expect(back).toEqual({ ...change, hidden: [range(0, 6)] });
});
