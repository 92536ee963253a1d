/** Lists of ranges and changes that unite what touches. */
import type { IdRange, SequenceChange } from './sequence-types.ts';

/** Adds a range, lengthening the last one where it continues it. */
export function pushRange(ranges: IdRange[], agent: number, counter: number, count: number): void {
  const last = ranges.at(-1);
  if (last !== undefined && last.agent === agent && last.counter + last.count === counter) {
    ranges[ranges.length - 1] = { agent, counter: last.counter, count: last.count + count };
  } else {
    ranges.push({ agent, counter, count });
  }
}

/** Adds a change, uniting it with the last one where they touch. */
export function pushChange(
  changes: SequenceChange[],
  position: number,
  deleted: number,
  inserted: number,
): void {
  const last = changes.at(-1);
  if (last !== undefined && inserted === 0 && last.inserted === 0 && last.position === position) {
    changes[changes.length - 1] = { position, deleted: last.deleted + deleted, inserted: 0 };
  } else if (
    last !== undefined &&
    deleted === 0 &&
    last.deleted === 0 &&
    last.position + last.inserted === position
  ) {
    const joined = last.inserted + inserted;
    changes[changes.length - 1] = { position: last.position, deleted: 0, inserted: joined };
  } else {
    changes.push({ position, deleted, inserted });
  }
}
