/** Where the history of a space begins, as everyone is told it. */
import type { HistoryFrontier } from './cut.ts';
import type { HistoryBase, HistoryHost } from './history-host.ts';

/** Where history begins, and why not with the space. */
export interface HistoryBeginning {
  /** Number of the epoch whose state it begins with. */
  readonly epoch: number;
  /** That state: the earliest point that can be asked for. */
  readonly frontier: HistoryFrontier;
  /** The latest moment that a writer's clock says in it, milliseconds since 1970. */
  readonly sinceMs: number;
  /** When this device dropped what was before, milliseconds since 1970; absent if it never had it. */
  readonly droppedMs?: number;
}

/** What of a base is for everyone. */
export function beginningOf(host: HistoryHost, base: HistoryBase): HistoryBeginning {
  const { anchor, droppedMs, number, sinceMs } = base;
  return {
    epoch: number,
    frontier: [host.hashOf(anchor)],
    sinceMs,
    ...(droppedMs === undefined ? {} : { droppedMs }),
  };
}
