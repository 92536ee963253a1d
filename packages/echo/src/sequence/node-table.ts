/**
 * The nodes of the item tree, in flat arrays: growth, splitting, and sums that every node keeps of its own.
 * Leaves hold items, four numbers each: {first unit, length (negative = hidden), opens, closes}.
 */
import { grownInt32, grownUint8 } from './typed-growth.ts';

/** Slots of a node. */
export const FAN = 32;
/** Numbers that an item or a child takes. */
export const STRIDE = 4;
/** Numbers of a node. */
export const NODE: number = FAN * STRIDE;
/** Slots that a loaded node fills; edits follow. */
export const LOADED_SLOTS = 24;
const HALF = FAN / 2;

/** Flat nodes of a B+tree. */
export class NodeTable {
  /** Leaves: items. Inner nodes: the child in the first number of each slot. */
  items: Int32Array = new Int32Array(NODE * 4);
  counts: Uint8Array = new Uint8Array(4);
  isLeaf: Uint8Array = new Uint8Array(4);
  /** Visible units below a node. */
  totals: Int32Array = new Int32Array(4);
  parents: Int32Array = new Int32Array(4);
  nexts: Int32Array = new Int32Array(4);
  previous: Int32Array = new Int32Array(4);
  /** Bracket sums of a node, the sum, and the lowest points from either end. */
  sums: Int32Array = new Int32Array(4);
  lowsForward: Int32Array = new Int32Array(4);
  lowsBackward: Int32Array = new Int32Array(4);
  root = 0;
  /** Slots and nodes looked at, and units moved: the cost that tests bound. */
  steps = 0;
  /** Nodes in use. */
  nodes = 0;

  /**
   * Brings the bracket sums of a node and of those above it up to date. Stops where nothing changes, unless
   * children have come or gone.
   */
  refreshUp(from: number, force: boolean): void {
    for (let node = from; node >= 0; node = this.parents[node] as number) {
      if (!this.refresh(node) && !force) return;
    }
  }

  /** Computes the bracket sums of a node from its slots; true when they have changed. */
  protected refresh(node: number): boolean {
    const { items, sums, lowsForward, lowsBackward } = this;
    const leaf = this.isLeaf[node] === 1;
    const start = node * NODE;
    const end = start + (this.counts[node] as number) * STRIDE;
    this.steps += this.counts[node] as number;
    let sum = 0;
    let lowForward = Number.MAX_SAFE_INTEGER;
    let lowBefore = Number.MAX_SAFE_INTEGER;
    for (let at = start; at < end; at += STRIDE) {
      if (leaf) {
        if (sum < lowBefore) lowBefore = sum;
        sum += (items[at + 2] as number) - (items[at + 3] as number);
        if (sum < lowForward) lowForward = sum;
      } else {
        const child = items[at] as number;
        lowForward = Math.min(lowForward, sum + (lowsForward[child] as number));
        sum += sums[child] as number;
        lowBefore = Math.min(lowBefore, sum + (lowsBackward[child] as number));
      }
    }
    return this.#setSums(node, { sum, lowForward, lowBackward: lowBefore - sum });
  }

  #setSums(
    node: number,
    of: { readonly sum: number; readonly lowForward: number; readonly lowBackward: number },
  ): boolean {
    const { sums, lowsForward, lowsBackward } = this;
    const same =
      sums[node] === of.sum &&
      lowsForward[node] === of.lowForward &&
      lowsBackward[node] === of.lowBackward;
    sums[node] = of.sum;
    lowsForward[node] = of.lowForward;
    lowsBackward[node] = of.lowBackward;
    return !same;
  }

  /** Puts parents over a level of nodes. */
  protected loadLevel(children: readonly number[]): number[] {
    const level: number[] = [];
    for (let from = 0; from < children.length; from += LOADED_SLOTS) {
      const node = this.newNode(0);
      let at = node * NODE;
      let total = 0;
      for (const child of children.slice(from, from + LOADED_SLOTS)) {
        this.items[at] = child;
        this.parents[child] = node;
        total += this.totals[child] as number;
        at += STRIDE;
      }
      this.counts[node] = (at - node * NODE) / STRIDE;
      this.totals[node] = total;
      this.refresh(node);
      level.push(node);
    }
    return level;
  }

  /** Enters a new node beside its sibling, whose total it has taken a part of. */
  protected adopt(sibling: number, fresh: number, after: boolean): void {
    let parent = this.parents[sibling] as number;
    if (parent < 0) {
      parent = this.newNode(0);
      this.root = parent;
      this.parents[parent] = -1;
      this.items[parent * NODE] = sibling;
      this.counts[parent] = 1;
      this.parents[sibling] = parent;
      this.totals[parent] = (this.totals[sibling] as number) + (this.totals[fresh] as number);
    } else if (this.counts[parent] === FAN) {
      const full = parent;
      this.#splitInner(full);
      parent = this.parents[sibling] as number;
      if (parent !== full) {
        // What the new node took from its sibling is still counted where the sibling was.
        const strayed = this.totals[fresh] as number;
        this.totals[full] = (this.totals[full] as number) - strayed;
        this.totals[parent] = (this.totals[parent] as number) + strayed;
      }
    }
    const { items } = this;
    let at = parent * NODE;
    while (items[at] !== sibling) at += STRIDE;
    if (after) at += STRIDE;
    const used = this.counts[parent] as number;
    items.copyWithin(at + STRIDE, at, parent * NODE + used * STRIDE);
    items[at] = fresh;
    this.counts[parent] = used + 1;
    this.parents[fresh] = parent;
  }

  /** Moves the right half of the children to a new node, and their share of the total with them. */
  #splitInner(node: number): void {
    const fresh = this.newNode(0);
    const { items } = this;
    items.copyWithin(fresh * NODE, node * NODE + HALF * STRIDE, node * NODE + FAN * STRIDE);
    this.counts[fresh] = FAN - HALF;
    this.counts[node] = HALF;
    let total = 0;
    for (let slot = 0; slot < FAN - HALF; slot++) {
      const child = items[fresh * NODE + slot * STRIDE] as number;
      this.parents[child] = fresh;
      total += this.totals[child] as number;
    }
    this.totals[fresh] = total;
    this.totals[node] = (this.totals[node] as number) - total;
    this.refresh(node);
    this.refresh(fresh);
    this.adopt(node, fresh, true);
  }

  protected newNode(leaf: number): number {
    const node = this.nodes++;
    if (node === this.counts.length) {
      const size = node * 2;
      this.items = grownInt32(this.items, size * NODE);
      this.counts = grownUint8(this.counts, size);
      this.isLeaf = grownUint8(this.isLeaf, size);
      this.totals = grownInt32(this.totals, size);
      this.parents = grownInt32(this.parents, size);
      this.nexts = grownInt32(this.nexts, size);
      this.previous = grownInt32(this.previous, size);
      this.sums = grownInt32(this.sums, size);
      this.lowsForward = grownInt32(this.lowsForward, size);
      this.lowsBackward = grownInt32(this.lowsBackward, size);
    }
    this.isLeaf[node] = leaf;
    return node;
  }
}
