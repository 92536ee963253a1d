/**
 * The document order: a B+tree in one flat array. An item is a stretch of units with consecutive local
 * numbers of one run, all visible or all hidden: {first unit, length (negative = hidden), opens, closes}.
 *
 * Opens and closes are brackets: how many subtrees of the Fugue tree start before the item and end after
 * it. With them the end of any subtree is found in logarithmic time, whatever shape a writer gives it.
 */
import { FAN, LOADED_SLOTS, NODE, NodeTable, STRIDE } from './node-table.ts';
import { grownInt32 } from './typed-growth.ts';

/** Flat tree. Locations are (leaf, slot); edits leave the location of the new item in the two fields. */
export class ItemTree extends NodeTable {
  /** The leaf of every unit. */
  leafOf: Int32Array = new Int32Array(64);
  first = 0;
  last = 0;
  /** Location that the last search or edit ended at. */
  leaf = 0;
  slot = 0;
  offset = 0;
  #cursorLeaf = -1;
  #cursorStart = 0;

  constructor() {
    super();
    this.root = this.newNode(1);
    this.parents[0] = -1;
    this.nexts[0] = -1;
    this.previous[0] = -1;
  }

  /** Visible units. */
  get length(): number {
    return this.totals[this.root] as number;
  }

  /** Goes to the visible unit at a position below `length`. */
  seekVisible(position: number): void {
    let leaf = this.#cursorLeaf;
    let start = this.#cursorStart;
    if (leaf < 0 || position < start || position >= start + (this.totals[leaf] as number)) {
      leaf = this.root;
      start = 0;
      while (this.isLeaf[leaf] === 0) {
        let at = leaf * NODE;
        let child = this.items[at] as number;
        let total = this.totals[child] as number;
        while (position - start >= total) {
          start += total;
          at += STRIDE;
          child = this.items[at] as number;
          total = this.totals[child] as number;
        }
        leaf = child;
      }
      this.#cursorLeaf = leaf;
      this.#cursorStart = start;
    }
    let rest = position - start;
    let at = leaf * NODE + 1;
    for (;;) {
      const length = this.items[at] as number;
      if (length > 0) {
        if (rest < length) break;
        rest -= length;
      }
      at += STRIDE;
    }
    this.leaf = leaf;
    this.slot = (at - leaf * NODE) >> 2;
    this.offset = rest;
  }

  /** Goes to a unit. */
  seekUnit(unit: number): void {
    const leaf = this.leafOf[unit] as number;
    let at = leaf * NODE;
    for (;;) {
      const offset = unit - (this.items[at] as number);
      if (offset >= 0 && offset < Math.abs(this.items[at + 1] as number)) {
        this.offset = offset;
        break;
      }
      at += STRIDE;
    }
    this.leaf = leaf;
    this.slot = (at - leaf * NODE) >> 2;
  }

  /** Visible units before a slot. */
  positionOf(leaf: number, slot: number): number {
    let position = this.#startOf(leaf);
    const end = leaf * NODE + slot * STRIDE;
    for (let at = leaf * NODE; at < end; at += STRIDE) {
      const length = this.items[at + 1] as number;
      if (length > 0) position += length;
    }
    return position;
  }

  #startOf(leaf: number): number {
    if (leaf === this.#cursorLeaf) return this.#cursorStart;
    let start = 0;
    let node = leaf;
    for (;;) {
      const parent = this.parents[node] as number;
      if (parent < 0) break;
      for (let at = parent * NODE; this.items[at] !== node; at += STRIDE) {
        start += this.totals[this.items[at] as number] as number;
        this.steps++;
      }
      node = parent;
    }
    this.#cursorLeaf = leaf;
    this.#cursorStart = start;
    return start;
  }

  /** Changes the visible units of a leaf. */
  addTotal(leaf: number, delta: number): void {
    if (leaf !== this.#cursorLeaf) this.#cursorLeaf = -1;
    const { totals, parents } = this;
    for (let node = leaf; node >= 0; node = parents[node] as number) {
      totals[node] = (totals[node] as number) + delta;
    }
  }

  /** Writes an item into an opened slot; its units must already count in `leafOf`'s capacity. */
  put(item: { leaf: number; slot: number; unit: number; length: number }): void {
    const at = item.leaf * NODE + item.slot * STRIDE;
    this.items[at] = item.unit;
    this.items[at + 1] = item.length;
    this.items[at + 2] = 0;
    this.items[at + 3] = 0;
    const count = Math.abs(item.length);
    this.leafOf.fill(item.leaf, item.unit, item.unit + count);
    if (item.length > 0) this.addTotal(item.leaf, count);
  }

  /** Room for units below `units` in `leafOf`. */
  reserveUnits(units: number): void {
    if (units <= this.leafOf.length) return;
    this.leafOf = grownInt32(this.leafOf, Math.max(units, this.leafOf.length * 2));
  }

  /** Lengthens a visible item by units whose local numbers follow its own. */
  lengthen(leaf: number, slot: number, count: number): void {
    const at = leaf * NODE + slot * STRIDE;
    const unit = this.items[at] as number;
    const length = this.items[at + 1] as number;
    const size = Math.abs(length);
    this.items[at + 1] = length < 0 ? length - count : length + count;
    if (count === 1) this.leafOf[unit + size] = leaf;
    else this.leafOf.fill(leaf, unit + size, unit + size + count);
    if (length > 0) this.addTotal(leaf, count);
  }

  /** Opens `count` slots before (leaf, slot) and goes there; a slot before it stays its neighbour. */
  openSlots(leaf: number, slot: number, count: number): void {
    let target = leaf;
    let place = slot;
    if ((this.counts[leaf] as number) + count > FAN) {
      const half = (this.counts[leaf] as number) >> 1;
      const [left, right] = this.#splitLeaf(leaf, half);
      target = slot <= half ? left : right;
      place = slot <= half ? slot : slot - half;
    }
    const used = this.counts[target] as number;
    const from = target * NODE + place * STRIDE;
    if (place < used) {
      this.items.copyWithin(from + count * STRIDE, from, target * NODE + used * STRIDE);
    }
    this.counts[target] = used + count;
    this.leaf = target;
    this.slot = place;
  }

  /** Cuts an item in two and goes to the second part. Opens stay with the first, closes go. */
  splitItem(leaf: number, slot: number, offset: number): void {
    this.openSlots(leaf, slot + 1, 1);
    const right = this.leaf * NODE + this.slot * STRIDE;
    const { items } = this;
    const length = items[right - STRIDE + 1] as number;
    const part = length < 0 ? -offset : offset;
    items[right] = (items[right - STRIDE] as number) + offset;
    items[right + 1] = length - part;
    items[right + 2] = 0;
    items[right + 3] = items[right - 1] as number;
    items[right - STRIDE + 1] = part;
    items[right - 1] = 0;
  }

  /** Shows or hides `count` units from `offset` of one item, and joins what has become alike. */
  flip(leaf: number, slot: number, offset: number, count: number): void {
    const at = leaf * NODE + slot * STRIDE;
    const length = this.items[at + 1] as number;
    const size = Math.abs(length);
    const delta = -count * Math.sign(length);
    const hasNext = slot + 1 < (this.counts[leaf] as number);
    if (count === size) {
      this.items[at + 1] = -length;
      if (hasNext && this.#alike(at)) this.#join(leaf, slot);
      if (slot > 0 && this.#alike(at - STRIDE)) this.#join(leaf, slot - 1);
    } else if (offset === 0 && slot > 0 && this.#touching(at - STRIDE)) {
      this.#moveBorder(at - STRIDE, delta);
    } else if (offset + count === size && hasNext && this.#touching(at)) {
      this.#moveBorder(at, delta);
    } else {
      this.#flipInside(leaf, slot, offset, count);
      this.addTotal(this.leaf, delta);
      return;
    }
    this.addTotal(leaf, delta);
  }

  /** Moves the border between an item and its right neighbour, of which one is visible, by units. */
  #moveBorder(at: number, delta: number): void {
    const { items } = this;
    const left = (items[at + 1] as number) + delta;
    const right = (items[at + STRIDE + 1] as number) + delta;
    items[at + 1] = left;
    items[at + STRIDE + 1] = right;
    items[at + STRIDE] = (items[at] as number) + Math.abs(left);
  }

  #flipInside(leaf: number, slot: number, offset: number, count: number): void {
    const size = Math.abs(this.items[leaf * NODE + slot * STRIDE + 1] as number);
    const pieces = (offset > 0 ? 1 : 0) + (offset + count < size ? 1 : 0);
    this.openSlots(leaf, slot + 1, pieces);
    const { items } = this;
    let at = this.leaf * NODE + (this.slot - 1) * STRIDE;
    const unit = items[at] as number;
    const sign = (items[at + 1] as number) < 0 ? -1 : 1;
    const closes = items[at + 3] as number;
    items[at + 3] = 0;
    if (offset > 0) {
      items[at + 1] = sign * offset;
      at += STRIDE;
      items[at + 2] = 0;
      items[at + 3] = 0;
    }
    items[at] = unit + offset;
    items[at + 1] = -sign * count;
    if (offset + count < size) {
      at += STRIDE;
      items[at] = unit + offset + count;
      items[at + 1] = sign * (size - offset - count);
      items[at + 2] = 0;
    }
    items[at + 3] = closes;
  }

  /** True when the item and its right neighbour are one stretch: every run is bounded by a bracket. */
  #touching(at: number): boolean {
    const { items } = this;
    return (
      items[at + 3] === 0 &&
      items[at + STRIDE + 2] === 0 &&
      (items[at] as number) + Math.abs(items[at + 1] as number) === items[at + STRIDE]
    );
  }

  #alike(at: number): boolean {
    const { items } = this;
    const sameSign = (items[at + 1] as number) > 0 === (items[at + STRIDE + 1] as number) > 0;
    return sameSign && this.#touching(at);
  }

  /** Joins the item with its right neighbour. */
  #join(leaf: number, slot: number): void {
    const { items } = this;
    const at = leaf * NODE + slot * STRIDE;
    items[at + 1] = (items[at + 1] as number) + (items[at + STRIDE + 1] as number);
    items[at + 3] = items[at + STRIDE + 3] as number;
    const used = this.counts[leaf] as number;
    items.copyWithin(at + STRIDE, at + 2 * STRIDE, leaf * NODE + used * STRIDE);
    this.counts[leaf] = used - 1;
  }

  /**
   * Cuts a leaf before slot `half`. The half with fewer units moves, so that a giant item is not carried
   * about by every split near it. Returns the left and the right leaf.
   */
  #splitLeaf(leaf: number, half: number): [left: number, right: number] {
    const fresh = this.newNode(1);
    const { items } = this;
    const used = this.counts[leaf] as number;
    const start = leaf * NODE;
    const middle = start + half * STRIDE;
    const end = start + used * STRIDE;
    const moveRight = this.#unitsIn(middle, end) <= this.#unitsIn(start, middle);
    const from = moveRight ? middle : start;
    const to = moveRight ? end : middle;
    items.copyWithin(fresh * NODE, from, to);
    let total = 0;
    for (let at = from; at < to; at += STRIDE) {
      const unit = items[at] as number;
      const length = items[at + 1] as number;
      if (length > 0) total += length;
      this.leafOf.fill(fresh, unit, unit + Math.abs(length));
      this.steps += Math.abs(length) >> 4;
    }
    if (!moveRight) items.copyWithin(start, middle, end);
    this.counts[fresh] = (to - from) / STRIDE;
    this.counts[leaf] = used - (to - from) / STRIDE;
    this.totals[fresh] = total;
    this.totals[leaf] = (this.totals[leaf] as number) - total;
    this.#link(leaf, fresh, moveRight);
    this.#cursorLeaf = -1;
    this.adopt(leaf, fresh, moveRight);
    this.refresh(leaf);
    this.refresh(fresh);
    this.refreshUp(this.parents[leaf] as number, true);
    if (this.parents[leaf] !== this.parents[fresh]) {
      this.refreshUp(this.parents[fresh] as number, true);
    }
    return moveRight ? [leaf, fresh] : [fresh, leaf];
  }

  /** Enters a new leaf into the chain of leaves, after or before its sibling. */
  #link(leaf: number, fresh: number, after: boolean): void {
    const { nexts, previous } = this;
    const left = after ? leaf : (previous[leaf] as number);
    const right = after ? (nexts[leaf] as number) : leaf;
    previous[fresh] = left;
    nexts[fresh] = right;
    if (left >= 0) nexts[left] = fresh;
    else this.first = fresh;
    if (right >= 0) previous[right] = fresh;
    else this.last = fresh;
  }

  /**
   * Fills an empty tree with items in document order, four numbers each. Leaves get some room, because
   * edits follow; `leafOf` must have room for all units.
   */
  load(items: Int32Array, count: number): void {
    let level: number[] = [];
    for (let from = 0; from < count; from += LOADED_SLOTS) {
      const to = Math.min(count, from + LOADED_SLOTS);
      const leaf = from === 0 ? this.root : this.newNode(1);
      this.items.set(items.subarray(from * STRIDE, to * STRIDE), leaf * NODE);
      this.counts[leaf] = to - from;
      let total = 0;
      for (let at = leaf * NODE; at < leaf * NODE + (to - from) * STRIDE; at += STRIDE) {
        const unit = this.items[at] as number;
        const length = this.items[at + 1] as number;
        if (length > 0) total += length;
        this.leafOf.fill(leaf, unit, unit + Math.abs(length));
      }
      this.totals[leaf] = total;
      const before = level.at(-1) ?? -1;
      this.previous[leaf] = before;
      this.nexts[leaf] = -1;
      if (before >= 0) this.nexts[before] = leaf;
      this.last = leaf;
      this.refresh(leaf);
      level.push(leaf);
    }
    while (level.length > 1) level = this.loadLevel(level);
    this.root = level[0] ?? this.root;
    this.parents[this.root] = -1;
    this.#cursorLeaf = -1;
  }

  #unitsIn(from: number, to: number): number {
    let units = 0;
    for (let at = from; at < to; at += STRIDE) units += Math.abs(this.items[at + 1] as number);
    return units;
  }
}
