/** All marks of one rich text, and what they make of it: runs of equal marks. */
import type { Marks, MarkValue } from '@atoll/schema';
import type { Sequence } from '../sequence/sequence.ts';
import type { SequenceOrder } from '../sequence/sequence-types.ts';
import { MarkLine, type MarkSegment, type MarkWrite } from './mark-line.ts';
import { MARK_KEYS_MAX, MARK_POINTS_MAX } from './marks.ts';
import { before, behind, positionOfPoint, START, type Point } from './unit-order.ts';

/** A write of one mark between two points. */
export interface MarkStretch {
  readonly key: string;
  readonly value: MarkValue | null;
  readonly start: Point;
  readonly end: Point;
}

/** A stretch of visible units with the same marks. */
export interface MarkRun {
  readonly from: number;
  readonly to: number;
  readonly marks: Marks;
}

/** No marks. */
export const NO_MARKS: Marks = Object.freeze({});

/** Marks by key. */
export class MarkTable {
  readonly lines: Map<string, MarkLine> = new Map();
  readonly #sequence: Sequence;
  readonly #wins: (old: MarkWrite, next: MarkWrite) => boolean;
  /** The first lines of more than are looked at, and of how many. */
  #first:
    { readonly of: number; readonly lines: readonly (readonly [string, MarkLine])[] } | undefined;

  constructor(sequence: Sequence, order: SequenceOrder) {
    this.#sequence = sequence;
    // Of one block the later op wins: blocks are applied in order everywhere.
    this.#wins = (old, next) =>
      old.stamp === next.stamp || order.compareStamps(next.stamp, old.stamp) >= 0;
  }

  /**
   * False when `more` own writes would be above the limits. What others have written beyond them is kept:
   * to refuse it would make the state depend on the order of arrival.
   */
  hasRoom(more: number): boolean {
    return this.lines.size + more <= MARK_KEYS_MAX && this.#points() + more * 2 <= MARK_POINTS_MAX;
  }

  /** Writes one mark. */
  write(mark: MarkStretch, stamp: number): void {
    const line = this.lineOf(mark.key);
    line.write(mark.start, mark.end, { stamp, value: mark.value }, this.#wins);
    if (line.points.length === 0) this.lines.delete(mark.key);
    else if (line.points.length <= 2) this.#first = undefined;
  }

  /** The line of a key, made if absent. */
  lineOf(key: string): MarkLine {
    let line = this.lines.get(key);
    if (line === undefined) {
      line = new MarkLine(this.#sequence.tree);
      this.lines.set(key, line);
    }
    return line;
  }

  /** What is written of a key between two points. */
  between(key: string, start: Point, end: Point): MarkSegment[] {
    const line = this.lines.get(key);
    return line?.between(start, end) ?? [{ start, end, write: undefined }];
  }

  /** The marks of a unit. */
  ofUnit(unit: number): Marks {
    return this.#at(before(unit));
  }

  #at(point: Point): Marks {
    const marks: Record<string, MarkValue> = {};
    for (const [key, line] of this.#shownLines()) {
      const value = line.at(point)?.value ?? null;
      if (value !== null) marks[key] = value;
    }
    return sorted(marks);
  }

  /** The marks of what is typed at a position: those of the gap behind the unit before it. */
  ofGap(position: number): Marks {
    const point = position === 0 ? START : behind(this.#sequence.unitAt(position - 1));
    return this.#at(point);
  }

  /** Runs of the visible text between two positions: maximal, without gaps. */
  runs(from: number, to: number): MarkRun[] {
    if (from >= to) return [];
    const changes = this.#changes(from, to);
    const runs: MarkRun[] = [];
    const now = new Map<string, MarkValue>();
    let start = from;
    for (let at = 0; at < changes.length;) {
      const { position } = changes[at] as ValueChange;
      pushRun(runs, start, position, now);
      start = position;
      for (; changes[at]?.position === position; at++) {
        const { key, value } = changes[at] as ValueChange;
        if (value === null) now.delete(key);
        else now.set(key, value);
      }
    }
    pushRun(runs, start, to, now);
    return runs;
  }

  /**
   * The lines that readers look at: all of them, or, if somebody has made more than any text needs, the
   * first ones by key, names before names with ids.
   */
  #shownLines(): Iterable<readonly [string, MarkLine]> {
    if (this.lines.size <= MARK_KEYS_MAX) return this.lines;
    if (this.#first?.of !== this.lines.size) {
      const lines = [...this.lines].sort(([a], [b]) => compareKeys(a, b)).slice(0, MARK_KEYS_MAX);
      this.#first = { of: this.lines.size, lines };
    }
    return this.#first.lines;
  }

  /** Where values change between two positions; only what lies between them is looked at. */
  #changes(from: number, to: number): ValueChange[] {
    const sequence = this.#sequence;
    const changes: ValueChange[] = [];
    const start = before(sequence.unitAt(from));
    const end = behind(sequence.unitAt(to - 1));
    for (const [key, line] of this.#shownLines()) {
      let last: ValueChange = { position: from, key, value: null };
      for (const segment of line.between(start, end)) {
        const value = segment.write?.value ?? null;
        if (value === last.value) continue;
        const position = segment.start === start ? from : positionOfPoint(sequence, segment.start);
        // Points between which nothing is visible: the last one holds.
        if (position === last.position && last.value !== null) last.value = value;
        else changes.push((last = { position, key, value }));
      }
    }
    return changes.sort((a, b) => a.position - b.position);
  }

  #points(): number {
    let points = 0;
    for (const line of this.lines.values()) points += line.points.length;
    return points;
  }
}

function compareKeys(a: string, b: string): number {
  const ids = Number(a.includes(':')) - Number(b.includes(':'));
  if (ids !== 0) return ids;
  return a < b ? -1 : 1;
}

interface ValueChange {
  readonly position: number;
  readonly key: string;
  value: MarkValue | null;
}

function pushRun(
  runs: MarkRun[],
  from: number,
  to: number,
  now: ReadonlyMap<string, MarkValue>,
): void {
  if (from >= to) return;
  const marks = now.size === 0 ? NO_MARKS : sorted(Object.fromEntries(now));
  const last = runs.at(-1);
  if (last !== undefined && sameMarks(last.marks, marks)) {
    runs[runs.length - 1] = { from: last.from, to, marks };
  } else runs.push({ from, to, marks });
}

function sorted(marks: Readonly<Record<string, MarkValue>>): Marks {
  const keys = Object.keys(marks);
  if (keys.length < 2) return marks;
  return Object.fromEntries(keys.sort().map((key) => [key, marks[key] as MarkValue]));
}

/** Equality of marks. */
export function sameMarks(a: Marks, b: Marks): boolean {
  if (a === b) return true;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
