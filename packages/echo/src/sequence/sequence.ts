/**
 * The sequence CRDT: ids, order, visibility and positions of units, without knowing what a unit holds.
 * Order is Fugue in its tree form: a unit is the left or right child of another, and children of one side
 * stand in the order of (agent, counter). Visibility is a register a unit, won by the greatest stamp.
 * Everything here speaks in local unit numbers; ids are translated at the border.
 */
import { findSubtreeEnd, findSubtreeStart } from './bracket-search.ts';
import { IdTable, LEFT, RIGHT, ROOT } from './id-table.ts';
import { ItemTree, NODE, STRIDE } from './item-tree.ts';
import type { IdRange, SequenceChange, SequenceOrder } from './sequence-types.ts';
import { Siblings } from './siblings.ts';
import { grownInt32 } from './typed-growth.ts';

/** Register of a unit that was never hidden nor shown: visible. */
export const STAMP_NONE = 0;
/** Register of a void unit: an anchor for others, never visible. */
export const STAMP_VOID = -1;

/** Packs a stamp and a visibility into a register. */
export function packStamp(stamp: number, hidden: boolean): number {
  return ((stamp + 1) << 1) | (hidden ? 1 : 0);
}

/** The stamp in a register that has one. */
export function stampOf(register: number): number {
  return (register >> 1) - 1;
}

/** True when a register hides its unit. */
export function isHidden(register: number): boolean {
  return (register & 1) === 1;
}

/** A new stretch of units of one agent. */
export interface UnitInsert {
  readonly agent: number;
  readonly count: number;
  /** The parent in the Fugue tree, or `ROOT`. */
  readonly parent: number;
  readonly side: number;
  /** A void insert is only an anchor. */
  readonly isVoid: boolean;
}

/** Units in document order. */
export class Sequence {
  readonly ids: IdTable = new IdTable();
  readonly tree: ItemTree = new ItemTree();
  /** The visibility register of every unit. */
  stamps: Int32Array = new Int32Array(64);
  /** Parent and side of the last local insert. */
  parent: number = ROOT;
  side: number = RIGHT;
  readonly #order: SequenceOrder;
  readonly #children = new Map<number, number | Siblings>();
  /** Where the last local insert ended, as long as nothing else has changed since; else -1. */
  #typingEnd = -1;
  #typingLeaf = 0;
  #typingSlot = 0;

  constructor(order: SequenceOrder) {
    this.#order = order;
  }

  /** Visible units. */
  get length(): number {
    return this.tree.length;
  }

  /** Order of two units by id: agents, then counters. */
  readonly compareUnits = (a: number, b: number): number => {
    const { ids } = this;
    this.tree.steps++;
    const agentA = ids.agentOf(a);
    const agentB = ids.agentOf(b);
    if (agentA === agentB) return ids.counterOf(a) - ids.counterOf(b);
    return this.#order.compareAgents(agentA, agentB);
  };

  /**
   * Inserts before the visible unit at `position` and returns the first new unit. The unit on the left is
   * the parent, unless it has children on its right: then the next unit, hidden ones included, is.
   */
  insertAt(agent: number, position: number, count: number): number {
    const { tree, ids } = this;
    this.reserveUnits(ids.units + count);
    if (position === this.#typingEnd && ids.agents[ids.runs - 1] === agent) {
      return this.#typeOn(count);
    }
    if (position === 0) {
      this.#locateStart();
    } else {
      this.#locateAfterVisible(position - 1);
    }
    const { parent, side } = this;
    const unit = this.#insertLocated(agent, count, parent, side);
    this.#typingEnd = position + count;
    this.#typingLeaf = tree.leaf;
    this.#typingSlot = tree.slot;
    return unit;
  }

  #insertLocated(agent: number, count: number, parent: number, side: number): number {
    if (side === RIGHT && this.#extends(agent, parent)) return this.#extend(count, false);
    const unit = this.#newRun({ agent, count, parent, side, isVoid: false });
    this.#children.set(keyOf(parent, side), unit);
    if (parent === ROOT) this.#place(unit, count, this.tree.first, 0);
    else if (side === LEFT) this.#placeBefore(unit, count);
    else this.#placeAfter(unit, count);
    return unit;
  }

  /** Goes on where the last local insert ended: the usual case, and it needs no search. */
  #typeOn(count: number): number {
    const unit = this.ids.units;
    this.parent = unit - 1;
    this.side = RIGHT;
    this.ids.extend(count);
    this.tree.lengthen(this.#typingLeaf, this.#typingSlot, count);
    this.#typingEnd += count;
    return unit;
  }

  /** Inserts under a known parent and returns the first new unit; the tree's location is that of it. */
  insertUnder(insert: UnitInsert): number {
    const { agent, count, parent, side, isVoid } = insert;
    this.#typingEnd = -1;
    this.reserveUnits(this.ids.units + count);
    if (side === RIGHT && this.#extends(agent, parent)) {
      this.tree.seekUnit(parent);
      return this.#extend(count, isVoid);
    }
    if (side === RIGHT && parent !== ROOT) this.#separateContinuation(parent);
    const unit = this.#newRun(insert);
    const length = isVoid ? -count : count;
    const key = keyOf(parent, side);
    const siblings = this.#children.get(key);
    if (siblings === undefined) {
      this.#children.set(key, unit);
      this.#placeOnly(unit, length, parent, side);
    } else {
      this.#placeAmong(unit, length, insert, siblings);
    }
    return unit;
  }

  /**
   * Writes the visibility register of `count` units from `from` where the stamp is not below theirs, and
   * reports what that changes.
   */
  setHidden(
    from: number,
    count: number,
    register: number,
    changes: SequenceChange[] | undefined,
  ): void {
    this.#typingEnd = -1;
    const { stamps } = this;
    const end = from + count;
    const hidden = isHidden(register);
    let unit = from;
    while (unit < end) {
      const old = stamps[unit] as number;
      let stop = unit + 1;
      while (stop < end && stamps[stop] === old) stop++;
      if (this.#wins(old, register)) {
        stamps.fill(register, unit, stop);
        if (isHidden(old) !== hidden) this.#flip(unit, stop, changes);
      }
      unit = stop;
    }
  }

  /** Hides `count` visible units from `position` and returns their ids. */
  hideAt(position: number, count: number, register: number): IdRange[] {
    const { tree, ids } = this;
    this.#typingEnd = -1;
    const ranges: IdRange[] = [];
    let place = position;
    let rest = count;
    while (rest > 0) {
      tree.seekVisible(place);
      const at = tree.leaf * NODE + tree.slot * STRIDE;
      const unit = (tree.items[at] as number) + tree.offset;
      const size = Math.min(rest, (tree.items[at + 1] as number) - tree.offset);
      pushRange(ranges, ids.agentOf(unit), ids.counterOf(unit), size);
      if (size === 1 && this.stamps[unit] === STAMP_NONE) {
        this.stamps[unit] = register;
        tree.flip(tree.leaf, tree.slot, tree.offset, 1);
      } else {
        const before = tree.length;
        this.setHidden(unit, size, register, undefined);
        // Units that a greater stamp keeps visible are stepped over.
        place += size - (before - tree.length);
      }
      rest -= size;
    }
    return ranges;
  }

  /** Shows or hides one unit whatever its register says: lists decide which slot is shown. */
  setShown(unit: number, shown: boolean, changes: SequenceChange[] | undefined): void {
    this.#typingEnd = -1;
    this.tree.seekUnit(unit);
    const at = this.tree.leaf * NODE + this.tree.slot * STRIDE + 1;
    if ((this.tree.items[at] as number) > 0 !== shown) this.#flip(unit, unit + 1, changes);
  }

  /**
   * Writes the register of one unit unless its own is greater; true when it now hides where it did not, or
   * the other way round. Shows and hides nothing.
   */
  writeRegister(unit: number, register: number): boolean {
    const old = this.stamps[unit] as number;
    if (!this.#wins(old, register)) return false;
    this.stamps[unit] = register;
    return isHidden(old) !== isHidden(register);
  }

  /** True when a unit's register does not hide it. */
  isVisible(unit: number): boolean {
    return !isHidden(this.stamps[unit] as number);
  }

  /** Of the given units those whose register was last written with a stamp, as ids. */
  rangesStamped(
    ranges: readonly { readonly unit: number; readonly count: number }[],
    stamp: number,
  ): IdRange[] {
    const found: IdRange[] = [];
    for (const { unit: from, count } of ranges) {
      for (let unit = from; unit < from + count; unit++) {
        const register = this.stamps[unit] as number;
        if (register <= 0 || stampOf(register) !== stamp) continue;
        pushRange(found, this.ids.agentOf(unit), this.ids.counterOf(unit), 1);
      }
    }
    return found;
  }

  /** Visible units before a unit. */
  positionOf(unit: number): number {
    const { tree } = this;
    tree.seekUnit(unit);
    const at = tree.leaf * NODE + tree.slot * STRIDE;
    const visible = (tree.items[at + 1] as number) > 0;
    const { offset } = tree;
    return tree.positionOf(tree.leaf, tree.slot) + (visible ? offset : 0);
  }

  /** The visible unit at a position below `length`. */
  unitAt(position: number): number {
    const { tree } = this;
    tree.seekVisible(position);
    return (tree.items[tree.leaf * NODE + tree.slot * STRIDE] as number) + tree.offset;
  }

  /** Calls back with each stretch of visible units between two positions, in order. */
  forEachVisible(from: number, to: number, visit: (unit: number, count: number) => void): void {
    if (from >= to) return;
    const { tree } = this;
    tree.seekVisible(from);
    let { leaf, slot, offset } = tree;
    let rest = to - from;
    while (rest > 0) {
      const end = leaf * NODE + (tree.counts[leaf] as number) * STRIDE;
      for (let at = leaf * NODE + slot * STRIDE; at < end && rest > 0; at += STRIDE) {
        const length = tree.items[at + 1] as number;
        if (length <= 0) continue;
        const size = Math.min(rest, length - offset);
        visit((tree.items[at] as number) + offset, size);
        offset = 0;
        rest -= size;
      }
      leaf = tree.nexts[leaf] as number;
      slot = 0;
    }
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

  #wins(old: number, register: number): boolean {
    if (old === STAMP_NONE) return true;
    if (old === STAMP_VOID) return false;
    const before = stampOf(old);
    const stamp = stampOf(register);
    return before === stamp || this.#order.compareStamps(stamp, before) > 0;
  }

  #flip(from: number, to: number, changes: SequenceChange[] | undefined): void {
    const { tree } = this;
    let unit = from;
    while (unit < to) {
      tree.seekUnit(unit);
      const { leaf, slot, offset } = tree;
      const length = tree.items[leaf * NODE + slot * STRIDE + 1] as number;
      const count = Math.min(to - unit, Math.abs(length) - offset);
      if (changes !== undefined) {
        const start = tree.positionOf(leaf, slot);
        if (length > 0) pushChange(changes, start + offset, count, 0);
        else pushChange(changes, start, 0, count);
      }
      tree.flip(leaf, slot, offset, count);
      unit += count;
    }
  }

  /** True when units of `agent` under the right of `parent` would lengthen the last run. */
  #extends(agent: number, parent: number): boolean {
    const { ids } = this;
    return (
      parent >= 0 &&
      parent === ids.units - 1 &&
      ids.agents[ids.runs - 1] === agent &&
      !this.#children.has(keyOf(parent, RIGHT))
    );
  }

  /** Lengthens the last run; the tree is at the item that ends with its last unit. */
  #extend(count: number, isVoid: boolean): number {
    const { tree, ids } = this;
    const unit = ids.units;
    ids.extend(count);
    if (isVoid) this.stamps.fill(STAMP_VOID, unit, unit + count);
    const at = tree.leaf * NODE + tree.slot * STRIDE;
    const length = tree.items[at + 1] as number;
    if (length < 0 === isVoid) {
      tree.offset = Math.abs(length);
      tree.lengthen(tree.leaf, tree.slot, count);
      return unit;
    }
    const closes = tree.items[at + 3] as number;
    tree.items[at + 3] = 0;
    tree.openSlots(tree.leaf, tree.slot + 1, 1);
    this.#write(unit, isVoid ? -count : count, 0, closes);
    return unit;
  }

  #newRun(insert: UnitInsert): number {
    const { ids } = this;
    const unit = ids.units;
    ids.append({ ...insert, counter: ids.next(insert.agent) });
    if (insert.isVoid) this.stamps.fill(STAMP_VOID, unit, unit + insert.count);
    return unit;
  }

  #hasRightChild(unit: number): boolean {
    return this.ids.continues(unit) || this.#children.has(keyOf(unit, RIGHT));
  }

  #locateStart(): void {
    const { tree } = this;
    tree.leaf = tree.first;
    tree.slot = 0;
    const empty = tree.counts[tree.first] === 0;
    this.parent = empty ? ROOT : (tree.items[tree.first * NODE] as number);
    this.side = empty ? RIGHT : LEFT;
  }

  /** Finds the parent of what is inserted after a visible unit, and goes to its item. */
  #locateAfterVisible(position: number): void {
    const { tree } = this;
    tree.seekVisible(position);
    const { leaf, slot, offset } = tree;
    const at = leaf * NODE + slot * STRIDE;
    const unit = (tree.items[at] as number) + offset;
    if (offset + 1 < (tree.items[at + 1] as number)) {
      tree.splitItem(leaf, slot, offset + 1);
      this.parent = unit + 1;
      this.side = LEFT;
    } else if (this.#hasRightChild(unit)) {
      this.#stepRight();
      this.parent = tree.items[tree.leaf * NODE + tree.slot * STRIDE] as number;
      this.side = LEFT;
    } else {
      this.parent = unit;
      this.side = RIGHT;
    }
  }

  #stepRight(): void {
    const { tree } = this;
    if (tree.slot + 1 < (tree.counts[tree.leaf] as number)) tree.slot++;
    else {
      tree.leaf = tree.nexts[tree.leaf] as number;
      tree.slot = 0;
    }
  }

  /** Places a unit that is the only child of its parent on this side. */
  #placeOnly(unit: number, length: number, parent: number, side: number): void {
    const { tree } = this;
    if (parent === ROOT) {
      this.#place(unit, length, tree.first, 0);
      return;
    }
    tree.seekUnit(parent);
    if (side === RIGHT) this.#placeAfter(unit, length);
    else {
      if (tree.offset > 0) tree.splitItem(tree.leaf, tree.slot, tree.offset);
      this.#placeBefore(unit, length);
    }
  }

  #placeAmong(unit: number, length: number, insert: UnitInsert, siblings: number | Siblings): void {
    const { tree } = this;
    const { parent, side } = insert;
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
      this.#write(unit, length, 1, 1 + outer);
    } else if (side === LEFT) {
      tree.seekUnit(list.second());
      const inner = findSubtreeStart(tree, tree.leaf, tree.slot);
      const at = tree.leaf * NODE + tree.slot * STRIDE + 2;
      const outer = (tree.items[at] as number) - inner;
      tree.items[at] = inner;
      tree.openSlots(tree.leaf, tree.slot, 1);
      this.#write(unit, length, 1 + outer, 1);
    } else if (parent === ROOT) {
      this.#place(unit, length, tree.first, 0);
    } else {
      tree.seekUnit(parent);
      this.#place(unit, length, tree.leaf, tree.slot + 1);
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
    tree.markStale(tree.leaf);
    tree.leaf = leaf;
    tree.slot = slot;
    this.#stepRight();
    const start = tree.leaf * NODE + tree.slot * STRIDE + 2;
    tree.items[start] = (tree.items[start] as number) + 1;
    tree.markStale(tree.leaf);
  }

  /** Places a leaf of the Fugue tree between two subtrees. */
  #place(unit: number, length: number, leaf: number, slot: number): void {
    this.tree.openSlots(leaf, slot, 1);
    this.#write(unit, length, 1, 1);
  }

  /** Places the last left child of the item the tree is at; what opens there opens before the child. */
  #placeBefore(unit: number, length: number): void {
    const { tree } = this;
    const at = tree.leaf * NODE + tree.slot * STRIDE + 2;
    const opens = tree.items[at] as number;
    tree.items[at] = 0;
    tree.openSlots(tree.leaf, tree.slot, 1);
    this.#write(unit, length, opens + 1, 1);
  }

  /** Places the only right child of the last unit of the item; what closes there closes after it. */
  #placeAfter(unit: number, length: number): void {
    const { tree } = this;
    const at = tree.leaf * NODE + tree.slot * STRIDE + 3;
    const closes = tree.items[at] as number;
    tree.items[at] = 0;
    tree.openSlots(tree.leaf, tree.slot + 1, 1);
    this.#write(unit, length, 1, closes + 1);
  }

  #write(unit: number, length: number, opens: number, closes: number): void {
    const { tree } = this;
    const { leaf, slot } = tree;
    tree.put({ leaf, slot, unit, length });
    const at = leaf * NODE + slot * STRIDE;
    tree.items[at + 2] = opens;
    tree.items[at + 3] = closes;
    tree.offset = 0;
    tree.markStale(leaf);
  }

  /** The parent of a unit in the Fugue tree. */
  parentOf(unit: number): number {
    const run = this.ids.runOf(unit);
    return unit === this.ids.starts[run] ? (this.ids.parents[run] as number) : unit - 1;
  }

  /** Room for units below `units`. */
  reserveUnits(units: number): void {
    this.tree.reserveUnits(units);
    if (units > this.stamps.length) {
      this.stamps = grownInt32(this.stamps, Math.max(units, this.stamps.length * 2));
    }
  }
}

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

function keyOf(parent: number, side: number): number {
  return (parent + 1) * 2 + side;
}
