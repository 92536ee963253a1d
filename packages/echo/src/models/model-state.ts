/**
 * The part of custom data models that needs no code of theirs: which ops count, and the leaf that they
 * make in the row.
 */
import { Writer, type Reader } from '@atoll/codec';
import { hash } from '@atoll/crypto';
import { compareBytes } from '@atoll/kernel';
import type { BlockTable } from '../block-table.ts';
import type { OpVerdict } from '../echo-error.ts';
import type { NamedField, OpPlace } from '../op-place.ts';
import type { Dot } from '../ops.ts';
import type { LocalDot } from '../register.ts';
import { MODEL_OP_BYTES_MAX } from './model.ts';

/** An op that counts. */
export interface ModelOp {
  /** Local number of its block, and its place in the section. */
  readonly block: number;
  readonly op: number;
  readonly bytes: Uint8Array;
  /** Set when first asked for after its block was sealed. */
  hash?: Uint8Array;
}

/** A field of a model. */
export interface ModelState {
  readonly kind: 'model';
  /** In an order in which each stands behind its causal past. */
  readonly ops: ModelOp[];
  readonly byKey: Map<string, ModelOp>;
  /** Bytes of all ops. */
  bytes: number;
}

/** Id of the state that a field's ops build upon: none, as long as no epoch has replaced ops by a state. */
const NO_BASE: Uint8Array = new Uint8Array(32);

/** A field without ops. */
export function emptyModel(): ModelState {
  return { kind: 'model', ops: [], byKey: new Map(), bytes: 0 };
}

/** Local key of an op. */
export function modelOpKey(op: { readonly block: number; readonly op: number }): string {
  return `${op.block}.${op.op}`;
}

/** Adds an op that counts; false if it is there. */
function addModelOp(state: ModelState, op: ModelOp): boolean {
  const key = modelOpKey(op);
  if (state.byKey.has(key)) return false;
  state.byKey.set(key, op);
  state.ops.push(op);
  state.bytes += op.bytes.length;
  return true;
}

/** Applies an op: it counts if what it names as needed counts. `locate` finds the blocks of a dot. */
export function applyModel(
  place: OpPlace,
  op: { readonly bytes: Uint8Array; readonly needs: readonly Dot[] },
  named: NamedField,
  locate: (dot: Dot) => LocalDot,
): OpVerdict | undefined {
  if (named.leaf.data.kind !== 'model') return 'ECHO_OP_FIELD';
  const { state, scope, fold, at } = place;
  const block = scope.block.no;
  const known = state.fields.get(named.field);
  const ops = known?.kind === 'model' ? known : undefined;
  const isMet = (dot: Dot): boolean => {
    const local = locate(dot);
    return local.blocks.some(
      (no) =>
        fold.blocks.reaches(no, block) &&
        ops?.byKey.has(modelOpKey({ block: no, op: local.op })) === true,
    );
  };
  if (!op.needs.every(isMet)) return 'ECHO_OP_ORPHAN';
  const model = ops ?? emptyModel();
  if (ops === undefined) state.fields.set(named.field, model);
  addModelOp(model, { block, op: at, bytes: op.bytes.slice() });
  return undefined;
}

/** The leaf of a field: what its ops build upon, and the hash of their sorted hashes. */
export function writeModelLeaf(writer: Writer, blocks: BlockTable, state: ModelState): void {
  const hashes = state.ops.map((op) => hashOf(blocks, op)).sort(compareBytes);
  const all = new Writer(NO_BASE.length + 8 + hashes.length * 32);
  all.raw(NO_BASE).varint(hashes.length);
  for (const each of hashes) all.raw(each);
  writer.raw(NO_BASE).raw(hash('model-field', all.finish()));
}

function hashOf(blocks: BlockTable, op: ModelOp): Uint8Array {
  if (op.hash !== undefined) return op.hash;
  const block = blocks.hashOf(op.block);
  const named = new Writer(40 + op.bytes.length);
  named
    .raw(block ?? new Uint8Array(32))
    .varint(op.op)
    .raw(op.bytes);
  const made = hash('model-op', named.finish());
  if (block !== undefined) op.hash = made;
  return made;
}

/** A field as it lies in a snapshot; `block` gives the number that is written for a block. */
export function writeModelState(
  writer: Writer,
  state: ModelState,
  block: (no: number) => number,
): void {
  writer.varint(state.ops.length);
  for (const op of state.ops) writer.varint(block(op.block)).varint(op.op).bytes(op.bytes);
}

/** Reads it. @throws CodecError. */
export function readModelState(reader: Reader): ModelState {
  const state = emptyModel();
  for (let rest = reader.varint(reader.left); rest > 0; rest--) {
    const block = reader.varint();
    const op = reader.varint();
    addModelOp(state, { block, op, bytes: reader.bytes(MODEL_OP_BYTES_MAX).slice() });
  }
  return state;
}
