/** The wire form of what one transaction does to one text. See spec/text.md. */
import { CodecError, type Reader, type Writer } from '@atoll/codec';
import {
  AnchorReader,
  AnchorWriter,
  CHANGE_PLACES_MAX,
  readRanges,
  writeRanges,
  type FeedTable,
} from './change-codec.ts';
import { INSERT_UNITS_MAX, RANGES_MAX, type Anchor } from './sequence-types.ts';
import type { TextChange, TextInsert } from './text-op.ts';

/** UTF-8 bytes that one UTF-16 unit can need. */
const BYTES_PER_UNIT = 3;

/**
 * Writes a change. Ranges may come in any order and touch; what is in both sets is shown.
 * @throws CodecError `CODEC_TOO_LARGE` when a transaction is above the limits.
 */
export function writeTextChange(writer: Writer, change: TextChange, feeds: FeedTable): void {
  const { inserts, hidden, shown } = change;
  const units = inserts.reduce((sum, { text }) => sum + text.length, 0);
  const ranges = hidden.length + shown.length;
  if (inserts.length > CHANGE_PLACES_MAX || ranges > RANGES_MAX || units > INSERT_UNITS_MAX) {
    throw new CodecError('CODEC_TOO_LARGE', 'one transaction changes a text in too many places');
  }
  writer.varint(inserts.length);
  const anchors = new AnchorWriter(writer, feeds);
  for (const insert of inserts) anchors.write(insert, insert.text.length - 1);
  writeRanges(writer, { hidden, shown }, feeds);
  if (inserts.length > 0) writer.text(inserts.map(({ text }) => text).join(''));
}

/** Reads one change. @throws CodecError for anything that {@link writeTextChange} does not write. */
export function readTextChange(reader: Reader, feeds: FeedTable): TextChange {
  const count = reader.varint(Math.min(CHANGE_PLACES_MAX, reader.left));
  const places: Place[] = [];
  if (count > 0) {
    const anchors = new AnchorReader(reader, feeds);
    for (let at = 0; at < count; at++) {
      const { element, side } = anchors.read();
      places.push({ element, side, units: anchors.beside + 1 });
    }
  }
  const { hidden, shown } = readRanges(reader, feeds);
  const inserts = count === 0 ? [] : readTexts(reader, places);
  if (count === 0 && hidden.length === 0 && shown.length === 0) {
    throw new CodecError('CODEC_NOT_CANONICAL', 'a change does nothing');
  }
  return { inserts, hidden, shown };
}

interface Place extends Anchor {
  readonly units: number;
}

function readTexts(reader: Reader, places: readonly Place[]): TextInsert[] {
  const text = reader.text(INSERT_UNITS_MAX * BYTES_PER_UNIT);
  const inserts: TextInsert[] = [];
  let at = 0;
  for (const { element, side, units } of places) {
    const piece = text.slice(at, at + units);
    at += units;
    if (places.length > 1 && !piece.isWellFormed()) {
      throw new CodecError('CODEC_MALFORMED', 'a change takes a surrogate pair apart');
    }
    inserts.push({ kind: 'insert', element, side, text: piece });
  }
  if (at !== text.length || text.length > INSERT_UNITS_MAX) {
    throw new CodecError('CODEC_MALFORMED', 'the text of a change has another length');
  }
  return inserts;
}
