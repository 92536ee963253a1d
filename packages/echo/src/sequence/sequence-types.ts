/**
 * The words of the sequence CRDT: ids, anchors, ranges, changes and limits. Agents and stamps are small
 * local numbers of the caller; only the two comparisons, equal on every replica, give them an order.
 */

/**
 * One element for ever: the `counter`-th unit that `agent` ever inserted into this sequence. An agent is a
 * branch of a feed, as a local number. Counters are dense along a chain and count void inserts too, so that
 * they follow from the place of an op in its feed and are never sent; a branch goes on where its chain
 * stood at the fork.
 */
export interface ElementId {
  readonly agent: number;
  readonly counter: number;
}

/** `count` elements of one agent with consecutive counters. */
export interface IdRange extends ElementId {
  readonly count: number;
}

/**
 * Where an insert attaches in the Fugue tree: as a child `before` (left) or `after` (right) the element.
 * Without an element the anchor is the start of the sequence, and the side is `after`.
 */
export interface Anchor {
  readonly element: ElementId | undefined;
  readonly side: Side;
}

/** The side of an element on which something stands. */
export type Side = 'before' | 'after';

/** What orders agents and stamps; must be equal on every replica. */
export interface SequenceOrder {
  /** Order of agents by the 32 bytes that name them. Zero for branches of one feed: ids decide then. */
  readonly compareAgents: (a: number, b: number) => number;
  /** Total order of elements of different agents that {@link compareAgents} takes for equal. */
  readonly compareIds?: (a: ElementId, b: ElementId) => number;
  /** Total order of stamps by (lamport, block hash). Zero only for the same block. */
  readonly compareStamps: (a: number, b: number) => number;
}

/** What became different for a reader; positions count after all earlier changes of the same list. */
export interface SequenceChange {
  readonly position: number;
  readonly deleted: number;
  readonly inserted: number;
}

/** A place that survives edits: beside an element, or at the very start (`after`) or end (`before`). */
export interface StablePosition {
  readonly element: ElementId | undefined;
  readonly side: Side;
}

/** Why an op was not applied. Nothing was changed. */
export type SequenceRefusal =
  | 'unknown-element' // It names an element that this replica has never seen.
  | 'removed-element' // It hangs on an element that an epoch has collected; its units count as void.
  | 'out-of-range' // A position or count outside the sequence, or a malformed number.
  | 'ill-formed' // Text that is not well-formed Unicode.
  | 'too-large'; // A limit below: the replica is incomplete and must say so; the op is not void.

/** Elements ever inserted into one sequence; each costs about ten bytes of memory. */
export const SEQUENCE_UNITS_MAX: number = 2 ** 25;
/** Units of one insert, so that one op is one short step of the event loop. */
export const INSERT_UNITS_MAX: number = 2 ** 20;
/** Ranges of one visibility op. */
export const RANGES_MAX: number = 2 ** 16;
/** Stamps are packed beside a flag into 32 bits. */
export const STAMP_MAX: number = 2 ** 30 - 2;
