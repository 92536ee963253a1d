/** Rows of rich texts: the text, then what is written of each mark, place by place in document order. */
import type { Reader, Writer } from '@atoll/codec';
import type { MarkValue } from '@atoll/schema';
import { malformed, refuse, type RowContext } from '../sequence/row-codec.ts';
import type { RowRuns } from '../sequence/row-runs.ts';
import { readTextParts, writeTextParts } from '../sequence/text-row.ts';
import type { TextSequence } from '../sequence/text-sequence.ts';
import type { MarkWrite } from './mark-line.ts';
import { type MarkTable } from './mark-table.ts';
import { isMarkKey, isMarkValue, MARK_KEY_BYTES_MAX, MARK_VALUE_UNITS_MAX } from './marks.ts';
import { comparePoints, END, START, unitAtPoint, type Point } from './unit-order.ts';

/** Version of the row form. */
const VERSION = 1;

/** What a point is: the start, the end, or beside a unit. */
const AT_START = 0;
const AT_END = 1;
const AT_UNITS = 2;

/** What holds behind a point: nothing was written, taken away, there, a text. */
const NONE = 0;
const GONE = 1;
const THERE = 2;
const TEXT = 3;

/** Writes a text with its marks; `keepVoid` as for texts. */
export function writeRichRow(
  writer: Writer,
  rich: { readonly text: TextSequence; readonly marks: MarkTable },
  context: RowContext & { readonly keepVoid: boolean },
): void {
  const { text, marks } = rich;
  const lines = [...marks.lines].sort(([a], [b]) => (a < b ? -1 : 1));
  const anchors: number[] = [];
  const more: number[] = [];
  for (const [, line] of lines) {
    for (const point of line.points) {
      if (point !== START && point !== END) anchors.push(unitAtPoint(point));
    }
    for (const write of line.writes) if (write !== undefined) more.push(write.stamp);
  }
  writer.u8(VERSION);
  const { rows, indexByStamp } = writeTextParts(writer, text, { ...context, anchors, more });
  const rankByUnit = ranksOf(rows, new Set(anchors));
  writer.varint(lines.length);
  for (const [key, line] of lines) {
    writer.text(key).varint(line.points.length);
    line.points.forEach((point, at) => {
      writer.varint(pointCode(point, rankByUnit));
      writeWrite(writer, line.writes[at], indexByStamp);
    });
  }
}

/** Reads into an empty text. @throws CodecError for anything that {@link writeRichRow} does not write. */
export function readRichRow(
  reader: Reader,
  context: RowContext,
  into: { readonly text: TextSequence; readonly marks: MarkTable },
): void {
  if (reader.u8() !== VERSION) throw malformed('the version is known');
  const { text, marks } = into;
  readTextParts(reader, context, text, (stamps, used) => {
    let last = '';
    for (let keys = reader.varint(reader.left); keys > 0; keys--) {
      const key = reader.text(MARK_KEY_BYTES_MAX);
      refuse(!isMarkKey(key) || key <= last, 'keys of marks ascend');
      last = key;
      readLine(reader, { text, marks, stamps, used, key });
    }
  });
}

function readLine(
  reader: Reader,
  of: {
    readonly text: TextSequence;
    readonly marks: MarkTable;
    readonly stamps: readonly number[];
    readonly used: Set<number>;
    readonly key: string;
  },
): void {
  const { tree, ids } = of.text.sequence;
  const count = reader.varint(reader.left);
  const line = of.marks.lineOf(of.key);
  let last: Point | undefined;
  let before: MarkWrite | undefined;
  for (let at = 0; at < count; at++) {
    const code = reader.varint(ids.units * 2 + 1);
    const point = code === AT_START ? START : code === AT_END ? END : code - AT_UNITS;
    refuse(last !== undefined && comparePoints(tree, last, point) >= 0, 'marks are in order');
    const write = readWrite(reader, of.stamps, of.used);
    const same = write?.stamp === before?.stamp && write?.value === before?.value;
    refuse(same, 'marks are maximal');
    line.points.push(point);
    line.writes.push(write);
    last = point;
    before = write;
  }
  refuse(count < 2 || before !== undefined, 'marks end');
}

function writeWrite(
  writer: Writer,
  write: MarkWrite | undefined,
  indexByStamp: ReadonlyMap<number, number>,
): void {
  if (write === undefined) {
    writer.varint(NONE);
    return;
  }
  const { stamp, value } = write;
  const says = value === null ? GONE : value === true ? THERE : TEXT;
  writer.varint((indexByStamp.get(stamp) ?? 0) * 4 + says);
  if (typeof value === 'string') writer.text(value);
}

function readWrite(
  reader: Reader,
  stamps: readonly number[],
  used: Set<number>,
): MarkWrite | undefined {
  const code = reader.varint(stamps.length * 4 + TEXT);
  if (code === NONE) return undefined;
  const says = code % 4;
  const index = (code - says) / 4;
  const stamp = stamps[index];
  if (stamp === undefined || says === NONE) throw malformed('a mark has a stamp');
  used.add(index);
  const value: MarkValue | null =
    says === TEXT ? reader.text(MARK_VALUE_UNITS_MAX * 3) : says === THERE || null;
  refuse(value !== null && !isMarkValue(value), 'a mark has a value');
  return { stamp, value };
}

function pointCode(point: Point, rankByUnit: ReadonlyMap<number, number>): number {
  if (point === START) return AT_START;
  if (point === END) return AT_END;
  return AT_UNITS + (rankByUnit.get(unitAtPoint(point)) ?? 0) * 2 + (point % 2);
}

/** Places in the row of the units that points are beside. */
function ranksOf(rows: RowRuns, wanted: ReadonlySet<number>): Map<number, number> {
  const ranks = new Map<number, number>();
  if (wanted.size === 0) return ranks;
  let rank = 0;
  for (const { unit, count } of rows.pieces) {
    for (let at = unit; at < unit + count; at++, rank++) if (wanted.has(at)) ranks.set(at, rank);
  }
  return ranks;
}
