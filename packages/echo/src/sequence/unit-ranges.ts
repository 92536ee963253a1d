/** Translates ids and ranges of ids into stretches of local units, refusing what is not known. */
import { ROOT, type IdTable } from './id-table.ts';
import type { ElementId, IdRange } from './sequence-types.ts';

/** A stretch of units of one run. */
export interface UnitRange {
  readonly unit: number;
  readonly count: number;
}

/** The unit of an element; the root for none; `undefined` when it is not known. */
export function unitOfElement(ids: IdTable, element: ElementId | undefined): number | undefined {
  if (element === undefined) return ROOT;
  const unit = ids.unitOf(element.agent, element.counter);
  return unit < 0 ? undefined : unit;
}

/** Adds the units of a range, run by run, without those that were removed; false when one is not known. */
export function addUnitsOfRange(ids: IdTable, range: IdRange, units: UnitRange[]): boolean {
  const { agent, counter, count } = range;
  if (counter + count > ids.next(agent)) return false;
  for (let done = 0; done < count;) {
    const unit = ids.unitOf(agent, counter + done);
    if (unit < 0) {
      done = ids.presentFrom(agent, counter + done) - counter;
      continue;
    }
    const size = Math.min(count - done, ids.end(ids.runOf(unit)) - unit);
    units.push({ unit, count: size });
    done += size;
  }
  return true;
}

/** The id of a unit. */
export function idOfUnit(ids: IdTable, unit: number): ElementId {
  const run = ids.runOf(unit);
  const counter = (ids.counters[run] as number) + unit - (ids.starts[run] as number);
  return { agent: ids.agents[run] as number, counter };
}
