/**
 * Puts new runs into document order by the rules of Fugue in its tree form: which subtree they come after
 * or before is found through sorted siblings and matching brackets, never by passing over other elements.
 */
import { findSubtreeEnd, findSubtreeStart } from './bracket-search.ts';
import { LEFT, RIGHT, ROOT, type IdTable } from './id-table.ts';
import type { ItemTree } from './item-tree.ts';
import { NODE, STRIDE } from './node-table.ts';
import type { SequenceOrder } from './sequence-types.ts';
import { Siblings } from './siblings.ts';
import { idOfUnit } from './unit-ranges.ts';

/** The children of every unit and side, and the brackets that follow from them. */
export class FuguePlacement {
  readonly ids: IdTable;
  readonly tree: ItemTree;
  readonly #order: SequenceOrder;
  /** First units of explicit children, by parent and side. */
  readonly #children = new Map<number, number | Siblings>();

  constructor(ids: IdTable, tree: ItemTree, order: SequenceOrder) {
    this.ids = ids;
    this.tree = tree;
    this.#order = order;
  }

  /** Order of two units by id: agents, then counters. */
  readonly compareUnits = (a: number, b: number): number => {
    const { ids } = this;
    this.tree.steps++;
    const agentA = ids.agentOf(a);
    const agentB = ids.agentOf(b);
    if (agentA === agentB) return ids.counterOf(a) - ids.counterOf(b);
    const order = this.#order.compareAgents(agentA, agentB);
    if (order !== 0 || this.#order.compareIds === undefined) return order;
    return this.#order.compareIds(idOfUnit(ids, a), idOfUnit(ids, b));
  };

  /** True when something hangs on the right of a unit, the rest of its run included. */
  hasRightChild(unit: number): boolean {
    return this.ids.continues(unit) || this.#children.has(keyOf(unit, RIGHT));
  }

  /** First units of what hangs on the right of a unit, in order. */
  rightChildren(unit: number): readonly number[] {
    const siblings = this.#children.get(keyOf(unit, RIGHT));
    if (siblings === undefined) {
      return unit !== ROOT && this.ids.continues(unit) ? [unit + 1] : [];
    }
    return typeof siblings === 'number' ? [siblings] : siblings.all();
  }

  /** True when units of `agent` under the right of `parent` would lengthen the last run. */
  extends(agent: number, parent: number): boolean {
    const { ids } = this;
    return (
      parent >= 0 &&
      parent === ids.units - 1 &&
      ids.agents[ids.runs - 1] === agent &&
      ids.isOpen &&
      !this.#children.has(keyOf(parent, RIGHT))
    );
  }

  /** Enters a child when a whole sequence is built at once. Children arrive in their order. */
  adoptChild(parent: number, side: number, unit: number): void {
    const key = keyOf(parent, side);
    const siblings = this.#children.get(key);
    if (siblings === undefined) this.#children.set(key, unit);
    else if (typeof siblings === 'number') {
      const list = new Siblings(siblings);
      list.append(unit);
      this.#children.set(key, list);
    } else siblings.append(unit);
  }

  /** Goes to the next item in document order. */
  stepRight(): void {
    const { tree } = this;
    if (tree.slot + 1 < (tree.counts[tree.leaf] as number)) tree.slot++;
    else {
      tree.leaf = tree.nexts[tree.leaf] as number;
      tree.slot = 0;
    }
  }

  /** Places a new run of the local writer, who knows of no child there; the tree is at its neighbour. */
  placeHere(unit: number, length: number, parent: number, side: number): void {
    this.#children.set(keyOf(parent, side), unit);
    if (parent === ROOT) this.#placeAt(unit, length, this.tree.first, 0);
    else if (side === LEFT) this.#placeBefore(unit, length);
    else this.#placeAfter(unit, length);
  }

  /** To be called before the run of a new child is entered into the ids. */
  prepare(parent: number, side: number): void {
    if (side === RIGHT && parent !== ROOT) this.#separateContinuation(parent);
  }

  /** Places a new run among the children of its parent. */
  place(unit: number, length: number, parent: number, side: number): void {
    const siblings = this.#children.get(keyOf(parent, side));
    if (siblings === undefined) this.#placeOnly(unit, length, parent, side);
    else this.#placeAmong(unit, length, { parent, side, siblings });
  }

  #placeOnly(unit: number, length: number, parent: number, side: number): void {
    if (parent !== ROOT) {
      const { tree } = this;
      tree.seekUnit(parent);
      if (side === LEFT && tree.offset > 0) tree.splitItem(tree.leaf, tree.slot, tree.offset);
    }
    this.placeHere(unit, length, parent, side);
  }

  #placeAmong(
    unit: number,
    length: number,
    among: {
      readonly parent: number;
      readonly side: number;
      readonly siblings: number | Siblings;
    },
  ): void {
    const { parent, side, siblings } = among;
    const { tree } = this;
    const list = typeof siblings === 'number' ? new Siblings(siblings) : siblings;
    if (list !== siblings) this.#children.set(keyOf(parent, side), list);
    const before = list.add(unit, this.compareUnits);
    if (before >= 0) {
      tree.seekUnit(before);
      const inner = findSubtreeEnd(tree, tree.leaf, tree.slot);
      const at = tree.leaf * NODE + tree.slot * STRIDE + 3;
      const outer = (tree.items[at] as number) - inner;
      tree.items[at] = inner;
      tree.openSlots(tree.leaf, tree.slot + 1, 1);
      this.write(unit, length, 1, 1 + outer);
    } else if (side === LEFT) {
      tree.seekUnit(list.second());
      const inner = findSubtreeStart(tree, tree.leaf, tree.slot);
      const at = tree.leaf * NODE + tree.slot * STRIDE + 2;
      const outer = (tree.items[at] as number) - inner;
      tree.items[at] = inner;
      tree.openSlots(tree.leaf, tree.slot, 1);
      this.write(unit, length, 1 + outer, 1);
    } else if (parent === ROOT) {
      this.#placeAt(unit, length, tree.first, 0);
    } else {
      tree.seekUnit(parent);
      this.#placeAt(unit, length, tree.leaf, tree.slot + 1);
    }
  }

  /**
   * Before the first explicit child is put on the right of a unit inside a run, the rest of the run becomes
   * an explicit child too. Until then nothing else hangs on the right of the run's units from here on that
   * could end later, so its subtree ends where that of the stretch around it does.
   */
  #separateContinuation(unit: number): void {
    const { tree } = this;
    if (this.#children.has(keyOf(unit, RIGHT)) || !this.ids.continues(unit)) return;
    this.#children.set(keyOf(unit, RIGHT), unit + 1);
    tree.seekUnit(unit);
    const at = tree.leaf * NODE + tree.slot * STRIDE;
    if (tree.offset + 1 < Math.abs(tree.items[at + 1] as number)) {
      tree.splitItem(tree.leaf, tree.slot, tree.offset + 1);
      tree.seekUnit(unit);
    }
    const { leaf, slot } = tree;
    findSubtreeEnd(tree, leaf, slot);
    const end = tree.leaf * NODE + tree.slot * STRIDE + 3;
    tree.items[end] = (tree.items[end] as number) + 1;
    tree.refreshUp(tree.leaf, false);
    tree.leaf = leaf;
    tree.slot = slot;
    this.stepRight();
    const start = tree.leaf * NODE + tree.slot * STRIDE + 2;
    tree.items[start] = (tree.items[start] as number) + 1;
    tree.refreshUp(tree.leaf, false);
  }

  /** Places a leaf of the Fugue tree between two subtrees. */
  #placeAt(unit: number, length: number, leaf: number, slot: number): void {
    this.tree.openSlots(leaf, slot, 1);
    this.write(unit, length, 1, 1);
  }

  /** Places the last left child of the item the tree is at; what opens there opens before the child. */
  #placeBefore(unit: number, length: number): void {
    const { tree } = this;
    const at = tree.leaf * NODE + tree.slot * STRIDE + 2;
    const opens = tree.items[at] as number;
    tree.items[at] = 0;
    tree.openSlots(tree.leaf, tree.slot, 1);
    this.write(unit, length, opens + 1, 1);
  }

  /** Places the only right child of the last unit of the item; what closes there closes after it. */
  #placeAfter(unit: number, length: number): void {
    const { tree } = this;
    const at = tree.leaf * NODE + tree.slot * STRIDE + 3;
    const closes = tree.items[at] as number;
    tree.items[at] = 0;
    tree.openSlots(tree.leaf, tree.slot + 1, 1);
    this.write(unit, length, 1, closes + 1);
  }

  /** Writes an item into the opened slot that the tree is at. */
  write(unit: number, length: number, opens: number, closes: number): void {
    const { tree } = this;
    const { leaf, slot } = tree;
    tree.put({ leaf, slot, unit, length });
    const at = leaf * NODE + slot * STRIDE;
    tree.items[at + 2] = opens;
    tree.items[at + 3] = closes;
    tree.offset = 0;
    tree.refreshUp(leaf, false);
  }
}

function keyOf(parent: number, side: number): number {
  return (parent + 1) * 2 + side;
}
