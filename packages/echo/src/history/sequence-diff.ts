/** Texts and lists of one log compared by the ids of their elements: exact, without guessing. */
import type { Value } from '@atoll/codec';
import type { ListItem, TextRun } from './fields.ts';
import { elementNumber, keyOfValue } from './fields.ts';

/** A stretch of text with the ids of its units. */
export interface RunPiece {
  readonly change: 'kept' | 'added' | 'removed';
  readonly agent: number;
  readonly counter: number;
  readonly text: string;
}

/** Compares two texts of one log, which have the order of common elements in common. */
export function compareRuns(before: readonly TextRun[], after: readonly TextRun[]): RunPiece[] {
  const inBefore = unitKeys(before);
  const inAfter = unitKeys(after);
  const left = new UnitCursor(before);
  const right = new UnitCursor(after);
  const pieces: RunPiece[] = [];
  while (left.key !== undefined || right.key !== undefined) {
    if (left.key !== undefined && left.key === right.key) {
      addUnit(pieces, 'kept', left);
      left.next();
      right.next();
    } else if (left.key !== undefined && (right.key === undefined || !inAfter.has(left.key))) {
      addUnit(pieces, 'removed', left);
      left.next();
    } else if (right.key !== undefined && (left.key === undefined || !inBefore.has(right.key))) {
      addUnit(pieces, 'added', right);
      right.next();
    } else {
      // Elements never change places in a text; should they seem to, content still comes out right.
      addUnit(pieces, 'removed', left);
      addUnit(pieces, 'added', right);
      left.next();
      right.next();
    }
  }
  return pieces;
}

/** An element of two compared lists. */
export interface ItemPiece {
  readonly change: 'kept' | 'added' | 'removed' | 'moved';
  readonly key: number;
  readonly before?: Value | undefined;
  readonly after?: Value | undefined;
  /** The value is another. */
  readonly changed: boolean;
  readonly from?: number;
  readonly to?: number;
}

/** Compares two lists of one log; as few elements as possible count as moved. */
export function compareItems(before: readonly ListItem[], after: readonly ListItem[]): ItemPiece[] {
  const fromByKey = new Map(before.map(({ key }, at) => [key, at]));
  const toByKey = new Map(after.map(({ key }, at) => [key, at]));
  const common = after.filter(({ key }) => fromByKey.has(key));
  const still = longestRising(common.map(({ key }) => fromByKey.get(key) as number));
  const removedBehind = removedByPlace(before, toByKey);
  const pieces: ItemPiece[] = [...(removedBehind.get(-1) ?? [])];
  after.forEach((item, to) => {
    const from = fromByKey.get(item.key);
    if (from === undefined) {
      pieces.push({ change: 'added', key: item.key, after: item.value, changed: false, to });
      return;
    }
    const was = (before[from] as ListItem).value;
    pieces.push({
      change: still.has(from) ? 'kept' : 'moved',
      key: item.key,
      before: was,
      after: item.value,
      changed: keyOfValue(was) !== keyOfValue(item.value),
      from,
      to,
    });
    pieces.push(...(removedBehind.get(item.key) ?? []));
  });
  return pieces;
}

/** Removed elements by the element that stays and stood before them; -1: none did. */
function removedByPlace(
  before: readonly ListItem[],
  toByKey: ReadonlyMap<number, number>,
): Map<number, ItemPiece[]> {
  const behind = new Map<number, ItemPiece[]>();
  let last = -1;
  before.forEach(({ key, value }, from) => {
    if (toByKey.has(key)) {
      last = key;
      return;
    }
    const pieces = behind.get(last) ?? [];
    pieces.push({ change: 'removed', key, before: value, changed: false, from });
    behind.set(last, pieces);
  });
  return behind;
}

/** The numbers of a longest rising part of a sequence of different numbers. */
export function longestRising(numbers: readonly number[]): Set<number> {
  const ends: number[] = [];
  const before = new Map<number, number | undefined>();
  for (const number of numbers) {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle] as number) < number) low = middle + 1;
      else high = middle;
    }
    before.set(number, ends[low - 1]);
    ends[low] = number;
  }
  const found = new Set<number>();
  for (let at = ends.at(-1); at !== undefined; at = before.get(at)) found.add(at);
  return found;
}

/** Goes through the units of runs. */
class UnitCursor {
  readonly #runs: readonly TextRun[];
  #run = 0;
  #at = 0;

  constructor(runs: readonly TextRun[]) {
    this.#runs = runs;
  }

  get run(): TextRun {
    return this.#runs[this.#run] as TextRun;
  }

  get counter(): number {
    return this.run.counter + this.#at;
  }

  get unit(): string {
    return this.run.text.charAt(this.#at);
  }

  get key(): number | undefined {
    if (this.#run >= this.#runs.length) return undefined;
    return elementNumber({ agent: this.run.agent, counter: this.counter });
  }

  next(): void {
    if (++this.#at < this.run.text.length) return;
    this.#run++;
    this.#at = 0;
  }
}

function addUnit(pieces: RunPiece[], change: RunPiece['change'], cursor: UnitCursor): void {
  const { agent } = cursor.run;
  const last = pieces.at(-1);
  const isNext =
    last?.change === change &&
    last.agent === agent &&
    last.counter + last.text.length === cursor.counter;
  if (isNext) pieces[pieces.length - 1] = { ...last, text: last.text + cursor.unit };
  else pieces.push({ change, agent, counter: cursor.counter, text: cursor.unit });
}

function unitKeys(runs: readonly TextRun[]): Set<number> {
  const keys = new Set<number>();
  for (const { agent, counter, text } of runs) {
    for (let at = 0; at < text.length; at++)
      keys.add(elementNumber({ agent, counter: counter + at }));
  }
  return keys;
}
