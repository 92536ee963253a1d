/**
 * What undo keeps of each own op: its name, and what it covered, in terms that survive a restart. The
 * inverse overrides exactly that op and restores the greatest valid value it covered.
 */
import type { BlockContext } from './block-context.ts';
import type { Value } from '@atoll/codec';
import type { GlobalDot } from './open-transaction.ts';

/** A field of an object, by ids; `type` is the version that names the field in ops. */
export interface FieldPlace {
  readonly object: string;
  /** Hash of a type that has the field, in hex. */
  readonly type: string;
  readonly leaf: number;
}

/** A value that a write covered. */
export interface CoveredValue {
  readonly dot: GlobalDot;
  /** Absent: "no value". */
  readonly value?: Value;
}

/** Elements of one writer with consecutive counters. */
export interface NamedRange {
  /** Name of the branch, in hex. */
  readonly branch: string;
  readonly counter: number;
  readonly count: number;
}

/** A place beside an element, or at the start (`after`) or end (`before`) of a text. */
export interface NamedPlace {
  readonly side: 'before' | 'after';
  /** Name of the branch, in hex, and counter of the element. */
  readonly branch?: string;
  readonly counter?: number;
}

/** What was written of a mark in a stretch before it was written anew. */
export interface MarkedStretch {
  readonly key: string;
  readonly start: NamedPlace;
  readonly end: NamedPlace;
  /** `null`: it was not there. */
  readonly value: true | string | null;
  /** The block that wrote it; absent if nobody had. */
  readonly block?: { readonly feed: string; readonly seq: number };
}

/** One undoable op. */
export type UndoStep =
  | { readonly kind: 'create'; readonly object: string }
  | {
      readonly kind: 'life';
      readonly object: string;
      readonly dot: GlobalDot;
      readonly covered: readonly CoveredValue[];
    }
  | {
      readonly kind: 'register';
      readonly place: FieldPlace;
      readonly key?: string;
      readonly dot: GlobalDot;
      readonly covered: readonly CoveredValue[];
    }
  | {
      readonly kind: 'add';
      readonly place: FieldPlace;
      readonly value: Value;
      readonly dot: GlobalDot;
    }
  | {
      readonly kind: 'remove';
      readonly place: FieldPlace;
      readonly value: Value;
      /** The additions that were removed. */
      readonly removed: readonly GlobalDot[];
    }
  | {
      readonly kind: 'increment';
      readonly place: FieldPlace;
      readonly amount: number;
      /** The `assign` that began the count; absent for the creation's. */
      readonly counter?: GlobalDot;
    }
  | {
      readonly kind: 'count';
      readonly place: FieldPlace;
      readonly dot: GlobalDot;
      /** The count that was shown before; absent for the creation's. */
      readonly before?: GlobalDot;
      /** The op that showed it; absent when nothing did. */
      readonly covered?: GlobalDot;
    }
  | {
      readonly kind: 'model';
      readonly place: FieldPlace;
      readonly dot: GlobalDot;
      /** What the model kept for its inverse. */
      readonly memory?: Uint8Array;
    }
  | {
      readonly kind: 'sequence';
      readonly place: FieldPlace;
      /** The block that wrote it: visibility is undone only where it still stands. */
      readonly block: { readonly feed: string; readonly seq: number };
      readonly inserted: readonly NamedRange[];
      readonly hidden: readonly NamedRange[];
      readonly shown: readonly NamedRange[];
      /** Marks of a rich text that were written. */
      readonly marked?: readonly MarkedStretch[];
      /** The element of a list that was moved, and the slot in which it stood before. */
      readonly moved?: { readonly element: NamedRange; readonly slot: NamedRange };
    };

/** Ranges without the elements of others. */
export function withoutRanges(
  ranges: readonly NamedRange[],
  gaps: readonly NamedRange[],
): NamedRange[] {
  let rest = [...ranges];
  for (const gap of gaps) rest = rest.flatMap((range) => withoutRange(range, gap));
  return rest;
}

function withoutRange(range: NamedRange, gap: NamedRange): NamedRange[] {
  if (range.branch !== gap.branch) return [range];
  const stop = range.counter + range.count;
  const before = Math.min(stop, gap.counter) - range.counter;
  const after = stop - Math.max(range.counter, gap.counter + gap.count);
  const parts: NamedRange[] = [];
  if (before > 0) parts.push({ ...range, count: before });
  if (after > 0) parts.push({ ...range, counter: stop - after, count: after });
  return parts;
}

/** Where undoable ops are told. */
export type UndoListener = (step: UndoStep) => void;

/** Told of undoable steps and of the end of each transaction. */
export interface UndoObserver {
  step(step: UndoStep): void;
  sealed(block: BlockContext): void;
  /** What the open transaction has told was taken back. */
  takenBack?(): void;
}
