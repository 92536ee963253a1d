/** Objects of a space as applications see them: the interface that ECHO's database satisfies. */
import type { Fields, Input, ObjectOf, TypeData, TypeDefinition } from '@atoll/schema';

/** An object whose type is known only at run time. Fields are read by name. */
export interface AnyObject {
  readonly id: string;
  readonly [field: string]: unknown;
}

/** A change to the order of a query's results. */
export type Direction = 'asc' | 'desc';

/** A question about objects of one type. Each step gives a new query. */
export interface Query<T> {
  /** Keeps objects whose fields have these values; a ref field takes an object, its id, or its key. */
  where(values: { readonly [field: string]: unknown }): Query<T>;
  orderBy(field: string, direction?: Direction): Query<T>;
  limit(count: number): Query<T>;
  run(): T[];
  count(): number;
  /** Calls back after each change of the results or of an object in them. Returns the way to stop. */
  subscribe(listener: (results: T[]) => void): () => void;
}

/** One of several concurrent values of a register. */
export interface Sibling {
  readonly value: unknown;
  readonly author: string;
  readonly timeMs: number;
}

/** Objects that point to an object through one field. */
export interface IncomingRef {
  readonly object: AnyObject;
  readonly type: string;
  readonly field: string;
}

/** Objects of a space. Changes show at once and are stored at the end of the tick. */
export interface Database {
  add<F extends Fields>(type: TypeDefinition<F>, input: Input<F>): ObjectOf<F>;
  query<F extends Fields>(type: TypeDefinition<F>): Query<ObjectOf<F>>;
  query(type: string): Query<AnyObject>;
  get(id: string): AnyObject | undefined;
  /** Name of an object's type. */
  typeOf(object: { readonly id: string }): string;
  delete(object: { readonly id: string }): void;
  restore(object: { readonly id: string }): void;
  /** Objects that were deleted, newest first. */
  deleted(): readonly { readonly object: AnyObject; readonly type: string }[];
  /** Everything that changes inside is one change for undo and for others. */
  transaction<T>(change: () => T): T;
  /** All concurrent values of a register; one where nobody disagrees. */
  conflicts(object: { readonly id: string }, field: string): readonly Sibling[];
  refsTo(object: { readonly id: string }): readonly IncomingRef[];
  /** Types of which the space has objects or a schema. */
  types(): readonly TypeData[];
  /** Calls back after each change of anything. Returns the way to stop. */
  subscribe(listener: () => void): () => void;
}
