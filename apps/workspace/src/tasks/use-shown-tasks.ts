/** Of long lanes the beginning is drawn, and what came since one looks: thousands of rows are nobody's to read. */
import { useCallback, useMemo, useRef, useState } from 'react';
import { TASK_STATES, type TaskState } from '../data/workspace-types.ts';
import type { Lanes, TaskRow } from './use-tasks.ts';

/** Further tasks for each press of the button. */
const MORE = 200;
/** Tasks beyond the beginning that are drawn since they came just now. */
const FRESH_MAX = 40;

/** What is drawn of each lane. */
export interface ShownTasks {
  readonly lanes: Lanes;
  /** Tasks of a lane that are not drawn. */
  readonly hidden: Readonly<Record<TaskState, number>>;
  readonly more: (state: TaskState) => void;
}

/** Takes `first` of each lane. `open` is drawn wherever it stands. */
export function useShownTasks(
  lanes: Lanes,
  first: Readonly<Record<TaskState, number>>,
  open: string | undefined,
): ShownTasks {
  const [extra, setExtra] = useState<Readonly<Record<TaskState, number>>>(NONE);
  const known = useRef<ReadonlySet<string> | undefined>(undefined);
  known.current ??= new Set(TASK_STATES.flatMap((state) => lanes[state].map(({ id }) => id)));
  const more = useCallback(
    (state: TaskState) => setExtra((now) => ({ ...now, [state]: now[state] + MORE })),
    [],
  );
  return useMemo(() => {
    const shown = { ...lanes };
    const hidden = { ...NONE };
    for (const state of TASK_STATES) {
      const count = first[state] + extra[state];
      const lane = lanes[state];
      if (lane.length <= count) continue;
      const late = lane.slice(count).filter(({ id }) => id === open || !known.current?.has(id));
      shown[state] = [...lane.slice(0, count), ...late.slice(-FRESH_MAX)] as readonly TaskRow[];
      hidden[state] = lane.length - shown[state].length;
    }
    return { lanes: shown, hidden, more };
  }, [lanes, first, extra, open, more]);
}

const NONE: Readonly<Record<TaskState, number>> = { todo: 0, doing: 0, done: 0 };
