/**
 * Finds where the subtree of a unit starts and ends in document order, by matching brackets over the item
 * tree and the sums of its nodes.
 */
import { assert } from '@atoll/kernel';
import type { ItemTree } from './item-tree.ts';
import { NODE, STRIDE } from './node-table.ts';

/**
 * From an item inside the innermost subtree to its end: goes to the item after which it closes and returns
 * how many of that item's closes belong to this subtree and to those inside of it.
 */
export function findSubtreeEnd(tree: ItemTree, leaf: number, slot: number): number {
  let depth = 1;
  let node = leaf;
  let at = leaf * NODE + slot * STRIDE;
  const closes = tree.items[at + 3] as number;
  if (closes >= depth) return arrive(tree, leaf, slot, depth);
  depth -= closes;
  at += STRIDE;
  for (;;) {
    const end = node * NODE + (tree.counts[node] as number) * STRIDE;
    let child = -1;
    for (; at < end; at += STRIDE) {
      tree.steps++;
      if (tree.isLeaf[node] === 1) {
        depth += tree.items[at + 2] as number;
        const closing = tree.items[at + 3] as number;
        if (closing >= depth) return arrive(tree, node, (at - node * NODE) >> 2, depth);
        depth -= closing;
      } else {
        const below = tree.items[at] as number;
        if (depth + (tree.lowsForward[below] as number) <= 0) {
          child = below;
          break;
        }
        depth += tree.sums[below] as number;
      }
    }
    if (child >= 0) {
      node = child;
      at = child * NODE;
    } else {
      const parent = tree.parents[node] as number;
      assert(parent >= 0, 'every subtree ends');
      at = slotAfter(tree, parent, node);
      node = parent;
    }
  }
}

/** As {@link findSubtreeEnd}, to the item before which the subtree opens; counts its opens. */
export function findSubtreeStart(tree: ItemTree, leaf: number, slot: number): number {
  let depth = 1;
  let node = leaf;
  let at = leaf * NODE + slot * STRIDE;
  const opens = tree.items[at + 2] as number;
  if (opens >= depth) return arrive(tree, leaf, slot, depth);
  depth -= opens;
  at -= STRIDE;
  for (;;) {
    const start = node * NODE;
    let child = -1;
    for (; at >= start; at -= STRIDE) {
      tree.steps++;
      if (tree.isLeaf[node] === 1) {
        depth += tree.items[at + 3] as number;
        const opening = tree.items[at + 2] as number;
        if (opening >= depth) return arrive(tree, node, (at - start) >> 2, depth);
        depth -= opening;
      } else {
        const below = tree.items[at] as number;
        if (depth + (tree.lowsBackward[below] as number) <= 0) {
          child = below;
          break;
        }
        depth -= tree.sums[below] as number;
      }
    }
    if (child >= 0) {
      node = child;
      at = child * NODE + ((tree.counts[child] as number) - 1) * STRIDE;
    } else {
      const parent = tree.parents[node] as number;
      assert(parent >= 0, 'every subtree starts');
      at = slotAfter(tree, parent, node) - 2 * STRIDE;
      node = parent;
    }
  }
}

function arrive(tree: ItemTree, leaf: number, slot: number, count: number): number {
  tree.leaf = leaf;
  tree.slot = slot;
  return count;
}

function slotAfter(tree: ItemTree, parent: number, node: number): number {
  let at = parent * NODE;
  while (tree.items[at] !== node) {
    at += STRIDE;
    tree.steps++;
  }
  return at + STRIDE;
}
