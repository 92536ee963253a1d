/** The state of one opened field of a custom data model, and how ops get into it. */
import type { BlockTable } from '../block-table.ts';
import { EchoError } from '../echo-error.ts';
import type { GlobalDot } from '../open-transaction.ts';
import { ModelBudget, ModelBudgetError } from './model-budget.ts';
import { LinkTable } from './model-links.ts';
import { modelOpKey, type ModelOp, type ModelState } from './model-state.ts';
import {
  MODEL_FIELD_BYTES_MAX,
  MODEL_OPS_MAX,
  compareStamps,
  type Model,
  type ModelChange,
  type ModelEditor,
  type ModelStamp,
} from './model.ts';

/** What it needs around it. */
export interface LoadedPorts {
  readonly model: Model;
  readonly blocks: BlockTable;
  /** The ops that count now. */
  readonly ops: () => ModelState | undefined;
  readonly write: (op: unknown) => void;
  readonly unique: () => Uint8Array;
  readonly transaction: <T>(change: () => T) => T;
}

/** Name of an op, and its place in the order of all. */
export function stampOf(blocks: BlockTable, op: ModelOp): ModelStamp {
  const block = blocks.get(op.block);
  const { lamport, seq } = block;
  return { lamport, feed: blocks.feedName(block.feed), seq, op: op.op };
}

/** One opened field. */
export class LoadedModel {
  readonly model: Model;
  /** Set when the code broke its contract: nothing is shown any more, the ops are kept. */
  failure: EchoError | undefined;
  /** Ops that the code cannot read. */
  malformed = 0;
  readonly #ports: LoadedPorts;
  readonly #listeners = new Set<(change: ModelChange) => void>();
  #state: unknown;
  #links = new LinkTable();
  #source: ModelState | undefined;
  /** Ops of the source that were looked at. */
  #next = 0;
  /** Keys of ops that were looked at. */
  #seen = new Set<string>();
  /** Ops are applied by ascending stamp from now on. */
  #inOrder = false;
  #last: ModelStamp | undefined;
  #view: unknown;
  #busy = false;

  constructor(ports: LoadedPorts) {
    this.#ports = ports;
    this.model = ports.model;
    this.#state = ports.model.empty();
  }

  /** The state with all ops that were applied. */
  get state(): unknown {
    return this.#state;
  }

  /** What applications hold; made once. @throws EchoError `ECHO_MODEL_FAILED`. */
  view(): unknown {
    if (this.failure !== undefined) throw this.failure;
    return (this.#view ??= this.model.view(this.#editor() as ModelEditor<unknown, unknown>));
  }

  /** Applies what is new; loads anew where something applied no longer counts. */
  catchUp(origin: 'own' | 'foreign'): void {
    // A view may write while it is told of changes: those ops are taken in by the call around.
    if (this.failure !== undefined || this.#busy) return;
    this.#busy = true;
    let change: ModelChange | undefined;
    try {
      change = this.#takeIn(origin);
    } catch (cause) {
      this.#fail(cause);
    } finally {
      this.#busy = false;
    }
    if (change !== undefined) this.#tell(change);
  }

  /** Ops that an own op builds upon. */
  needsOf(op: unknown): GlobalDot[] {
    const links = this.model.links?.(op);
    return links === undefined ? [] : this.#links.needs(links).map((each) => this.#dotOf(each));
  }

  /** An op by its name. */
  find(dot: GlobalDot): unknown {
    const op = this.#locate(dot);
    return op === undefined ? undefined : this.#decode(op);
  }

  /** Stamp of an op by its name. */
  stampOf(dot: GlobalDot): ModelStamp | undefined {
    const op = this.#locate(dot);
    return op === undefined ? undefined : this.#stamp(op);
  }

  #tell(change: ModelChange): void {
    for (const listener of [...this.#listeners]) listener(change);
  }

  #takeIn(origin: 'own' | 'foreign'): ModelChange | undefined {
    const now = this.#ports.ops();
    if (now === undefined) return this.#seen.size === 0 ? undefined : this.#rebuild(undefined);
    if (now.ops.length > MODEL_OPS_MAX || now.bytes > MODEL_FIELD_BYTES_MAX) {
      throw new EchoError('ECHO_MODEL_FAILED', 'the field has more ops than can be loaded');
    }
    if (now !== this.#source && this.#isLess(now)) return this.#rebuild(now);
    const fresh = this.#fresh(now);
    if (fresh.length === 0) return undefined;
    const isDone = this.#inOrder ? this.#applyInOrder(fresh) : this.#applyAll(fresh);
    return isDone ? { origin, reset: false } : this.#rebuild(now);
  }

  /** False if it turned out that the order matters. */
  #applyAll(fresh: readonly ModelOp[]): boolean {
    for (const op of fresh) this.#applyOne(op);
    return !this.#inOrder;
  }

  /** False if something that was applied stands behind one of them. */
  #applyInOrder(fresh: readonly ModelOp[]): boolean {
    const sorted = this.#sorted(fresh);
    const first = this.#stamp(sorted[0] as ModelOp);
    if (this.#last !== undefined && compareStamps(first, this.#last) < 0) return false;
    for (const op of sorted) this.#applyOne(op);
    return true;
  }

  /** True if something that was applied does not count any more. */
  #isLess(now: ModelState): boolean {
    for (const key of this.#seen) if (!now.byKey.has(key)) return true;
    return false;
  }

  /** Ops that were not looked at. */
  #fresh(now: ModelState): ModelOp[] {
    if (now !== this.#source) this.#next = 0;
    this.#source = now;
    const fresh: ModelOp[] = [];
    for (; this.#next < now.ops.length; this.#next++) {
      const op = now.ops[this.#next] as ModelOp;
      if (!this.#seen.has(modelOpKey(op))) fresh.push(op);
    }
    return fresh;
  }

  #rebuild(now: ModelState | undefined): ModelChange {
    this.#state = this.model.empty();
    this.#links = new LinkTable();
    this.#seen = new Set();
    this.#last = undefined;
    this.malformed = 0;
    this.#source = now;
    this.#next = now?.ops.length ?? 0;
    const wasInOrder = this.#inOrder;
    const ops = now?.ops ?? [];
    for (const op of wasInOrder ? this.#sorted(ops) : ops) this.#applyOne(op);
    // Found only now that the order matters: once more, in order.
    if (this.#inOrder && !wasInOrder) return this.#rebuild(now);
    return { origin: 'foreign', reset: true };
  }

  #applyOne(op: ModelOp): void {
    this.#seen.add(modelOpKey(op));
    const stamp = this.#stamp(op);
    if (this.#last === undefined || compareStamps(stamp, this.#last) > 0) this.#last = stamp;
    const decoded = this.#decode(op);
    if (decoded === undefined) {
      this.malformed++;
      return;
    }
    this.#enterLinks(op, decoded);
    const budget = new ModelBudget();
    const context = { stamp, step: (count?: number) => budget.step(count) };
    if (this.model.apply(this.#state, decoded, context) === 'in-order') this.#inOrder = true;
  }

  #decode(op: ModelOp): unknown {
    try {
      return this.model.decode(op.bytes, new ModelBudget());
    } catch (failure) {
      // The same for everyone: decoding is a function of the bytes.
      if (failure instanceof ModelBudgetError) return undefined;
      throw failure;
    }
  }

  #enterLinks(op: ModelOp, decoded: unknown): void {
    if (this.model.voidable || decoded === undefined) return;
    const links = this.model.links?.(decoded);
    if (links !== undefined) this.#links.enter(op, links);
  }

  #sorted(ops: readonly ModelOp[]): ModelOp[] {
    return ops
      .map((op) => ({ op, stamp: this.#stamp(op) }))
      .sort((a, b) => compareStamps(a.stamp, b.stamp))
      .map(({ op }) => op);
  }

  #stamp(op: ModelOp): ModelStamp {
    return stampOf(this.#ports.blocks, op);
  }

  #dotOf(op: ModelOp): GlobalDot {
    const { blocks } = this.#ports;
    const block = blocks.get(op.block);
    return { feed: blocks.nameOf(block), seq: block.seq, op: op.op };
  }

  #locate(dot: GlobalDot): ModelOp | undefined {
    const state = this.#ports.ops();
    for (const block of this.#ports.blocks.at(dot.feed, dot.seq)) {
      const op = state?.byKey.get(modelOpKey({ block, op: dot.op }));
      if (op !== undefined) return op;
    }
    return undefined;
  }

  #editor(): ModelEditor<unknown, unknown> {
    const { write, unique, transaction } = this.#ports;
    return {
      state: () => {
        if (this.failure !== undefined) throw this.failure;
        this.catchUp('foreign');
        return this.#state;
      },
      write: (op) => {
        if (this.failure !== undefined) throw this.failure;
        write(op);
      },
      reload: () => this.#tell(this.#rebuild(this.#ports.ops())),
      unique,
      transaction,
      onChange: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
    };
  }

  #fail(cause: unknown): void {
    this.failure =
      cause instanceof EchoError
        ? cause
        : new EchoError('ECHO_MODEL_FAILED', `the code of ${this.model.id} failed`, { cause });
    this.#state = undefined;
  }
}
