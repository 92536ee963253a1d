/** Undo of one's own changes in one space. The stacks lie sealed among the profile's values and survive a restart. */
import { UndoLog, UndoStore, type Space, type UndoEntry as EchoEntry } from '@atoll/echo';
import type { PlatformBase } from '@atoll/kernel';
import type { GestureOptions, Undo, UndoEntry, UndoOutcome, UndoPlace, UndoState } from './api.ts';
import type { Live } from './live.ts';
import { labelOf } from './undo-label.ts';

/** Entries that a list shows; older ones can still be taken back one by one. */
const SHOWN_MAX = 100;
/** The stacks are written whole, so not after every key press; closing writes what is left. */
const SAVE_EVERY_MS = 1_000;
/** What an undo without anything to take back has done. */
export const NOTHING: UndoOutcome = { done: 0, skipped: 0, nothing: true };

/**
 * What the stacks hold, worked out when somebody asks: a gesture in a hundred is looked at, and the labels
 * of all at each would cost more than the change.
 */
class StackState implements Live<UndoState> {
  readonly #log: UndoLog;
  readonly #look: () => UndoState;
  #seen: { readonly version: number; readonly state: UndoState } | undefined;

  constructor(log: UndoLog, look: () => UndoState) {
    this.#log = log;
    this.#look = look;
  }

  get(): UndoState {
    const { version } = this.#log;
    if (this.#seen?.version !== version) this.#seen = { version, state: this.#look() };
    return this.#seen.state;
  }

  subscribe(listener: () => void): () => void {
    return this.#log.onChange(listener);
  }
}

/** {@link Undo} of one place of a space; of all of it where the place says nothing. */
class PlaceUndo implements Undo {
  readonly state: Live<UndoState>;
  protected readonly log: UndoLog;
  readonly #space: Space;
  readonly #place: UndoPlace;

  constructor(space: Space, log: UndoLog, place: UndoPlace) {
    this.log = log;
    this.#space = space;
    this.#place = place;
    this.state = new StackState(log, () => this.#look());
  }

  undo(): UndoOutcome {
    return outcomeOf(this.log.undo(this.#place));
  }

  redo(): UndoOutcome {
    return outcomeOf(this.log.redo(this.#place));
  }

  undoEntry(id: string): UndoOutcome {
    return outcomeOf(this.log.undo({ ...this.#place, id: Number(id) }));
  }

  preview(id: string): UndoOutcome {
    return outcomeOf(this.log.preview(Number(id)));
  }

  run<T>(change: () => T, options: GestureOptions = {}): T {
    return this.gesture(options)(change);
  }

  gesture(options: GestureOptions = {}): <T>(change: () => T) => T {
    const { scope } = this.#place;
    return this.log.gesture({ ...(scope === undefined ? {} : { scope }), ...options });
  }

  in(place: UndoPlace): Undo {
    return new PlaceUndo(this.#space, this.log, { ...this.#place, ...place });
  }

  #look(): UndoState {
    const { database } = this.#space;
    const label = (entry: EchoEntry): string => labelOf(database, entry);
    const undo = this.log.next('undo', this.#place);
    const redo = this.log.next('redo', this.#place);
    const { notRestored } = this.log;
    const isWhole = Object.keys(this.#place).length === 0;
    const mine = (entries: readonly EchoEntry[]): readonly EchoEntry[] =>
      isWhole ? entries : entries.filter((entry) => this.log.isIn(entry, this.#place));
    const shown = (entry: EchoEntry, undone: boolean): UndoEntry => ({
      id: String(entry.id),
      label: label(entry),
      atMs: entry.timeMs,
      undone,
    });
    return {
      canUndo: undo !== undefined || (isWhole && this.log.canUndo),
      canRedo: redo !== undefined,
      ...(undo === undefined ? {} : { undoLabel: label(undo) }),
      ...(redo === undefined ? {} : { redoLabel: label(redo) }),
      ...(notRestored === undefined ? {} : { notRestored }),
      entries: [
        ...mine(this.log.undone).map((entry) => shown(entry, true)),
        ...mine(this.log.entries)
          .slice(-SHOWN_MAX)
          .map((entry) => shown(entry, false))
          .reverse(),
      ],
    };
  }
}

/** {@link Undo} over ECHO's undo log, with the stacks in the profile. */
export class SpaceUndo extends PlaceUndo {
  readonly #platform: PlatformBase;
  readonly #kept: UndoStore;
  readonly #echo: Space;
  readonly #closed = new AbortController();
  #dirty = false;
  #saving: Promise<void> | undefined;

  private constructor(platform: PlatformBase, space: Space, kept: UndoStore) {
    super(space, new UndoLog(space.database), {});
    this.#platform = platform;
    this.#kept = kept;
    this.#echo = space;
    this.log.onChange(() => {
      this.#dirty = true;
      this.#saving ??= this.#saveSoon();
    });
  }

  /**
   * Restores what was kept, sealed under `secret` of the identity. Stacks that are damaged or cannot be read
   * are begun anew, and it is said (`UndoState.notRestored`): the objects are not touched.
   */
  static async open(platform: PlatformBase, space: Space, secret: Uint8Array): Promise<SpaceUndo> {
    const { aead, log, rng, store } = platform;
    const kept = new UndoStore({ store, rng, space: space.id, secret, aead });
    const undo = new SpaceUndo(platform, space, kept);
    const stored = await kept.load();
    if (stored === undefined) return undo;
    undo.log.restoreLater(stored, ({ code }) => {
      log.event('warn', 'client.undo-not-restored', { code });
      // So that it is not said again.
      undo.#dirty = true;
    });
    return undo;
  }

  /** The stacks themselves, for what spans several spaces. */
  get stacks(): UndoLog {
    return this.log;
  }

  /** Stops recording and keeps the stacks. */
  async close(): Promise<void> {
    this.#echo.database.commit();
    this.#closed.abort();
    await this.#saving;
    await this.#save();
    this.log.close();
  }

  async #saveSoon(): Promise<void> {
    await this.#platform.clock.sleep(SAVE_EVERY_MS, this.#closed.signal).catch(() => undefined);
    this.#saving = undefined;
    if (!this.#closed.signal.aborted) await this.#save();
  }

  /** A store that cannot write keeps the old stacks; the next change tries again. */
  async #save(): Promise<void> {
    if (!this.#dirty) return;
    this.#dirty = false;
    await this.#kept.save(this.log.encode()).catch(() => {
      this.#dirty = true;
    });
  }
}

/** What happened, for applications. */
export function outcomeOf(outcome: ReturnType<UndoLog['undo']>): UndoOutcome {
  if (outcome === undefined) return NOTHING;
  const { done, skipped } = outcome;
  const left = [...new Set(skipped.map(({ object }) => object))];
  return { done, skipped: skipped.length, ...(left.length === 0 ? {} : { left }) };
}
