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
  type Space as EchoSpace,
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
import { nameIn } from './names-in-space.ts';

/**
 * History of one space for applications. `now` gives that of the open space and throws while it is closed;
 * what can wait opens it first.
 */
export function spaceHistory(parts: {
  readonly now: () => History;
  readonly opened: () => Promise<EchoSpace>;
  readonly undo: Undo;
  readonly clock: Clock;
}): SpaceHistory {
  const { clock, now, opened, undo } = parts;
  const history = async (): Promise<History> => (await opened()).history;
  const versions: SpaceVersions = {
    list: () => now().versions.list(),
    get: (name) => now().versions.get(name),
    create: (name, point = 'now'): Version =>
      now().versions.create(name, Math.floor(clock.nowMs()), now().frontier(point)),
    delete: (name) => now().versions.delete(name),
  };
  const back = (
    past: PastState,
    options: RestoreOptions,
    bring: (past: PastState) => BroughtBack,
  ): BroughtBack => undo.run(() => bring(past), options);
  return {
    versions,
    frontier: (point) => now().frontier(point),
    begins: async () => (await history()).begins(),
    sinceMs: async () => (await history()).sinceMs(),
    at: async (point, objects) => (await history()).at(point, objects?.map(idOf)),
    timeline: async (object, options) => (await history()).timeline(idOf(object), options),
    diff: async (object, from, to) => (await history()).diff(idOf(object), from, to),
    compare: async (from, to) => (await history()).compare(from, to),
    branchOrigin: () => branchOrigin(now().database),
    mergedMs: (branch) => mergedMs(now().database, branch as SpaceId),
    restore: async (object: string, point: HistoryPoint, options = {}) => {
      const past = await (await history()).of(idOf(object), point);
      return back(past, options, () => now().bringBack([idOf(object)], past));
    },
    restoreSpace: async (point, options = {}) =>
      back(await (await history()).at(point), options, (past) => now().bringAllBack(past)),
    setAside: async () => {
      const { authority, history: all } = await opened();
      const found = await all.setAside();
      return found.map((work) => {
        const displayName = nameIn(authority, work.author);
        return { ...work, displayName };
      });
    },
    uncountedBlocks: () => now().uncountedBlocks(),
    takeUp: async ({ blocks }, options = {}) => {
      const space = await opened();
      const taken = await space.history.takeUp(blocks, (change) =>
        undo.run(() => asOneBlock(space.database, change), options),
      );
      await space.flush();
      return taken;
    },
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
  const [{ history }, grown] = await Promise.all([origin.opened(), branch.opened()]);
  await startBranch({
    past: await history.at(at, objects?.map(idOf)),
    present: origin.db,
    branch: grown.history,
    apart: (change) => branch.undo.stacks.apart(change),
    ...(objects === undefined ? {} : { objects }),
  });
  await branch.flush();
  await branch.blobs.adopt(origin.blobs);
}

/** Merges a branch into its origin: one step of undo there. Durable when resolved. */
export async function mergeInto(
  origin: SpaceHandle,
  branch: SpaceHandle,
  options: { readonly choice?: MergeChoice; readonly dryRun?: boolean; readonly nowMs: number },
): Promise<MergeOutcome> {
  const { choice, dryRun = false, nowMs } = options;
  const label = `Merge ${branch.name.get()}`;
  const [into, from] = await Promise.all([origin.opened(), branch.opened()]);
  const outcome = await mergeBranch({
    branch: from.history,
    origin: into.history,
    isDry: dryRun,
    nowMs: Math.floor(nowMs),
    asOne: (change) => origin.undo.run(() => asOneBlock(origin.db, change), { label }),
    ...(choice === undefined ? {} : { choice }),
  });
  await origin.flush();
  if (!dryRun) await origin.blobs.adopt(branch.blobs);
  return outcome;
}
