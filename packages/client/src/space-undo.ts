/** Undo of one's own changes in one space, or in one place of it. */
import type { UndoLog } from '@atoll/echo';
import type { GestureOptions, Undo, UndoEntry, UndoOutcome, UndoPlace, UndoState } from './api.ts';
import type { Live } from './live.ts';
import type { Entry, UndoSource, UndoStacks } from './undo-stacks.ts';

/** Entries that a list shows; older ones can still be taken back one by one. */
const SHOWN_MAX = 100;
/** What an undo without anything to take back has done. */
export const NOTHING: UndoOutcome = { done: 0, skipped: 0, nothing: true };

/**
 * What stacks hold, worked out when somebody asks: a gesture in a hundred is looked at, and the labels of
 * all at each would cost more than the change. Nothing is subscribed to while nobody listens.
 */
export class StackState implements Live<UndoState> {
  readonly #source: UndoSource;
  readonly #look: () => UndoState;
  #seen: { readonly version: number; readonly state: UndoState } | undefined;

  constructor(source: UndoSource, look: () => UndoState) {
    this.#source = source;
    this.#look = look;
  }

  get(): UndoState {
    const { version } = this.#source;
    if (this.#seen?.version !== version) this.#seen = { version, state: this.#look() };
    return this.#seen.state;
  }

  subscribe(listener: () => void): () => void {
    return this.#source.onChange(listener);
  }
}

/** {@link Undo} of one place of a space; of all of it where the place says nothing. */
export class SpaceUndo implements Undo {
  readonly state: Live<UndoState>;
  /** The stacks themselves, for what spans several spaces. */
  readonly stacks: UndoStacks;
  readonly #place: UndoPlace;

  constructor(stacks: UndoStacks, place: UndoPlace = {}) {
    this.stacks = stacks;
    this.#place = place;
    this.state = new StackState(stacks, () => this.#look());
  }

  undo(): UndoOutcome {
    return this.#act((log) => log.undo(this.#place), 'undo');
  }

  redo(): UndoOutcome {
    return this.#act((log) => log.redo(this.#place), 'redo');
  }

  undoEntry(id: string): UndoOutcome {
    return this.#act((log) => log.undo({ ...this.#place, id: Number(id) }));
  }

  preview(id: string): UndoOutcome {
    return this.#act((log) => log.preview(Number(id)));
  }

  run<T>(change: () => T, options: GestureOptions = {}): T {
    return this.gesture(options)(change);
  }

  gesture(options: GestureOptions = {}): <T>(change: () => T) => T {
    const { scope } = this.#place;
    return gestureOf(this.stacks, { ...(scope === undefined ? {} : { scope }), ...options });
  }

  in(place: UndoPlace): Undo {
    return new SpaceUndo(this.stacks, { ...this.#place, ...place });
  }

  /** What is asked of a closed space happens once it is open. */
  #act(
    act: (log: UndoLog) => ReturnType<UndoLog['undo']>,
    direction?: 'undo' | 'redo',
  ): UndoOutcome {
    const { log } = this.stacks;
    if (log !== undefined) return outcomeOf(act(log));
    const isNothing =
      direction !== undefined && this.stacks.next(direction, this.#place) === undefined;
    if (isNothing) return NOTHING;
    return later(this.stacks.once(() => this.#act(act, direction)));
  }

  #look(): UndoState {
    const { stacks } = this;
    const undoLabel = stacks.nextLabel('undo', this.#place);
    const redoLabel = stacks.nextLabel('redo', this.#place);
    const { notRestored } = stacks;
    const isWhole = Object.keys(this.#place).length === 0;
    const shown = ({ id, label, timeMs }: Entry, undone: boolean): UndoEntry => ({
      id: String(id),
      label,
      atMs: timeMs,
      undone,
    });
    return {
      canUndo: undoLabel !== undefined || (isWhole && stacks.canUndo),
      canRedo: redoLabel !== undefined,
      ...(undoLabel === undefined ? {} : { undoLabel }),
      ...(redoLabel === undefined ? {} : { redoLabel }),
      ...(notRestored === undefined ? {} : { notRestored }),
      entries: [
        ...stacks.entriesOf('redo', this.#place).map((entry) => shown(entry, true)),
        ...stacks
          .entriesOf('undo', this.#place)
          .slice(-SHOWN_MAX)
          .map((entry) => shown(entry, false))
          .reverse(),
      ],
    };
  }
}

/** A gesture in a space that may be closed now and then meanwhile: an entry for each time it was open. */
export function gestureOf(
  stacks: UndoStacks,
  options: Parameters<UndoLog['gesture']>[0],
): <T>(change: () => T) => T {
  let inside: { readonly log: UndoLog; readonly gesture: <T>(change: () => T) => T } | undefined;
  return (change) => {
    const { log } = stacks;
    if (log === undefined) return change();
    if (inside?.log !== log) inside = { log, gesture: log.gesture(options) };
    return inside.gesture(change);
  };
}

/** What will be done, and nothing now. */
export function later(outcome: Promise<UndoOutcome>): UndoOutcome {
  // Whoever does not wait for it is not to be stopped by it.
  outcome.catch(() => undefined);
  return { done: 0, skipped: 0, later: outcome };
}

/** What happened, for applications. */
export function outcomeOf(outcome: ReturnType<UndoLog['undo']>): UndoOutcome {
  if (outcome === undefined) return NOTHING;
  const { done, skipped } = outcome;
  const left = [...new Set(skipped.map(({ object }) => object))];
  return { done, skipped: skipped.length, ...(left.length === 0 ? {} : { left }) };
}
