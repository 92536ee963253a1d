/**
 * The undo stacks of one space, whether it is open or closed. They lie sealed among the profile's values
 * and survive a restart. Of a closed space the newest entries are known: enough to say what undo would do next.
 */
import {
  EchoError,
  UndoLog,
  UndoStore,
  type Space,
  type StoredStacks,
  type UndoEntry as EchoEntry,
} from '@atoll/echo';
import type { PlatformBase, SpaceId } from '@atoll/kernel';
import type { UndoOutcome, UndoPlace } from './api.ts';
import { labelOf } from './undo-label.ts';

/** The stacks are written whole, so not after every key press; closing writes what is left. */
const SAVE_EVERY_MS = 1_000;
/** What has changed since they were written is written at once, up to so much, */
const TAIL_BYTES_MAX: number = 16 * 1024;
/** and as much more as the blocks are large that it goes with: to delete much takes many steps. */
const TAIL_BYTES_A_BLOCK_BYTE = 8;
/** Stored stacks have a random name, by which a tail knows what it continues. */
const NAME_BYTES = 8;
/** Entries of each stack that are known of a closed space; the older ones come with opening it. */
export const KEPT_ENTRIES_MAX = 16;

/** What changes and can be asked how often it has. */
export interface UndoSource {
  /** Another number whenever what can be done has changed. */
  readonly version: number;
  /** Calls back after each change. Returns the way to stop. */
  onChange(listener: () => void): () => void;
}

/** An entry of the stacks of a closed space. */
export interface KeptEntry {
  readonly id: number;
  readonly label: string;
  readonly timeMs: number;
  readonly scope?: string;
  readonly together?: string;
}

/** The newest entries of the stacks, the next one at the end. */
export interface KeptStacks {
  readonly undo: readonly KeptEntry[];
  readonly redo: readonly KeptEntry[];
}

const NO_VALUES: ReadonlyMap<string, undefined> = new Map();
const NONE: KeptStacks = { undo: [], redo: [] };

/** Which of the stacks' entries are meant. */
export type StackPlace = UndoPlace & { readonly together?: string };

interface OpenStacks {
  readonly echo: Space;
  readonly log: UndoLog;
  readonly closed: AbortController;
}

/** The stacks of one space. */
export class UndoStacks implements UndoSource {
  readonly #platform: PlatformBase;
  readonly #stored: UndoStore;
  readonly #openSpace: () => Promise<unknown>;
  readonly #listeners = new Set<() => void>();
  #open: OpenStacks | undefined;
  #kept: KeptStacks = NONE;
  #version = 0;
  #dirty = false;
  #saving: Promise<void> | undefined;
  /** The stacks are on their way into the store. */
  #isWriting = false;

  constructor(parts: {
    readonly platform: PlatformBase;
    readonly space: SpaceId;
    /** Of the identity: what is stored is sealed under it. */
    readonly secret: Uint8Array;
    /** Resolves when {@link UndoStacks.moveIn} has been called. */
    readonly openSpace: () => Promise<unknown>;
  }) {
    const { openSpace, platform, secret, space } = parts;
    const { aead, rng, store } = platform;
    this.#platform = platform;
    this.#stored = new UndoStore({ store, rng, space, secret, aead });
    this.#openSpace = openSpace;
  }

  get version(): number {
    return this.#version;
  }

  /** Something listens to them. */
  get isHeard(): boolean {
    return this.#listeners.size > 0;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The stacks themselves, while the space is open. */
  get log(): UndoLog | undefined {
    return this.#open?.log;
  }

  /**
   * All that the stacks say, as they are in memory and as they are stored, where another window may have
   * written them last. What cannot be read says nothing to anybody. @throws StoreError.
   */
  async plainBytes(): Promise<readonly Uint8Array[]> {
    const stored = await this.#stored.load();
    const { log } = this;
    return [...(log === undefined ? [] : [log.encode()]), ...opened(stored)];
  }

  /** What is known of the stacks of a closed space. */
  remember(kept: KeptStacks): void {
    if (this.#open !== undefined) return;
    this.#kept = kept;
    this.#tell();
  }

  /**
   * Restores what was kept. Stacks that are damaged or cannot be read are begun anew, and it is said
   * (`UndoState.notRestored`): the objects are not touched.
   */
  async moveIn(echo: Space): Promise<void> {
    const log = new UndoLog(echo.database);
    const stored = await this.#stored.load();
    if (stored !== undefined) {
      log.restoreLater(stored, ({ code }) => {
        this.#platform.log.event('warn', 'client.undo-not-restored', { code });
        // So that it is not said again.
        this.#dirty = true;
      });
    }
    this.#isWriting = false;
    this.#open = { echo, log, closed: new AbortController() };
    log.onChange(() => {
      this.#dirty = true;
      this.#saving ??= this.#saveSoon();
      this.#keepTail();
      this.#tell();
    });
    this.#tell();
  }

  /** Stops recording and keeps the stacks. Durable when resolved, as far as the store can write. */
  async moveOut(): Promise<void> {
    const open = this.#open;
    if (open === undefined) return;
    open.echo.database.commit();
    open.closed.abort();
    await this.#saving;
    this.#save();
    await open.echo.keeper?.settle();
    this.#kept = this.kept;
    open.log.close();
    this.#open = undefined;
    this.#tell();
  }

  /** The newest entries; of stacks that nobody has asked for since they were opened, those known before. */
  get kept(): KeptStacks {
    const open = this.#open;
    if (open === undefined || (open.log.isUnread && this.#kept !== NONE)) return this.#kept;
    const newest = (entries: readonly EchoEntry[]): KeptEntry[] =>
      entries.slice(-KEPT_ENTRIES_MAX).map((entry) => keptEntry(open.echo, entry));
    return { undo: newest(open.log.entries), redo: newest(open.log.undone) };
  }

  /** The last gesture of a place, as far as it is known; `undefined` when there is none. */
  next(direction: 'undo' | 'redo', place: StackPlace): Omit<KeptEntry, 'label'> | undefined {
    if (this.#open !== undefined) return this.#open.log.next(direction, place);
    return this.#kept[direction].findLast((entry) => isIn(entry, place));
  }

  /** The same with its name. */
  nextLabel(direction: 'undo' | 'redo', place: StackPlace): string | undefined {
    const open = this.#open;
    if (open === undefined) {
      return this.#kept[direction].findLast((entry) => isIn(entry, place))?.label;
    }
    const entry = open.log.next(direction, place);
    return entry === undefined ? undefined : labelOf(open.echo.database, entry);
  }

  /** All entries of a place that are known, the oldest first. */
  entriesOf(stack: 'undo' | 'redo', place: StackPlace): readonly Entry[] {
    const isWhole = Object.keys(place).length === 0;
    const open = this.#open;
    if (open === undefined) {
      const kept = this.#kept[stack];
      return isWhole ? kept : kept.filter((entry) => isIn(entry, place));
    }
    const { echo, log } = open;
    const entries = stack === 'undo' ? log.entries : log.undone;
    const mine = isWhole ? entries : entries.filter((entry) => log.isIn(entry, place));
    return mine.map((entry) => new LazyEntry(echo, entry));
  }

  /** Why stored stacks were begun anew, if they were. */
  get notRestored(): UndoLog['notRestored'] {
    return this.#open?.log.notRestored;
  }

  /** Something was written that is not sealed yet and can be taken back then. */
  get canUndo(): boolean {
    return this.#open?.log.canUndo ?? this.#kept.undo.length > 0;
  }

  /** Ends the open transaction, so that what was just written can be taken back. */
  commit(): void {
    this.#open?.echo.database.commit();
  }

  /** Makes changes that are not taken back. */
  apart(change: () => void): void {
    const { log } = this;
    if (log === undefined) change();
    else log.apart(change);
  }

  /** Opens the space and acts then. */
  async once(act: () => UndoOutcome): Promise<UndoOutcome> {
    await this.#openSpace();
    return act();
  }

  #tell(): void {
    this.#version++;
    for (const listener of [...this.#listeners]) listener();
  }

  async #saveSoon(): Promise<void> {
    const signal = this.#open?.closed.signal;
    if (signal !== undefined) {
      await this.#platform.clock.sleep(SAVE_EVERY_MS, signal).catch(() => undefined);
    }
    this.#saving = undefined;
    if (signal?.aborted === false) this.#save();
  }

  /** All that has changed till now, in the transaction of the block that changed it. */
  #keepTail(): void {
    const open = this.#open;
    if (open === undefined) return;
    const tail = open.log.tail();
    let made: ReturnType<typeof tail>;
    open.echo.keeper?.keep({
      kind: 'tail',
      values: (blockBytes) => {
        const id = this.#platform.rng.bytes(NAME_BYTES);
        made = tail({ id, bytesMax: TAIL_BYTES_MAX + TAIL_BYTES_A_BLOCK_BYTE * blockBytes });
        return made === undefined ? NO_VALUES : this.#stored.tail(made);
      },
      written: () => made?.stored(),
    });
  }

  /** The stacks as a whole, in the transaction of the last block that changed them. */
  #save(): void {
    const open = this.#open;
    // A store that cannot write keeps the old ones; what has changed meanwhile is in the tail.
    if (!this.#dirty || this.#isWriting || open === undefined) return;
    const bytes = open.log.encodeToStore(this.#platform.rng.bytes(NAME_BYTES));
    this.#dirty = false;
    this.#isWriting = true;
    open.echo.keeper?.keep({
      kind: 'stacks',
      values: () => this.#stored.stacks(bytes),
      written: () => {
        this.#isWriting = false;
      },
    });
  }
}

/** An entry to show. Its name is made when it is asked for: most of a long list never are. */
export interface Entry {
  readonly id: number;
  readonly timeMs: number;
  readonly label: string;
}

class LazyEntry implements Entry {
  readonly id: number;
  readonly timeMs: number;
  readonly #echo: Space;
  readonly #entry: EchoEntry;

  constructor(echo: Space, entry: EchoEntry) {
    this.id = entry.id;
    this.timeMs = entry.timeMs;
    this.#echo = echo;
    this.#entry = entry;
  }

  get label(): string {
    return labelOf(this.#echo.database, this.#entry);
  }
}

function keptEntry(echo: Space, entry: EchoEntry): KeptEntry {
  const { id, scope, timeMs, together } = entry;
  return {
    id,
    timeMs,
    label: labelOf(echo.database, entry),
    ...(scope === undefined ? {} : { scope }),
    ...(together === undefined ? {} : { together }),
  };
}

function opened(stored: (() => StoredStacks) | undefined): readonly Uint8Array[] {
  if (stored === undefined) return [];
  try {
    const { stacks, tails } = stored();
    return stacks === undefined ? tails : [stacks, ...tails];
  } catch (failure) {
    if (failure instanceof EchoError) return [];
    throw failure;
  }
}

/** Which objects an entry changed is known of open spaces alone. */
function isIn(entry: KeptEntry, place: StackPlace): boolean {
  const { field, object, scope, together } = place;
  if (object !== undefined || field !== undefined) return false;
  if (scope !== undefined && entry.scope !== scope) return false;
  return together === undefined || entry.together === together;
}
