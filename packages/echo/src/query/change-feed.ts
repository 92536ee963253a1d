/** Collects what became different and tells it once a tick: to queries, to watchers, to editors of texts. */
import type { Scheduler } from '../block-context.ts';
import type { TextListener } from '../object-host.ts';
import type { FoldObserver } from '../op-place.ts';
import type { TextEdit } from '../sequence/text-op.ts';

/** Told of the rows that changed since the last time. */
export type BatchListener = (rows: ReadonlySet<number>) => void;

/** Told of them with the fields that changed; `undefined`: anything may have. */
export type FieldsListener = (fields: ReadonlyMap<number, ReadonlySet<number> | undefined>) => void;

interface EditBatch {
  readonly origin: 'own' | 'foreign';
  readonly edits: TextEdit[];
}

/** The changes of one database. */
export class ChangeFeed implements FoldObserver {
  /** Whose changes come in now. */
  origin: 'own' | 'foreign' = 'own';
  /** While rows are folded again, edits say nothing: listeners get the difference instead. */
  refolding = false;
  readonly #scheduler: Scheduler;
  readonly #immediate: (row: number, field: number | undefined) => void;
  #changed = new Map<number, Set<number> | undefined>();
  #isTypesChanged = false;
  readonly #earlyListeners = new Set<FieldsListener>();
  readonly #fieldsListeners = new Set<FieldsListener>();
  readonly #batchListeners = new Set<BatchListener>();
  readonly #textListeners = new Map<string, Set<TextListener>>();
  readonly #edits = new Map<string, EditBatch[]>();
  #scheduled = false;
  #batches = 0;

  /** `immediate` is called during the change, for what must never be stale: handles and indexes. */
  constructor(scheduler: Scheduler, immediate: (row: number, field: number | undefined) => void) {
    this.#scheduler = scheduler;
    this.#immediate = immediate;
  }

  /** How many listen to objects or texts. */
  get listeners(): number {
    let count = this.#batchListeners.size;
    for (const listeners of this.#textListeners.values()) count += listeners.size;
    return count;
  }

  /** Batches of changes that were told. */
  get batches(): number {
    return this.#batches;
  }

  /** See {@link FoldObserver}. */
  objectChanged(row: number): void {
    this.#note(row, undefined);
  }

  /** See {@link FoldObserver}. */
  fieldChanged(row: number, field: number, edits?: readonly TextEdit[]): void {
    this.#note(row, field);
    if (edits !== undefined && edits.length > 0 && !this.refolding)
      this.addEdits(row, field, edits);
  }

  /** Hands edits to the listeners of a text. */
  addEdits(row: number, field: number, edits: readonly TextEdit[]): void {
    const key = textKey(row, field);
    if (!this.#textListeners.has(key)) return;
    let batches = this.#edits.get(key);
    if (batches === undefined) this.#edits.set(key, (batches = []));
    const last = batches.at(-1);
    if (last?.origin === this.origin) last.edits.push(...edits);
    else batches.push({ origin: this.origin, edits: [...edits] });
  }

  /**
   * Calls back once a tick before anybody is told: what it notes of other objects is told with the rest. Returns the way
   * to stop.
   */
  onEarly(listener: FieldsListener): () => void {
    this.#earlyListeners.add(listener);
    return () => this.#earlyListeners.delete(listener);
  }

  /** Calls back once a tick, before all {@link onBatch}. Returns the way to stop. */
  onFields(listener: FieldsListener): () => void {
    this.#fieldsListeners.add(listener);
    return () => this.#fieldsListeners.delete(listener);
  }

  /** Types are read in another way from now on, which may change what queries find. */
  typesChanged(): void {
    this.#isTypesChanged = true;
    this.#schedule();
  }

  /** Calls back once a tick. Returns the way to stop. */
  onBatch(listener: BatchListener): () => void {
    this.#batchListeners.add(listener);
    return () => this.#batchListeners.delete(listener);
  }

  /** Calls back with a text's edits. Returns the way to stop. */
  onTextEdits(row: number, field: number, listener: TextListener): () => void {
    const key = textKey(row, field);
    const listeners = this.#textListeners.get(key) ?? new Set();
    listeners.add(listener);
    this.#textListeners.set(key, listeners);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#textListeners.delete(key);
    };
  }

  /** Texts that somebody listens to. */
  watchedTexts(): { readonly row: number; readonly field: number }[] {
    return [...this.#textListeners.keys()].map((key) => {
      const [row, field] = key.split('.').map(Number) as [number, number];
      return { row, field };
    });
  }

  /** Tells everything that is waiting. */
  flush(): void {
    for (const listener of [...this.#earlyListeners]) listener(this.#changed);
    const edits = [...this.#edits];
    this.#edits.clear();
    for (const [key, batches] of edits) {
      for (const listener of [...(this.#textListeners.get(key) ?? [])]) {
        for (const batch of batches) listener(batch.edits, batch.origin);
      }
    }
    const fields = this.#changed;
    if (fields.size === 0 && !this.#isTypesChanged) return;
    this.#changed = new Map();
    this.#isTypesChanged = false;
    for (const listener of [...this.#fieldsListeners]) listener(fields);
    if (fields.size === 0) return;
    this.#batches++;
    const rows = new Set(fields.keys());
    for (const listener of [...this.#batchListeners]) listener(rows);
  }

  #note(row: number, field: number | undefined): void {
    this.#immediate(row, field);
    if (field === undefined) this.#changed.set(row, undefined);
    else if (!this.#changed.has(row)) this.#changed.set(row, new Set([field]));
    else this.#changed.get(row)?.add(field);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#scheduler.soon(() => {
      this.#scheduled = false;
      this.flush();
    });
  }
}

function textKey(row: number, field: number): string {
  return `${row}.${field}`;
}
