/** Undo across all spaces: takes back the newest change, wherever it was made. */
import { toHex, type Rng } from '@atoll/kernel';
import type { GestureOptions, Undo, UndoOutcome, UndoPlace, UndoState } from './api.ts';
import type { Live } from './live.ts';
import type { SpaceHandle } from './space-handle.ts';
import { NOTHING, StackState, gestureOf, later, outcomeOf } from './space-undo.ts';
import type { StackPlace, UndoSource } from './undo-stacks.ts';

const TOGETHER_BYTES = 8;

type Direction = 'undo' | 'redo';

/** {@link Undo} over the undo of each space. */
export class ClientUndo implements Undo {
  readonly state: Live<UndoState>;
  readonly #stacks: AllStacks;
  readonly #rng: Rng;
  readonly #place: UndoPlace;

  private constructor(stacks: AllStacks, rng: Rng, place: UndoPlace) {
    this.#stacks = stacks;
    this.#rng = rng;
    this.#place = place;
    this.state = new StackState(stacks, () => this.#look());
  }

  /** Undo over the spaces of a list. */
  static over(spaces: Live<readonly SpaceHandle[]>, rng: Rng): ClientUndo {
    return new ClientUndo(new AllStacks(spaces), rng, {});
  }

  undo(): UndoOutcome {
    return this.#revert('undo');
  }

  redo(): UndoOutcome {
    return this.#revert('redo');
  }

  undoEntry(id: string): UndoOutcome {
    return this.#named(id, (undo, entry) => undo.undoEntry(entry));
  }

  preview(id: string): UndoOutcome {
    return this.#named(id, (undo, entry) => undo.preview(entry));
  }

  run<T>(change: () => T, options: GestureOptions = {}): T {
    return this.gesture(options)(change);
  }

  gesture(options: GestureOptions = {}): <T>(change: () => T) => T {
    const { scope } = this.#place;
    const together = toHex(this.#rng.bytes(TOGETHER_BYTES));
    const named = { ...(scope === undefined ? {} : { scope }), ...options, together };
    const gestures = this.#handles().map(({ undo }) => gestureOf(undo.stacks, named));
    return (change) => gestures.reduce((inner, gesture) => () => gesture(inner), change)();
  }

  in(place: UndoPlace): Undo {
    return new ClientUndo(this.#stacks, this.#rng, { ...this.#place, ...place });
  }

  /** The newest change of all spaces, with what was made together with it in others. */
  #revert(direction: Direction): UndoOutcome {
    const latest = this.#latest(direction);
    if (latest === undefined) return NOTHING;
    const { together } = latest;
    const place: StackPlace = together === undefined ? this.#place : { together };
    const spaces = together === undefined ? [latest.space] : this.#having(direction, place);
    // What belongs together is taken back at once or not at all: closed spaces are opened first.
    const closed = spaces.filter(({ undo }) => undo.stacks.log === undefined);
    if (closed.length > 0) {
      const opened = Promise.all(closed.map((space) => space.open()));
      return later(opened.then(() => this.#revert(direction)));
    }
    const outcomes = spaces.map(({ undo }) => outcomeOf(undo.stacks.log?.[direction](place)));
    const left = outcomes.flatMap((outcome) => outcome.left ?? []);
    return {
      done: outcomes.reduce((sum, { done }) => sum + done, 0),
      skipped: outcomes.reduce((sum, { skipped }) => sum + skipped, 0),
      ...(left.length === 0 ? {} : { left }),
    };
  }

  #having(direction: Direction, place: StackPlace): readonly SpaceHandle[] {
    return this.#handles().filter(({ undo }) => undo.stacks.next(direction, place) !== undefined);
  }

  /** The newest gesture to undo, or the one that was taken back last. */
  #latest(
    direction: Direction,
  ): { readonly space: SpaceHandle; readonly together?: string | undefined } | undefined {
    let best: { readonly space: SpaceHandle; readonly together?: string | undefined } | undefined;
    let bestMs = Number.NEGATIVE_INFINITY;
    for (const space of this.#handles()) {
      const { stacks } = space.undo;
      stacks.commit();
      const entry = stacks.next(direction, this.#place);
      if (entry === undefined || entry.timeMs <= bestMs) continue;
      best = { space, together: entry.together };
      bestMs = entry.timeMs;
    }
    return best;
  }

  #named(id: string, act: (undo: Undo, entry: string) => UndoOutcome): UndoOutcome {
    const [space, entry] = id.split('.');
    const handle = this.#handles().find((each) => each.id === space);
    return handle === undefined || entry === undefined ? NOTHING : act(handle.undo, entry);
  }

  #handles(): readonly SpaceHandle[] {
    return this.#stacks.spaces.get();
  }

  #look(): UndoState {
    const states = this.#handles().map((space) => ({
      id: space.id,
      state: space.undo.in(this.#place).state.get(),
    }));
    const entries = states
      .flatMap(({ id, state }) =>
        state.entries.map((entry) => ({ ...entry, id: `${id}.${entry.id}` })),
      )
      .sort((a, b) => Number(b.undone) - Number(a.undone) || b.atMs - a.atMs);
    return {
      canUndo: states.some(({ state }) => state.canUndo),
      canRedo: states.some(({ state }) => state.canRedo),
      entries,
    };
  }
}

/** The stacks of all spaces as one. Listens to them only while somebody listens to it. */
class AllStacks implements UndoSource {
  readonly spaces: Live<readonly SpaceHandle[]>;
  readonly #listeners = new Set<() => void>();
  readonly #stops = new Map<SpaceHandle, () => void>();
  #stopList: (() => void) | undefined;
  #seen: { readonly list: readonly SpaceHandle[]; readonly changes: number } | undefined;
  #version = 0;

  constructor(spaces: Live<readonly SpaceHandle[]>) {
    this.spaces = spaces;
  }

  get version(): number {
    const list = this.spaces.get();
    // Versions only grow, so that their sum says whether any has.
    const changes = list.reduce((sum, { undo }) => sum + undo.stacks.version, 0);
    if (this.#seen?.list !== list || this.#seen.changes !== changes) {
      this.#seen = { list, changes };
      this.#version++;
    }
    return this.#version;
  }

  onChange(listener: () => void): () => void {
    // A function of its own: the same listener may come twice.
    const own = (): void => listener();
    this.#listeners.add(own);
    if (this.#listeners.size === 1) this.#begin();
    return () => {
      if (this.#listeners.delete(own) && this.#listeners.size === 0) this.#end();
    };
  }

  #begin(): void {
    this.#stopList = this.spaces.subscribe(() => {
      this.#follow();
      this.#tell();
    });
    this.#follow();
  }

  #follow(): void {
    const list = new Set(this.spaces.get());
    for (const [space, stop] of this.#stops) {
      if (list.has(space)) continue;
      stop();
      this.#stops.delete(space);
    }
    for (const space of list) {
      if (this.#stops.has(space)) continue;
      this.#stops.set(
        space,
        space.undo.stacks.onChange(() => this.#tell()),
      );
    }
  }

  #end(): void {
    this.#stopList?.();
    this.#stopList = undefined;
    for (const stop of this.#stops.values()) stop();
    this.#stops.clear();
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
