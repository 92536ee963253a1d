/** Refusals of ECHO to its callers, and verdicts on ops that do not count. */
import { AtollError } from '@atoll/kernel';

/** Why a call was refused. */
export type EchoErrorCode =
  | 'ECHO_ZONE' // There is no such private zone here. Begin one, or ask for the name of the one that is meant.
  | 'ECHO_VALUE' // A value does not fit the field that it is written to. Give one that does.
  | 'ECHO_FIELD' // The type has no such field, or it holds something else. Compare it with the type.
  | 'ECHO_OBJECT' // The object is not in this database. Look it up again; it may belong to another space.
  | 'ECHO_COLLECTED' // It was deleted so long ago that its members have agreed to forget it. Make a new one.
  | 'ECHO_TREE' // An object would be below itself in a tree, or is in no such tree. Choose another place.
  | 'ECHO_TREE_ZONE' // What others read would stand below what they cannot read. Put a copy into that private zone, or choose another place.
  | 'ECHO_MODEL' // The code of a custom data model is not registered, does not fit, or its op is too large. Register it.
  | 'ECHO_MODEL_FAILED' // The code of a custom data model broke its contract or a limit. The data are kept; renew the code.
  | 'ECHO_QUERY' // A query asks for something that cannot be answered. Compare it with the type.
  | 'ECHO_QUERY_MALFORMED' // What was given is not a query in the form that is written in docs/queries.md. Correct it.
  | 'ECHO_QUERY_TOO_LARGE' // A query has more parts, levels or steps than one may have. Ask for less at once.
  | 'ECHO_CURSOR' // A cursor is damaged or belongs to a query with another order. Begin again without it.
  | 'ECHO_READ_ONLY' // The member may not write to this space. Ask an admin for another role.
  | 'ECHO_TRANSACTION_TOO_LARGE' // One transaction has more bytes than a block may have. Split it.
  | 'ECHO_TRANSACTION_NESTED' // A transaction was opened inside another one. End the outer one first.
  | 'ECHO_POSITION' // A position outside the text or list. Compare it with the length.
  | 'ECHO_UNDO_DAMAGED' // Stored undo entries are not what was written. Nothing: older changes can no longer be undone.
  | 'ECHO_UNDO_MALFORMED'; // Stored undo entries cannot be read. Nothing: older changes can no longer be undone.

/** Error of the echo package. */
export class EchoError extends AtollError<EchoErrorCode> {
  override readonly name = 'EchoError';
}

/** Why an op does not count. Such ops are kept and counted, never shown; they are no errors of ours. */
export type OpVerdict =
  | 'ECHO_OP_VOID' // The credential that the section cites does not suffice.
  | 'ECHO_OP_RIGHT' // The credential that the section cites does not reach what the op changes.
  | 'ECHO_OP_SECTION' // The section is not the canonical encoding of ops; all of them are void.
  | 'ECHO_OP_SCHEMA' // The type is not published in the op's causal past, or is malformed.
  | 'ECHO_OP_PAYLOAD' // The creation is not canonical or does not fit its type.
  | 'ECHO_OP_TARGET' // The object is not in the op's causal past.
  | 'ECHO_OP_ORPHAN' // The object, counter, element or op that it builds upon was created by an op that does not count.
  | 'ECHO_OP_FIELD' // The type has no such field, or the field is of another kind.
  | 'ECHO_OP_VALUE' // The value does not fit the field.
  | 'ECHO_OP_COLLECTED' // What it builds upon was deleted, and an epoch has collected it.
  | 'ECHO_OP_ELEMENT'; // The element of a text or list does not exist.
