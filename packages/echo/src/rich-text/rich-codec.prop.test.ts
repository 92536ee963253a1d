/** Bytes of rich texts: one encoding each, rows that come back, spec vectors. */
import { readFileSync } from 'node:fs';
import { fc, test as prop } from '@fast-check/vitest';
import { CodecError, Reader, Writer } from '@atoll/codec';
import { fromHex, toHex } from '@atoll/kernel';
import { describe, expect, test } from 'vitest';
import type { FeedTable } from '../sequence/change-codec.ts';
import { TextSequence } from '../sequence/text-sequence.ts';
import { PLAIN_CONTEXT } from '../sequence/text-world.fixture.ts';
import { MarkTable } from './mark-table.ts';
import { readRichChange, writeRichChange } from './rich-change-codec.ts';
import { NO_TEXT, stretchOf, type RichChange } from './rich-op.ts';
import { readRichRow, writeRichRow } from './rich-row.ts';

interface Vector {
  readonly name: string;
  readonly changes: readonly {
    readonly agent: number;
    readonly stamp: number;
    readonly isVoid?: boolean;
    readonly change: RichChange;
    readonly bytes: string;
  }[];
  readonly runs: readonly { readonly from: number; readonly to: number; readonly marks: object }[];
  readonly text: string;
  readonly row: string;
}

const url = new URL('../../../../spec/vectors/rich-text.json', import.meta.url);
const { texts } = JSON.parse(readFileSync(url, 'utf8')) as { readonly texts: readonly Vector[] };
const FEEDS: FeedTable = { indexOf: (agent) => agent, agentAt: (index) => index };

class Rich {
  readonly text: TextSequence = new TextSequence(PLAIN_CONTEXT.order);
  readonly marks: MarkTable = new MarkTable(this.text.sequence, PLAIN_CONTEXT.order);

  apply(change: RichChange, by: { agent: number; stamp: number; isVoid?: boolean }): void {
    expect(this.text.applyChange(change.text ?? NO_TEXT, by).refused).toBeUndefined();
    if (by.isVoid === true) return;
    for (const mark of change.marks) this.marks.write(stretchOf(this.text, mark), by.stamp);
  }

  row(keepVoid: boolean): string {
    return hexOf((writer) => writeRichRow(writer, this, { ...PLAIN_CONTEXT, keepVoid }));
  }

  static read(hex: string): Rich {
    const rich = new Rich();
    const reader = readerOf(hex);
    readRichRow(reader, PLAIN_CONTEXT, rich);
    reader.end();
    return rich;
  }
}

function readerOf(hex: string): Reader {
  return new Reader(fromHex(hex) ?? expect.unreachable());
}

function hexOf(write: (writer: Writer) => void): string {
  const writer = new Writer();
  write(writer);
  return toHex(writer.finish());
}

describe.each(texts)('rich text: $name', ({ changes, runs, text, row }) => {
  test('changes have these bytes, and give these runs and this row', () => {
    const rich = new Rich();
    for (const { change, bytes, ...by } of changes) {
      expect(hexOf((writer) => writeRichChange(writer, change, FEEDS))).toBe(bytes);
      rich.apply(readRichChange(readerOf(bytes), FEEDS), by);
    }
    expect(rich.text.toString()).toBe(text);
    expect(rich.marks.runs(0, rich.text.length)).toEqual(runs);
    expect(rich.row(false)).toBe(row);
    expect(Rich.read(row).marks.runs(0, rich.text.length)).toEqual(runs);
  });
});

const changes = fc.array(
  fc.record({
    agent: fc.nat(2),
    at: fc.nat(),
    to: fc.nat(),
    key: fc.constantFrom('bold', 'link', 'comment:a'),
    value: fc.constantFrom(true as const, 'b', null),
    sides: fc.nat(3),
    isVoid: fc.boolean(),
  }),
  { maxLength: 20 },
);

/** Changes of several agents, one after the other, with marks between elements that are there. */
function played(
  steps: readonly (typeof changes extends fc.Arbitrary<infer T> ? T : never)[number][],
): {
  rich: Rich;
  made: RichChange[];
} {
  const rich = new Rich();
  const made: RichChange[] = [];
  steps.forEach(({ agent, at, to, key, value, sides, isVoid }, stamp) => {
    const { ids } = rich.text.sequence;
    const element = (n: number) => {
      if (ids.units === 0 || n % 7 === 0) return undefined;
      const unit = n % ids.units;
      return { agent: ids.agentOf(unit), counter: ids.counterOf(unit) };
    };
    const [one, other] = [element(at), element(to)];
    const change: RichChange = {
      text: {
        inserts: [
          {
            kind: 'insert',
            element: one,
            side: one === undefined ? 'after' : 'before',
            text: 'ab',
          },
        ],
        hidden: [],
        shown: [],
      },
      marks: [
        {
          key,
          value,
          start: { element: one, side: one !== undefined && sides % 2 === 0 ? 'before' : 'after' },
          end: { element: other, side: other === undefined || sides < 2 ? 'before' : 'after' },
        },
      ],
    };
    made.push(change);
    rich.apply(change, { agent, stamp, isVoid });
  });
  return { rich, made };
}

prop.prop([changes])('a change is read as it was written', (steps) => {
  for (const change of played(steps).made) {
    const bytes = hexOf((writer) => writeRichChange(writer, change, FEEDS));
    const reader = readerOf(bytes);
    const read = readRichChange(reader, FEEDS);
    reader.end();
    expect(read).toEqual(change);
  }
});

prop.prop([changes])('a row gives the same text and marks, and the same row again', (steps) => {
  const { rich } = played(steps);
  for (const keepVoid of [true, false]) {
    const row = rich.row(keepVoid);
    const read = Rich.read(row);
    expect(read.row(keepVoid)).toBe(row);
    const { length } = rich.text;
    expect(read.marks.runs(0, length)).toEqual(rich.marks.runs(0, length));
  }
});

prop.prop([fc.uint8Array({ maxLength: 60 })])(
  'bytes that are no row or change are refused',
  (bytes) => {
    const rich = new Rich();
    for (const read of [
      (reader: Reader) => readRichRow(reader, PLAIN_CONTEXT, rich),
      (reader: Reader) => readRichChange(reader, FEEDS),
    ]) {
      const reader = new Reader(bytes);
      try {
        read(reader);
        reader.end();
      } catch (failure) {
        expect(failure).toBeInstanceOf(CodecError);
      }
    }
  },
);

prop.prop([changes, fc.nat(), fc.nat(255)])(
  'a damaged row is refused, or is the one encoding of something else',
  (steps, at, byte) => {
    const bytes = fromHex(played(steps).rich.row(true)) ?? expect.unreachable();
    bytes[at % bytes.length] = byte;
    const rich = new Rich();
    try {
      const reader = new Reader(bytes);
      readRichRow(reader, PLAIN_CONTEXT, rich);
      reader.end();
    } catch (failure) {
      expect(failure).toBeInstanceOf(CodecError);
      return;
    }
    expect(rich.row(true)).toBe(toHex(bytes));
  },
);
