/** The tasks of a space as plain rows, lane by lane, and what can be done with them. */
import type { AnyObject, Space } from '@atoll/client';
import { useLive, useQuery } from '@atoll/react';
import { useMemo, useRef } from 'react';
import { useNavigation } from '../app/navigation.tsx';
import { UNDO } from '../copy/general.ts';
import { PRIVATE } from '../copy/private.ts';
import { TASKS } from '../copy/workspace.ts';
import { mayWrite } from '../data/may.ts';
import { byRank, laneBeside, rankAtEnd, ranksForMove } from '../data/task-order.ts';
import { Task, TASK_STATES, type TaskObject, type TaskState } from '../data/workspace-types.ts';
import { usePrivacy, writesIn, type Privacy } from '../private/private-words.ts';
import { useToast } from '../ui/toast.tsx';

/** A task as a row shows it. The same object as long as nothing in it changed. */
export interface TaskRow {
  readonly id: string;
  readonly title: string;
  readonly state: TaskState;
  readonly due: string | undefined;
  readonly who: string | undefined;
  readonly rank: number;
  /** Who alone reads it. */
  readonly privacy: Privacy | undefined;
}

/** Tasks by state, each lane in order. */
export type Lanes = Readonly<Record<TaskState, readonly TaskRow[]>>;

/** Reads the tasks. */
export function useLanes(space: Space): Lanes {
  const tasks = useQuery(space, (db) => db.query(Task));
  const privacy = usePrivacy(space);
  // One object stands for a task as long as the space is open: nothing is made anew for those that stay as they are.
  const known = useRef(new WeakMap<TaskObject, TaskRow>());
  return useMemo(() => {
    const lanes: Record<TaskState, TaskRow[]> = { todo: [], doing: [], done: [] };
    for (const task of tasks) {
      const before = known.current.get(task);
      const row = rowOf(task, privacy(task.id), before);
      if (row !== before) known.current.set(task, row);
      lanes[row.state].push(row);
    }
    for (const state of TASK_STATES) lanes[state].sort(byRank);
    return lanes;
  }, [tasks, privacy]);
}

function rowOf(
  task: TaskObject,
  privacy: Privacy | undefined,
  before: TaskRow | undefined,
): TaskRow {
  const { id, title, due, who, rank } = task;
  // A value of a newer version is shown where it is not lost from sight.
  const state = TASK_STATES.includes(task.state) ? task.state : 'todo';
  const same =
    before?.title === title &&
    before.state === state &&
    before.due === due &&
    before.who === who &&
    before.rank === rank &&
    before.privacy === privacy;
  return same ? before : { id, title, state, due, who, rank, privacy };
}

/** What one can do with tasks. */
export interface TaskActions {
  readonly canWrite: boolean;
  readonly add: (title: string, state: TaskState) => void;
  readonly tick: (task: TaskRow) => void;
  readonly rename: (task: TaskRow, title: string) => void;
  readonly remove: (task: TaskRow) => void;
  readonly open: (task: TaskRow) => void;
  /** Puts a task before the one at `place` of a lane; gives the sentence to speak. */
  readonly move: (task: TaskRow, state: TaskState, place: number) => string;
  /** One step up or down, or to the lane beside. */
  readonly step: (task: TaskRow, direction: 'up' | 'down' | 'left' | 'right') => string | undefined;
}

/** The actions on the tasks of a space. */
export function useTaskActions(space: Space, lanes: Lanes): TaskActions {
  const toast = useToast();
  const { open } = useNavigation();
  const role = useLive(space.myRole);
  return useMemo(() => {
    const refuse = (): void => toast({ text: PRIVATE.readOnly });
    const change = (id: string, edit: (task: TaskObject) => void): void => {
      const task = changeable(space, id, refuse);
      if (task !== undefined) space.db.transaction(() => edit(task as unknown as TaskObject));
    };
    const move = (task: TaskRow, state: TaskState, place: number): string => {
      const lane = lanes[state].filter((other) => other.id !== task.id);
      space.db.transaction(() => {
        for (const [id, rank] of ranksForMove(lane, task.id, place)) {
          change(id, (object) => {
            object.rank = rank;
            if (id === task.id && object.state !== state) object.state = state;
          });
        }
      });
      return TASKS.moved(task.title, TASKS.states[state], place + 1, lane.length + 1);
    };
    return {
      canWrite: mayWrite(role),
      add: (title, state) => {
        space.db.add(Task, { title, state, rank: rankAtEnd(lanes[state]) });
      },
      tick: (task) =>
        change(task.id, (object) => {
          object.state = task.state === 'done' ? 'todo' : 'done';
        }),
      rename: (task, title) => {
        if (title.trim() === '' || title === task.title) return;
        change(task.id, (object) => {
          object.title = title.trim();
        });
      },
      remove: (task) => {
        const object = changeable(space, task.id, refuse);
        if (object === undefined) return;
        space.db.delete(object);
        toast({
          text: TASKS.deleted(1, 'task', 'tasks'),
          action: { label: UNDO, run: () => space.db.restore(object) },
        });
      },
      open: (task) => open(task.id),
      move,
      step: (task, direction) => {
        const place = lanes[task.state].indexOf(task);
        if (direction === 'left' || direction === 'right') {
          const beside = laneBeside(task.state, direction === 'left' ? -1 : 1);
          return beside === undefined
            ? undefined
            : move(task, beside, Math.min(Math.max(place, 0), lanes[beside].length));
        }
        const next = place + (direction === 'up' ? -1 : 1);
        if (next < 0 || next >= lanes[task.state].length) return undefined;
        return move(task, task.state, next);
      },
    };
  }, [space, lanes, role, toast, open]);
}

/** A task that one may change: a private one that is only to be read is refused, and `refuse` says so. */
function changeable(space: Space, id: string, refuse: () => void): AnyObject | undefined {
  const object = space.db.get(id);
  const zone = object === undefined ? undefined : space.zones.of(id);
  if (zone === undefined || writesIn(zone) || space.rights.mayChange(id)) return object;
  refuse();
  return undefined;
}
