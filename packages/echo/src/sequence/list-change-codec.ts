/** The wire form of what one transaction does to one list. See spec/text.md. */
import { CodecError, type Reader, type Writer } from '@atoll/codec';
import {
  AnchorReader,
  AnchorWriter,
  CHANGE_PLACES_MAX,
  readRanges,
  writeRanges,
  type FeedTable,
} from './change-codec.ts';
import type { ListChange, ListInsert, ListMove } from './list-op.ts';
import { INSERT_UNITS_MAX, RANGES_MAX } from './sequence-types.ts';

/** Writes a change. @throws CodecError `CODEC_TOO_LARGE` when a transaction is above the limits. */
export function writeListChange(writer: Writer, change: ListChange, feeds: FeedTable): void {
  const { places, hidden, shown } = change;
  if (places.length > CHANGE_PLACES_MAX || hidden.length + shown.length > RANGES_MAX) {
    throw new CodecError('CODEC_TOO_LARGE', 'one transaction changes a list in too many places');
  }
  writer.varint(places.length);
  const anchors = new AnchorWriter(writer, feeds);
  for (const place of places) {
    // Zero beside the anchor is a move, any other number the count of new elements.
    anchors.write(place, place.kind === 'insert' ? place.count : 0);
    if (place.kind === 'move') {
      writer.varint(feeds.indexOf(place.moved.agent)).varint(place.moved.counter);
    }
  }
  writeRanges(writer, { hidden, shown }, feeds);
}

/** Reads one change. @throws CodecError for anything that {@link writeListChange} does not write. */
export function readListChange(reader: Reader, feeds: FeedTable): ListChange {
  const count = reader.varint(Math.min(CHANGE_PLACES_MAX, reader.left));
  const anchors = new AnchorReader(reader, feeds);
  const places: (ListInsert | ListMove)[] = [];
  for (let at = 0; at < count; at++) {
    const anchor = anchors.read();
    const slots = anchors.beside;
    if (slots > INSERT_UNITS_MAX) {
      throw new CodecError('CODEC_TOO_LARGE', 'a change makes too many elements');
    }
    if (slots > 0) places.push({ kind: 'insert', ...anchor, count: slots });
    else {
      const agent = feeds.agentAt(reader.varint());
      if (agent === undefined) {
        throw new CodecError('CODEC_MALFORMED', 'a move names a feed that its block does not');
      }
      places.push({ kind: 'move', ...anchor, moved: { agent, counter: reader.varint() } });
    }
  }
  const { hidden, shown } = readRanges(reader, feeds);
  if (count === 0 && hidden.length === 0 && shown.length === 0) {
    throw new CodecError('CODEC_NOT_CANONICAL', 'a change does nothing');
  }
  return { places, hidden, shown };
}
