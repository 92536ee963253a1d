/**
 * Forgets deleted units of a sequence. A unit that is gone and on which only such hang is removed with them;
 * one on which something else hangs stays as an anchor without content, never to be seen again. The order of
 * all others stays as it was.
 */
import { RIGHT, ROOT, type IdTable } from './id-table.ts';
import { buildOrder } from './sequence-builder.ts';
import { STAMP_VOID, type Sequence } from './sequence.ts';

/** What is to become of a unit. */
export const KEPT = 0;
/** See {@link KEPT}: it becomes an anchor without content. */
export const EMPTIED = 1;
/** See {@link KEPT}: nothing stays of it. */
export const REMOVED = 2;

/** What is to become of each unit of a sequence. */
export interface UnitFates {
  readonly fates: Uint8Array;
  /** Units that become anchors, or are no more, and were more than an anchor before. */
  readonly changed: number;
  readonly removed: number;
}

/**
 * The fates of all units. `isGone`: a unit that nobody will ever see again; `held`: units that something
 * else than a unit hangs on.
 */
export function fatesOf(
  sequence: Sequence,
  isGone: (unit: number) => boolean,
  held: Iterable<number> = [],
): UnitFates {
  const { ids, stamps } = sequence;
  const fates = new Uint8Array(ids.units);
  for (let unit = 0; unit < ids.units; unit++) fates[unit] = isGone(unit) ? REMOVED : KEPT;
  for (let run = 0; run < ids.runs; run++) {
    const start = ids.starts[run] as number;
    for (let unit = start; unit < ids.end(run); unit++) {
      if (fates[unit] !== KEPT) continue;
      empty(sequence, fates, unit === start ? (ids.parents[run] as number) : unit - 1);
    }
  }
  for (const unit of held) empty(sequence, fates, unit);
  let removed = 0;
  let emptied = 0;
  fates.forEach((fate, unit) => {
    if (fate === REMOVED) removed++;
    else if (fate === EMPTIED && stamps[unit] !== STAMP_VOID) emptied++;
  });
  return { fates, removed, changed: removed + emptied };
}

/** A unit and those on which it hangs stay as anchors, if they are gone. */
function empty(sequence: Sequence, fates: Uint8Array, from: number): void {
  for (let unit = from; unit !== ROOT && fates[unit] === REMOVED; unit = sequence.parentOf(unit)) {
    fates[unit] = EMPTIED;
  }
}

/** A stretch of units that stay, of one run. */
interface Stretch {
  readonly run: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Fills an empty sequence with what stays of another one. Returns the new local numbers by the old ones, -1
 * for what is removed. `order` is called when ids and registers are in place, before the order is built.
 */
export function rebuildSequence(
  old: Sequence,
  { fates }: UnitFates,
  into: Sequence,
  order: (numbers: Int32Array) => ((unit: number) => boolean) | undefined = () => undefined,
): Int32Array {
  const { ids } = old;
  const stretches = stretchesOf(ids, fates);
  // As in a row: local numbers in the order of ids, so that children are found in theirs.
  stretches.sort((a, b) => old.compareUnits(a.from, b.from));
  const numbers = new Int32Array(ids.units).fill(-1);
  let next = 0;
  for (const { from, to } of stretches) {
    for (let unit = from; unit < to; unit++) numbers[unit] = next++;
  }
  into.reserveUnits(next);
  for (const { run, from, to } of stretches) {
    const start = ids.starts[run] as number;
    const parent = from === start ? (ids.parents[run] as number) : from - 1;
    into.ids.append({
      agent: ids.agents[run] as number,
      counter: (ids.counters[run] as number) + from - start,
      count: to - from,
      parent: parent === ROOT ? ROOT : (numbers[parent] as number),
      side: from === start ? (ids.sides[run] as number) : RIGHT,
    });
  }
  for (let unit = 0; unit < ids.units; unit++) {
    const number = numbers[unit] as number;
    if (number < 0) continue;
    into.stamps[number] = fates[unit] === EMPTIED ? STAMP_VOID : (old.stamps[unit] as number);
  }
  for (const [agent, counter] of ids.counted()) into.ids.skipTo(agent, counter);
  buildOrder(into, order(numbers));
  return numbers;
}

function stretchesOf(ids: IdTable, fates: Uint8Array): Stretch[] {
  const stretches: Stretch[] = [];
  for (let run = 0; run < ids.runs; run++) {
    const end = ids.end(run);
    for (let from = ids.starts[run] as number; from < end; from++) {
      if (fates[from] === REMOVED) continue;
      let to = from + 1;
      while (to < end && fates[to] !== REMOVED) to++;
      stretches.push({ run, from, to });
      from = to;
    }
  }
  return stretches;
}
