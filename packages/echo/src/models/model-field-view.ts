/** A field of a custom data model, as applications hold it. */
import type { ModelField, ModelStatus } from '@atoll/schema';
import type { FieldRef } from '../mutations.ts';
import type { ModelData, ModelFields } from './model-fields.ts';

/** See {@link ModelField}. */
export class ModelFieldView implements ModelField<unknown> {
  readonly #fields: ModelFields;
  readonly #ref: FieldRef;
  readonly #data: ModelData;

  constructor(fields: ModelFields, ref: FieldRef, data: ModelData) {
    this.#fields = fields;
    this.#ref = ref;
    this.#data = data;
  }

  get model(): string {
    return this.#data.model;
  }

  get version(): number {
    return this.#data.version;
  }

  get status(): ModelStatus {
    if (this.#fields.codeOf(this.#data) === undefined) return 'unknown';
    return this.#fields.loadedOf(this.#ref)?.failure === undefined ? 'ready' : 'failed';
  }

  get ops(): number {
    return this.#fields.opsOf(this.#ref)?.ops.length ?? 0;
  }

  get malformed(): number {
    return this.#fields.loadedOf(this.#ref)?.malformed ?? 0;
  }

  /** @throws EchoError `ECHO_MODEL`, `ECHO_MODEL_FAILED`. */
  open(): unknown {
    return this.#fields.load(this.#ref, this.#data).view();
  }

  toJSON(): unknown {
    const code = this.#fields.codeOf(this.#data);
    if (code?.toJSON !== undefined) {
      const loaded = this.#fields.load(this.#ref, this.#data);
      if (loaded.failure === undefined) return code.toJSON(loaded.state);
    }
    return { model: this.model, ops: this.ops };
  }
}
