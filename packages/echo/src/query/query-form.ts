/** A query as plain data: what the builder makes, what a command line or another program can write. */
import type { ObjectId } from '@atoll/kernel';

/** Comparisons of one field. All that are given must hold. */
export interface Condition {
  readonly eq?: unknown;
  readonly ne?: unknown;
  readonly lt?: unknown;
  readonly lte?: unknown;
  readonly gt?: unknown;
  readonly gte?: unknown;
  /** One of these. */
  readonly in?: readonly unknown[];
  /** Begins with this text. */
  readonly prefix?: string;
  /** A set or list has this element, a text or string has this part, a map has this key. */
  readonly contains?: unknown;
  /** Has a value (`true`) or none (`false`). */
  readonly exists?: boolean;
}

/** Conditions by the name of the field; inner fields of records by path, such as `address.city`. */
export type Where = { readonly [field: string]: unknown };

/** Order by one field. Objects without a value come first. */
export interface Order {
  readonly field: string;
  readonly direction: 'asc' | 'desc';
}

/** What refs point to: an object by id, or a key that keyed refs name. */
export interface RefGoal {
  readonly id?: ObjectId;
  readonly key?: string;
  /** Only refs in this field. */
  readonly field?: string;
}

/** A query. */
export interface QueryForm {
  /** Name of the type. */
  readonly type: string;
  readonly where?: Where;
  readonly refTo?: RefGoal;
  readonly orderBy?: readonly Order[];
  readonly offset?: number;
  readonly limit?: number;
  /** Begins behind this object. */
  readonly after?: ObjectId;
  /** Deleted objects are left out unless asked for. */
  readonly deleted?: 'exclude' | 'include' | 'only';
}

/** Names of the comparisons. */
export const COMPARISONS: ReadonlySet<string> = new Set([
  'eq',
  'ne',
  'lt',
  'lte',
  'gt',
  'gte',
  'in',
  'prefix',
  'contains',
  'exists',
]);
