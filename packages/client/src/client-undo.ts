/** Undo across all spaces: takes back the newest change, wherever it was made. */
import type { Undo, UndoEntry, UndoOutcome, UndoState } from './api.ts';
import { DerivedCell, sameData, type Live } from './live.ts';
import type { EngineSpaces } from './spaces.ts';

const NOTHING: UndoOutcome = { done: 0, skipped: 0, nothing: true };

/** {@link Undo} over the undo of each space. */
export class ClientUndo implements Undo {
  readonly #spaces: EngineSpaces;
  readonly #state = new DerivedCell<UndoState>(() => this.#look(), sameData);
  readonly #followed = new Set<Undo>();

  constructor(spaces: EngineSpaces) {
    this.#spaces = spaces;
    spaces.list.subscribe(() => this.#follow());
    this.#follow();
  }

  get state(): Live<UndoState> {
    return this.#state;
  }

  undo(): UndoOutcome {
    return this.#latest((state) => state.canUndo, false)?.undo() ?? NOTHING;
  }

  redo(): UndoOutcome {
    return this.#latest((state) => state.canRedo, true)?.redo() ?? NOTHING;
  }

  /** The space whose next step is the newest to undo, or the oldest to redo. */
  #latest(can: (state: UndoState) => boolean, undone: boolean): Undo | undefined {
    const sign = undone ? -1 : 1;
    let best: { readonly undo: Undo; readonly atMs: number } | undefined;
    for (const { undo } of this.#spaces.list.get()) {
      const state = undo.state.get();
      if (!can(state)) continue;
      const entries = state.entries.filter((entry) => entry.undone === undone);
      const next = undone ? entries.at(-1) : entries[0];
      const atMs = next?.atMs ?? 0;
      if (best === undefined || (atMs - best.atMs) * sign > 0) best = { undo, atMs };
    }
    return best?.undo;
  }

  #follow(): void {
    for (const { undo } of this.#spaces.list.get()) {
      if (this.#followed.has(undo)) continue;
      this.#followed.add(undo);
      undo.state.subscribe(() => this.#state.touch());
    }
    this.#state.touch();
  }

  #look(): UndoState {
    const states = this.#spaces.list.get().map(({ undo }) => undo.state.get());
    const entries = states
      .flatMap((state) => state.entries)
      .sort((a: UndoEntry, b: UndoEntry) => b.atMs - a.atMs);
    return {
      canUndo: states.some((state) => state.canUndo),
      canRedo: states.some((state) => state.canRedo),
      entries,
    };
  }
}
