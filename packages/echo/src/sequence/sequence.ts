/**
 * The sequence CRDT: ids, order, visibility and positions of units, without knowing what a unit holds.
 * Order is Fugue in its tree form: a unit is the left or right child of another, and children of one side
 * stand in the order of (agent, counter). Visibility is a register a unit, won by the greatest stamp.
 * Everything here speaks in local unit numbers; ids are translated at the border.
 */
import { pushChange, pushRange } from './changes.ts';
import { FuguePlacement } from './fugue-placement.ts';
import { IdTable, LEFT, RIGHT, ROOT } from './id-table.ts';
import { ItemTree } from './item-tree.ts';
import { NODE, STRIDE } from './node-table.ts';
import type { IdRange, SequenceChange, SequenceOrder } from './sequence-types.ts';
import { grownInt32 } from './typed-growth.ts';
import { firstUnit, isHiddenBehind, unitBehind } from './unit-walk.ts';

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

/** An insert by the local writer. */
interface LocalInsert {
  readonly agent: number;
  readonly position: number;
  readonly count: number;
}

/** What was hidden from a position on. */
export interface Hidden {
  readonly ranges: IdRange[];
  /** The changes one by one, if it was not all of one stretch. */
  readonly scattered: readonly SequenceChange[] | undefined;
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
  /** By unit, 1: it may be collected soon, so nothing new is to hang on it. See {@link Sequence.avoid}. */
  #avoided: Uint8Array | undefined;
  readonly #order: SequenceOrder;
  readonly #placement: FuguePlacement;
  /** Where the last local insert ended, as long as nothing else has changed since; else -1. */
  #typingEnd = -1;
  #typingLeaf = 0;
  #typingSlot = 0;

  constructor(order: SequenceOrder) {
    this.#order = order;
    this.#placement = new FuguePlacement(this.ids, this.tree, order);
  }

  /** Order of two units by id: agents, then counters. */
  get compareUnits(): (a: number, b: number) => number {
    return this.#placement.compareUnits;
  }

  /** Enters a child when a whole sequence is built at once. Children arrive in their order. */
  adoptChild(parent: number, side: number, unit: number): void {
    this.#placement.adoptChild(parent, side, unit);
  }

  /** Visible units. */
  get length(): number {
    return this.tree.length;
  }

  /**
   * Inserts before the visible unit at `position` and returns the first new unit. The unit on the left is
   * the parent, unless it has children on its right: then the next unit, hidden ones included, is.
   */
  insertAt(agent: number, position: number, count: number): number {
    const { tree, ids } = this;
    this.reserveUnits(ids.units + count);
    if (position === this.#typingEnd && ids.agents[ids.runs - 1] === agent && ids.isOpen) {
      return this.#typeOn(count);
    }
    const at = { agent, position, count };
    const avoided = this.#avoided;
    const unit = avoided ? this.#insertAvoiding(at, avoided) : this.#insertBehind(at);
    this.#typingEnd = position + count;
    this.#typingLeaf = tree.leaf;
    this.#typingSlot = tree.slot;
    return unit;
  }

  #insertBehind({ agent, count, position }: LocalInsert): number {
    if (position === 0) this.#locateStart();
    else this.#locateAfterVisible(position - 1);
    const { parent, side } = this;
    return this.#insertLocated(agent, count, parent, side);
  }

  /**
   * The same, but as if the units to be avoided were not there: below the unit on the left if all that
   * hangs on its right is to be avoided, else before the next unit that is not.
   */
  #insertAvoiding(at: LocalInsert, avoided: Uint8Array): number {
    const { agent, count, position } = at;
    const left = position === 0 ? ROOT : this.unitAt(position - 1);
    if (position > 0 && !isHiddenBehind(this.tree)) return this.#insertBehind(at);
    this.parent = this.#freeParent(left, (unit) => avoided[unit] !== 1);
    this.side = this.parent === left ? RIGHT : LEFT;
    const { parent, side } = this;
    const unit = this.insertUnder({ agent, count, parent, side, isVoid: false });
    this.tree.seekUnit(unit);
    return unit;
  }

  /** What an insert behind a unit hangs on; the tree is at that unit. */
  #freeParent(left: number, isFree: (unit: number) => boolean): number {
    const { tree } = this;
    if (left !== ROOT && !this.#placement.rightChildren(left).some(isFree)) return left;
    let next = left === ROOT ? firstUnit(tree) : unitBehind(tree);
    while (next !== undefined && !isFree(next)) next = unitBehind(tree);
    return next ?? ROOT;
  }

  /**
   * Lets local inserts hang on none of these units: nobody sees them, and what hangs on them is among them.
   * A unit that others hang something on, or show, is one like any other again.
   */
  avoid(units: Uint8Array | undefined): void {
    this.#avoided = units;
    this.#typingEnd = -1;
  }

  /** True for a unit that may be collected soon: nothing new is to name it. */
  isAvoided(unit: number): boolean {
    return this.#avoided?.[unit] === 1;
  }

  /** Something hangs on a unit, or it is shown: it will not be collected. */
  #free(from: number): void {
    const avoided = this.#avoided;
    if (avoided === undefined) return;
    for (let unit = from; unit !== ROOT && avoided[unit] === 1; unit = this.parentOf(unit)) {
      avoided[unit] = 0;
    }
  }

  #insertLocated(agent: number, count: number, parent: number, side: number): number {
    if (side === RIGHT && this.#placement.extends(agent, parent)) return this.#extend(count, false);
    const unit = this.#newRun({ agent, count, parent, side, isVoid: false });
    this.#placement.placeHere(unit, count, parent, side);
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
    this.#free(parent);
    this.reserveUnits(this.ids.units + count);
    if (side === RIGHT && this.#placement.extends(agent, parent)) {
      this.tree.seekUnit(parent);
      return this.#extend(count, isVoid);
    }
    this.#placement.prepare(parent, side);
    const unit = this.#newRun(insert);
    this.#placement.place(unit, isVoid ? -count : count, parent, side);
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

  /** Hides `count` visible units from `position` on, save those that a greater stamp keeps visible. */
  hideAt(position: number, count: number, register: number): Hidden {
    const { tree, ids } = this;
    this.#typingEnd = -1;
    const ranges: IdRange[] = [];
    let scattered: SequenceChange[] | undefined;
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
        if (scattered !== undefined) pushChange(scattered, place, 1, 0);
      } else {
        const before = tree.length;
        const changes: SequenceChange[] = [];
        this.setHidden(unit, size, register, changes);
        const kept = size - (before - tree.length);
        if (kept > 0 && scattered === undefined) {
          scattered = [];
          if (rest < count) pushChange(scattered, position, count - rest, 0);
        }
        if (scattered !== undefined) {
          for (const change of changes) pushChange(scattered, change.position, change.deleted, 0);
        }
        place += kept;
      }
      rest -= size;
    }
    return { ranges, scattered };
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
    if (this.#avoided !== undefined) for (let at = from; at < to; at++) this.#free(at);
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
    this.#placement.write(unit, isVoid ? -count : count, 0, closes);
    return unit;
  }

  #newRun(insert: UnitInsert): number {
    const { ids } = this;
    const unit = ids.units;
    ids.append({ ...insert, counter: ids.next(insert.agent) });
    if (insert.isVoid) this.stamps.fill(STAMP_VOID, unit, unit + insert.count);
    return unit;
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
    } else if (this.#placement.hasRightChild(unit)) {
      this.#placement.stepRight();
      this.parent = tree.items[tree.leaf * NODE + tree.slot * STRIDE] as number;
      this.side = LEFT;
    } else {
      this.parent = unit;
      this.side = RIGHT;
    }
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
