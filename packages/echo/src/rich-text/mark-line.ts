/**
 * One kind of mark along a text: for each place between two points the greatest write, as with a register.
 * Inserts move nothing here, because points are named by units; typing inside a mark is inside of it.
 */
import type { MarkValue } from '@atoll/schema';
import type { ItemTree } from '../sequence/item-tree.ts';
import { comparePoints, type Point } from './unit-order.ts';

/** The write that holds somewhere. */
export interface MarkWrite {
  /** The block. */
  readonly stamp: number;
  /** `null`: the mark was taken away here. */
  readonly value: MarkValue | null;
}

/** A stretch with one write, or none. */
export interface MarkSegment {
  readonly start: Point;
  readonly end: Point;
  readonly write: MarkWrite | undefined;
}

/** Writes of one key, in document order. */
export class MarkLine {
  /** Where another write begins to hold; the one before the first point is none. */
  readonly points: Point[] = [];
  readonly writes: (MarkWrite | undefined)[] = [];
  readonly #tree: ItemTree;

  constructor(tree: ItemTree) {
    this.#tree = tree;
  }

  /** Writes between two points, wherever `wins` says so. Nothing if they are in the wrong order. */
  write(
    start: Point,
    end: Point,
    next: MarkWrite,
    wins: (old: MarkWrite, next: MarkWrite) => boolean,
  ): void {
    if (comparePoints(this.#tree, start, end) >= 0) return;
    const from = this.#cut(start);
    const to = this.#cut(end);
    for (let at = from; at < to; at++) {
      const old = this.writes[at];
      if (old === undefined || wins(old, next)) this.writes[at] = next;
    }
    this.#unite(from, to);
  }

  /** The write that holds at a point's right. */
  at(point: Point): MarkWrite | undefined {
    return this.writes[this.#find(point) - 1];
  }

  /** Stretches between two points, cut at both. */
  between(start: Point, end: Point): MarkSegment[] {
    if (comparePoints(this.#tree, start, end) >= 0) return [];
    const found: MarkSegment[] = [];
    let from = start;
    let at = this.#find(start);
    let write = this.writes[at - 1];
    for (; at < this.points.length; at++) {
      const point = this.points[at] as Point;
      if (comparePoints(this.#tree, point, end) >= 0) break;
      found.push({ start: from, end: point, write });
      from = point;
      write = this.writes[at];
    }
    found.push({ start: from, end, write });
    return found;
  }

  /** How many points are at or before a point. */
  #find(point: Point): number {
    let low = 0;
    let high = this.points.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (comparePoints(this.#tree, this.points[middle] as Point, point) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Makes a stretch begin at a point; its place. */
  #cut(point: Point): number {
    const at = this.#find(point);
    if (this.points[at - 1] === point) return at - 1;
    this.points.splice(at, 0, point);
    this.writes.splice(at, 0, this.writes[at - 1]);
    return at;
  }

  /** Joins stretches of one write from the one before `from` up to the one at `to`. */
  #unite(from: number, to: number): void {
    const { points, writes } = this;
    let kept = from;
    for (let at = from; at <= to && at < points.length; at++) {
      if (sameWrite(writes[at], writes[kept - 1])) continue;
      points[kept] = points[at] as Point;
      writes[kept] = writes[at];
      kept++;
    }
    const rest = Math.min(to + 1, points.length);
    points.splice(kept, rest - kept);
    writes.splice(kept, rest - kept);
  }
}

/** Equality of writes, as rows tell them apart. */
function sameWrite(a: MarkWrite | undefined, b: MarkWrite | undefined): boolean {
  return a === b || (a !== undefined && a.stamp === b?.stamp && a.value === b.value);
}
