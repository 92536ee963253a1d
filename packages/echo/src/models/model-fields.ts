/**
 * Custom data models at work: the registered code, and the fields that somebody has opened. A field is
 * loaded from its ops when it is first opened; what arrives later is applied once a tick.
 */
import { compareBytes } from '@atoll/kernel';
import type { FieldData } from '@atoll/schema';
import { EchoError } from '../echo-error.ts';
import type { Fold } from '../fold.ts';
import type { FieldRef, Mutations } from '../mutations.ts';
import type { GlobalDot } from '../open-transaction.ts';
import { ModelBudget } from './model-budget.ts';
import { LoadedModel, stampOf } from './loaded-model.ts';
import { ModelFieldView } from './model-field-view.ts';
import { modelOpKey, type ModelState } from './model-state.ts';
import { MODEL_OP_BYTES_MAX, compareStamps, type Model } from './model.ts';

/** The database around it. */
export interface ModelHost {
  readonly fold: Fold;
  readonly mutations: Mutations;
  transaction<T>(change: () => T): T;
}

/** What it asks and tells besides. */
interface ModelPorts {
  /** Whose changes come in now. */
  readonly origin: 'own' | 'foreign';
  /** Fields may show more than before. */
  typesChanged(): void;
  onBatch(listener: () => void): () => void;
}

/** A model field of a type. */
export type ModelData = Extract<FieldData, { readonly kind: 'model' }>;

/** How an own op is taken back. */
export interface ModelUndo {
  readonly revives: GlobalDot | undefined;
  /** Writes the inverse and returns its name. */
  write(): GlobalDot;
}

/** Bytes that a model may keep for the inverse of one op. */
const MEMORY_BYTES_MAX: number = 64 * 1024;

/** The models of one database. */
export class ModelFields {
  readonly #host: ModelHost;
  readonly #ports: ModelPorts;
  readonly #models = new Map<string, Model>();
  readonly #loaded = new Map<string, LoadedModel>();
  readonly #views = new Map<string, ModelFieldView>();
  readonly #dirty = new Set<LoadedModel>();

  constructor(host: ModelHost, ports: ModelPorts) {
    this.#host = host;
    this.#ports = ports;
    ports.onBatch(() => this.settle());
  }

  /**
   * Makes a model's code known; ops that were kept until now can be read then.
   * @throws EchoError `ECHO_MODEL` if other code has this id and version.
   */
  register<State, Op, View>(model: Model<State, Op, View>): void {
    const key = modelKey(model);
    const given = model as unknown as Model;
    const known = this.#models.get(key);
    if (known === given) return;
    if (known !== undefined) throw new EchoError('ECHO_MODEL', `${key} is registered already`);
    this.#models.set(key, given);
    this.#ports.typesChanged();
  }

  /** Makes the code known that another database knows. */
  registerAll(other: ModelFields): void {
    for (const model of other.#models.values()) this.register(model);
  }

  /** The code of a field's model, if it is here. */
  codeOf(data: ModelData): Model | undefined {
    return this.#models.get(modelKey({ id: data.model, version: data.version }));
  }

  /** What applications hold of a field; always the same one. */
  field(ref: FieldRef, data: ModelData): ModelFieldView {
    const key = this.#keyOf(ref);
    let view = this.#views.get(key);
    if (view === undefined) this.#views.set(key, (view = new ModelFieldView(this, ref, data)));
    return view;
  }

  /** The ops of a field that count. */
  opsOf(ref: FieldRef): ModelState | undefined {
    const field = ref.type.fields[ref.leaf.index] as number;
    const state = this.#host.fold.state(ref.row)?.fields.get(field);
    return state?.kind === 'model' ? state : undefined;
  }

  /** A field that was opened, if it was. */
  loadedOf(ref: FieldRef): LoadedModel | undefined {
    return this.#loaded.get(this.#keyOf(ref));
  }

  /** Loads a field. @throws EchoError `ECHO_MODEL`, `ECHO_MODEL_FAILED`. */
  load(ref: FieldRef, data: ModelData): LoadedModel {
    const key = this.#keyOf(ref);
    let loaded = this.#loaded.get(key);
    if (loaded === undefined) {
      const model = this.codeOf(data);
      if (model === undefined) {
        const name = modelKey({ id: data.model, version: data.version });
        throw new EchoError('ECHO_MODEL', `the code of ${name} is not registered`);
      }
      loaded = new LoadedModel({
        model,
        blocks: this.#host.fold.blocks,
        ops: () => this.opsOf(ref),
        write: (op) => void this.#write(ref, op),
        unique: () => this.#host.mutations.unique(),
        transaction: (change) => this.#host.transaction(change),
      });
      this.#loaded.set(key, loaded);
    }
    this.#dirty.delete(loaded);
    loaded.catchUp('foreign');
    return loaded;
  }

  /** Notes that ops of a field, or of all fields of a row, may have changed. */
  changed(row: number, field: number | undefined): void {
    if (this.#loaded.size === 0) return;
    if (field !== undefined) {
      const loaded = this.#loaded.get(`${row}.${field}`);
      if (loaded !== undefined) this.#dirty.add(loaded);
      return;
    }
    for (const [key, loaded] of this.#loaded) {
      if (key.startsWith(`${row}.`)) this.#dirty.add(loaded);
    }
  }

  /** Brings opened fields up to date: the end of the tick. */
  settle(): void {
    for (const loaded of [...this.#dirty]) {
      this.#dirty.delete(loaded);
      loaded.catchUp('foreign');
    }
  }

  /** How an op is taken back now, or why it cannot be. `now` is the op under which its effect stands. */
  invert(
    ref: FieldRef,
    done: {
      readonly was: GlobalDot;
      readonly now: GlobalDot;
      readonly memory?: Uint8Array | undefined;
    },
  ): ModelUndo | 'overwritten' | 'gone' | 'not-undoable' {
    const { data } = ref.leaf;
    const model = data.kind === 'model' ? this.codeOf(data) : undefined;
    if (data.kind !== 'model' || model?.invert === undefined) return 'not-undoable';
    const loaded = this.load(ref, data);
    if (loaded.failure !== undefined) return 'not-undoable';
    const op = loaded.find(done.was);
    const stamp = loaded.stampOf(done.now);
    if (op === undefined || stamp === undefined) return 'gone';
    const inverse = model.invert(loaded.state, { op, stamp, memory: done.memory });
    if (inverse === 'overwritten') return inverse;
    return { revives: inverse.revives, write: () => this.#write(ref, inverse.op) };
  }

  /** Bytes of a field's ops, by ascending stamp; without those that another state of the log has. */
  bytesOf(ref: FieldRef, without?: ModelState): readonly Uint8Array[] {
    const { blocks } = this.#host.fold;
    const ops = this.opsOf(ref)?.ops ?? [];
    return ops
      .filter((op) => without?.byKey.has(modelOpKey(op)) !== true)
      .map((op) => ({ op, stamp: stampOf(blocks, op) }))
      .sort((a, b) => compareStamps(a.stamp, b.stamp))
      .map(({ op }) => op.bytes);
  }

  /**
   * Writes ops again that were written in another space, in this order. Without the code, nothing is known
   * of what they build upon, and nothing has to be: they come together.
   */
  rewrite(ref: FieldRef, ops: readonly Uint8Array[]): void {
    const { data } = ref.leaf;
    const model = data.kind === 'model' ? this.codeOf(data) : undefined;
    for (const bytes of ops) {
      const op = model?.decode(bytes, new ModelBudget());
      if (op !== undefined) this.#write(ref, op);
      else this.#host.mutations.model(ref, { bytes, needs: [], memory: undefined });
    }
  }

  /** Makes a field show what it shows in a state of the past; false where the model cannot do that. */
  bringBack(ref: FieldRef, past: ModelFields, pastRef: FieldRef): boolean {
    const { data } = ref.leaf;
    const model = data.kind === 'model' ? this.codeOf(data) : undefined;
    if (data.kind !== 'model' || model?.become === undefined) return false;
    const now = this.load(ref, data);
    const then = past.load(pastRef, data);
    if (now.failure !== undefined || then.failure !== undefined) return false;
    if (compareBytes(model.snapshot(now.state), model.snapshot(then.state)) === 0) return true;
    for (const op of model.become(now.state, then.state)) this.#write(ref, op);
    return true;
  }

  #write(ref: FieldRef, op: unknown): GlobalDot {
    const { data } = ref.leaf;
    if (data.kind !== 'model') throw new EchoError('ECHO_FIELD', 'the field holds no model');
    const loaded = this.#loaded.get(this.#keyOf(ref)) ?? this.load(ref, data);
    const { model } = loaded;
    const bytes = model.encode(op);
    if (bytes.length > MODEL_OP_BYTES_MAX) {
      throw new EchoError('ECHO_MODEL', `an op has more than ${MODEL_OP_BYTES_MAX} bytes`);
    }
    if (model.decode(bytes, new ModelBudget()) === undefined) {
      throw new EchoError('ECHO_MODEL', `${model.id} cannot read the op that it wrote`);
    }
    const memory = model.remember?.(loaded.state, op);
    const kept = memory !== undefined && memory.length <= MEMORY_BYTES_MAX ? memory : undefined;
    const needs = model.voidable ? [] : loaded.needsOf(op);
    const dot = this.#host.mutations.model(ref, { bytes, needs, memory: kept });
    loaded.catchUp(this.#ports.origin);
    this.#dirty.delete(loaded);
    return dot;
  }

  #keyOf({ row, type, leaf }: FieldRef): string {
    return `${row}.${type.fields[leaf.index] as number}`;
  }
}

function modelKey(model: { readonly id: string; readonly version: number }): string {
  return `${model.id}@${model.version}`;
}
