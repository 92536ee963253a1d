/** The wire form of what one transaction does to one rich text. See spec/text.md. */
import { CodecError, type Reader, type Writer } from '@atoll/codec';
import type { MarkValue } from '@atoll/schema';
import { AnchorReader, AnchorWriter, type FeedTable } from '../sequence/change-codec.ts';
import { readTextChange, writeTextChange } from '../sequence/text-change-codec.ts';
import type { StablePosition } from '../sequence/sequence-types.ts';
import {
  CHANGE_MARKS_MAX,
  isMarkKey,
  isMarkValue,
  MARK_KEY_BYTES_MAX,
  MARK_VALUE_UNITS_MAX,
} from './marks.ts';
import type { MarkOp, RichChange } from './rich-op.ts';

/** What a mark says: taken away, there, or a text. */
const GONE = 0;
const THERE = 1;
const TEXT = 2;

/** UTF-8 bytes that one UTF-16 unit can need. */
const BYTES_PER_UNIT = 3;

/** Writes a change. @throws CodecError `CODEC_TOO_LARGE` when a transaction is above the limits. */
export function writeRichChange(writer: Writer, change: RichChange, feeds: FeedTable): void {
  const { text, marks } = change;
  if (marks.length > CHANGE_MARKS_MAX) {
    throw new CodecError('CODEC_TOO_LARGE', 'one transaction makes too many marks');
  }
  writer.varint(marks.length * 2 + (text === undefined ? 0 : 1));
  if (text !== undefined) writeTextChange(writer, text, feeds);
  const anchors = new AnchorWriter(writer, feeds);
  let last = '';
  for (const { key, value, start, end } of marks) {
    const says = value === null ? GONE : value === true ? THERE : TEXT;
    anchors.write(start, says * 2 + (key === last ? 1 : 0));
    anchors.write(end, end.element === undefined ? 1 : 0);
    if (key !== last) writer.text(key);
    if (typeof value === 'string') writer.text(value);
    last = key;
  }
}

/** Reads one change. @throws CodecError for anything that {@link writeRichChange} does not write. */
export function readRichChange(reader: Reader, feeds: FeedTable): RichChange {
  const head = reader.varint(CHANGE_MARKS_MAX * 2 + 1);
  if (head === 0) throw new CodecError('CODEC_NOT_CANONICAL', 'a change does nothing');
  const text = head % 2 === 1 ? readTextChange(reader, feeds) : undefined;
  const marks: MarkOp[] = [];
  const anchors = new AnchorReader(reader, feeds);
  let last = '';
  for (let rest = head >> 1; rest > 0; rest--) {
    const mark = readMark(reader, anchors, last);
    marks.push(mark);
    last = mark.key;
  }
  return { text, marks };
}

function readMark(reader: Reader, anchors: AnchorReader, last: string): MarkOp {
  const start = anchors.read();
  const sameKey = anchors.beside % 2 === 1;
  const says = (anchors.beside - (sameKey ? 1 : 0)) / 2;
  if (says > TEXT) throw new CodecError('CODEC_UNKNOWN_TAG', 'a mark says something unknown');
  const end = readEnd(anchors);
  const key = sameKey ? last : reader.text(MARK_KEY_BYTES_MAX);
  if (!isMarkKey(key) || (!sameKey && key === last)) {
    throw new CodecError('CODEC_NOT_CANONICAL', 'a mark has no proper key');
  }
  const value: MarkValue | null =
    says === TEXT ? reader.text(MARK_VALUE_UNITS_MAX * BYTES_PER_UNIT) : says === THERE || null;
  if (value !== null && !isMarkValue(value)) {
    throw new CodecError('CODEC_TOO_LARGE', 'a mark has a value that is too long');
  }
  return { key, value, start, end };
}

function readEnd(anchors: AnchorReader): StablePosition {
  const { element, side } = anchors.read();
  const atEnd = element === undefined;
  if (anchors.beside !== (atEnd ? 1 : 0)) {
    throw new CodecError('CODEC_NOT_CANONICAL', 'a mark ends nowhere');
  }
  return { element, side: atEnd ? 'before' : side };
}
