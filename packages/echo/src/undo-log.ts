/**
 * Undo and redo of one's own changes in one database: across objects and texts, in steps of one gesture,
 * of everything or of one place alone. The stacks are plain data that survives a restart.
 */
import { encodeValue, type Value } from '@atoll/codec';
import type { BlockContext } from './block-context.ts';
import type { Database } from './database.ts';
import type { UndoObserver } from './undo-step.ts';
import { EchoError, type EchoErrorCode } from './echo-error.ts';
import type { GlobalDot } from './open-transaction.ts';
import {
  continued,
  isSelected,
  touchesSame,
  type GestureOptions,
  type TypeFinder,
  type UndoEntry,
  type UndoKind,
  type UndoSelector,
} from './undo-entry.ts';
import { invert, keyOfDot, preview, type Inverted, type Skipped } from './undo-invert.ts';
import type { UndoStep } from './undo-step.ts';
import { packEntry, readStored, unpackEntry } from './undo-stored.ts';
import { entriesOf, NO_STRETCH, UndoStack } from './undo-stack.ts';
import {
  encodeTail,
  withTail,
  type StackEntries,
  type StoredAs,
  type Stretches,
} from './undo-tail.ts';
import { isUnrecorded } from './unrecorded.ts';

/** What an undo or redo did, or would do. */
export interface UndoOutcome {
  /** Changes that were taken back. */
  readonly done: number;
  /** Changes that were left alone, because somebody has changed the same thing since. */
  readonly skipped: readonly Skipped[];
}

/** Steps that are taken back as one block; an import of 20,000 objects takes many. */
const STEPS_A_BLOCK_MAX = 256;
/** Version of the stored form. */
const VERSION = 5;
/** Tails, one going on from the other; then one goes on from the stacks as a whole and replaces them. */
export const UNDO_TAILS_MAX = 8;
/** Name of stacks that were never stored. */
const NO_ID: Uint8Array = new Uint8Array(0);

/** A gesture that is being made or reverted: what becomes of the blocks sealed meanwhile. */
interface Gesture extends GestureOptions {
  readonly mode: 'write' | 'undo' | 'redo' | 'apart';
  readonly kind?: UndoKind;
  /** The entry that further blocks join, once there is one. */
  entry?: number;
}

const WRITING: Gesture = { mode: 'write' };
const APART: Gesture = { mode: 'apart' };

/** What was stored: the stacks as a whole, and what has changed since, one tail after the other. */
export interface StoredStacks {
  readonly stacks: Uint8Array | undefined;
  readonly tails: readonly Uint8Array[];
}

/** What is to be stored of the stacks besides. */
export interface UndoTail {
  /** How many tails before it have to be there; 0 for one that goes on from the stacks as a whole. */
  readonly at: number;
  readonly bytes: Uint8Array;
  /** To be called when it is stored: the next one goes on from it. */
  readonly stored: () => void;
}

/** The stacks as they were stored as a whole, and where their tails have come to. */
interface Saved {
  readonly whole: StoredAs;
  last: StoredAs;
  tails: number;
}

interface Stacks {
  readonly undo: UndoStack;
  readonly redo: UndoStack;
}

/** Undo and redo for one database. */
export class UndoLog implements UndoObserver {
  readonly #db: Database;
  readonly #listeners = new Set<() => void>();
  readonly #stop: () => void;
  readonly #types: TypeFinder;
  #stacks: Stacks = { undo: new UndoStack(), redo: new UndoStack() };
  /** What was stored last; `undefined` while nobody knows what is. */
  #saved: Saved | undefined = savedAs({ id: NO_ID, undo: NO_STRETCH, redo: NO_STRETCH });
  /** Stored stacks that nobody has asked for: they may name every object of an import. */
  #unread: (() => void) | undefined;
  #notRestored: EchoErrorCode | undefined;
  #steps: UndoStep[] = [];
  #gesture: Gesture = WRITING;
  #nextId = 1;
  #version = 0;
  /** Id of the last entry that was not made by undo or redo: what was taken back before it stays so. */
  #lastWritten = 0;
  /** Stored form of entries, which never change: an import of 20,000 objects is some megabytes of them. */
  readonly #stored = new WeakMap<UndoEntry, Uint8Array>();

  constructor(db: Database) {
    this.#db = db;
    this.#types = (hash) => db.fold.types.byHash(hash);
    this.#stop = db.observeUndo(this);
  }

  get #undo(): UndoStack {
    this.#unread?.();
    return this.#stacks.undo;
  }

  get #redo(): UndoStack {
    this.#unread?.();
    return this.#stacks.redo;
  }

  /** Why stored stacks were begun anew, once somebody has asked for them. */
  get notRestored(): EchoErrorCode | undefined {
    return this.#notRestored;
  }

  /** Grows whenever what can be done changes. */
  get version(): number {
    return this.#version;
  }

  /** Stored stacks were given and nobody has asked for anything since. */
  get isUnread(): boolean {
    return this.#unread !== undefined;
  }

  /** True if there is something to take back. */
  get canUndo(): boolean {
    return this.#undo.length > 0 || this.#steps.length > 0;
  }

  /** True if there is something to bring back. */
  get canRedo(): boolean {
    return this.nextRedo !== undefined;
  }

  /** What {@link undo} would take back. */
  get nextUndo(): UndoEntry | undefined {
    return this.#undo.last;
  }

  /** What {@link redo} would bring back. */
  get nextRedo(): UndoEntry | undefined {
    return this.#find(this.#redo, {});
  }

  /** Gestures that can be taken back, the oldest first. */
  get entries(): readonly UndoEntry[] {
    return this.#undo.entries;
  }

  /** Gestures that can be brought back, the last one taken back at the end. */
  get undone(): readonly UndoEntry[] {
    return this.#redo.entries.filter((entry) => entry.id > this.#lastWritten);
  }

  /** The last gesture of a place; `undefined` when there is none. */
  next(direction: 'undo' | 'redo', selector: UndoSelector): UndoEntry | undefined {
    return this.#find(direction === 'undo' ? this.#undo : this.#redo, selector);
  }

  /** True if an entry belongs to a place. */
  isIn(entry: UndoEntry, selector: UndoSelector): boolean {
    return isSelected(entry, selector, this.#types);
  }

  /** Takes the last gesture back, or the last one of a place; `undefined` when there is none. */
  undo(selector: UndoSelector = {}): UndoOutcome | undefined {
    this.#db.commit();
    return this.#revert(this.#undo, 'undo', selector);
  }

  /** Brings the last taken back gesture back; `undefined` when there is none. */
  redo(selector: UndoSelector = {}): UndoOutcome | undefined {
    this.#db.commit();
    return this.#revert(this.#redo, 'redo', selector);
  }

  /** What taking an entry back would do now; nothing is written. `undefined` when it is not there. */
  preview(id: number): UndoOutcome | undefined {
    this.#db.commit();
    const entry = this.#undo.findLast((each) => each.id === id);
    return entry === undefined ? undefined : preview(this.#db, entry.steps);
  }

  /**
   * A way to make changes that are taken back as one, however long it takes: every call adds to the same
   * entry. Calls may not be nested.
   */
  gesture(options: GestureOptions = {}): <T>(change: () => T) => T {
    const gesture: Gesture = { ...options, mode: 'write' };
    return (change) => this.#during(gesture, change);
  }

  /** Makes changes that are not taken back, such as what a space is begun with. */
  apart<T>(change: () => T): T {
    return this.#during(APART, change);
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

  /** The stacks as bytes. */
  encode(): Uint8Array {
    this.#unread?.();
    return this.#encode(this.#saved?.whole.id ?? NO_ID);
  }

  /**
   * The same to be stored under a name of their own, some random bytes. What changes from then on is in
   * {@link UndoLog.tail}, which may only be stored after them.
   */
  encodeToStore(id: Uint8Array): Uint8Array {
    this.#unread?.();
    const bytes = this.#encode(id);
    this.#saved = savedAs({ id, ...this.#now() });
    return bytes;
  }

  /**
   * What has changed till now since something was stored, to be encoded later under a name of its own, some random
   * bytes, if it fits into so many. Those that it is asked of are stored in this order, or left out. Seals nothing.
   */
  tail(): (how: { readonly id: Uint8Array; readonly bytesMax: number }) => UndoTail | undefined {
    this.#unread?.();
    const saved = this.#saved;
    if (saved === undefined) return () => undefined;
    const now = { ...this.#now(), written: this.#lastWritten };
    return ({ id, bytesMax }) => {
      const at = saved.tails % UNDO_TAILS_MAX;
      const end = { ...now, id };
      const pack = (entry: UndoEntry): Uint8Array => this.#pack(entry);
      const bytes = encodeTail(at === 0 ? saved.whole : saved.last, end, { pack, bytesMax });
      if (bytes === undefined) return undefined;
      const stored = (): void => {
        saved.last = end;
        saved.tails = at + 1;
      };
      return { at, bytes, stored };
    };
  }

  #now(): Stretches {
    return { undo: this.#undo.now, redo: this.#redo.now };
  }

  #encode(id: Uint8Array): Uint8Array {
    this.#db.commit();
    const stored = (stack: UndoStack): Value => stack.entries.map((entry) => this.#pack(entry));
    return encodeValue({
      version: VERSION,
      id,
      written: this.#lastWritten,
      undo: stored(this.#undo),
      redo: stored(this.#redo),
    });
  }

  /**
   * The same when somebody first asks for the stacks or changes something; `stored` gives the bytes then.
   * Stacks that cannot be read are begun anew, and `refused` is told why.
   */
  restoreLater(stored: () => StoredStacks, refused: (failure: EchoError) => void): void {
    this.#unread = () => {
      this.#unread = undefined;
      try {
        const { stacks, tails } = stored();
        if (stacks !== undefined) this.#read(stacks);
        this.#readTails(tails);
      } catch (failure) {
        if (!(failure instanceof EchoError)) throw failure;
        this.#stacks = { undo: new UndoStack(), redo: new UndoStack() };
        this.#saved = undefined;
        this.#notRestored = failure.code;
        refused(failure);
      }
    };
  }

  /** Restores stored stacks. @throws EchoError `ECHO_UNDO_MALFORMED`. */
  restore(bytes: Uint8Array): void {
    this.#read(bytes);
    this.#tell();
  }

  #read(bytes: Uint8Array): void {
    const value = (readStored(bytes) ?? {}) as { readonly [name: string]: Value };
    const { id, version, undo, redo, written } = value;
    const isKnown = version === VERSION && id instanceof Uint8Array;
    if (!isKnown || !Array.isArray(undo) || !Array.isArray(redo)) {
      throw new EchoError('ECHO_UNDO_MALFORMED', 'stored undo has an unknown form');
    }
    const unpack = (entry: Value): UndoEntry => this.#unpack(entry);
    this.#take({ undo: undo.map(unpack), redo: redo.map(unpack), written: Number(written) });
    this.#saved = savedAs({ id, ...this.#now() });
  }

  #readTails(tails: readonly Uint8Array[]): void {
    const saved = this.#saved;
    if (saved === undefined || tails.length === 0) return;
    const { id, redo, undo } = saved.whole;
    const whole = { id, undo: entriesOf(undo), redo: entriesOf(redo), written: this.#lastWritten };
    let last = whole;
    for (const bytes of tails) {
      const next = withTail(last, bytes, (entry) => this.#unpack(entry));
      if (next === undefined) break;
      last = next;
    }
    if (last !== whole) this.#take(last);
  }

  #take({ undo, redo, written }: StackEntries): void {
    this.#stacks = { undo: new UndoStack(undo), redo: new UndoStack(redo) };
    this.#lastWritten = written;
    const ids = [...undo, ...redo].map(({ id }) => id);
    this.#nextId = 1 + Math.max(0, written, ...ids);
  }

  /** See {@link UndoObserver}. */
  step(step: UndoStep): void {
    if (!isUnrecorded(this.#db)) this.#steps.push(step);
  }

  /** See {@link UndoObserver}. */
  sealed(block: BlockContext): void {
    const steps = this.#steps;
    this.#steps = [];
    const gesture = this.#gesture;
    if (steps.length === 0 || gesture === APART) return;
    const stack = gesture.mode === 'undo' ? this.#redo : this.#undo;
    if (!joinEntry(stack, gesture, { steps, timeMs: block.timeMs })) {
      const { label, scope, together } = gesture;
      const entry: UndoEntry = {
        id: this.#nextId++,
        kind: gesture.kind ?? this.#kindOf(steps),
        steps,
        timeMs: block.timeMs,
        ...(label === undefined ? {} : { label }),
        ...(scope === undefined ? {} : { scope }),
        ...(together === undefined ? {} : { together }),
      };
      const id = this.#push(stack, entry, gesture);
      if (gesture !== WRITING) gesture.entry = id;
    }
    this.#tell();
  }

  /** See {@link UndoObserver}. */
  takenBack(): void {
    this.#steps = [];
  }

  /** Adds an entry, or adds to the typing before it. The id that it is now found under. */
  #push(stack: UndoStack, entry: UndoEntry, { mode }: Gesture): number {
    if (mode === 'write') {
      this.#redo.keepIf((undone) => !touchesSame(undone, entry));
      this.#lastWritten = entry.id;
      const { last } = stack;
      const typing = last === undefined ? undefined : this.#continued(last, entry);
      if (last !== undefined && typing !== undefined) {
        stack.replace(last, typing);
        return typing.id;
      }
    }
    stack.push(entry);
    return entry.id;
  }

  #continued(last: UndoEntry, next: UndoEntry): UndoEntry | undefined {
    return continued(last, next, this.#types, ({ place }) => {
      const name = this.#types(place.type)?.compiled.leaves[place.leaf]?.name;
      return name === undefined ? undefined : this.#db.get(place.object)?.[name];
    });
  }

  #during<T>(gesture: Gesture, change: () => T): T {
    const outer = this.#gesture;
    if (outer !== WRITING) return change();
    this.#db.commit();
    this.#gesture = gesture;
    try {
      return change();
    } finally {
      this.#db.commit();
      this.#gesture = outer;
    }
  }

  /** Without a place, what was taken back before the last change stays taken back. */
  #find(stack: UndoStack, selector: UndoSelector): UndoEntry | undefined {
    const isWhole = stack === this.#redo && Object.keys(selector).length === 0;
    return stack.findLast(
      (entry) =>
        (!isWhole || entry.id > this.#lastWritten) && isSelected(entry, selector, this.#types),
    );
  }

  #revert(
    stack: UndoStack,
    mode: 'undo' | 'redo',
    selector: UndoSelector,
  ): UndoOutcome | undefined {
    const entry = this.#find(stack, selector);
    if (entry === undefined) return undefined;
    const putBack = stack.take(entry);
    const { id: _id, steps, timeMs: _timeMs, ...named } = entry;
    try {
      const { done, skipped, revived } = this.#during({ ...named, mode }, () =>
        this.#inverted(steps),
      );
      this.#rename(revived);
      return { done, skipped };
    } catch (failure) {
      // Refused as a whole, as where one may not write any more: it can be tried again.
      putBack();
      throw failure;
    } finally {
      this.#tell();
    }
  }

  #inverted(steps: readonly UndoStep[]): Inverted {
    if (steps.length > STEPS_A_BLOCK_MAX) return invert(this.#db, steps);
    return this.#db.transaction(() => invert(this.#db, steps));
  }

  /** Ops that brought others' values back stand for them: older gestures now undo those. */
  #rename(revived: Inverted['revived']): void {
    if (revived.length === 0) return;
    const names = new Map<string, GlobalDot>();
    for (const { was, now } of revived) names.set(keyOfDot(was), now);
    const rename = (entry: UndoEntry): UndoEntry => {
      let isRenamed = false;
      const steps = entry.steps.map((step) => {
        const now = 'dot' in step ? names.get(keyOfDot(step.dot)) : undefined;
        if (now === undefined) return step;
        isRenamed = true;
        return { ...step, dot: now } as UndoStep;
      });
      return isRenamed ? { ...entry, steps } : entry;
    };
    this.#undo.change(rename);
    this.#redo.change(rename);
  }

  #kindOf(steps: readonly UndoStep[]): UndoKind {
    if (steps.some(({ kind }) => kind === 'create')) return 'added';
    const life = steps.find((step) => step.kind === 'life');
    if (life !== undefined) {
      return this.#db.get(life.object) === undefined ? 'deleted' : 'restored';
    }
    return steps.every(({ kind }) => kind === 'sequence') ? 'text' : 'changed';
  }

  #pack(entry: UndoEntry): Uint8Array {
    let bytes = this.#stored.get(entry);
    if (bytes === undefined) {
      this.#stored.set(entry, (bytes = packEntry(entry)));
    }
    return bytes;
  }

  #unpack(stored: Value): UndoEntry {
    const entry = unpackEntry(stored);
    if (stored instanceof Uint8Array) this.#stored.set(entry, stored);
    return entry;
  }

  #tell(): void {
    this.#version++;
    for (const listener of [...this.#listeners]) listener();
  }
}

/** Adds a block's steps to the entry of the gesture that it belongs to, if that is there still. */
function joinEntry(
  stack: UndoStack,
  gesture: Gesture,
  more: Pick<UndoEntry, 'steps' | 'timeMs'>,
): boolean {
  if (gesture === WRITING || gesture.entry === undefined) return false;
  const entry = stack.findLast(({ id }) => id === gesture.entry);
  if (entry === undefined) return false;
  const steps = [...entry.steps, ...more.steps];
  stack.replace(entry, { ...entry, steps, timeMs: more.timeMs });
  return true;
}

function savedAs(whole: StoredAs): Saved {
  return { whole, last: whole, tails: 0 };
}
