/**
 * The mutations that blocks carry, as values. Objects, feeds and types are numbers of the section's
 * dictionaries; bytes in spec/objects.md. Fields are leaves of a type: an op never carries names.
 */
import type { Value } from '@atoll/codec';

/** One op, named by the feed and number of its block and its place in the section. */
export interface Dot {
  /** Number in the section's dictionary of feeds; 0 is the block's own feed. */
  readonly feed: number;
  readonly seq: number;
  readonly op: number;
}

/** An object in a section: `2 k` is the k-th dictionary entry, `2 k + 1` the k-th creation of the block. */
export type ObjectNo = number;

/** A leaf of the object's own type, or of another version that the op names. */
export interface FieldNo {
  readonly leaf: number;
  /** Number in the section's dictionary of types; absent means the type of the object's creation. */
  readonly type?: number;
}

/** A register: a field, or an entry of a map field. */
export interface RegisterNo {
  readonly object: ObjectNo;
  readonly field: FieldNo;
  /** Key of the entry, for map fields. */
  readonly key?: string;
}

/**
 * What a write to a register replaces: everything in its causal past, or, for undo, exactly the listed
 * ops (ascending by feed, seq, op).
 */
export type Covers = readonly Dot[] | undefined;

/** One mutation. */
export type Op =
  /** Publishes a type in the space. */
  | { readonly kind: 'type'; readonly bytes: Uint8Array }
  /** Creates an object; the payload is its first row. */
  | { readonly kind: 'create'; readonly type: number; readonly payload: Uint8Array }
  /** Writes a register. */
  | ({ readonly kind: 'set'; readonly value: Value; readonly covers: Covers } & RegisterNo)
  /** Writes "no value" to a register. */
  | ({ readonly kind: 'unset'; readonly covers: Covers } & RegisterNo)
  /** Takes the listed ops out of a register and writes nothing. */
  | ({ readonly kind: 'retract'; readonly covers: readonly Dot[] } & RegisterNo)
  /** Writes the register `deleted`. */
  | { readonly kind: 'delete'; readonly object: ObjectNo; readonly covers: Covers }
  | { readonly kind: 'restore'; readonly object: ObjectNo; readonly covers: Covers }
  /** Takes the listed ops out of the register `deleted`. */
  | {
      readonly kind: 'undelete';
      readonly object: ObjectNo;
      readonly covers: readonly Dot[];
    }
  /** Adds to a set. */
  | {
      readonly kind: 'add';
      readonly object: ObjectNo;
      readonly field: FieldNo;
      readonly value: Value;
    }
  /** Removes from a set the additions in the causal past, or exactly the listed ones. */
  | {
      readonly kind: 'remove';
      readonly object: ObjectNo;
      readonly field: FieldNo;
      readonly value: Value;
      readonly covers: Covers;
    }
  /** Adds to a count: the one of the creation, or the one that an `assign` began. */
  | {
      readonly kind: 'increment';
      readonly object: ObjectNo;
      readonly field: FieldNo;
      readonly amount: number;
      readonly counter: Dot | undefined;
    }
  /** Begins a new count. */
  | {
      readonly kind: 'assign';
      readonly object: ObjectNo;
      readonly field: FieldNo;
      readonly amount: number;
    }
  /** Goes back to an earlier count, covering exactly the listed ops. */
  | {
      readonly kind: 'recount';
      readonly object: ObjectNo;
      readonly field: FieldNo;
      readonly covers: readonly Dot[];
      readonly counter: Dot | undefined;
    }
  /** An op of a text or list; the bytes are the sequence's own encoding. */
  | {
      readonly kind: 'sequence';
      readonly object: ObjectNo;
      readonly field: FieldNo;
      readonly bytes: Uint8Array;
    }
  /** An op of a custom data model; it counts only together with the ops that it needs. */
  | {
      readonly kind: 'model';
      readonly object: ObjectNo;
      readonly field: FieldNo;
      /** Ascending by feed, seq, op. */
      readonly needs: readonly Dot[];
      readonly bytes: Uint8Array;
    };

/** An object that the section names and its block did not create. */
export interface NamedObject {
  readonly id: Uint8Array;
  /** Block that created it. */
  readonly feed: number;
  readonly seq: number;
}

/** A decoded section. */
export interface Section {
  /** Keys of the feeds that dots name, 32 bytes each; number 1 is the first, 0 the block's own feed. */
  readonly feeds: readonly Uint8Array[];
  /** Hashes of the types that ops name, 32 bytes each. */
  readonly types: readonly Uint8Array[];
  readonly objects: readonly NamedObject[];
  readonly ops: readonly Op[];
}

/** Bytes of one section: a padded block with it stays below the 1 MiB that a block may have. */
export const SECTION_BYTES_MAX: number = 768 * 1024;
/** Ops of one section. */
export const SECTION_OPS_MAX: number = 256 * 1024;
/** Dots that one op may list: an undo names what one user's gesture wrote. */
export const COVERS_MAX = 4096;
