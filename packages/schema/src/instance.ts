/**
 * What an application holds in its hand: the static types of fields. ECHO implements them; they are here
 * so that a type definition can be inferred without it.
 */
import type { ObjectId, SpaceId } from '@atoll/kernel';

/**
 * Whether a ref has its target at hand, and if not, why. `missing`: no such object is known here (yet).
 * `deleted`: it can be restored. `hidden`: a moderator has hidden it. `collected`: it was deleted so long ago that its space has forgotten it.
 * `elsewhere`: it is in another space of the user that is not loaded. `not-shared`: it is in a space whose
 * member the user is not.
 */
export type RefState =
  | 'present'
  | 'missing'
  | 'deleted'
  | 'hidden'
  | 'collected'
  | 'elsewhere'
  | 'not-shared'
  | 'unreadable';

/** A link to an object. Objects are refs to themselves, so they can be assigned to ref fields. */
export interface Ref<T> {
  /** The object, if it is here, not deleted and not hidden. Looked up each time. */
  readonly $target: T | undefined;
  /** Whether the target is at hand, and if not, why. */
  readonly $state: RefState;
  /** Id of the object; absent for a keyed ref without target. */
  readonly $id: ObjectId | undefined;
  /** Value of the key field, for refs by key. */
  readonly $key: string | undefined;
  /** The space of the object, if it is another one. */
  readonly $space: SpaceId | undefined;
}

/** Add-wins set. Iterates in canonical order. */
export interface SetField<T> extends Iterable<T> {
  readonly size: number;
  has(value: T): boolean;
  add(...values: readonly T[]): void;
  delete(...values: readonly T[]): void;
  clear(): void;
  toArray(): T[];
}

/** Named registers. */
export interface MapField<T> extends Iterable<[string, T]> {
  readonly size: number;
  get(key: string): T | undefined;
  has(key: string): boolean;
  set(key: string, value: T): void;
  delete(key: string): void;
  keys(): string[];
  toObject(): Record<string, T>;
}

/**
 * Named records. A record from here reads and writes through: each of its fields is a register, so that
 * two people may change two fields of one entry. Writing into an entry that somebody removes at the same
 * time does not bring it back.
 */
export interface RecordsField<T, I> extends Iterable<[string, T]> {
  readonly size: number;
  get(key: string): T | undefined;
  has(key: string): boolean;
  /** Writes all fields of an entry; those that are not given have no value. */
  set(key: string, value: I): void;
  delete(key: string): void;
  keys(): string[];
  toObject(): Record<string, T>;
}

/** A number to which concurrent increments add up. */
export interface CounterField {
  readonly value: number;
  increment(by?: number): void;
  decrement(by?: number): void;
  /** Starts a new count; increments that are concurrent to it do not add to it. */
  assign(value: number): void;
}

/** Sequence of values. Moving never duplicates. */
export interface ListField<T> extends Iterable<T> {
  readonly length: number;
  at(index: number): T | undefined;
  push(...values: readonly T[]): void;
  insert(index: number, ...values: readonly T[]): void;
  set(index: number, value: T): void;
  /** Moves one element so that it stands at `to` afterwards. */
  move(from: number, to: number): void;
  /** Moves `count` elements, in one transaction, so that the first stands at `to` afterwards. */
  moveRange(from: number, count: number, to: number): void;
  /** Name of the element at an index: the same everywhere, whatever moves. */
  idAt(index: number): string | undefined;
  /** Where the element of a name stands; `undefined` if it is deleted or unknown. */
  indexOfId(id: string): number | undefined;
  delete(index: number, count?: number): void;
  toArray(): T[];
}

/** A change of a text as a reader sees it: positions and lengths in UTF-16 code units. */
export interface TextChange {
  readonly position: number;
  readonly deleted: number;
  readonly inserted: string;
}

/** Collaborative plain text. Positions count UTF-16 code units. */
export interface TextField {
  readonly length: number;
  toString(): string;
  insert(position: number, text: string): void;
  delete(position: number, count: number): void;
  /** Replaces the content by the shortest edit between common prefix and suffix. */
  replace(text: string): void;
  /** A place that survives edits, as text that can be sent to peers. */
  cursor(position: number, side?: 'before' | 'after'): string;
  /** Where a cursor is now; `undefined` when it is malformed or names what is not here. */
  position(cursor: string): number | undefined;
  /** Calls back with the changes of each batch, own and foreign. Returns the way to stop. */
  subscribe(
    listener: (changes: readonly TextChange[], origin: 'own' | 'foreign') => void,
  ): () => void;
}

/** Whether a custom data model can be shown here, and if not, why. */
export type ModelStatus =
  /** Its code is here. */
  | 'ready'
  /** Its code is not registered: the ops are kept and passed on. */
  | 'unknown'
  /** Its code broke its own contract or a limit: the ops are kept and passed on. */
  | 'failed';

/** A field whose content a custom data model defines. */
export interface ModelField<View> {
  /** Id of the model. */
  readonly model: string;
  readonly version: number;
  readonly status: ModelStatus;
  /** Ops that count, with those that the model's code cannot read. */
  readonly ops: number;
  /** Ops that the model's code cannot read; 0 as long as nobody has opened it. */
  readonly malformed: number;
  /** What the model shows, loaded at the first call. Throws as long as {@link status} is not `ready`. */
  open(): View;
  /** As data: what the model says of itself, or `{ model, ops }` where it says nothing. */
  toJSON(): unknown;
}

/** Values that a `json` field holds. */
export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
