/** {@link SpaceHistory} over ECHO's history, with undo and clock of the client. */
import type { BroughtBack, History, PastState, Version } from '@atoll/echo';
import type { Clock, ObjectId } from '@atoll/kernel';
import type { Undo } from './api.ts';
import type { HistoryPoint, RestoreOptions, SpaceHistory, SpaceVersions } from './history-api.ts';

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
