/** Undo of one's own changes in one space. The stacks lie among the profile's values and survive a restart. */
import { EchoError, UndoLog, type Space } from '@atoll/echo';
import type { PlatformBase } from '@atoll/kernel';
import type { Undo, UndoEntry, UndoOutcome, UndoState } from './api.ts';
import { DerivedCell, sameData, type Live } from './live.ts';
import { labelOf } from './undo-label.ts';

/** Entries that a list shows; older ones can still be taken back one by one. */
const SHOWN_MAX = 100;
/** The stacks are written whole, so not after every key press; closing writes what is left. */
const SAVE_EVERY_MS = 1_000;
const NOTHING: UndoOutcome = { done: 0, skipped: 0, nothing: true };

/** {@link Undo} over ECHO's undo log. */
export class SpaceUndo implements Undo {
  readonly #platform: PlatformBase;
  readonly #space: Space;
  readonly #log: UndoLog;
  /** A gesture in a hundred is looked at: labels of all entries at each would cost more than the change. */
  readonly #state = new DerivedCell<UndoState>(() => this.#look(), sameData);
  readonly #closed = new AbortController();
  #dirty = false;
  #saving: Promise<void> | undefined;

  private constructor(platform: PlatformBase, space: Space, log: UndoLog) {
    this.#platform = platform;
    this.#space = space;
    this.#log = log;
    log.onChange(() => {
      this.#state.touch();
      this.#dirty = true;
      this.#saving ??= this.#saveSoon();
    });
  }

  /** Restores what was kept. Stacks that cannot be read are begun anew: the objects are not touched. */
  static async open(platform: PlatformBase, space: Space): Promise<SpaceUndo> {
    const log = new UndoLog(space.database);
    const stored = await platform.store.value(nameOf(space));
    try {
      if (stored !== undefined) log.restore(stored);
    } catch (failure) {
      if (!(failure instanceof EchoError)) throw failure;
      platform.log.event('warn', 'client.undo-not-restored', { code: failure.code });
    }
    return new SpaceUndo(platform, space, log);
  }

  get state(): Live<UndoState> {
    return this.#state;
  }

  undo(): UndoOutcome {
    return outcomeOf(this.#log.undo());
  }

  redo(): UndoOutcome {
    return outcomeOf(this.#log.redo());
  }

  /** Stops recording and keeps the stacks. */
  async close(): Promise<void> {
    this.#space.database.commit();
    this.#closed.abort();
    await this.#saving;
    await this.#save();
    this.#log.close();
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
    const values = new Map([[nameOf(this.#space), this.#log.encode()]]);
    await this.#platform.store.commit({ values }).catch(() => {
      this.#dirty = true;
    });
  }

  #look(): UndoState {
    const { database } = this.#space;
    const { canRedo, canUndo, entries, nextRedo, nextUndo } = this.#log;
    const shown = entries.slice(-SHOWN_MAX).map((entry, at): UndoEntry => {
      const label = labelOf(database, entry);
      return { id: String(at), label, atMs: entry.timeMs, undone: false };
    });
    return {
      canUndo,
      canRedo,
      ...(nextUndo === undefined ? {} : { undoLabel: labelOf(database, nextUndo) }),
      ...(nextRedo === undefined ? {} : { redoLabel: labelOf(database, nextRedo) }),
      entries: shown.reverse(),
    };
  }
}

function outcomeOf(outcome: ReturnType<UndoLog['undo']>): UndoOutcome {
  if (outcome === undefined) return NOTHING;
  return { done: outcome.done, skipped: outcome.skipped.length };
}

function nameOf(space: Space): string {
  return `undo/${space.id}`;
}
