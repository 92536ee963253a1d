/**
 * Custom data models: what an application must say of a kind of data that ECHO does not know. Its ops
 * travel as opaque bytes in the same blocks; a peer without the code keeps them, passes them on and has the
 * same root.
 */
import { EchoError } from '../echo-error.ts';

/** Bytes of one op: a pasted document fits, and one transaction has room for it. */
export const MODEL_OP_BYTES_MAX: number = 512 * 1024;
/** Ops that one field may have to be loaded: what a million keystrokes leave. */
export const MODEL_OPS_MAX = 1_000_000;
/** Bytes of all ops of one field to be loaded. */
export const MODEL_FIELD_BYTES_MAX: number = 128 * 1024 * 1024;
/** Steps that decoding or applying one op may take: some tens of milliseconds. */
export const MODEL_STEPS_MAX = 4_000_000;

/** Name of an op and its place in the order of ops; the same on every replica, final when it is written. */
export interface ModelStamp {
  readonly lamport: number;
  /** Key of the writer's feed in hex. */
  readonly feed: string;
  readonly seq: number;
  readonly op: number;
}

/** Counts work, so that no op takes more than {@link MODEL_STEPS_MAX}. */
export interface ModelMeter {
  /** @throws ModelBudgetError when the op has used up its steps. The model lets it pass. */
  step(count?: number): void;
}

/** What `apply` knows of an op besides the op. */
export interface ModelContext extends ModelMeter {
  readonly stamp: ModelStamp;
}

/** A stretch of a model's own numbering of what a writer made: `count` from `from`. */
export interface ModelSpan {
  readonly writer: number;
  readonly from: number;
  readonly count: number;
}

/** What an op makes, and what it builds upon, in a model's own numbering. */
export interface ModelLinks {
  readonly makes: readonly ModelSpan[];
  readonly needs: readonly { readonly writer: number; readonly at: number }[];
}

/** An own op that is to be taken back. */
export interface ModelDone<Op> {
  readonly op: Op;
  /** The stamp under which its effect stands now: its own, or that of the op that brought it back. */
  readonly stamp: ModelStamp;
  /** What {@link Model.remember} kept. */
  readonly memory: Uint8Array | undefined;
}

/** The inverse of an op, or why there is none. */
export type ModelInverse<Op> =
  | 'overwritten'
  | {
      readonly op: Op;
      /** Stamp of the earlier op whose effect the inverse brings back. */
      readonly revives?: ModelStamp;
    };

/** Told after ops were applied. `reset`: {@link ModelEditor.state} is another object than before. */
export interface ModelChange {
  readonly origin: 'own' | 'foreign';
  readonly reset: boolean;
}

/** What a view reads and writes through. */
export interface ModelEditor<State, Op> {
  /** The state with all ops applied. Only `apply` changes it. */
  state(): State;
  /** Writes an op. @throws EchoError `ECHO_MODEL`, `ECHO_READ_ONLY`, `ECHO_TRANSACTION_TOO_LARGE`. */
  write(op: Op): void;
  /** Loads the state anew: where a library has changed it ahead of a write that was refused. */
  reload(): void;
  /** 16 bytes that no other writer and no other op gets. */
  unique(): Uint8Array;
  /** Runs a change as one block and one step of undo. */
  transaction<T>(change: () => T): T;
  /** Calls back after changes, foreign ones once a tick. Returns the way to stop. */
  onChange(listener: (change: ModelChange) => void): () => void;
}

/** A data model. */
export interface Model<State = unknown, Op = unknown, View = unknown> {
  /** Dotted name, such as `org.example.counter-map`. */
  readonly id: string;
  /** From 1; another version is another field. */
  readonly version: number;
  /**
   * Whether the effect of any single op can be left out while later ones stay. Where it is false, `links`
   * says what an op builds upon, and an op is left out with what it builds upon.
   */
  readonly voidable: boolean;
  /** The state without ops. */
  empty(): State;
  /** Canonical bytes of an op, at most {@link MODEL_OP_BYTES_MAX}. */
  encode(op: Op): Uint8Array;
  /** The op of canonical bytes; `undefined` for all others. A function of the bytes alone. */
  decode(bytes: Uint8Array, meter: ModelMeter): Op | undefined;
  /**
   * Applies an op to the state in place. Must not throw, must commute with concurrent ops, and must do
   * nothing the second time. `'in-order'`: this op and another one commute only because of what a writer
   * must not do (such as numbering two things alike); from then on ops are applied by ascending stamp.
   */
  apply(state: State, op: Op, context: ModelContext): 'in-order' | undefined;
  /** Canonical bytes of what the state shows: equal for equal sets of ops. */
  snapshot(state: State): Uint8Array;
  /** What an op makes and needs; required where `voidable` is false. */
  links?(op: Op): ModelLinks;
  /** What applications hold. */
  view(editor: ModelEditor<State, Op>): View;
  /** The state as plain data, for tools and export. */
  toJSON?(state: State): unknown;
  /** What undo needs of the state before an own op, at most 64 KiB. */
  remember?(state: State, op: Op): Uint8Array | undefined;
  /**
   * Ops that make the state show what another one shows, for bringing the past back; without it history
   * leaves such fields as they are.
   */
  become?(state: State, wanted: State): readonly Op[];
  /** The inverse; without it ops are reported as not undoable. */
  invert?(state: State, done: ModelDone<Op>): ModelInverse<Op>;
}

/** Checks a model's definition and returns it, with its types inferred. @throws EchoError `ECHO_MODEL`. */
export function defineModel<State, Op, View>(
  model: Model<State, Op, View>,
): Model<State, Op, View> {
  if (!model.voidable && model.links === undefined) {
    throw new EchoError('ECHO_MODEL', `${model.id} is not voidable, so it needs links`);
  }
  return model;
}

/** Order of ops: by lamport, feed, seq, op. */
export function compareStamps(a: ModelStamp, b: ModelStamp): number {
  if (a.lamport !== b.lamport) return a.lamport < b.lamport ? -1 : 1;
  if (a.feed !== b.feed) return a.feed < b.feed ? -1 : 1;
  return a.seq - b.seq || a.op - b.op;
}
