/** What keeps rows beside the fold: states that lie in a snapshot, and who writes the next one. */
import type { ZoneId } from '@atoll/kernel';
import type { Twin } from './creations.ts';
import type { ObjectState } from './object-state.ts';
import type { Sibling } from './register.ts';

/** States of rows as they lie in a snapshot; each is read when somebody first asks for it. */
export interface StoredStates {
  /** The state of a row, or `undefined` if it has none. A new one at each call. */
  read(row: number): ObjectState | undefined;
  /** The register of deletion, without reading anything else. */
  deleted(row: number): readonly Sibling[];
  /** A field that is a register and was written apart, without reading anything else. */
  register(row: number, field: number): readonly Sibling[] | undefined;
}

/** Told of rows before they change: whoever writes a snapshot takes what it still needs then. */
export interface RowWatcher {
  /** What is known of the row beyond its creation may be another afterwards. */
  stateWillChange(row: number): void;
  /** The creation of the row, or whether it counts, may be another afterwards. */
  creationWillChange(row: number): void;
}

/** Rows that are set apart. */
export interface RowMarks {
  /** Created more than once: all creations. */
  readonly twins?: ReadonlyMap<number, readonly Twin[]>;
  /** Collected by an epoch: its number. */
  readonly collected?: ReadonlyMap<number, number>;
  /** In closed zones. */
  readonly zones?: ReadonlyMap<number, ZoneId>;
}

/** Rows as the snapshot of an epoch has them, for folding them again where history was dropped. */
export interface RefoldBase {
  /** Number of the epoch. */
  readonly number: number;
  /** True for a block under its frontier. */
  has(block: number): boolean;
  /** What it has of a row; `undefined` if nothing. A new state at each call. */
  state(
    row: number,
  ): { readonly isVoid: boolean; readonly state: ObjectState | undefined } | undefined;
}
