/** Undo across all spaces: takes back the newest change, wherever it was made. */
import type { UndoEntry as EchoEntry } from '@atoll/echo';
import { toHex, type Rng } from '@atoll/kernel';
import type { GestureOptions, Undo, UndoOutcome, UndoPlace, UndoState } from './api.ts';
import { DerivedCell, sameData, type Live } from './live.ts';
import type { SpaceHandle } from './space-handle.ts';
import { NOTHING, outcomeOf } from './space-undo.ts';
import type { EngineSpaces } from './spaces.ts';

const TOGETHER_BYTES = 8;

/** {@link Undo} over the undo of each space. */
export class ClientUndo implements Undo {
  readonly #spaces: EngineSpaces;
  readonly #rng: Rng;
  readonly #place: UndoPlace;
  readonly #state = new DerivedCell<UndoState>(() => this.#look(), sameData);
  readonly #followed = new Set<SpaceHandle>();

  constructor(spaces: EngineSpaces, rng: Rng, place: UndoPlace = {}) {
    this.#spaces = spaces;
    this.#rng = rng;
    this.#place = place;
    spaces.list.subscribe(() => this.#follow());
    this.#follow();
  }

  get state(): Live<UndoState> {
    return this.#state;
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
    const gestures = this.#handles().map(({ undo }) => undo.stacks.gesture(named));
    return (change) => gestures.reduce((inner, gesture) => () => gesture(inner), change)();
  }

  in(place: UndoPlace): Undo {
    return new ClientUndo(this.#spaces, this.#rng, { ...this.#place, ...place });
  }

  /** The newest change of all spaces, with what was made together with it in others. */
  #revert(direction: 'undo' | 'redo'): UndoOutcome {
    const latest = this.#latest(direction);
    if (latest === undefined) return NOTHING;
    const { entry, space } = latest;
    const { together } = entry;
    if (together === undefined) return outcomeOf(space.undo.stacks[direction](this.#place));
    const outcomes = this.#handles()
      .filter(({ undo }) => undo.stacks.next(direction, { together }) !== undefined)
      .map(({ undo }) => outcomeOf(undo.stacks[direction]({ together })));
    const left = outcomes.flatMap((outcome) => outcome.left ?? []);
    return {
      done: outcomes.reduce((sum, { done }) => sum + done, 0),
      skipped: outcomes.reduce((sum, { skipped }) => sum + skipped, 0),
      ...(left.length === 0 ? {} : { left }),
    };
  }

  /** The newest gesture to undo, or the one that was taken back last. */
  #latest(
    direction: 'undo' | 'redo',
  ): { readonly space: SpaceHandle; readonly entry: EchoEntry } | undefined {
    let best: { readonly space: SpaceHandle; readonly entry: EchoEntry } | undefined;
    for (const space of this.#handles()) {
      space.echo.database.commit();
      const entry = space.undo.stacks.next(direction, this.#place);
      if (entry === undefined) continue;
      if (best === undefined || entry.timeMs > best.entry.timeMs) best = { space, entry };
    }
    return best;
  }

  #named(id: string, act: (undo: Undo, entry: string) => UndoOutcome): UndoOutcome {
    const [space, entry] = id.split('.');
    const handle = this.#handles().find((each) => each.id === space);
    return handle === undefined || entry === undefined ? NOTHING : act(handle.undo, entry);
  }

  #handles(): readonly SpaceHandle[] {
    return this.#spaces.list.get();
  }

  #follow(): void {
    for (const space of this.#handles()) {
      if (this.#followed.has(space)) continue;
      this.#followed.add(space);
      space.undo.state.subscribe(() => this.#state.touch());
    }
    this.#state.touch();
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
