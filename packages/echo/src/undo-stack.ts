/**
 * A stack of gestures whose state at some moment is a stretch of an array, so that it costs nothing to
 * remember: entries are appended beside those that are remembered, and any other change begins an array anew.
 */
import type { UndoEntry } from './undo-entry.ts';

/** A stack as it was at one moment: the entries from `from` up to `to`. */
export interface Stretch {
  readonly all: readonly UndoEntry[];
  readonly from: number;
  readonly to: number;
}

/** Gestures that are kept; older ones are forgotten. */
const ENTRIES_MAX = 1000;

/** Nothing. */
export const NO_STRETCH: Stretch = { all: [], from: 0, to: 0 };

/** The entries of a stretch, the oldest first. */
export function entriesOf({ all, from, to }: Stretch): readonly UndoEntry[] {
  return all.slice(from, to);
}

/** The last gestures, the newest on top. */
export class UndoStack {
  #all: UndoEntry[];
  #from = 0;

  constructor(entries: readonly UndoEntry[] = []) {
    this.#all = [...entries];
  }

  get length(): number {
    return this.#all.length - this.#from;
  }

  get last(): UndoEntry | undefined {
    return this.length === 0 ? undefined : this.#all.at(-1);
  }

  /** The entries, the oldest first. */
  get entries(): readonly UndoEntry[] {
    return entriesOf(this.now);
  }

  /** The stack as it is now, whatever becomes of it. */
  get now(): Stretch {
    return { all: this.#all, from: this.#from, to: this.#all.length };
  }

  /** The last entry of which something holds. */
  findLast(holds: (entry: UndoEntry) => boolean): UndoEntry | undefined {
    for (let at = this.#all.length - 1; at >= this.#from; at--) {
      const entry = this.#all[at] as UndoEntry;
      if (holds(entry)) return entry;
    }
    return undefined;
  }

  /** Puts an entry on top. The oldest one is forgotten if there are too many. */
  push(entry: UndoEntry): void {
    this.#all.push(entry);
    if (this.length <= ENTRIES_MAX) return;
    this.#from++;
    if (this.#from >= ENTRIES_MAX) this.#begin(this.entries);
  }

  /** Puts an entry in the place of another. */
  replace(old: UndoEntry, entry: UndoEntry): void {
    this.#begin(this.entries.map((each) => (each === old ? entry : each)));
  }

  /** Takes an entry out. Returns the way to put it back where it was. */
  take(entry: UndoEntry): () => void {
    const at = this.entries.indexOf(entry);
    this.keepIf((each) => each !== entry);
    return () => this.#begin(this.entries.toSpliced(at, 0, entry));
  }

  /** Lets go of the entries of which something does not hold. */
  keepIf(holds: (entry: UndoEntry) => boolean): void {
    if (this.findLast((entry) => !holds(entry)) !== undefined) {
      this.#begin(this.entries.filter(holds));
    }
  }

  /** Puts something else in the place of every entry. */
  change(to: (entry: UndoEntry) => UndoEntry): void {
    this.#begin(this.entries.map(to));
  }

  #begin(entries: readonly UndoEntry[]): void {
    this.#all = [...entries];
    this.#from = 0;
  }
}
