/** Document order of units, hidden and void ones included, read from the tree of a sequence. */
import { ROOT } from '../sequence/id-table.ts';
import type { ItemTree } from '../sequence/item-tree.ts';
import { NODE, STRIDE } from '../sequence/node-table.ts';
import type { Sequence } from '../sequence/sequence.ts';

/**
 * A place between units that no insert ever moves: `2 · unit` is just before a unit, `2 · unit + 1` just
 * behind it. What is inserted between two units lies behind the one and before the other.
 */
export type Point = number;

/** Before everything. */
export const START: Point = ROOT * 2 + 1;
/** Behind everything, also what will be appended. */
export const END: Point = -2;

/** The point before a unit. */
export function before(unit: number): Point {
  return unit * 2;
}

/** The point behind a unit. */
export function behind(unit: number): Point {
  return unit * 2 + 1;
}

/** The unit beside which a point is; not for {@link START} and {@link END}. */
export function unitAtPoint(point: Point): number {
  return point >> 1;
}

/** Order of two points. */
export function comparePoints(tree: ItemTree, a: Point, b: Point): number {
  if (a === b) return 0;
  if (a === START || b === END) return -1;
  if (b === START || a === END) return 1;
  return compareUnits(tree, a >> 1, b >> 1) || a - b;
}

/** Order of two units. Logarithmic in the size of the sequence. */
function compareUnits(tree: ItemTree, a: number, b: number): number {
  if (a === b) return 0;
  const { leafOf, parents, items } = tree;
  let left = leafOf[a] as number;
  let right = leafOf[b] as number;
  if (left === right) return compareInLeaf(tree, left, a, b);
  while (parents[left] !== parents[right]) {
    left = parents[left] as number;
    right = parents[right] as number;
  }
  for (let at = (parents[left] as number) * NODE; ; at += STRIDE) {
    if (items[at] === left) return -1;
    if (items[at] === right) return 1;
  }
}

function compareInLeaf(tree: ItemTree, leaf: number, a: number, b: number): number {
  const { items } = tree;
  for (let at = leaf * NODE; ; at += STRIDE) {
    const first = items[at] as number;
    const end = first + Math.abs(items[at + 1] as number);
    const hasA = a >= first && a < end;
    const hasB = b >= first && b < end;
    if (hasA && hasB) return a - b;
    if (hasA) return -1;
    if (hasB) return 1;
  }
}

/** The unit behind a unit, hidden or not; `undefined` behind the last. */
export function nextUnit({ tree }: Sequence, unit: number): number | undefined {
  tree.seekUnit(unit);
  const at = tree.leaf * NODE + tree.slot * STRIDE;
  if (tree.offset + 1 < Math.abs(tree.items[at + 1] as number)) return unit + 1;
  if (tree.slot + 1 < (tree.counts[tree.leaf] as number)) return tree.items[at + STRIDE];
  let leaf = tree.nexts[tree.leaf] as number;
  while (leaf >= 0 && tree.counts[leaf] === 0) leaf = tree.nexts[leaf] as number;
  return leaf < 0 ? undefined : tree.items[leaf * NODE];
}

/** The unit before a unit, hidden or not; `undefined` before the first. */
export function previousUnit({ tree }: Sequence, unit: number): number | undefined {
  tree.seekUnit(unit);
  if (tree.offset > 0) return unit - 1;
  if (tree.slot > 0) return lastOf(tree, tree.leaf, tree.slot - 1);
  let leaf = tree.previous[tree.leaf] as number;
  while (leaf >= 0 && tree.counts[leaf] === 0) leaf = tree.previous[leaf] as number;
  return leaf < 0 ? undefined : lastOf(tree, leaf, (tree.counts[leaf] as number) - 1);
}

function lastOf(tree: ItemTree, leaf: number, slot: number): number {
  const at = leaf * NODE + slot * STRIDE;
  return (tree.items[at] as number) + Math.abs(tree.items[at + 1] as number) - 1;
}

/** Visible units before a point. */
export function positionOfPoint(sequence: Sequence, point: Point): number {
  if (point === START) return 0;
  if (point === END) return sequence.length;
  const unit = point >> 1;
  const passed = point % 2 === 1 && sequence.isVisible(unit) ? 1 : 0;
  return sequence.positionOf(unit) + passed;
}
