import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Reader, Writer } from '@atoll/codec';
import { fromHex, toHex } from '@atoll/kernel';
import type { FeedTable } from './change-codec.ts';
import { readListChange, writeListChange } from './list-change-codec.ts';
import type { ListChange } from './list-op.ts';
import { readListRow, writeListRow } from './list-row.ts';
import { ListSequence } from './list-sequence.ts';
import { readTextChange, writeTextChange } from './text-change-codec.ts';
import type { TextChange } from './text-op.ts';
import { TextSequence } from './text-sequence.ts';
import { readTextRow } from './text-row.ts';
import { PLAIN_CONTEXT, rowOf } from './text-world.fixture.ts';

interface Applied<Change> {
  readonly agent: number;
  readonly stamp: number;
  readonly isVoid?: boolean;
  readonly change: Change;
  readonly bytes: string;
}

interface Vectors {
  readonly texts: readonly {
    readonly name: string;
    readonly changes: readonly Applied<TextChange>[];
    readonly text: string;
    readonly row: string;
  }[];
  readonly lists: readonly {
    readonly name: string;
    readonly changes: readonly Applied<ListChange>[];
    readonly elements: readonly string[];
    readonly row: string;
  }[];
}

const url = new URL('../../../../spec/vectors/text.json', import.meta.url);
const vectors = JSON.parse(readFileSync(url, 'utf8')) as Vectors;
const FEEDS: FeedTable = { indexOf: (agent) => agent, agentAt: (index) => index };

function readerOf(hex: string): Reader {
  return new Reader(fromHex(hex) ?? expect.unreachable());
}

function hexOf(write: (writer: Writer) => void): string {
  const writer = new Writer();
  write(writer);
  return toHex(writer.finish());
}

describe.each(vectors.texts)('text: $name', ({ changes, text, row }) => {
  test('changes have these bytes, and give this text and this row', () => {
    const sequence = new TextSequence(PLAIN_CONTEXT.order);
    for (const { change, bytes, ...context } of changes) {
      expect(hexOf((writer) => writeTextChange(writer, change, FEEDS))).toBe(bytes);
      const read = readTextChange(readerOf(bytes), FEEDS);
      expect(read).toEqual({ ...change, inserts: read.inserts });
      expect(sequence.applyChange(read, context).refused).toBeUndefined();
    }
    expect(sequence.toString()).toBe(text);
    expect(toHex(rowOf(sequence))).toBe(row);
  });

  test('the row gives this text', () => {
    expect(readTextRow(readerOf(row), PLAIN_CONTEXT).toString()).toBe(text);
  });
});

describe.each(vectors.lists)('list: $name', ({ changes, elements, row }) => {
  test('changes have these bytes, and give these elements and this row', () => {
    const list = new ListSequence(PLAIN_CONTEXT.order);
    for (const { change, bytes, ...context } of changes) {
      expect(hexOf((writer) => writeListChange(writer, change, FEEDS))).toBe(bytes);
      const read = readListChange(readerOf(bytes), FEEDS);
      expect(list.applyChange(read, context).refused).toBeUndefined();
    }
    const names = list.elements().map(({ agent, counter }) => `${agent}:${counter}`);
    expect(names).toEqual(elements);
    const context = { ...PLAIN_CONTEXT, keepVoid: false };
    expect(hexOf((writer) => writeListRow(writer, list, context))).toBe(row);
    expect(readListRow(readerOf(row), PLAIN_CONTEXT).elements()).toEqual(list.elements());
  });
});
