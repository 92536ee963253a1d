/** Order of tasks inside a state: each has a rank, and a moved one gets a rank between its neighbours. */
import { TASK_STATES, type TaskState } from './workspace-types.ts';

/** What the order needs of a task. */
export interface Ranked {
  readonly id: string;
  readonly rank: number;
}

/** Distance between ranks of neighbours that were not moved. */
const STEP = 1_024;
/** Below this distance a number has no room between its neighbours for long. */
const ROOM_MIN = 1e-6;

/** Order in a lane: by rank, and by id where two people chose the same. */
export function byRank(a: Ranked, b: Ranked): number {
  return a.rank - b.rank || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** A rank for a new task: at the end. */
export function rankAtEnd(lane: readonly Ranked[]): number {
  return (lane.at(-1)?.rank ?? 0) + STEP;
}

/**
 * New ranks that put `moved` before the task at `place` of `lane` (which is sorted and without it). One
 * entry where there is room; the whole lane where there is none.
 */
export function ranksForMove(
  lane: readonly Ranked[],
  moved: string,
  place: number,
): ReadonlyMap<string, number> {
  const before = lane[place - 1]?.rank;
  const after = lane[place]?.rank;
  if (before === undefined && after === undefined) return new Map([[moved, STEP]]);
  if (before === undefined) return new Map([[moved, (after ?? 0) - STEP]]);
  if (after === undefined) return new Map([[moved, before + STEP]]);
  if (after - before > ROOM_MIN) return new Map([[moved, (before + after) / 2]]);
  const ids = lane.map((task) => task.id);
  ids.splice(place, 0, moved);
  return new Map(ids.map((id, index) => [id, (index + 1) * STEP]));
}

/** The lane beside one: to the right (1) or left (-1); `undefined` at the ends. */
export function laneBeside(state: TaskState, side: 1 | -1): TaskState | undefined {
  return TASK_STATES[TASK_STATES.indexOf(state) + side];
}
