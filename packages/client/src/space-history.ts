/** {@link SpaceHistory} over ECHO's history, with undo and clock of the client. */
import {
  asOneBlock,
  branchOrigin,
  mergeBranch,
  mergedMs,
  startBranch,
  type BroughtBack,
  type History,
  type MergeChoice,
  type MergeOutcome,
  type PastState,
  type Version,
} from '@atoll/echo';
import type { Clock, ObjectId, SpaceId } from '@atoll/kernel';
import type { Undo } from './api.ts';
import type { SpaceHandle } from './space-handle.ts';
import type {
  BranchOptions,
  HistoryPoint,
  RestoreOptions,
  SpaceHistory,
  SpaceVersions,
} from './history-api.ts';

/** History of one space for applications. */
export function spaceHistory(history: History, undo: Undo, clock: Clock): SpaceHistory {
  const versions: SpaceVersions = {
    list: () => history.versions.list(),
    get: (name) => history.versions.get(name),
    create: (name, point = 'now'): Version =>
      history.versions.create(name, Math.floor(clock.nowMs()), history.frontier(point)),
    delete: (name) => history.versions.delete(name),
  };
  const back = (
    past: PastState,
    options: RestoreOptions,
    bring: (past: PastState) => BroughtBack,
  ): BroughtBack => undo.run(() => bring(past), options);
  return {
    versions,
    frontier: (point) => history.frontier(point),
    sinceMs: () => history.sinceMs(),
    at: (point, objects) => history.at(point, objects?.map(idOf)),
    timeline: async (object, options) => history.timeline(idOf(object), options),
    diff: async (object, from, to) => history.diff(idOf(object), from, to),
    compare: (from, to) => history.compare(from, to),
    branchOrigin: () => branchOrigin(history.database),
    mergedMs: (branch) => mergedMs(history.database, branch as SpaceId),
    restore: async (object: string, point: HistoryPoint, options = {}) => {
      const past = await history.of(idOf(object), point);
      return back(past, options, () => history.bringBack([idOf(object)], past));
    },
    restoreSpace: async (point, options = {}) =>
      back(await history.at(point), options, (past) => history.bringAllBack(past)),
  };
}

/** What is no id is the id of nothing, which history says itself. */
function idOf(object: string): ObjectId {
  return object as ObjectId;
}

/** Fills a new space with a state of another, or some objects of it. Durable when resolved. */
export async function growBranch(
  origin: SpaceHandle,
  branch: SpaceHandle,
  { at = 'now', objects }: BranchOptions,
): Promise<void> {
  const { history } = origin.echo;
  startBranch({
    past: await history.at(at, objects?.map(idOf)),
    present: origin.db,
    branch: branch.echo.history,
    ...(objects === undefined ? {} : { objects }),
  });
  await branch.flush();
}

/** Merges a branch into its origin: one step of undo there. Durable when resolved. */
export async function mergeInto(
  origin: SpaceHandle,
  branch: SpaceHandle,
  options: { readonly choice?: MergeChoice; readonly dryRun?: boolean; readonly nowMs: number },
): Promise<MergeOutcome> {
  const { choice, dryRun = false, nowMs } = options;
  const label = `Merge ${branch.name.get()}`;
  const outcome = await mergeBranch({
    branch: branch.echo.history,
    origin: origin.echo.history,
    isDry: dryRun,
    nowMs: Math.floor(nowMs),
    asOne: (change) => origin.undo.run(() => asOneBlock(origin.db, change), { label }),
    ...(choice === undefined ? {} : { choice }),
  });
  await origin.flush();
  return outcome;
}
