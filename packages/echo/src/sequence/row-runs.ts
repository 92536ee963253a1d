/** The units of a sequence in the order of ids, as maximal runs: what its canonical form is made of. */
import { RIGHT, ROOT } from './id-table.ts';
import type { RowSegments } from './row-segments.ts';
import type { SequenceOrder } from './sequence-types.ts';
import { STAMP_VOID, type Sequence } from './sequence.ts';

/** Consecutive ids of one agent, each but the first on the right of the one before. */
export interface RowRun {
  readonly agent: number;
  readonly counter: number;
  /** The parent unit of the first, or the root. */
  readonly parent: number;
  readonly side: number;
  count: number;
}

/** A stretch of local numbers, in the order of the row. */
export interface RowPiece {
  readonly unit: number;
  count: number;
}

/** Runs and pieces of what a row keeps. */
export class RowRuns {
  readonly agents: number[] = [];
  readonly runs: RowRun[] = [];
  readonly pieces: RowPiece[] = [];
  units = 0;

  readonly #sequence: Sequence;
  readonly #kept: Uint8Array | undefined;

  constructor(
    sequence: Sequence,
    how: {
      readonly order: SequenceOrder;
      readonly keepVoid: boolean;
      readonly segments?: RowSegments | undefined;
      /** Units that are named elsewhere in the row, so that void ones among them must stay. */
      readonly anchors?: readonly number[];
    },
  ) {
    const { ids } = sequence;
    this.#sequence = sequence;
    this.#kept = how.keepVoid ? undefined : keptUnits(sequence, how.anchors ?? []);
    const { segments } = how;
    if (segments === undefined) {
      for (const agent of ids.agentNumbers().sort(how.order.compareAgents)) {
        const before = this.units;
        for (const run of ids.runsOf(agent)) {
          this.#addKept({ run, agent, from: ids.starts[run] as number, to: ids.end(run) });
        }
        if (this.units > before) this.agents.push(agent);
      }
      return;
    }
    segments.parts.forEach((parts, segment) => {
      const before = this.units;
      for (const part of parts) {
        for (const run of ids.runsOf(part.agent)) {
          const start = ids.starts[run] as number;
          // Counters of the run are its units plus this.
          const shift = (ids.counters[run] as number) - start;
          const from = Math.max(start, part.from - shift);
          this.#addKept({ run, agent: segment, from, to: Math.min(ids.end(run), part.to - shift) });
        }
      }
      if (this.units > before) this.agents.push(segment);
    });
  }

  #addKept(stretch: { run: number; agent: number; from: number; to: number }): void {
    const kept = this.#kept;
    const { run, agent, to } = stretch;
    let unit = stretch.from;
    while (unit < to) {
      const keep = kept === undefined || kept[unit] === 1;
      let stop = unit + 1;
      if (kept === undefined) stop = to;
      else while (stop < to && (kept[stop] === 1) === keep) stop++;
      if (keep) this.#add(this.#sequence, { run, agent, unit, count: stop - unit });
      unit = stop;
    }
  }

  #add(
    sequence: Sequence,
    piece: { run: number; agent: number; unit: number; count: number },
  ): void {
    const { ids } = sequence;
    const { run, agent, unit, count } = piece;
    const start = ids.starts[run] as number;
    const counter = (ids.counters[run] as number) + unit - start;
    const parent = unit === start ? (ids.parents[run] as number) : unit - 1;
    const side = unit === start ? (ids.sides[run] as number) : RIGHT;
    const lastRun = this.runs.at(-1);
    const lastPiece = this.pieces.at(-1);
    this.units += count;
    if (
      lastRun !== undefined &&
      lastPiece !== undefined &&
      lastRun.agent === agent &&
      lastRun.counter + lastRun.count === counter &&
      side === RIGHT &&
      parent === lastPiece.unit + lastPiece.count - 1
    ) {
      lastRun.count += count;
      if (parent === unit - 1) lastPiece.count += count;
      else this.pieces.push({ unit, count });
      return;
    }
    this.runs.push({ agent, counter, parent, side, count });
    this.pieces.push({ unit, count });
  }
}

/** Marks all units but void ones on which nothing that counts is anchored; undefined keeps all. */
function keptUnits(sequence: Sequence, anchors: readonly number[]): Uint8Array | undefined {
  const { ids, stamps } = sequence;
  if (!stamps.subarray(0, ids.units).includes(STAMP_VOID)) return undefined;
  const kept = new Uint8Array(ids.units);
  for (let run = 0; run < ids.runs; run++) {
    const start = ids.starts[run] as number;
    for (let unit = start; unit < ids.end(run); unit++) {
      if (stamps[unit] === STAMP_VOID) continue;
      kept[unit] = 1;
      const parent = unit === start ? (ids.parents[run] as number) : unit - 1;
      keepVoidFrom(sequence, kept, parent);
    }
  }
  for (const unit of anchors) keepVoidFrom(sequence, kept, unit);
  return kept;
}

/** Keeps a void unit and the void ones on which it hangs. */
function keepVoidFrom(sequence: Sequence, kept: Uint8Array, from: number): void {
  let unit = from;
  while (unit !== ROOT && sequence.stamps[unit] === STAMP_VOID && kept[unit] === 0) {
    kept[unit] = 1;
    unit = sequence.parentOf(unit);
  }
}
