/**
 * The history of a space: its state at any point, what happened to an object, what differs between two
 * points, and the way back. The past is folded beside the present and never disturbs it.
 */
import { assert, type ObjectId } from '@atoll/kernel';
import type { Database } from '../database.ts';
import { EchoError } from '../echo-error.ts';
import { beginningOf, type HistoryBeginning } from './beginning.ts';
import { Clocks } from './clocks.ts';
import type { States } from './compare.ts';
import { Cut, type HistoryFrontier } from './cut.ts';
import { HistoryDroppedError, HistoryError } from './history-error.ts';
import type { HistoryBase, HistoryHost } from './history-host.ts';
import type { ObjectDiff } from './object-diff.ts';
import type * as Loaded from './look-back.ts';
import type { PastState } from './past.ts';
import type { SetAside, TakenUp } from './set-aside.ts';
import type { TimelineOptions, TimelinePage } from './timeline.ts';
import { unknownVersion, Versions } from './versions.ts';

/**
 * A point in history: everything that is here now, a frontier, a moment by writers' clocks, or the name of a
 * version.
 */
export type HistoryPoint =
  'now' | HistoryFrontier | { readonly timeMs: number } | { readonly version: string };

/** What was brought back. */
export interface BroughtBack {
  /** How what was there before differs from what is there now, by object. */
  readonly changed: readonly ObjectDiff[];
  /**
   * Objects that were there then and cannot be brought back: an epoch has forgotten them, or has listed them
   * to be forgotten. What they were can still be read in the state of that time, and copied.
   */
  readonly forgotten: readonly ObjectId[];
}

type LookBack = typeof Loaded;

let loaded: LookBack | undefined;

/** Loaded when somebody first looks back: most pages that open a space never do. */
async function lookBack(): Promise<LookBack> {
  loaded ??= await import('./look-back.ts');
  return loaded;
}

/** For what is done with a state of the past that is at hand, so it has been loaded. */
function lookedBack(): LookBack {
  assert(loaded !== undefined, 'a state of the past was made by what is loaded');
  return loaded;
}

/** History of one space. */
export class History {
  readonly versions: Versions;
  readonly #host: HistoryHost;
  readonly #clocks: Clocks;

  constructor(host: HistoryHost) {
    this.#host = host;
    this.#clocks = new Clocks(host);
    this.versions = new Versions(host.database, () => this.frontier());
  }

  /** The present. */
  get database(): Database {
    return this.#host.database;
  }

  /** The frontier of a point, which means the same for every replica. @throws HistoryError. */
  frontier(point: HistoryPoint = 'now'): HistoryFrontier {
    this.#host.database.commit();
    return this.#cut(point).frontier();
  }

  /**
   * Where history begins, if not with the space: with the state of an epoch, of which it is known what it
   * was, but not how it came about. @throws HistoryError, StoreError.
   */
  async begins(): Promise<HistoryBeginning | undefined> {
    const base = await this.#base();
    return base === undefined ? undefined : beginningOf(this.#host, base);
  }

  /** Since when history is here, by writers' clocks; 0: since the beginning. Milliseconds since 1970. @throws HistoryError, StoreError. */
  async sinceMs(): Promise<number> {
    return (await this.#base())?.sinceMs ?? 0;
  }

  /** The space at a point; with `objects`, these alone, at the cost of their own changes. @throws HistoryError, StoreError. */
  async at(point: HistoryPoint, objects?: readonly ObjectId[]): Promise<PastState> {
    this.#host.database.commit();
    const asked = point === 'now' ? this.#cut(point) : undefined;
    const base = await this.#base();
    const { isYounger, objectsPast, wholePast } = await lookBack();
    const isAlone = objects !== undefined && isYounger(this.#host, objects, base);
    const cut = asked ?? this.#cutAbove(point, base, isAlone);
    if (objects === undefined) return wholePast(this.#host, cut, base);
    return objectsPast(this.#host, cut, { objects, base: isAlone ? undefined : base });
  }

  /** What happened to an object, newest first. @throws HistoryError, StoreError. */
  async timeline(object: ObjectId, options: TimelineOptions = {}): Promise<TimelinePage> {
    const { timelineOf } = await lookBack();
    const base = await this.#base();
    return timelineOf({ host: this.#host, clocks: this.#clocks, base }, object, options);
  }

  /** How an object differs between two points; `undefined` if it does not. @throws HistoryError, StoreError. */
  async diff(
    object: ObjectId,
    from: HistoryPoint,
    to: HistoryPoint = 'now',
  ): Promise<ObjectDiff | undefined> {
    const before = await this.at(from, [object]);
    const after = await this.at(to, [object]);
    return lookedBack().compareObject(this.#states(before, after), object);
  }

  /** How all objects differ between two points. @throws HistoryError, StoreError. */
  async compare(from: HistoryPoint, to: HistoryPoint = 'now'): Promise<readonly ObjectDiff[]> {
    const before = await this.at(from);
    const after = await this.at(to);
    return lookedBack().compareAll(this.#states(before, after));
  }

  /** One object at a point. @throws HistoryError `HISTORY_OBJECT` if it was not there then; StoreError. */
  async of(object: ObjectId, point: HistoryPoint): Promise<PastState> {
    const past = await this.at(point, [object]);
    lookedBack().objectIn(past.db, object);
    return past;
  }

  /**
   * Makes an object what it was at a point: one transaction, one step of undo. @throws HistoryError
   * `HISTORY_OBJECT` if it was not there then; EchoError if it may not be written; StoreError.
   */
  async restore(object: ObjectId, point: HistoryPoint): Promise<BroughtBack> {
    return this.bringBack([object], await this.of(object, point));
  }

  /** The same for everything in the space; what came later is deleted. @throws EchoError, StoreError, HistoryError. */
  async restoreSpace(point: HistoryPoint): Promise<BroughtBack> {
    return this.bringAllBack(await this.at(point));
  }

  /** Makes everything what it is in a state of the past that is at hand. @throws EchoError. */
  bringAllBack(past: PastState): BroughtBack {
    const { database } = this.#host;
    const states = { before: database, after: past.db, present: database };
    const different = lookedBack()
      .compareAll(states)
      .map(({ id }) => id as ObjectId);
    return this.bringBack(different, past);
  }

  /** Makes objects what they are in a state of the past that is at hand. @throws EchoError. */
  bringBack(objects: readonly ObjectId[], past: PastState): BroughtBack {
    const { database } = this.#host;
    const { bringBack, compareObject } = lookedBack();
    const states = { before: database, after: past.db, present: database };
    const changed = objects.flatMap((id) => compareObject(states, id) ?? []);
    const forgotten = objects.filter((id) => lookedBack().isForgotten(database, past.db, id));
    const left = new Set<string>(forgotten);
    const back = objects.filter((id) => !left.has(id));
    asOneBlock(database, () => {
      for (const id of back) bringBack(database, past.db, id);
    });
    return { changed: changed.filter(({ id }) => !left.has(id)), forgotten };
  }

  /** How many blocks do not count, or not with all their ops: whether it is worth asking again what was set aside. */
  uncountedBlocks(): number {
    const { blocks } = this.#host.database.fold;
    return blocks.voids().length + blocks.partlyVoids().length;
  }

  /** What former and present members wrote and what does not count, the latest first. @throws HistoryError, StoreError. */
  async setAside(): Promise<readonly SetAside[]> {
    if (this.uncountedBlocks() === 0) return [];
    const { setAside } = await import('./set-aside.ts');
    return setAside(this.#host);
  }

  /**
   * Writes anew what {@link SetAside.blocks} would change if they counted; `asOne` runs it as one step of undo.
   * @throws HistoryError `HISTORY_POINT` where they are not here, or count by now; EchoError; StoreError.
   */
  async takeUp(
    blocks: readonly string[],
    asOne: (change: () => void) => void = (change) => asOneBlock(this.database, change),
  ): Promise<TakenUp> {
    const { takeUp } = await import('./set-aside.ts');
    return takeUp({ host: this.#host, blocks, asOne });
  }

  #states(before: PastState, after: PastState): States {
    return { before: before.db, after: after.db, present: this.#host.database };
  }

  async #base(): Promise<HistoryBase | undefined> {
    await this.#host.flush();
    return (await lookBack()).baseOf(this.#host);
  }

  /** A cut that holds all that history begins with; not `isAlone`, what needs nothing of it. @throws HistoryError. */
  #cutAbove(point: HistoryPoint, base: HistoryBase | undefined, isAlone: boolean): Cut {
    if (base === undefined) return this.#cut(point);
    const { droppedMs, sinceMs } = base;
    try {
      const cut = this.#cut(point);
      if (isAlone || cut.has(base.anchor)) return cut;
    } catch (failure) {
      // Of blocks that were let go not even their hashes are known any more.
      if (!(failure instanceof HistoryError) || failure.code !== 'HISTORY_POINT') throw failure;
      throw new HistoryDroppedError(sinceMs, { cause: failure, droppedMs });
    }
    throw new HistoryDroppedError(sinceMs, { droppedMs });
  }

  #cut(point: HistoryPoint): Cut {
    if (point === 'now') return Cut.now(this.#host);
    if ('timeMs' in point) return Cut.atMoment(this.#host, point.timeMs);
    if (!('version' in point)) return Cut.of(this.#host, point);
    const version = this.versions.get(point.version);
    if (version === undefined) throw unknownVersion(point.version);
    return Cut.of(this.#host, version.frontier);
  }
}

/** Writes one block, or as many as it takes where that is too much for one. @throws EchoError. */
export function asOneBlock(db: Database, change: () => void): void {
  try {
    db.transaction(change);
  } catch (failure) {
    const isTooLarge =
      failure instanceof EchoError && failure.code === 'ECHO_TRANSACTION_TOO_LARGE';
    if (!isTooLarge) throw failure;
    change();
  }
}
