/**
 * A query as plain data. The builder makes it, a command line or another program can write it, and
 * `form-check.ts` brings whatever was written into the one canonical form.
 */
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
  /** Has a value (`true`) or none (`false`); null is a value. */
  readonly exists?: boolean;
  /** Each of these words begins a word of the field. */
  readonly text?: string;
  /** Some entry of this map of records fulfils this, by the names of the records' fields. */
  readonly some?: Where;
  /** An object that this ref (or one of these refs) leads to fulfils this. */
  readonly to?: Where;
  /** With `to`: the type of that object, for refs that may lead to any. */
  readonly type?: string;
  /** With `to`: the object may be so many steps away along fields of this name; 1 unless given. */
  readonly depth?: number;
}

/**
 * Conditions by the name of the field; inner fields of records by path, such as `address.city`. A value
 * that is no {@link Condition} stands for `eq`. Names that begin with `$` are {@link WhereExtras}.
 */
export type Where = { readonly [field: string]: unknown };

/** What a {@link Where} may say besides fields. */
export interface WhereExtras {
  readonly $and?: readonly Where[];
  readonly $or?: readonly Where[];
  readonly $not?: Where;
  /** One of these objects. */
  readonly $id?: ObjectId | readonly ObjectId[];
  /** Each word begins a word of some searchable field. */
  readonly $text?: string;
  /** Has a ref to this. */
  readonly $refTo?: RefGoal;
  /** An object that leads here fulfils something. */
  readonly $from?: HopFrom;
  /** Stands below an object in a tree. */
  readonly $under?: TreeGoal;
  /** Stands above an object in a tree. */
  readonly $above?: TreeGoal;
}

/** An object in a tree of objects. */
export interface TreeGoal {
  /** `null`, with `$under`: no object; so all that is in the tree, or with a depth of 1 its roots. */
  readonly id: ObjectId | null;
  /** Name of the tree; needed only for types that are in several. */
  readonly tree?: string;
  /** So many steps at most; any number unless given. 1: children, or the parent. */
  readonly depth?: number;
}

/** Objects that lead to the one in question. */
export interface HopFrom {
  /** Their type. */
  readonly type: string;
  /** Their field that leads here. */
  readonly field: string;
  readonly where?: Where;
  /** They may be so many steps away along fields of this name; 1 unless given. */
  readonly depth?: number;
}

/** Order by one field. */
export interface Order {
  readonly field: string;
  readonly direction: 'asc' | 'desc';
  /** Where objects without a value stand; unless given, before all others, so last in descending order. */
  readonly nulls?: 'first' | 'last';
}

/** What refs point to: an object by id, or a key that keyed refs name. */
export interface RefGoal {
  readonly id?: ObjectId;
  readonly key?: string;
  /** Only refs in this field. */
  readonly field?: string;
  /** So many steps away at most; 1 unless given. */
  readonly depth?: number;
}

/** One figure of each group: exactly one of these, naming a field. */
export interface Aggregate {
  readonly sum?: string;
  readonly avg?: string;
  readonly min?: string;
  readonly max?: string;
}

/** A query. */
export interface QueryForm {
  /** Name of the type. */
  readonly type: string;
  readonly where?: Where;
  /** The same as `$refTo` in `where`, where it stands in the canonical form. */
  readonly refTo?: RefGoal;
  readonly orderBy?: readonly Order[];
  readonly offset?: number;
  readonly limit?: number;
  /** Begins behind this: a cursor, or the id of an object. */
  readonly after?: string;
  /** Deleted objects are left out unless asked for. */
  readonly deleted?: 'exclude' | 'include' | 'only';
  /** Objects that moderators have hidden are left out unless asked for. */
  readonly hidden?: 'exclude' | 'include' | 'only';
  /** Fields that make groups; objects count in the group of each element of a set. */
  readonly group?: readonly string[];
  /** Figures by name. */
  readonly aggregate?: { readonly [name: string]: Aggregate };
}

/** Names of the comparisons, in canonical order. */
export const COMPARISON_ORDER: readonly (keyof Condition)[] = [
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
  'text',
  'some',
  'to',
  'type',
  'depth',
];

/** The same, to look them up. */
export const COMPARISONS: ReadonlySet<string> = new Set(COMPARISON_ORDER);

/** Characters of a query as JSON: more than any person or program needs, little to read. */
export const QUERY_CHARACTERS_MAX: number = 256 * 1024;
/** `$and`, `$or`, `$not`, `to` and `$from` inside each other: what is compiled is nested as deeply. */
export const QUERY_DEPTH_MAX = 12;
/** Conditions and compared values of one query: each costs time for each object. */
export const QUERY_PARTS_MAX = 4096;
/** Steps of one `depth`; each may lead to many times as many objects. */
export const HOPS_MAX = 16;
/** Fields in `orderBy`, and in `group`. */
export const ORDERS_MAX = 8;
/** Figures of a group. */
export const AGGREGATES_MAX = 32;
