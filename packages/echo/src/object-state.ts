/**
 * What is known of an object beyond the bytes of its creation: fields that were written apart. A field
 * that is not here is as the creation left it.
 */
import type { Value } from '@atoll/codec';
import type { ModelState } from './models/model-state.ts';
import type { ListState, TextState } from './sequence-state.ts';
import type { LocalCovers, Sibling } from './register.ts';

/** An element of a set with the additions that stand. */
export interface SetItem {
  readonly value: Value;
  readonly dots: readonly { readonly block: number; readonly op: number }[];
}

/** A count: where it began, and the sum of its increments. */
export interface Count {
  readonly base: number;
  sum: bigint;
}

/** What was written to a place in a tree, one after another: for asking where it was as a block knew it. */
export interface PlaceLog {
  /** What stood before the first of them, and is settled; absent where that is what the creation says. */
  readonly base?: readonly Sibling[];
  readonly writes: PlaceWrite[];
}

/** One of them. */
export interface PlaceWrite {
  readonly block: number;
  readonly op: number;
  readonly covers: LocalCovers;
  /** Absent where something was only taken back. */
  readonly next?: Sibling;
}

/** State of one field. */
export type FieldState =
  /** `placed`: of a place in a tree, where rights may be asked for. */
  | { readonly kind: 'register'; siblings: readonly Sibling[]; placed?: PlaceLog }
  | { readonly kind: 'map'; readonly entries: Map<string, readonly Sibling[]> }
  | { readonly kind: 'set'; readonly items: Map<string, SetItem> }
  | {
      readonly kind: 'counter';
      /** Values are keys of `counts`. */
      siblings: readonly Sibling[];
      readonly counts: Map<string, Count>;
    }
  | TextState
  | ListState
  | ModelState;

/** State of one object. */
export class ObjectState {
  /** Blocks with ops on the object after its creation, ascending, void ones included. */
  readonly blocks: number[];
  /** By local number of the field. */
  readonly fields: Map<number, FieldState>;
  /** The register `deleted`; no siblings: never deleted. */
  deleted: readonly Sibling[] = [];
  /**
   * An op on a text or list was refused or void since the last epoch: whether it is may be another question
   * once its neighbours lie under a frontier, so the row is folded again then.
   */
  isDoubtful = false;

  /** With `stored`: what a snapshot keeps, read field by field. */
  constructor(
    stored: {
      readonly blocks: number[];
      readonly fields: Map<number, FieldState>;
      readonly deleted: readonly Sibling[];
    } = { blocks: [], fields: new Map(), deleted: [] },
  ) {
    this.blocks = stored.blocks;
    this.fields = stored.fields;
    this.deleted = stored.deleted;
  }

  /** What is left of a collected object: blocks that knew it are judged by where it was. */
  placesOnly(): ObjectState {
    const placed = [...this.fields].filter(
      ([, field]) => field.kind === 'register' && field.placed !== undefined,
    );
    return new ObjectState({ blocks: this.blocks, fields: new Map(placed), deleted: [] });
  }
}

/** Key of a set's element: equal for equal values. */
export function itemKey(value: Value, encode: (value: Value) => Uint8Array): string {
  if (typeof value === 'string') return `s${value}`;
  if (typeof value === 'number' && Number.isInteger(value)) return `n${value}`;
  let key = 'x';
  for (const byte of encode(value)) key += String.fromCharCode(byte);
  return key;
}

/** Key of a count: the op that began it. */
export function countKey(block: number, op: number): string {
  return `${block}.${op}`;
}
