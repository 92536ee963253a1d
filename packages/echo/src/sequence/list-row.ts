/** Rows of lists: the canonical form of order, visibility and places. Values are in the caller's row. */
import type { Reader, Writer } from '@atoll/codec';
import { ListSequence } from './list-sequence.ts';
import {
  malformed,
  readRegisters,
  readRuns,
  refuse,
  writeRegisters,
  writeRuns,
  type RowContext,
} from './row-codec.ts';
import { RowRuns } from './row-runs.ts';
import { buildOrder } from './sequence-builder.ts';

/** Version of the row form. */
const VERSION = 1;
/** A slot of a move in which no element stands now; else the place in which one does, plus one. */
const EMPTY = 0;

/** Writes a list; `keepVoid` as for texts. */
export function writeListRow(
  writer: Writer,
  list: ListSequence,
  context: RowContext & { readonly keepVoid: boolean },
): void {
  const { sequence, places } = list;
  const rows = new RowRuns(sequence, context);
  const rankByUnit = new Map<number, number>();
  if (!places.isEmpty) {
    let rank = 0;
    for (const { unit, count } of rows.pieces) {
      for (let at = unit; at < unit + count; at++) rankByUnit.set(at, rank++);
    }
  }
  const slots = [...rankByUnit].filter(([unit]) => places.isMoveSlot(unit));
  const placed = slots.map(([slot, rank]) => {
    const element = places.elementOf(slot);
    const place = places.placeOf(element);
    return { rank, element, stamp: place?.slot === slot ? place.stamp : undefined };
  });
  writer.u8(VERSION);
  writeRuns(writer, sequence, rows, context);
  const more = placed.flatMap(({ stamp }) => (stamp === undefined ? [] : [stamp]));
  const indexByStamp = writeRegisters(writer, sequence, rows, { ...context, more });
  writer.varint(placed.length);
  let next = 0;
  for (const { rank, element, stamp } of placed) {
    writer.varint(rank - next);
    next = rank + 1;
    if (stamp === undefined) writer.varint(EMPTY);
    else {
      writer.varint((indexByStamp.get(stamp) ?? 0) + 1).varint(rankByUnit.get(element) ?? 0);
    }
  }
}

/**
 * Reads a list. @throws CodecError for anything that {@link writeListRow} does not write. `list` is the empty
 * one to fill, where it has been made before.
 */
export function readListRow(
  reader: Reader,
  context: RowContext,
  list: ListSequence = new ListSequence(context.order),
): ListSequence {
  if (reader.u8() !== VERSION) throw malformed('the version is known');
  const { sequence, places } = list;
  readRuns(reader, sequence, context);
  const { stamps, used } = readRegisters(reader, sequence, context);
  const { units } = sequence.ids;
  const found: { slot: number; element: number; stamp: number }[] = [];
  let next = 0;
  for (let rest = reader.varint(units); rest > 0; rest--) {
    const slot = next + reader.varint(units);
    refuse(slot >= units, 'a move has a slot');
    next = slot + 1;
    const code = reader.varint(stamps.length);
    places.addSlot(slot, -1);
    if (code === EMPTY) continue;
    used.add(code - 1);
    found.push({ slot, element: reader.varint(units - 1), stamp: stamps[code - 1] as number });
  }
  refuse(used.size !== stamps.length, 'every stamp is used');
  for (const { slot, element, stamp } of found) {
    const taken = places.placeOf(element) !== undefined || places.isMoveSlot(element);
    refuse(taken, 'an element has one place');
    places.setPlace(element, { slot, stamp });
    places.addSlot(slot, element);
  }
  const isShown = (unit: number): boolean => {
    const element = places.elementOf(unit);
    return element >= 0 && places.slotOf(element) === unit && sequence.isVisible(element);
  };
  refuse(!buildOrder(sequence, isShown), 'every run hangs on the start');
  return list;
}
