/**
 * Undo and redo of one's own changes in one database: across objects and texts, in steps of one gesture.
 * The stacks are plain data that survives a restart.
 */
import { decodeValue, encodeValue, type Value } from '@atoll/codec';
import type { BlockContext } from './block-context.ts';
import type { Database, UndoObserver } from './database.ts';
import { EchoError } from './echo-error.ts';
import { sameDot } from './mutations.ts';
import type { GlobalDot } from './open-transaction.ts';
import { invert, type Skipped } from './undo-invert.ts';
import { withoutRanges, type UndoStep } from './undo-step.ts';

/** One gesture. */
export interface UndoEntry {
  readonly steps: readonly UndoStep[];
  /** When it was made, by the writer's clock, milliseconds since 1970. */
  readonly timeMs: number;
}

/** What an undo or redo did. */
export interface UndoOutcome {
  /** Changes that were taken back. */
  readonly done: number;
  /** Changes that were left alone, because somebody has changed the same thing since. */
  readonly skipped: readonly Skipped[];
}

/** Gestures that are kept; older ones are forgotten. */
const ENTRIES_MAX = 1000;
/** Typing in one text is one gesture as long as it pauses no longer. */
const TYPING_PAUSE_MS = 1000;
/** After so many characters a new gesture begins, so that undo does not take a page away. */
const TYPING_UNITS_MAX = 200;
/** Version of the stored form. */
const VERSION = 2;

/** Undo and redo for one database. */
export class UndoLog implements UndoObserver {
  readonly #db: Database;
  readonly #listeners = new Set<() => void>();
  readonly #stop: () => void;
  #undo: UndoEntry[] = [];
  #redo: UndoEntry[] = [];
  #steps: UndoStep[] = [];
  #mode: 'write' | 'undo' | 'redo' = 'write';
  /** Stored form of entries, which never change: an import of 20,000 objects is some megabytes of them. */
  readonly #stored = new WeakMap<UndoEntry, Uint8Array>();

  constructor(db: Database) {
    this.#db = db;
    this.#stop = db.observeUndo(this);
  }

  /** True if there is something to take back. */
  get canUndo(): boolean {
    return this.#undo.length > 0 || this.#steps.length > 0;
  }

  /** True if there is something to bring back. */
  get canRedo(): boolean {
    return this.#redo.length > 0;
  }

  /** What {@link undo} would take back. */
  get nextUndo(): UndoEntry | undefined {
    return this.#undo.at(-1);
  }

  /** What {@link redo} would bring back. */
  get nextRedo(): UndoEntry | undefined {
    return this.#redo.at(-1);
  }

  /** Gestures that can be taken back, the oldest first. */
  get entries(): readonly UndoEntry[] {
    return this.#undo;
  }

  /** Takes the last gesture back; `undefined` when there is none. */
  undo(): UndoOutcome | undefined {
    this.#db.commit();
    return this.#revert(this.#undo, 'undo');
  }

  /** Brings the last taken back gesture back; `undefined` when there is none. */
  redo(): UndoOutcome | undefined {
    this.#db.commit();
    return this.#revert(this.#redo, 'redo');
  }

  /** Calls back when what can be done has changed. Returns the way to stop. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Stops recording. */
  close(): void {
    this.#stop();
  }

  /** The stacks as bytes, to be stored. */
  encode(): Uint8Array {
    this.#db.commit();
    const stored = (entries: readonly UndoEntry[]): Value =>
      entries.map((entry) => this.#pack(entry));
    return encodeValue({
      version: VERSION,
      undo: stored(this.#undo),
      redo: stored(this.#redo),
    });
  }

  /** Restores stored stacks. @throws EchoError `ECHO_UNDO_MALFORMED`. */
  restore(bytes: Uint8Array): void {
    const { version, undo, redo } = (decoded(bytes) ?? {}) as { readonly [name: string]: Value };
    if (version !== VERSION || !Array.isArray(undo) || !Array.isArray(redo)) {
      throw new EchoError('ECHO_UNDO_MALFORMED', 'stored undo has an unknown form');
    }
    const unpack = (entry: Value): UndoEntry => this.#unpack(entry);
    [this.#undo, this.#redo] = [undo.map(unpack), redo.map(unpack)];
    this.#tell();
  }

  /** See {@link UndoObserver}. */
  step(step: UndoStep): void {
    this.#steps.push(step);
  }

  /** See {@link UndoObserver}. */
  sealed(block: BlockContext): void {
    const steps = this.#steps;
    this.#steps = [];
    if (steps.length === 0) return;
    const entry: UndoEntry = { steps, timeMs: block.timeMs };
    if (this.#mode === 'undo') this.#redo.push(entry);
    else {
      if (this.#mode === 'write') this.#redo = [];
      if (this.#mode !== 'write' || !this.#continuesTyping(entry)) this.#undo.push(entry);
      if (this.#undo.length > ENTRIES_MAX) this.#undo.shift();
    }
    this.#tell();
  }

  /** See {@link UndoObserver}. */
  takenBack(): void {
    this.#steps = [];
  }

  #revert(stack: UndoEntry[], mode: 'undo' | 'redo'): UndoOutcome | undefined {
    const entry = stack.pop();
    if (entry === undefined) return undefined;
    this.#mode = mode;
    try {
      const { done, skipped, revived } = this.#db.transaction(() => invert(this.#db, entry.steps));
      for (const { was, now } of revived) this.#rename(was, now);
      return { done, skipped };
    } catch (failure) {
      // Refused as a whole, as where one may not write any more: it can be tried again.
      stack.push(entry);
      throw failure;
    } finally {
      this.#mode = 'write';
      this.#tell();
    }
  }

  /** An op that brought another one's value back stands for it: older gestures now undo that one. */
  #rename(was: GlobalDot, now: GlobalDot): void {
    const rename = (entry: UndoEntry): UndoEntry => ({
      ...entry,
      steps: entry.steps.map((step) =>
        'dot' in step && sameDot(step.dot, was) ? { ...step, dot: now } : step,
      ),
    });
    this.#undo = this.#undo.map(rename);
    this.#redo = this.#redo.map(rename);
  }

  /** Adds typing to the gesture before, if it is the same text and there was no pause. */
  #continuesTyping(entry: UndoEntry): boolean {
    const last = this.#undo.at(-1);
    const place = typingPlace(entry);
    if (last === undefined || place === undefined || typingPlace(last) !== place) return false;
    if (entry.timeMs - last.timeMs > TYPING_PAUSE_MS) return false;
    if (typedUnits(last) >= TYPING_UNITS_MAX) return false;
    const steps = [...last.steps, ...entry.steps];
    const typing = steps.filter((step) => step.kind === 'sequence').reduce(composed);
    this.#undo[this.#undo.length - 1] = { steps: [typing], timeMs: entry.timeMs };
    return true;
  }

  #pack(entry: UndoEntry): Uint8Array {
    let bytes = this.#stored.get(entry);
    if (bytes === undefined) {
      this.#stored.set(entry, (bytes = encodeValue(entry as unknown as Value)));
    }
    return bytes;
  }

  #unpack(stored: Value): UndoEntry {
    if (!(stored instanceof Uint8Array)) {
      throw new EchoError('ECHO_UNDO_MALFORMED', 'a stored entry has an unknown form');
    }
    const entry = decoded(stored) as unknown as UndoEntry;
    this.#stored.set(entry, stored);
    return entry;
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

function decoded(bytes: Uint8Array): Value {
  try {
    return decodeValue(bytes);
  } catch (cause) {
    throw new EchoError('ECHO_UNDO_MALFORMED', 'stored undo is no canonical value', { cause });
  }
}

type SequenceStep = Extract<UndoStep, { readonly kind: 'sequence' }>;

/** Two edits of one text as one: what the first brought and the second took is nothing to bring back. */
function composed(first: SequenceStep, second: SequenceStep): SequenceStep {
  return {
    ...second,
    inserted: [...first.inserted, ...second.inserted],
    hidden: [...first.hidden, ...withoutRanges(second.hidden, first.inserted)],
  };
}

function typedUnits(entry: UndoEntry): number {
  let units = 0;
  for (const step of entry.steps) {
    if (step.kind !== 'sequence') continue;
    for (const range of [...step.inserted, ...step.hidden]) units += range.count;
  }
  return units;
}

/** The text that an entry types into, if it does nothing else. */
function typingPlace(entry: UndoEntry): string | undefined {
  let place: string | undefined;
  for (const step of entry.steps) {
    if (step.kind !== 'sequence' || step.moved !== undefined || step.shown.length > 0) {
      return undefined;
    }
    const here = `${step.place.object} ${step.place.type} ${step.place.leaf}`;
    if (place !== undefined && place !== here) return undefined;
    place = here;
  }
  return place;
}
