/** The state of a sheet: registers, the last write of each; what is shown follows from them. */
import { compareStamps, type ModelInverse, type ModelStamp } from '@atoll/client';
import type { Axis, Content, LineId, SheetOp } from './sheet-op.ts';

interface Written {
  readonly op: SheetOp;
  readonly stamp: ModelStamp;
}

/** A row or column that is shown. */
interface Line {
  readonly id: LineId;
  readonly position: string;
}

/** Registers by name. */
export class SheetState {
  readonly #registers = new Map<string, Written>();
  readonly #lines = new Map<Axis, readonly LineId[]>();
  readonly #anchors = new Map<Axis, readonly LineId[]>();

  /** Enters a write unless a later one is there. */
  apply(op: SheetOp, stamp: ModelStamp): void {
    const key = registerOf(op);
    const known = this.#registers.get(key);
    if (known !== undefined && compareStamps(known.stamp, stamp) >= 0) return;
    this.#registers.set(key, { op, stamp });
    if (op[0] === 'set') return;
    this.#lines.delete(op[1]);
    this.#anchors.delete(op[1]);
  }

  /** Ids of the rows or columns that are shown, in order. */
  lines(axis: Axis): readonly LineId[] {
    let lines = this.#lines.get(axis);
    if (lines === undefined) {
      lines = this.anchors(axis).filter((id) => this.isShown(axis, id));
      this.#lines.set(axis, lines);
    }
    return lines;
  }

  /** The same with removed ones, which still say where a range begins or ends. */
  anchors(axis: Axis): readonly LineId[] {
    let anchors = this.#anchors.get(axis);
    if (anchors === undefined) {
      const placed: Line[] = [];
      for (const { op } of this.#registers.values()) {
        if (op[0] === 'place' && op[1] === axis) placed.push({ id: op[2], position: op[3] });
      }
      placed.sort((a, b) => compare(a.position, b.position) || compare(a.id, b.id));
      anchors = placed.map(({ id }) => id);
      this.#anchors.set(axis, anchors);
    }
    return anchors;
  }

  /** True for a row or column that is there. */
  isShown(axis: Axis, id: LineId): boolean {
    const removal = this.#registers.get(`remove ${axis} ${id}`)?.op;
    return this.#registers.has(`place ${axis} ${id}`) && removal?.[3] !== true;
  }

  /** Position of a row or column. */
  positionOf(axis: Axis, id: LineId): string | undefined {
    const placed = this.#registers.get(`place ${axis} ${id}`)?.op;
    return placed?.[0] === 'place' ? placed[3] : undefined;
  }

  /** What a cell holds. */
  content(row: LineId, column: LineId): Content {
    const set = this.#registers.get(`set ${row} ${column}`)?.op;
    return set?.[0] === 'set' ? set[3] : null;
  }

  /** All registers, as one text that is equal for equal sets of ops. */
  snapshot(): Uint8Array {
    const all = [...this.#registers].sort(([a], [b]) => compare(a, b)).map(([, { op }]) => op);
    return new TextEncoder().encode(JSON.stringify(all));
  }

  /** What a register holds before a write, for its inverse. */
  remember(op: SheetOp): Uint8Array {
    const before = this.#registers.get(registerOf(op)) ?? null;
    return new TextEncoder().encode(JSON.stringify(before));
  }

  /** Writes that make it show what another state shows. */
  become(wanted: SheetState): SheetOp[] {
    const names = new Set([...this.#registers.keys(), ...wanted.#registers.keys()]);
    return [...names].sort(compare).flatMap((name) => this.#becomeAt(name, wanted));
  }

  #becomeAt(name: string, wanted: SheetState): SheetOp[] {
    const now = this.#registers.get(name)?.op;
    const then = wanted.#registers.get(name)?.op;
    if (then !== undefined) return JSON.stringify(then) === JSON.stringify(now) ? [] : [then];
    switch (now?.[0]) {
      case 'set':
        return now[3] === null ? [] : [['set', now[1], now[2], null]];
      case 'place':
        // A line that was not there then is removed; what is known of it stays.
        return this.isShown(now[1], now[2]) ? [['remove', now[1], now[2], true]] : [];
      case 'remove':
        return wanted.isShown(now[1], now[2]) && now[3] ? [['remove', now[1], now[2], false]] : [];
      default:
        return [];
    }
  }

  /** The write that brings back what was there, if nobody has written since. */
  invert(op: SheetOp, stamp: ModelStamp, memory: Uint8Array | undefined): ModelInverse<SheetOp> {
    const now = this.#registers.get(registerOf(op));
    if (now === undefined || compareStamps(now.stamp, stamp) !== 0) return 'overwritten';
    const text = memory === undefined ? 'null' : new TextDecoder().decode(memory);
    const before = JSON.parse(text) as Written | null;
    if (before !== null) return { op: before.op, revives: before.stamp };
    switch (op[0]) {
      case 'set':
        return { op: ['set', op[1], op[2], null] };
      case 'place':
        return { op: ['remove', op[1], op[2], true] };
      case 'remove':
        return { op: ['remove', op[1], op[2], !op[3]] };
    }
  }
}

function registerOf(op: SheetOp): string {
  return `${op[0]} ${op[1]} ${op[2]}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
