/** Going from unit to unit in document order, hidden ones included, at the location of a tree. */
import type { ItemTree } from './item-tree.ts';
import { NODE, STRIDE } from './node-table.ts';

/** Goes to the first unit; `undefined` in an empty tree. */
export function firstUnit(tree: ItemTree): number | undefined {
  tree.leaf = tree.first;
  tree.slot = 0;
  tree.offset = 0;
  return tree.counts[tree.leaf] === 0 ? undefined : tree.items[tree.leaf * NODE];
}

/** Goes to the unit behind that where the tree is; `undefined` behind the last. */
export function unitBehind(tree: ItemTree): number | undefined {
  const at = tree.leaf * NODE + tree.slot * STRIDE;
  if (tree.offset + 1 < Math.abs(tree.items[at + 1] as number)) {
    tree.offset++;
    return (tree.items[at] as number) + tree.offset;
  }
  let { leaf } = tree;
  let slot = tree.slot + 1;
  while (leaf >= 0 && slot >= (tree.counts[leaf] as number)) {
    leaf = tree.nexts[leaf] as number;
    slot = 0;
  }
  if (leaf < 0) return undefined;
  tree.leaf = leaf;
  tree.slot = slot;
  tree.offset = 0;
  return tree.items[leaf * NODE + slot * STRIDE];
}

/** True if a hidden unit follows where the tree is. Goes nowhere. */
export function isHiddenBehind(tree: ItemTree): boolean {
  const { leaf, offset, slot } = tree;
  const unit = unitBehind(tree);
  const length = tree.items[tree.leaf * NODE + tree.slot * STRIDE + 1] as number;
  tree.leaf = leaf;
  tree.slot = slot;
  tree.offset = offset;
  return unit !== undefined && length < 0;
}
