/** What an op changes, as rights see it. */
import type { Leaf } from '@atoll/schema';
import type { IdentityId, ZoneId } from '@atoll/kernel';
import type { KnownType } from '../type-registry.ts';

/** A place in a tree: the id of the parent, `null` for none. */
export type ParentId = Uint8Array | null;

/** A field, or what is under one of its keys. */
export interface TargetField {
  readonly leaf: Leaf;
  readonly type: KnownType;
  /** Key of a map's entry, or name of a list's element as ops have it. */
  readonly key?: string | undefined;
}

/** What one op changes. */
export interface OpTarget {
  /** Row of the object; absent for one that is to be made. */
  readonly row?: number;
  /** The closed zone that it is to be made in. */
  readonly zone?: ZoneId | undefined;
  /** The object that is to be made, and where in trees. */
  readonly creation?: { readonly type: KnownType; readonly parents: readonly ParentId[] };
  /** Absent for what concerns the object as a whole. */
  readonly field?: TargetField;
  /** Where a place in a tree is written: there; `undefined` where one is taken back. */
  readonly to?: ParentId | undefined;
}

/** Who does it, and from when on it is seen. */
export interface OpMoment {
  /** Number of the block; `undefined`: with all that is known now. */
  readonly block: number | undefined;
  /** Number of the op in its block: what comes before it there counts. */
  readonly op: number;
  readonly author: IdentityId;
  /** The closed zone whose ops are judged: what is in others does not bear on them. */
  readonly zone?: ZoneId | undefined;
}
