/** Rows of texts: the canonical form of all that its ops amount to, and reading it back. */
import type { Reader, Writer } from '@atoll/codec';
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
import { STAMP_VOID } from './sequence.ts';
import { TextSequence } from './text-sequence.ts';

/** Version of the row form. */
const VERSION = 1;

/**
 * Writes a text. `keepVoid` is false for roots and epochs: a void unit stays only as an anchor of one that
 * counts. A store of one's own keeps all, because somebody who did not know may still name them.
 */
export function writeTextRow(
  writer: Writer,
  text: TextSequence,
  context: RowContext & { readonly keepVoid: boolean },
): void {
  writer.u8(VERSION);
  writeTextParts(writer, text, context);
}

/** What the rest of a row names units and stamps by. */
export interface TextParts {
  readonly rows: RowRuns;
  readonly indexByStamp: ReadonlyMap<number, number>;
}

/** Writes all of a text's row but the version; `anchors` and `more` are units and stamps that follow. */
export function writeTextParts(
  writer: Writer,
  text: TextSequence,
  context: RowContext & {
    readonly keepVoid: boolean;
    readonly anchors?: readonly number[];
    readonly more?: readonly number[];
  },
): TextParts {
  const { sequence, content } = text;
  const rows = new RowRuns(sequence, context);
  writeRuns(writer, sequence, rows, context);
  const indexByStamp = writeRegisters(writer, sequence, rows, context);
  const parts: string[] = [];
  for (const { unit, count } of rows.pieces) {
    const end = unit + count;
    for (let from = unit; from < end;) {
      const isVoid = sequence.stamps[from] === STAMP_VOID;
      let to = from + 1;
      while (to < end && (sequence.stamps[to] === STAMP_VOID) === isVoid) to++;
      if (!isVoid) parts.push(content.read(from, to - from));
      from = to;
    }
  }
  writer.text(parts.join(''));
  return { rows, indexByStamp };
}

/**
 * Reads a text. @throws CodecError for anything that {@link writeTextRow} does not write. `text` is the
 * empty one to fill, where it has been made before.
 */
export function readTextRow(
  reader: Reader,
  context: RowContext,
  text: TextSequence = new TextSequence(context.order),
): TextSequence {
  if (reader.u8() !== VERSION) throw malformed('the version is known');
  readTextParts(reader, context, text);
  return text;
}

/** Goes on reading with the text's stamps: those that it uses must be added to `used`. */
export type ReadMore = (stamps: readonly number[], used: Set<number>) => void;

/** Reads what {@link writeTextParts} writes. @throws CodecError. */
export function readTextParts(
  reader: Reader,
  context: RowContext,
  text: TextSequence,
  more?: ReadMore,
): void {
  const { sequence, content } = text;
  readRuns(reader, sequence, context);
  const { stamps, used } = readRegisters(reader, sequence, context);
  fillContent(text, reader.text());
  checkPairs(text);
  refuse(!buildOrder(sequence), 'every run hangs on the start');
  text.forgetText();
  content.reserve(sequence.ids.units);
  more?.(stamps, used);
  refuse(used.size !== stamps.length, 'every stamp is used');
}

function fillContent({ sequence, content }: TextSequence, all: string): void {
  const { units } = sequence.ids;
  content.reserve(units);
  let at = 0;
  for (let unit = 0; unit < units; unit++) {
    if (sequence.stamps[unit] === STAMP_VOID) continue;
    const code = all.charCodeAt(at++);
    if (code >= 0xd800 && code < 0xe000) content.hasPairs = true;
    content.units[unit] = code;
  }
  refuse(at !== all.length, 'the text has one character a unit');
}

/** Halves of a pair must be one after the other in one run, alike in visibility, with nothing between. */
function checkPairs({ sequence, content }: TextSequence): void {
  if (!content.hasPairs) return;
  const { ids, stamps } = sequence;
  for (let run = 0; run < ids.runs; run++) {
    const parent = ids.parents[run] as number;
    const side = ids.sides[run] as number;
    refuse(content.parentOutsidePair(parent, side) !== parent, 'nothing stands inside a pair');
    const start = ids.starts[run] as number;
    const end = ids.end(run);
    for (let unit = start; unit < end; unit++) {
      const first = content.isFirstHalf(unit);
      const next = unit + 1;
      const whole = next < end && content.isSecondHalf(next) && stamps[unit] === stamps[next];
      refuse(first && !whole, 'a pair is whole');
      refuse(unit === start && content.isSecondHalf(unit), 'a pair is whole');
    }
  }
}
