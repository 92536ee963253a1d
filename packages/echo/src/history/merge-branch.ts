/**
 * Starting a branch and merging it: what was changed in it is compared with the fork and merged into the
 * origin as it is then. Loaded when somebody first asks.
 */
import type { Value } from '@atoll/codec';
import type { ObjectId } from '@atoll/kernel';
import { defineDynamic, type Leaf } from '@atoll/schema';
import type { Database } from '../database.ts';
import { EchoError } from '../echo-error.ts';
import type { FieldRef } from '../mutations.ts';
import { isLive } from '../shown.ts';
import type { BranchMerge, BranchStart, MergeChoice, MergeOutcome } from './branch.ts';
import { branchRecord, mergedMs, noteBranch, noteMerge } from './branch-records.ts';
import { compareObject, countedRow, isContent } from './compare.ts';
import { copyObjects } from './copy-objects.ts';
import type { Crossing } from './crossing.ts';
import { isSkipped, readerIn, storedIn } from './fields.ts';
import type { HistoryFrontier } from './cut.ts';
import { HistoryError } from './history-error.ts';
import type { History } from './history.ts';
import type { PastState } from './past.ts';
import { decided, mergeField, type Merging } from './merge-fields.ts';

/** Makes an empty space a branch: copies what is wanted and notes where from. @throws EchoError. */
export function startBranch(of: BranchStart): void {
  const { branch, past, present } = of;
  const { space } = present;
  const to = branch.database;
  if (space === undefined) throw new EchoError('ECHO_OBJECT', 'the origin is in no space');
  const ids = new Map<string, string>();
  const all = of.objects?.filter((id) => isThere(past.db, id)) ?? contentIds(past.db);
  // A branch is a space with readers of its own: what is in closed zones stays there.
  const { fold } = past.db;
  const isOpen = (id: string): boolean => fold.zoneOf(countedRow(past.db, id)) === undefined;
  // Nor does it know what moderators of the origin have hidden, and would show it.
  const wanted = all.filter((id) => isOpen(id) && !isHidden(present, id));
  const crossing: Crossing = { ids, from: space, to: to.space };
  of.apart(() => {
    copyObjects({ from: past.db, present, to, ids, crossing }, wanted);
    const start = branch.frontier();
    noteBranch(to, { origin: space, fork: past.frontier, start, copies: ids });
  });
}

/**
 * Merges a branch into its origin; with `isDry` only says what it would do. Written as one step of undo,
 * and only if every conflict is decided. @throws HistoryError `HISTORY_BRANCH`, `HISTORY_FORK`,
 * `HISTORY_MERGED`, `HISTORY_CONFLICTS`; EchoError; StoreError.
 */
export async function mergeBranch(of: BranchMerge): Promise<MergeOutcome> {
  const { branch, origin, isDry } = of;
  const record = branchRecord(branch.database);
  if (record === undefined || record.origin !== origin.database.space) {
    throw new HistoryError('HISTORY_BRANCH', 'the space is no branch of this one');
  }
  if (!isDry && mergedMs(origin.database, branch.database.space) !== undefined) {
    throw new HistoryError('HISTORY_MERGED', 'the branch was merged before');
  }
  const { copies } = record;
  const [base, start] = await Promise.all([
    stateAt(origin, record.fork, copies.keys()),
    stateAt(branch, record.start, copies.values()),
  ]);
  const merge = new Merge({
    origin: origin.database,
    branch: branch.database,
    base: base.db,
    start: start.db,
    copies,
    choice: of.choice,
  });
  const planned = merge.run(true);
  if (isDry) return planned;
  if (planned.conflicts.length > 0) {
    const count = planned.conflicts.length;
    throw new HistoryError('HISTORY_CONFLICTS', `${count} changes of both sides are to be decided`);
  }
  let merged = planned;
  of.asOne(() => {
    // Only now what the branch created has an id in the origin.
    merged = merge.run(false);
    noteMerge(origin.database, branch.database.space, of.nowMs);
  });
  return merged;
}

/** What both sides are compared with. @throws HistoryError `HISTORY_FORK`; StoreError. */
async function stateAt(
  of: History,
  frontier: HistoryFrontier,
  objects: Iterable<string>,
): Promise<PastState> {
  try {
    return await of.at(frontier, [...objects] as ObjectId[]);
  } catch (failure) {
    const isDropped = failure instanceof HistoryError && failure.code === 'HISTORY_DROPPED';
    if (!isDropped) throw failure;
    throw new HistoryError(
      'HISTORY_FORK',
      'the state from which the branch grew was dropped on this device: merge it on a device that keeps ' +
        'that history, or copy what is wanted',
      { cause: failure },
    );
  }
}

/** What a merge compares. */
export interface MergeStates {
  readonly origin: Database;
  readonly branch: Database;
  /** The origin where the branch began. */
  readonly base: Database;
  /** The branch as it began. */
  readonly start: Database;
  /** Ids in the branch by ids in the origin. */
  readonly copies: ReadonlyMap<string, string>;
  readonly choice?: MergeChoice | undefined;
}

/** One merge, first only looked at. */
export class Merge {
  readonly #origin: Database;
  readonly #branch: Database;
  readonly #base: Database;
  readonly #start: Database;
  /** Ids in the branch by ids in the origin. */
  readonly #copies: ReadonlyMap<string, string>;
  /** The other way round; what the branch created is entered. */
  readonly #originals: Map<string, string>;
  readonly #choice: MergeChoice | undefined;

  constructor(of: MergeStates) {
    this.#origin = of.origin;
    this.#branch = of.branch;
    this.#base = of.base;
    this.#start = of.start;
    this.#copies = of.copies;
    this.#originals = new Map([...of.copies].map(([original, copy]) => [copy, original]));
    this.#choice = of.choice;
  }

  run(isDry: boolean): MergeOutcome {
    const merging = this.#merging(isDry);
    const made = contentIds(this.#branch).filter(
      (id) => !this.#originals.has(id) && !isHidden(this.#branch, id),
    );
    if (!isDry && made.length > 0) this.#copyBack(made);
    const touched: string[] = [];
    const refused = isDry ? [] : this.#refused();
    // Of what is hidden here nobody is asked or told; should it be shown again, it has what the branch made of it.
    const quiet: Merging = { ...merging, choose: () => 'origin', open: [] };
    for (const [original, copy] of this.#copies) {
      if (isHidden(this.#branch, copy)) continue;
      const isQuiet = isHidden(this.#origin, original);
      const isTouched = this.#mergeObject(isQuiet ? quiet : merging, original, copy);
      if (isTouched && !isQuiet) touched.push(original);
    }
    for (const [field, place] of refused) this.#origin.mutations.set(field, place);
    const shown = made.filter((id) => isThere(this.#branch, id));
    const created = shown.map((id) => this.#originals.get(id) ?? id);
    return { objects: [...touched, ...created], conflicts: merging.open };
  }

  #merging(isDry: boolean): Merging {
    const choice = this.#choice;
    return {
      base: this.#base,
      origin: this.#origin,
      start: this.#start,
      branch: this.#branch,
      crossing: this.#crossing(),
      isDry,
      choose: typeof choice === 'function' ? choice : () => choice,
      open: [],
    };
  }

  #crossing(): Crossing {
    return { ids: this.#originals, from: this.#branch.space, to: this.#origin.space };
  }

  #copyBack(made: readonly string[]): void {
    const from = this.#branch;
    copyObjects(
      { from, present: from, to: this.#origin, ids: this.#originals, crossing: this.#crossing() },
      made,
    );
  }

  /** True if the branch changed the object. */
  #mergeObject(merging: Merging, original: string, copy: string): boolean {
    const states = { before: this.#start, after: this.#branch, present: this.#branch };
    const changed = compareObject(states, copy);
    const row = countedRow(this.#origin, original);
    if (changed === undefined || row < 0) return false;
    const isGone = !isLive(this.#origin.fold, row);
    if (changed.life === 'deleted') {
      if (!isGone && this.#mayDelete(merging, original)) {
        // What hangs on it is hidden where it stands.
        this.#mergeFields(merging, original, copy, ({ data }) => data.kind === 'tree');
        if (!merging.isDry) this.#origin.mutations.setDeleted(row, true);
      }
      return true;
    }
    if (isGone && isThere(this.#branch, copy)) {
      const wasGone = !isThere(this.#base, original);
      const side = wasGone ? 'branch' : decided(merging, { object: original });
      if (side !== 'branch') return true;
      if (!merging.isDry) this.#origin.mutations.setDeleted(row, false);
    }
    this.#mergeFields(merging, original, copy);
    return true;
  }

  /** What the branch deleted may go unless the origin has changed it meanwhile. */
  #mayDelete(merging: Merging, original: string): boolean {
    const states = { before: this.#base, after: this.#origin, present: this.#origin };
    if (compareObject(states, original) === undefined) return true;
    return decided(merging, { object: original }) === 'branch';
  }

  #mergeFields(
    merging: Merging,
    original: string,
    copy: string,
    isWanted: (leaf: Leaf) => boolean = () => true,
  ): void {
    const row = countedRow(this.#branch, copy);
    const { data } = readerIn(this.#branch, row, this.#branch).compiled;
    this.#origin.register(defineDynamic(data));
    const place = (
      db: Database,
      id: string,
    ): { row: number; type: ReturnType<typeof readerIn> } => ({
      row: countedRow(db, id),
      type: db.fold.types.ofData(data),
    });
    const at = {
      base: place(this.#base, original),
      origin: place(this.#origin, original),
      start: place(this.#start, copy),
      branch: place(this.#branch, copy),
    };
    for (const leaf of at.branch.type.compiled.leaves.filter(isWanted)) {
      mergeField(merging, {
        object: original,
        base: { ...at.base, leaf },
        origin: { ...at.origin, leaf },
        start: { ...at.start, leaf },
        branch: { ...at.branch, leaf },
      });
    }
  }

  /**
   * Places in trees that neither side grants, each with where it stands instead. Beside moves that are written
   * anew such a wish might be granted, or put one of them out: then it has to be given up.
   */
  #refused(): readonly (readonly [FieldRef, Value])[] {
    const refused: (readonly [FieldRef, Value])[] = [];
    for (const [original, copy] of this.#copies) {
      const row = countedRow(this.#origin, original);
      const there = countedRow(this.#branch, copy);
      if (row < 0 || there < 0) continue;
      const type = readerIn(this.#origin, row, this.#origin);
      for (const leaf of type.compiled.leaves) {
        const field = { row, type, leaf };
        if (!isSkipped(this.#origin, field) || !isSkipped(this.#branch, { ...field, row: there })) {
          continue;
        }
        const place = storedIn(this.#origin, field);
        if (place !== undefined) refused.push([field, place]);
      }
    }
    return refused;
  }
}

function liveIds(db: Database): string[] {
  const { rows } = db.fold;
  const ids: string[] = [];
  for (let row = 0; row < rows.count; row++) {
    if (isLive(db.fold, row) && isContent(db.fold.typeOf(row).compiled.name))
      ids.push(rows.id(row));
  }
  return ids;
}

/** What is live, and the deleted parents that hide some of it: without them it would come to light. */
function contentIds(db: Database): string[] {
  const ids = new Set(liveIds(db));
  for (const id of ids) {
    const row = countedRow(db, id);
    for (const { data } of db.fold.typeOf(row).compiled.leaves) {
      if (data.kind !== 'tree') continue;
      const parent = db.trees.structure(data.tree).parentOf(row);
      // A set that is walked goes on with what is added to it.
      if (parent >= 0 && !db.fold.rows.isVoid(parent)) ids.add(db.fold.rows.id(parent));
    }
  }
  return [...ids];
}

/** True for what moderators have hidden, and for what stands below it in a tree: nobody is led there. */
function isHidden(db: Database, id: string): boolean {
  const { ids } = db.hidden;
  if (ids.size === 0) return false;
  if (ids.has(id as ObjectId)) return true;
  const seen = new Set<number>();
  const next = [countedRow(db, id)];
  for (let row = next.pop(); row !== undefined; row = next.pop()) {
    if (row < 0 || seen.has(row)) continue;
    if (db.hidden.has(row)) return true;
    seen.add(row);
    for (const { data } of db.fold.typeOf(row).compiled.leaves) {
      if (data.kind === 'tree') next.push(db.trees.structure(data.tree).parentOf(row));
    }
  }
  return false;
}

function isThere(db: Database, id: string): boolean {
  const row = countedRow(db, id);
  return row >= 0 && isLive(db.fold, row);
}
